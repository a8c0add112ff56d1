"""The deployed form names only what there is, and is the same set of processes everywhere.

No container engine and no systemd runs here: whether it works as a whole is not tested.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from orchestration import settings
from orchestration.cli import app
from orchestration.parts import Part
from orchestration.processes import Addresses, processes
from tests.conftest import REPOSITORY, VOUCH

DEPLOY = REPOSITORY / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if name != "postgres"}
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
INSTALLED = "/opt/vouch/.venv/bin/vouch"


def parsed(arguments: list[str]) -> str:
    """The command that these arguments are; it is an error if it would not take them."""
    group: Any = typer.main.get_command(app)
    name, *rest = arguments
    context = group.commands[name].make_context(name, rest)
    return str(context.params.get("part", name))


def exec_start(unit: Path) -> list[str]:
    (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    program, *arguments = shlex.split(line)
    assert program == INSTALLED
    return arguments


def example(name: str) -> Path:
    """What is copied and edited before it is used lies there as an example."""
    path = DEPLOY / name
    return path.with_name(path.stem + ".example" + path.suffix) if path.suffix == ".toml" else path


def examples_environment() -> dict[str, str]:
    text = (DEPLOY / "vouch.env.example").read_text()
    return dict(line.split("=", 1) for line in text.splitlines() if line[:1] not in ("", "#"))


def test_services_units_and_vouch_dev_run_the_same_processes(tmp_path: Path) -> None:
    at_home = processes(settings.load({}), Addresses(0, 0, None), tmp_path, tmp_path)
    names = {process.name for process in at_home}
    assert names == {*Part, "receiver", "worker"}
    assert {parsed(exec_start(unit)).replace("receive", "receiver") for unit in UNITS} == names
    assert {unit.stem.removeprefix("vouch-") for unit in UNITS} == names
    assert set(OURS) == names


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_that_exists(name: str) -> None:
    assert parsed(OURS[name]["command"]).removeprefix("receive") in (name, "")


def test_compose_names_only_what_it_declares() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert example(source).is_file(), source
            else:
                assert source in COMPOSE["volumes"]
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    built = OURS["web"]["build"]
    assert (DEPLOY / built["context"] / built["dockerfile"]).is_file()
    assert (DEPLOY / (OURS["web"]["env_file"] + ".example")).is_file()
    secret = COMPOSE["secrets"]["postgres_password"]["environment"]
    assert secret in examples_environment()


def test_nothing_but_the_loopback_interface_is_published() -> None:
    published = [port for service in OURS.values() for port in service.get("ports", [])]
    assert len(published) == 2
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_the_image_is_locked_and_runs_as_nobody_special() -> None:
    assert "--require-hashes" in CONTAINERFILE
    assert re.findall(r"^USER (\S+)", CONTAINERFILE, re.MULTILINE) == ["10001"]
    copied = re.findall(r"^COPY (?!--from)(\S+) ", CONTAINERFILE, re.MULTILINE)
    assert copied
    assert [name for name in copied if not (REPOSITORY / name).exists()] == []
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert {".git", ".venv", ".vouch", "deploy/vouch.env"} <= set(ignored)
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", CONTAINERFILE, re.MULTILINE)
    (command,) = re.findall(r"^CMD (.*)$", CONTAINERFILE, re.MULTILINE)
    assert yaml.safe_load(entry) == ["vouch"]
    assert parsed(yaml.safe_load(command)) == "receive"


def test_the_health_check_of_the_image_tells_a_receiver_from_none(tmp_path: Path) -> None:
    (check,) = re.findall(r"HEALTHCHECK .*CMD (\[.*\])", CONTAINERFILE)
    receiving = subprocess.Popen(
        [VOUCH, "receive", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "VOUCH_HOME": str(tmp_path / "home")},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert receiving.stderr is not None
    port = receiving.stderr.readline().rsplit(":", 1)[1].strip()
    command = [part.replace("8790", port) for part in yaml.safe_load(check)]
    command[0] = sys.executable
    try:
        assert subprocess.run(command, check=False).returncode == 0
    finally:
        receiving.terminate()
        receiving.wait(timeout=30)
        receiving.stderr.close()
    silent = subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    assert silent.returncode != 0


def test_dagsters_settings_differ_in_storage_only() -> None:
    deployed = yaml.safe_load((DEPLOY / "dagster.yaml").read_text())
    assert deployed.pop("storage")["postgres"]["postgres_url"]["env"] in examples_environment()
    shipped = yaml.safe_load((REPOSITORY / "dagster.yaml").read_text())
    del shipped["event_log_storage"]
    assert deployed == shipped


def test_the_example_settings_load_with_the_example_environment(tmp_path: Path) -> None:
    for name in ("vouch.toml", "dagster.yaml"):
        shutil.copyfile(example(name), tmp_path / name)
    environment = {**examples_environment(), "VOUCH_CONFIG": str(tmp_path / "vouch.toml")}
    found = settings.load(environment)
    assert found.inbox_url.startswith("postgresql+pg8000://")
    assert found.dagster_instance == tmp_path / "dagster.yaml"
    assert len(found.accounts) == 3
    for name in environment.keys() - {"VOUCH_CONFIG", "POSTGRES_PASSWORD"}:
        assert (
            name
            in (DEPLOY / "vouch.example.toml").read_text() + (DEPLOY / "dagster.yaml").read_text()
        ), f"{name} is set for nothing"


def test_a_dagster_instance_that_is_not_there_is_named(tmp_path: Path) -> None:
    config = tmp_path / "vouch.toml"
    config.write_text('tenant = "t"\n[dagster]\ninstance = "elsewhere.yaml"\n')
    with pytest.raises(settings.SettingsError, match=r"\[dagster\] instance: there is no file"):
        settings.load({"VOUCH_CONFIG": str(config)})


def test_the_target_starts_every_service() -> None:
    target = (DEPLOY / "systemd" / "vouch.target").read_text()
    (wanted,) = re.findall(r"^Wants=(.*)$", target, re.MULTILINE)
    assert set(wanted.split()) == {unit.name for unit in UNITS}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_service_has_no_rights_that_it_does_not_need(unit: Path) -> None:
    text = unit.read_text()
    _, hardened = text.split("the same in all of Vouch's services.\n")
    _, others = UNITS[0].read_text().split("the same in all of Vouch's services.\n")
    assert hardened == others
    assert "User=vouch\n" in text
    assert "NoNewPrivileges=yes\n" in hardened


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine"
)
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():
        # The program is where this environment has it; the rest stays.
        text = path.read_text().replace(INSTALLED, VOUCH)
        (tmp_path / path.name).write_text(text)
    verified = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.glob("vouch*")))],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert verified.returncode == 0, verified.stderr
    assert [line for line in verified.stderr.splitlines() if "vouch" in line] == []
