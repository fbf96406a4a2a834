"""What every command is registered with and speaks through."""

import typer
from rich.console import Console

commands = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Few-shot learning with quantum models: from raw data to a verdict, by DVC, Prefect and "
    "MLflow. Run it in the project's top folder.",
    epilog="First time: [bold]fewqubit run[/bold]. Settings: params.yaml. Nightly: make serve.",
)
console = Console(markup=False)  # names and paths may look like it


def say(line: str) -> None:
    """Plain text, never broken or coloured: paths and links are for copying."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)
