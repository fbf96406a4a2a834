"""Commands around a project: make a new one, look whether all is well."""

from pathlib import Path
from typing import Annotated

import typer

from fewqubit.cli.root import commands, say


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    table: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV or Parquet file that the project is about."),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Where its labels are.", show_default="label"),
    ] = None,
) -> None:
    """Make a project of its own: settings, stages, flows, recipes, under Git.

    With a table, the settings are fitted to it: to its classes, rows and columns.
    """
    from fewqubit.pipeline.projects.make import make_project

    for line in make_project(folder, table, label):
        say(line)
    say(f"ready: cd {folder}, then `fewqubit run`; README.md says what else")


@commands.command()
def doctor() -> None:
    """Check versions, cores, GPU, ports, DVC and MLflow; print a remedy for each fault.

    Ends with exit code 1 if something will fail.
    """
    from fewqubit.cli.doctor.machine import look_at_machine
    from fewqubit.cli.doctor.project import look_at_project

    place, faults = Path.cwd(), 0
    for looked in (look_at_machine(place), look_at_project(place)):
        for what, found, remedy, fault in looked:
            say(f"{'✗' if fault else '!' if remedy else '✓'} {what}: {found}")
            if remedy:
                say(f"    → {remedy}")
            faults += fault
    if faults:
        raise typer.Exit(1)
