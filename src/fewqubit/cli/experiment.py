"""Commands that make, mirror and show results."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fewqubit.cli.root import commands, console, say

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="Stages of dvc.yaml, or groups of them (`meta_train`).", show_default="all"
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A value of this run alone; repeatable."),
]
Recipe = Annotated[
    str | None,
    typer.Option(help="Lay recipes/NAME.yaml over params.yaml, for this run.", metavar="NAME"),
]
Workers = Annotated[int, typer.Option(min=1, help="Stages to run at the same time.")]


@commands.command()
def run(
    targets: Targets = None,
    override: Overrides = None,
    recipe: Recipe = None,
    workers: Workers = 1,
) -> None:
    """Make what is stale, mirror it into MLflow and print the verdicts.

    Nothing is computed twice; stopped or killed, it goes on where it was. Settings of a run are its
    own: params.yaml stays as it is.
    """
    from fewqubit.config import load_settings
    from fewqubit.journal import ran_since
    from fewqubit.pipeline.last_run import record
    from fewqubit.pipeline.locks import sole_run
    from fewqubit.pipeline.project import open_project
    from fewqubit.pipeline.reproduce import reproduce
    from fewqubit.pipeline.view import with_settings

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as tidily as Ctrl-C
    project = open_project(Path.cwd())
    with (
        sole_run(project, say) as lock,
        with_settings(project, override or (), recipe) as place,
    ):
        load_settings(place / "params.yaml")
        record(project, override or (), recipe)
        began = datetime.now(UTC)
        reproduce(place, targets or (), workers, lock)
        if not targets and not ran_since("track", began):  # the database may be gone since
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
    with with_settings(project, override or (), recipe, "status") as place:
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
    """Mirror the results into MLflow; those that are there already are left alone."""
    from fewqubit.pipeline.project import open_project

    _mirror(open_project(Path.cwd()), quiet=False)


@commands.command()
def mlflow(port: Annotated[int, typer.Option(help="On 127.0.0.1.")] = 5000) -> None:
    """Serve the runs on this machine and say where the comparison page is."""
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.process import module
    from fewqubit.tracking.address import tracking_uri
    from fewqubit.tracking.links import comparison_links

    address = f"http://127.0.0.1:{port}"
    say(f"MLflow starts in half a minute; Ctrl-C ends it. {address}")
    for name, link in comparison_links(Path.cwd(), address).items():
        say(f"compare {name}: {link}")
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    server = module("mlflow", "server", *listen, "--backend-store-uri", tracking_uri(Path.cwd()))
    environment = stage_environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    os.execve(sys.executable, server, environment)


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
    from fewqubit.report.console import print_verdicts
    from fewqubit.tracking.links import comparison_links

    print_verdicts(project / "reports", console)
    say(f"report   {project / 'reports/report.html'}")
    for link in comparison_links(project).values():
        say(f"compare  make mlflow, then {link}")
