"""The application that commands are registered with, and how they print."""

from typing import Annotated

import typer
from rich.console import Console

commands = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Few-shot learning with quantum models: from raw data to a verdict, by DVC, Prefect and "
    "MLflow. Run it in the project's top folder.",
    epilog="First time: [bold]fewqubit run[/bold], or [bold]fewqubit new NAME[/bold] where there "
    "is no project. Settings: params.yaml. Nightly: make serve. Amiss: fewqubit doctor.",
)
console = Console(markup=False)  # names and paths may look like it


def say(line: str) -> None:
    """Plain text, never broken or coloured: paths and links are for copying."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _tell_version(asked: bool) -> None:
    if asked:
        import fewqubit

        say(f"fewqubit {fewqubit.__version__}")
        raise typer.Exit


@commands.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Tell the version."),
    ] = False,
) -> None:
    """Options of all commands."""
