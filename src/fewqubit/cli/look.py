"""Commands that look before anything is trained: at settings, and at feature maps on data."""

from pathlib import Path
from typing import Annotated

import typer

from fewqubit.cli import complete
from fewqubit.cli.options import Recipe
from fewqubit.cli.root import commands, console, say


@commands.command()
def inspect(
    feature_map: Annotated[
        str | None,
        typer.Argument(
            metavar="FEATURE_MAP",
            help="Of params.yaml.",
            show_default="all in run.feature_maps",
            autocompletion=complete.feature_maps,
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Prepared data.",
            show_default="the first",
            autocompletion=complete.datasets,
        ),
    ] = None,
) -> None:
    """Look before you train: diagnostics of a feature map's kernel and gradients on a data set."""
    from fewqubit.config import load_settings
    from fewqubit.report.terminal.inspected import print_inspection
    from fewqubit.stages.inspect import inspect as look_at

    settings = load_settings()
    chosen = dataset or settings.run.first_dataset()
    for name in [feature_map] if feature_map else settings.run.feature_maps:
        print_inspection(look_at(settings, chosen, name, Path("artifacts")), console)


@commands.command()
def learners() -> None:
    """Show the learners that params.yaml describes; those in `run.learners` are computed."""
    from fewqubit.config import load_settings
    from fewqubit.report.terminal.settings import learners_table

    console.print(learners_table(load_settings()))


@commands.command()
def datasets(recipe: Recipe = None) -> None:
    """Read the data sets of params.yaml: rows, columns, classes, equal rows, what is wrong.

    Those in `run.datasets` are computed; with a recipe, only those are read. Nothing is written.
    """
    from fewqubit.base.keys import root_key
    from fewqubit.config import load_settings
    from fewqubit.pipeline.overrides import layered_settings
    from fewqubit.report.terminal.settings import datasets_lines, datasets_table
    from fewqubit.stages.survey import survey

    settings = layered_settings(Path(), recipe=recipe) if recipe else load_settings()
    names, key = settings.run.datasets if recipe else settings.datasets, root_key(settings.seed)
    surveys = {name: survey(name, settings.datasets[name], key) for name in names}
    console.print(datasets_table(settings, surveys))
    for line in datasets_lines(settings, surveys):
        say(line)
