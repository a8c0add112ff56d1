"""dbt as Dagster sees it: the project, its manifest (made once per code version), its results."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject
from dagster_shared.record import replace

from expectations import DbtResult
from expectations.expected import public_mart_names
from orchestration import code_version
from orchestration.settings import REPOSITORY, Settings

PROJECT_DIR = REPOSITORY / "dbt_project"
_QUIET = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}


def environment(settings: Settings) -> dict[str, str]:
    """What dbt's profile reads from the environment."""
    return {
        "VOUCH_WAREHOUSE": str(settings.warehouse),
        "VOUCH_MEMORY_LIMIT": settings.memory_limit,
        **_QUIET,
    }


def variables(settings: Settings, as_of: str) -> str:
    """dbt's ``--vars``, as JSON."""
    return json.dumps(
        {
            "as_of_date": as_of,
            "reporting_currency": settings.reporting_currency,
            "tenant_id": settings.tenant,
        },
        sort_keys=True,
    )


def executable() -> str:
    """dbt of this very environment, whether or not it is on the PATH."""
    return str(Path(sys.executable).parent / "dbt")


def project_code() -> str:
    """Digest of dbt's project: the same code parses to the same manifest."""
    return code_version.digest(("dbt_project",))


def target_path(home: Path) -> Path:
    """Where dbt writes for this code version; the repository may be read-only."""
    return home / "dbt" / project_code()


def manifest_path(settings: Settings, as_of: str | None = None) -> Path:
    """dbt's manifest, parsed on the first call per code version (about 8 s, then none).

    ``as_of`` is the day of the build to come, today unless said: with other variables dbt
    would parse all over again when it builds.

    Raises:
        RuntimeError: dbt cannot parse the project; the message is dbt's own.
    """
    target = target_path(settings.home)
    manifest = target / "manifest.json"
    target.mkdir(parents=True, exist_ok=True)
    with (target / "parse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not manifest.exists():
            _parse(settings, target, as_of or f"{datetime.now(UTC):%Y-%m-%d}")
    return manifest


def manifest(settings: Settings) -> Mapping[str, Any]:
    """dbt's manifest of this code version, as a dict."""
    return _document(manifest_path(settings))


@cache
def _document(path: Path) -> Mapping[str, Any]:
    # The path names the code version, and a manifest is written once.
    document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def parsed(settings: Settings) -> Any:
    """dbt's manifest as dbt's own object, so that a build need not parse (0.5 s, then none)."""
    return _parsed(manifest_path(settings).with_name("partial_parse.msgpack"))


@cache
def _parsed(path: Path) -> Any:
    # dbt takes half a second to import; what only reads results need not wait for it.
    from dbt.contracts.graph.manifest import Manifest

    found = Manifest.from_msgpack(path.read_bytes())
    found.build_flat_graph()  # type: ignore[no-untyped-call]
    return found


def warm(settings: Settings) -> None:
    """Have dbt make once what it keeps for all that a process and its forks ask of it.

    Schemas of its configuration and the like: a second of each build that need not be spent.
    No database is opened, and no thread is left.
    """
    from dbt.cli.main import dbtRunner

    folder, target = str(PROJECT_DIR), str(target_path(settings.home))
    dbtRunner(manifest=parsed(settings)).invoke(
        [
            *("list", "--select", "path:nothing", "--quiet", "--no-write-json"),
            *("--project-dir", folder, "--profiles-dir", folder),
            *("--target-path", target, "--log-path", target, "--log-level-file", "none"),
        ]
    )


def _parse(settings: Settings, target: Path, as_of: str) -> None:
    command = [
        *(executable(), "parse", "--quiet", "--no-use-colors"),
        *("--project-dir", str(PROJECT_DIR), "--profiles-dir", str(PROJECT_DIR)),
        *("--target-path", str(target), "--log-path", str(target)),
        *("--vars", variables(settings, as_of)),
    ]
    done = subprocess.run(
        command,
        check=False,
        env={**os.environ, **environment(settings)},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"dbt cannot parse {PROJECT_DIR}:\n{done.stdout}{done.stderr}")


@cache
def project(home: Path) -> DbtProject:
    """The project for Dagster's dbt integration; read once, because each reading parses YAML."""
    return DbtProject(
        project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR, target_path=target_path(home)
    )


_SPECS: dict[tuple[str, str, bool], dg.AssetSpec] = {}


class Translator(DagsterDbtTranslator):
    """Models are grouped by layer, and may be left out when nothing new has landed."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """dbt's node as an asset that a run may skip.

        Worked out once per node and code version: 10 to 50 ms each, asked for per event.
        """
        key = (project_code(), unique_id, project is None)
        found = _SPECS.get(key)
        if found is None:
            found = replace(super().get_asset_spec(manifest, unique_id, project), skippable=True)
            _SPECS[key] = found
        return found

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The first folder below models/ (staging, intermediate, marts) or seeds."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return str(dbt_resource_props["fqn"][1])


def public_asset_keys(manifest: Mapping[str, Any]) -> list[dg.AssetKey]:
    """Dagster's keys of the public marts."""
    translator = Translator()
    names = set(public_mart_names(manifest))
    return [
        translator.get_asset_spec(manifest, unique_id, None).key
        for unique_id, node in sorted(manifest["nodes"].items())
        if node["resource_type"] == "model" and node["name"] in names
    ]


def remembered_results(home: Path) -> dict[str, DbtResult]:
    """How each node ended when it last ran with this code, by unique id."""
    path = target_path(home) / "vouch_results.json"
    if not path.exists():
        return {}
    return {row["unique_id"]: DbtResult(**row) for row in json.loads(path.read_text())}


def remember_results(
    home: Path, results: Iterable[Mapping[str, Any]], valid: Container[str]
) -> list[DbtResult]:
    """Keep the results of a build and return those that hold for the warehouse now.

    What did not run keeps its last result if it is ``valid``: its inputs are those that it was
    built from. Any other is no longer known to be right, and is forgotten.
    """
    fresh = {
        row["unique_id"]: DbtResult(
            row["unique_id"], str(row["status"]), row.get("failures"), row.get("message")
        )
        for row in results
    }
    kept = {
        unique_id: result
        for unique_id, result in remembered_results(home).items()
        if unique_id in valid
    }
    merged = sorted({**kept, **fresh}.values(), key=lambda result: result.unique_id)
    path = target_path(home) / "vouch_results.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps([asdict(result) for result in merged]), encoding="utf-8")
    partial.replace(path)
    return merged


def write_run_results(home: Path, results: Iterable[Mapping[str, Any]], seconds: float) -> None:
    """What the last build ran, in the form of dbt's own artifact."""
    document = {"elapsed_time": seconds, "results": list(results)}
    path = target_path(home) / "run_results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
