"""Commands that make, mirror and show results."""

import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fewqubit.cli import complete
from fewqubit.cli.options import Overrides, Recipe
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
    from fewqubit.base.io.journal import JOURNAL, ran_since, stage_journal
    from fewqubit.config import load_settings
    from fewqubit.pipeline.last_run import WHOLE, record
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
        with stage_journal(WHOLE, project / JOURNAL):
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
