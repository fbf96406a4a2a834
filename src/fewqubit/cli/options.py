"""Options that several commands take."""

from typing import Annotated

import typer

from fewqubit.cli import complete

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
