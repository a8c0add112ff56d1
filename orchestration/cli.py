"""The ``vouch`` command. Each command says what it did, and what to do next."""

import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

import publication
from expectations import LandingFile
from expectations.rejects import rejected_records
from ingestion.landing import landed_files
from orchestration import home, ports, reports, settings
from orchestration.consoles import AsJson, Wait, err, out
from orchestration.exit_codes import BUSY, OTHER, PUBLISHED, REFUSED
from orchestration.inbox_commands import inbox_app
from orchestration.instants import end_of
from orchestration.parts import Part
from orchestration.settings import Settings

app = typer.Typer(
    help="An advocacy warehouse for recruitment agencies: pull, model, check, publish.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog=(
        "State lives under VOUCH_HOME (default .vouch), settings in vouch.toml. "
        "Start with [bold]vouch demo[/bold]."
    ),
)
AsJsonLines = Annotated[
    bool, typer.Option("--json", help="Print one JSON object per line instead of text.")
]
Full = Annotated[bool, typer.Option("--full", help="Rebuild every model from all of landing.")]
Day = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="Up to which open periods count; today (UTC) unless said."
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        parser=end_of,
        metavar="DAY|INSTANT",
        help="Rebuild the marts from what had landed by then (a day or an ISO instant, UTC), "
        "beside the current release: nothing is pulled, nothing is published.",
    ),
]
app.add_typer(inbox_app, name="inbox")


@app.command()
def run(
    full: Full = False,
    day: Day = None,
    as_of: AsOf = None,
    wait: Wait = 0.0,
    as_json: AsJson = False,
) -> None:
    """Pull every source, build, check and publish.

    Ends with 0 when a release was published or nothing was new, 3 when the gate refused,
    4 when a source failed, 5 when another run holds VOUCH_HOME, 1 otherwise. Whatever
    happens, the current release stays until a better one has passed.
    """
    found = _settings()
    counted = None if day is None else day.date()
    if as_of is not None:
        _as_known(found, as_of, counted, wait, as_json)
    else:
        raise typer.Exit(_run(found, full, counted, wait, as_json))


@app.command()
def demo(
    seed: Annotated[int, typer.Option(help="Seed of the generated agency.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Run the whole way once against a generated agency, on this machine alone."""
    from orchestration.demo import sandbox_process

    with sandbox_process(seed) as url:
        err.print(f"sandbox of three vendors at {url}", highlight=False)
        code = _run(_settings({"VOUCH_SANDBOX_URL": url}), False, None, 0.0, as_json)
    raise typer.Exit(code)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8787,
    seed: Annotated[int, typer.Option(help="Seed of the generated agency.")] = 7,
    replay: Annotated[
        Path | None,
        typer.Option(help="Serve recorded payloads, DIR/<vendor>/<entity>.jsonl, instead."),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Let the agency live on, and send events of it.")
    ] = False,
    receiver: Annotated[
        str, typer.Option(help="With --live: the receiver that webhooks are sent to.")
    ] = "http://127.0.0.1:8790",
    per_minute: Annotated[
        float, typer.Option(help="With --live: what happens by itself; 0 for nothing.")
    ] = 6.0,
) -> None:
    """Serve Bullhorn, Typeform and Xero on loopback, for demos and tests.

    With --live, answers, referrals, placements and paid invoices go on happening, each pushed
    as a signed webhook or put into Bullhorn's queue of events. POST /live/KIND makes one
    happen: answer (?score=0..10), detractor, referral, placement, invoice-paid, deletion, merge,
    anonymisation.
    """
    from orchestration.demo import serve_sandbox

    arguments = ["--port", str(port), "--seed", str(seed)]
    if replay is not None:
        arguments += ["--replay", str(replay)]
    if live:
        arguments += ["--live", "--receiver", receiver, "--per-minute", str(per_minute)]
    serve_sandbox(arguments)


@app.command()
def receive(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; 127.0.0.1 unless \\[receiver] says.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="0 takes a free one; 8790 unless \\[receiver] says.")
    ] = None,
) -> None:
    """Take webhooks of the configured sources into the inbox, until told to end.

    Each source of vouch.toml whose vendor pushes and that has webhook_secrets is taken at
    /webhooks/NAME; give the vendor that address, and the same secret. An event is answered
    200 when it is on the disk: accepted, repeated, or quarantined with the reason. Put a
    proxy that speaks TLS before it. /health, /ready, /metrics and /openapi.json tell the
    rest. SIGTERM ends it when all that was accepted is stored and answered.
    """
    from ingestion.inbox import InboxUnavailable
    from ingestion.receiver.server import CannotListen
    from orchestration.receive import receive as serve

    found = _settings()
    chosen = found.receiver
    try:
        serve(
            found,
            chosen.host if host is None else host,
            chosen.port if port is None else port,
            lambda line: err.print(line, highlight=False, markup=False),
        )
    except (InboxUnavailable, CannotListen) as error:
        err.print(str(error), style="red", highlight=False, markup=False)
        raise typer.Exit(OTHER) from error


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port of Dagster's web interface.")] = 3000,
    receiver_port: Annotated[int, typer.Option(help="Port of the webhook receiver.")] = 8790,
    sandbox_port: Annotated[int, typer.Option(help="Port of the live sandbox.")] = 8787,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="Start no sandbox, whatever vouch.toml reads.")
    ] = False,
) -> None:
    """Start everything on this machine, and keep it running until Ctrl-C.

    Dagster's web interface and daemon, the warm worker, the webhook receiver and, when
    vouch.toml reads the sandbox, a sandbox in which things go on happening. A home without a
    release gets its first one. Ports are on 127.0.0.1; 0 takes a free one.
    """
    from orchestration.dev import Wanted, serve

    serve(Wanted(port, receiver_port, sandbox_port, no_sandbox), out)


@app.command()
def serve(
    part: Annotated[Part, typer.Argument(help="Which process.")],
    host: Annotated[str, typer.Option(help="Address of the web interface.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port of the web interface.")] = 3000,
    sockets: Annotated[
        Path | None,
        typer.Option(help="Folder where the parts meet, the same for all; VOUCH_HOME/run."),
    ] = None,
) -> None:
    """Run one long-lived process by itself, as a service does: see deploy/README.md."""
    from orchestration.serve import serve as become

    become(_settings(), part, host, port, sockets)


@app.command()
def watch(as_json: AsJsonLines = False) -> None:
    """Show events, runs and releases as they pass, with the figures that moved, until Ctrl-C.

    Only reads. Begins with now; `vouch releases` lists what was before.
    """
    from orchestration.watch import watch as watched

    watched(_settings(), out, as_json)


@app.command()
def worker() -> None:
    """Keep everything in memory that a run needs, and fork a process per run.

    Watches inbox and drop folder and starts what follows at once; takes the runs that Dagster
    launches. Without it each run starts a process of its own, 10 to 20 s later.
    """
    from orchestration.worker.server import serve

    serve(_settings())


@app.command()
def releases(as_json: AsJson = False) -> None:
    """List what was published and is still kept; the current release is marked.

    An event is in the releases whose inbox position is its own or a higher one.
    """
    found = publication.releases(_settings().home)
    reports.releases(out, found, as_json)


@app.command()
def rollback(
    release: Annotated[str, typer.Argument(help="Id from `vouch releases`.")], wait: Wait = 0.0
) -> None:
    """Make an earlier release the current one; readers notice at their next query."""
    found = _settings()
    with home.held(found.home, "vouch rollback", wait):
        back = publication.rollback(found.home, release, at=reports.now())
        _serve(found)
    out.print(f"{back.id} is current. It stays so until a run has something new to publish.")


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Re-check the ledger's chain and the hashes of every released file.

    With PostgreSQL in [serving], also whether it shows the current release's very rows. Ends with 1
    and names each file, line or mart that is not what was published.
    """
    found = _settings()
    report = publication.verify(found.home)
    if found.serving.postgresql and report.intact:
        from publication.postgresql import served_problems

        served = served_problems(found.home, found.serving.postgresql)
        report = replace(report, problems=tuple(served))
    reports.verification(out, report, as_json)
    raise typer.Exit(PUBLISHED if report.intact else OTHER)


@app.command()
def explain(
    mart: Annotated[str, typer.Argument(help="A public mart, such as fct_placements.")],
    key: Annotated[
        list[str], typer.Argument(help="Values of its grain, in order, or column=value.")
    ],
    release: Annotated[str | None, typer.Option(help="Another release than the current.")] = None,
    as_json: AsJson = False,
) -> None:
    """Follow one row back: agency-model rows, landed payloads, hashes, loads and checks."""
    found = _settings()
    landing = [
        LandingFile(file.vendor, file.entity, file.path) for file in landed_files(found.landing)
    ]
    named = dict(part.split("=", 1) for part in key) if all("=" in part for part in key) else key
    explained = publication.explain(found.home, mart, named, landing, release_id=release)
    reports.explanation(out, explained, as_json)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def metrics(context: typer.Context) -> None:
    """Ask the current release by MetricFlow, whose words follow: `list metrics`, `query`.

    For example: vouch metrics query --metrics hires,fall_off_rate
    --group-by metric_time__month,placement__referral_status
    """
    from orchestration.metricflow import ask

    raise typer.Exit(ask(_settings(), context.args))


@app.command()
def rejects(as_json: AsJson = False) -> None:
    """List the records of the newest candidate that could not be used, with their reasons."""
    home_folder = _settings().home
    try:
        folder = publication.latest_candidate(home_folder).folder
    except publication.CandidateError:
        folder = publication.current(home_folder).folder
    reports.rejects(out, rejected_records(folder), as_json)


def _as_known(
    found: Settings, until: datetime, day: date | None, wait: float, as_json: bool
) -> None:
    from orchestration.as_known import rebuild
    from orchestration.progress import shown

    with shown(err), home.held(found.home, "vouch run --as-of", wait):
        rebuilt = rebuild(found, until, day or until.date())
    reports.as_known(out, rebuilt, as_json)


def _run(found: Settings, full: bool, day: date | None, wait: float, as_json: bool) -> int:
    from orchestration.progress import shown
    from orchestration.run import run as execute

    with shown(err):
        done = execute(found, full, None if day is None else day.isoformat(), wait)
    for failure in done.failures:
        err.print(f"{failure.step}: {failure.message}", style="red", highlight=False, markup=False)
    if any(
        failure.exit_code == REFUSED and failure.step in ("gate", "release")
        for failure in done.failures
    ):
        reports.refusal(err, found.home)
    reports.run(out, found.home, done, as_json)
    return done.exit_code


def _serve(found: Settings) -> None:
    if found.serving.postgresql:
        # SQLAlchemy takes a while to import, and most homes do without it.
        from publication.postgresql import serve

        serve(found.home, found.serving.postgresql)


def _settings(overrides: dict[str, str] | None = None) -> Settings:
    import os

    os.environ.update(overrides or {})
    return settings.load()


def main() -> None:
    """Entry point: known errors become one line, others keep their traceback."""
    try:
        app()
    except (
        home.HomeBusy,
        home.HomeUnusable,
        ports.PortTaken,
        settings.SettingsError,
    ) as error:
        err.print(str(error), style="red", highlight=False, markup=False)
        sys.exit(BUSY if isinstance(error, home.HomeBusy) else OTHER)
    except publication.PublicationError as error:
        err.print(str(error), style="red", highlight=False, markup=False)
        sys.exit(OTHER)
