"""Settings: ``vouch.toml`` and the environment enter here and nowhere else."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec

from expectations.thresholds import Thresholds
from ingestion.connection import Http
from ingestion.pull import Account
from ingestion.vendor import vendor

REPOSITORY = Path(__file__).resolve().parent.parent
# The new one, and the one it replaces until the vendor has switched.
_MOST_SECRETS = 2
_REFERENCE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class SettingsError(Exception):
    """``vouch.toml`` or the environment is not usable; the message says which key and why."""


class HttpSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[http]``: how patiently accounts are read; see ``ingestion.connection.Http``."""

    max_attempts: int = 5
    backoff_seconds: float = 1.0
    max_wait_seconds: float = 60.0
    timeout_seconds: float = 60.0
    requests_per_second: float | None = None


class Releases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[releases]``: how many are kept."""

    keep: int = 30


def _default_memory_limit() -> str:
    """Two fifths of the machine's: the rest is for this process, other parts, and the files."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total * 2 // 5 // 2**20}MiB"


class WarehouseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[warehouse]``: how much memory DuckDB may take while dbt builds, as ``8GB``."""

    memory_limit: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+ ?(MB|GB|TB|MiB|GiB|TiB)$")] = (
        msgspec.field(default_factory=_default_memory_limit)
    )


class InboxSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[inbox]``: where events are kept until they are landed; unless said, in VOUCH_HOME."""

    url: str | None = None


class ReceiverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[receiver]``: where webhooks are taken and how many; see ``ingestion.receiver.Limits``."""

    host: str = "127.0.0.1"
    port: int = 8790
    max_body_bytes: Annotated[int, msgspec.Meta(ge=1, le=64 * 1024 * 1024)] = 1024 * 1024
    # Python's own parser gives up somewhat below a thousand.
    max_depth: Annotated[int, msgspec.Meta(ge=1, le=500)] = 64
    requests_per_second: Annotated[float, msgspec.Meta(gt=0)] = 2000.0
    max_backlog: Annotated[int, msgspec.Meta(ge=1)] = 100_000


class DagsterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[dagster]``: the instance's own settings, a ``dagster.yaml``; the shipped one unless said.

    The path is taken from the folder of ``vouch.toml``.
    """

    instance: str | None = None


class Serving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[serving]``: where releases are served besides files; empty, nowhere."""

    postgresql: str = ""


class ScheduleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[schedule]``: whether the hourly pull is on unless somebody has switched it off."""

    hourly: bool = True


class Alerts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[alerts]``: where a detractor's answer is told at once; without a url, in the log."""

    url: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tenant: str
    reporting_currency: str = "GBP"
    gate: dict[str, float] = {}
    releases: Releases = Releases()
    warehouse: WarehouseSettings = msgspec.field(default_factory=WarehouseSettings)
    http: HttpSettings = HttpSettings()
    inbox: InboxSettings = InboxSettings()
    receiver: ReceiverSettings = ReceiverSettings()
    dagster: DagsterSettings = DagsterSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    sources: dict[str, dict[str, Any]] = {}
    alerts: Alerts = Alerts()
    serving: Serving = Serving()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run needs to know from outside."""

    home: Path
    config: Path
    tenant: str
    reporting_currency: str
    thresholds: Thresholds
    releases: Releases
    accounts: tuple[Account, ...] = field(default=())
    inbox_url: str = ""
    receiver: ReceiverSettings = field(default_factory=ReceiverSettings)
    dagster_instance: Path = REPOSITORY / "dagster.yaml"
    alerts: Alerts = field(default_factory=Alerts)
    serving: Serving = field(default_factory=Serving)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    memory_limit: str = field(default_factory=_default_memory_limit)

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that dbt builds in; one writer, never opened by BI."""
        return self.home / "warehouse.duckdb"

    @property
    def landing(self) -> Path:
        """The only source of truth: Parquet files of envelopes."""
        return self.home / "landing"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration.

    ``VOUCH_HOME`` (default ``.vouch``) says where state lives, ``VOUCH_CONFIG`` which file
    to read (default ``vouch.toml`` here, else the one of the repository).

    Raises:
        SettingsError: the file is missing, not TOML, or a key is unknown or of a wrong type.
    """
    given = os.environ if environment is None else environment
    home = Path(given.get("VOUCH_HOME", ".vouch")).absolute()
    config = _config_path(given)
    try:
        raw = tomllib.loads(config.read_text(encoding="utf-8"))
        file = msgspec.convert(_substituted(raw, given, config), _File)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"{config}: {error}") from error
    try:
        thresholds = Thresholds(**file.gate)  # type: ignore[arg-type]
    except TypeError as error:
        raise SettingsError(f"{config}: [gate] {error}") from error
    http = Http(tokens=home / "tokens", **msgspec.structs.asdict(file.http))
    return Settings(
        home=home,
        config=config,
        tenant=file.tenant,
        reporting_currency=file.reporting_currency,
        thresholds=thresholds,
        releases=file.releases,
        accounts=tuple(
            _account(name, section, file.tenant, http, config)
            for name, section in file.sources.items()
        ),
        inbox_url=file.inbox.url or f"sqlite:///{home / 'inbox.sqlite'}",
        receiver=file.receiver,
        dagster_instance=_dagster_instance(file.dagster, config),
        alerts=file.alerts,
        serving=file.serving,
        schedule=file.schedule,
        memory_limit=file.warehouse.memory_limit,
    )


def _dagster_instance(given: DagsterSettings, config: Path) -> Path:
    if given.instance is None:
        return REPOSITORY / "dagster.yaml"
    path = config.parent / given.instance
    if not path.is_file():
        raise SettingsError(f"{config}: [dagster] instance: there is no file {path}")
    return path


def _config_path(given: Mapping[str, str]) -> Path:
    if "VOUCH_CONFIG" in given:
        return Path(given["VOUCH_CONFIG"]).absolute()
    here = Path("vouch.toml").absolute()
    return here if here.exists() else REPOSITORY / "vouch.toml"


def _account(name: str, section: dict[str, Any], tenant: str, http: Http, config: Path) -> Account:
    settings = dict(section)
    try:
        declared = vendor(settings.pop("vendor", name))
        secrets = _webhook_secrets(settings.pop("webhook_secrets", []))
        return Account(
            name, declared, tenant, msgspec.convert(settings, declared.config), http, secrets
        )
    except (KeyError, msgspec.ValidationError) as error:
        raise SettingsError(f"{config}: [sources.{name}] {error}") from error


def _webhook_secrets(given: Any) -> tuple[str, ...]:
    """Those that are not empty: anybody could sign with an empty one."""
    secrets = msgspec.convert(given, list[str])
    if len(secrets) > _MOST_SECRETS:
        raise msgspec.ValidationError(
            f"webhook_secrets holds {len(secrets)}; {_MOST_SECRETS} at most, the new one and the "
            "one it replaces"
        )
    return tuple(secret for secret in secrets if secret)


def _substituted(value: Any, given: Mapping[str, str], config: Path) -> Any:
    if isinstance(value, dict):
        return {key: _substituted(item, given, config) for key, item in value.items()}
    if isinstance(value, list):
        return [_substituted(item, given, config) for item in value]
    if not isinstance(value, str):
        return value

    def replaced(match: re.Match[str]) -> str:
        name, fallback = match[1], match[2]
        if name in given:
            return given[name]
        if fallback is None:
            raise SettingsError(
                f"{config}: the environment has no {name}. Export it and run again."
            )
        return fallback

    return _REFERENCE.sub(replaced, value)
