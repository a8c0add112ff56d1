"""``vouch metrics``: MetricFlow's own command line over the current release.

A process of its own (``python -m orchestration.metricflow``): MetricFlow wants to stand in a
dbt project whose semantic manifest is parsed, and reads the database dbt's profile names.
"""

import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import publication
from orchestration import dbt
from orchestration.settings import Settings


def ask(settings: Settings, arguments: list[str]) -> int:
    """Run ``mf`` with the arguments against the current release; its exit code.

    Raises:
        publication.NoCurrentRelease: there is nothing to ask yet.
    """
    database = publication.current(settings.home).database
    project = _project(settings)
    return subprocess.run(
        [sys.executable, "-m", "orchestration.metricflow", *arguments],
        check=False,
        cwd=project,
        env={
            **os.environ,
            **dbt.environment(settings),
            "VOUCH_WAREHOUSE": str(database),
            "DBT_PROFILES_DIR": str(dbt.PROJECT_DIR),
            "PYTHONPATH": os.pathsep.join([str(dbt.PROJECT_DIR.parent), *sys.path]),
        },
    ).returncode


def _project(settings: Settings) -> Path:
    """dbt's project as a folder whose ``target`` is ours: the repository may be read-only."""
    project = dbt.target_path(settings.home) / "metricflow"
    manifest = project / "target" / "semantic_manifest.json"
    if not manifest.exists():
        dbt.manifest_path(settings)
        manifest.parent.mkdir(parents=True, exist_ok=True)
        for part in dbt.PROJECT_DIR.iterdir():
            link = project / part.name
            if part.name not in {"target", "logs"} and not link.exists():
                link.symlink_to(part)
        parsed = (dbt.target_path(settings.home) / manifest.name).read_text(encoding="utf-8")
        manifest.write_text(json.dumps(_released(json.loads(parsed))), encoding="utf-8")
    return project


def _released(parsed: Any) -> Any:
    """The semantic manifest with its tables where a release has them: in its schema."""
    if isinstance(parsed, list):
        return [_released(part) for part in parsed]
    if not isinstance(parsed, dict):
        return parsed
    moved = {name: _released(part) for name, part in parsed.items()}
    if "relation_name" in moved:
        moved["database"] = None
        moved["relation_name"] = f"{moved['schema_name']}.{moved['alias']}"
    return moved


def main() -> None:
    """Become ``mf``, without its look for updates.

    ``update_checker`` asks the network, and on import unpickles a file from the shared
    temporary folder.
    """
    silent = types.ModuleType("update_checker")
    silent.UpdateChecker = _NoUpdates  # type: ignore[attr-defined]
    sys.modules["update_checker"] = silent
    from dbt_metricflow.cli.main import cli

    cli()


class _NoUpdates:
    def check(self, *_: object) -> None:
        """Never an update."""


if __name__ == "__main__":
    main()
