"""The ``fewqubit`` command; what a command needs is imported inside it, so help comes at once."""

import sys

from rich.console import Console

from fewqubit.cli import experiment, learner, look  # noqa: F401 - registers their commands
from fewqubit.cli.root import commands
from fewqubit.errors import FewqubitError
from fewqubit.usercode import OwnCode, wants_traceback

__all__ = ["app", "commands"]


def app() -> None:
    """Run the command; what Fewqubit raises on purpose is one line on stderr and exit code 2."""
    try:
        with OwnCode():
            commands()
    except FewqubitError as error:
        if wants_traceback():
            raise
        Console(stderr=True, soft_wrap=True).print(
            f"{type(error).__name__}: {error}", style="red", markup=False, highlight=False
        )
        sys.exit(2)
