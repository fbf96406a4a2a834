"""Commands that make, mirror and show results."""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fewqubit.cli import complete
from fewqubit.cli.root import commands, console, say
from fewqubit.errors import FewqubitError

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="Stages of dvc.yaml, or groups of them (`meta_train`).",
        show_default="all",
        autocompletion=complete.stages,
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A value of this run alone; repeatable."),
]
Recipe = Annotated[
    str | None,
    typer.Option(
        help="Lay recipes/NAME.yaml over params.yaml, for this run.",
        metavar="NAME",
        autocompletion=complete.recipes,
    ),
]
Port = Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")]
Workers = Annotated[int, typer.Option(min=1, help="Stages to run at the same time.")]


@commands.command()
def run(
    targets: Targets = None,
    override: Overrides = None,
    recipe: Recipe = None,
    workers: Workers = 1,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show every line; else they are in reports/run.log.")
    ] = False,
    dry: Annotated[
        bool, typer.Option("--dry", help="Only say what would run, and how long it took last time.")
    ] = False,
) -> None:
    """Run the stale stages, log the results to MLflow and print the verdicts.

    Nothing is computed twice; a run that was stopped or killed continues where it was. Settings
    given here hold for this run only: params.yaml is not changed.
    """
    from fewqubit.config import load_settings
    from fewqubit.io.journal import ran_since
    from fewqubit.pipeline.last_run import record
    from fewqubit.pipeline.locks import sole_run
    from fewqubit.pipeline.project import open_project
    from fewqubit.pipeline.reproduce import reproduce
    from fewqubit.pipeline.stages import ALL_BUT_TRACK
    from fewqubit.pipeline.view import with_settings
    from fewqubit.tracking.reach import answers

    if dry:
        _plan(targets or (), override or (), recipe)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as tidily as Ctrl-C
    project = open_project(Path.cwd())
    with (
        sole_run(project, say) as lock,
        with_settings(project, override or (), recipe, say=say) as place,
    ):
        load_settings(place / "params.yaml")
        record(project, override or (), recipe)
        began, mirrored = datetime.now(UTC), not targets and answers(place, say)
        wanted = targets or (() if mirrored else ALL_BUT_TRACK)
        reproduce(place, wanted, workers, lock, verbose=verbose)
        # the database may be gone since
        if mirrored and not ran_since("track", began):
            _mirror(place)
    if not targets:
        _show_results(project)


@commands.command()
def status(targets: Targets = None, override: Overrides = None, recipe: Recipe = None) -> None:
    """Show which stages are stale, and why."""
    from fewqubit.config import load_settings
    from fewqubit.pipeline.graph import read_pipeline
    from fewqubit.pipeline.last_run import last_run
    from fewqubit.pipeline.project import open_project
    from fewqubit.pipeline.view import with_settings

    project = open_project(Path.cwd())
    with with_settings(project, override or (), recipe, "status", say) as place:
        load_settings(place / "params.yaml")
        pipeline = read_pipeline(place).select(targets or ())
    if not pipeline.stale:
        console.print(f"All {len(pipeline.upstream)} stages are up to date.")
        return
    table = Table("stage", "why it is stale")
    for stage in filter(pipeline.stale.__contains__, pipeline.upstream):
        table.add_row(stage, "\n".join(pipeline.changed.get(stage, ["reads what will be remade"])))
    console.print(table)
    console.print(f"{len(pipeline.stale)} of {len(pipeline.upstream)} stages; `fewqubit run`")
    other = last_run(project)
    if other and not (override or recipe):
        say(f"params.yaml is asked about; the last run had settings of its own: {other}")


@commands.command()
def report(
    browser: Annotated[bool, typer.Option("--open", help="Open the HTML report.")] = False,
) -> None:
    """Print the verdicts of the last run, and where the report is."""
    _show_results(Path.cwd())
    if browser:
        typer.launch(str(Path.cwd() / "reports/report.html"))


@commands.command()
def track() -> None:
    """Log the results of the last run to MLflow; those already there are not changed."""
    from fewqubit.pipeline.last_run import last_asked
    from fewqubit.pipeline.project import open_project
    from fewqubit.pipeline.view import with_settings

    project = open_project(Path.cwd())
    with with_settings(project, *last_asked(project), "track") as place:
        _mirror(place, quiet=False)


@commands.command()
def mlflow(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")] = 5000,
) -> None:
    """Serve the runs on this machine and say where the comparison page is."""
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.ports import check_free
    from fewqubit.pipeline.process import module
    from fewqubit.pipeline.project import open_project
    from fewqubit.tracking.address import is_server, shown, tracking_uri
    from fewqubit.tracking.database.mend import mend
    from fewqubit.tracking.database.percent import server_path
    from fewqubit.tracking.database.schema import make_current
    from fewqubit.tracking.links import comparison_links

    project, address = open_project(Path.cwd()), f"http://127.0.0.1:{port}"
    uri = tracking_uri(project)
    if not is_server(uri):
        check_free(port, "fewqubit mlflow --port {}")
    for note in (*mend(project), make_current(project)):
        if note:
            say(note)
    links = comparison_links(project, address)
    if is_server(uri):
        say(f"MLflow is served already: {shown(uri)}")
    else:
        say(f"MLflow starts in half a minute; Ctrl-C ends it. {address}")
    for name, link in links.items():
        say(f"compare {name}: {link}")
    if is_server(uri):
        return
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    environment = stage_environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    # by environment: everybody on the machine may read a command line, and a password in it
    environment |= {"MLFLOW_BACKEND_STORE_URI": uri} | server_path()
    os.execve(sys.executable, module("mlflow", "server", *listen), environment)


def _plan(targets: Sequence[str], overrides: Sequence[str], recipe: str | None) -> None:
    from fewqubit.config import load_settings
    from fewqubit.pipeline.graph import read_pipeline
    from fewqubit.pipeline.project import open_project
    from fewqubit.pipeline.time_left import plan
    from fewqubit.pipeline.view import with_settings

    project = open_project(Path.cwd())
    with with_settings(project, overrides, recipe, "status", say) as place:
        load_settings(place / "params.yaml")
        for line in plan(project, read_pipeline(place).select(targets)):
            say(line)


@commands.command()
def serve(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="DATASET/LEARNER/ARM, `best` on validation, or the folder of a saved classifier.",
            show_default="none: the nightly runs",
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of MODEL.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Where MODEL listens; 0.0.0.0 in a container, whose ports are shut.")
    ] = "127.0.0.1",
    cron: Annotated[
        str | None,
        typer.Option(metavar="CRON", help="When, in UTC.", show_default="0 2 * * *, or $CRON"),
    ] = None,
) -> None:
    """Serve MODEL as a REST API, or, without one, run the experiment every night, by Prefect.

    The API adapts to labelled rows and answers others (docs: A served model).
    """
    if model is not None:
        _serve_model(model, host, port)
        return
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.process import module
    from fewqubit.pipeline.project import open_project

    open_project(Path.cwd())
    environment = stage_environment() | ({"CRON": cron} if cron else {})
    os.execve(sys.executable, module("flows.serve"), environment)


def _serve_model(name: str, host: str, port: int) -> None:
    from fewqubit.pipeline.last_run import last_settings
    from fewqubit.pipeline.ports import check_free
    from fewqubit.predict.files import choose
    from fewqubit.predict.served import server

    check_free(port, f"fewqubit serve {name} --port {{}}")
    if Path(name, "learner.json").is_file() and Path(name, "transform.json").is_file():
        folder, prepared, told = Path(name), None, name
    else:
        best = name == "best"
        run = last_settings(Path.cwd()).run if best else None
        chosen = choose(Path("artifacts"), None if best else name, run)
        folder, prepared, told = chosen.trained, chosen.prepared, chosen.name
    app = server.app_of(folder, prepared)
    say(f"{told} is served at http://{host}:{port} (schema: /openapi.json); Ctrl-C ends it")
    server.serve(app, port, host)


def _mirror(project: Path, *, quiet: bool = True) -> None:
    from fewqubit.tracking import mirror
    from fewqubit.tracking.searches import mirror_searches

    summary, searches = mirror(project), mirror_searches(project)
    for note in (*summary.notes, *searches.notes):
        say(note)
    for reason in summary.skipped:
        say(f"not mirrored: {reason}")
    if summary.logged or not quiet:
        say(f"MLflow: {len(summary.logged)} runs logged, {summary.known} known ({summary.uri})")
    if searches.logged:
        say(f"MLflow: {len(searches.logged)} searches logged")


def _show_results(project: Path) -> None:
    from fewqubit.report.terminal.console import print_verdicts
    from fewqubit.tracking.links import comparison_links

    print_verdicts(project / "reports", console)
    say(f"report   {project / 'reports/report.html'}")
    try:
        for link in comparison_links(project).values():
            say(f"compare  make mlflow, then {link}")
    except FewqubitError as error:  # the verdicts are what was asked for
        say(f"compare  not now: {error}")
