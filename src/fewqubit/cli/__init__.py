"""The ``fewqubit`` command.

What it needs is imported inside it: help comes at once, and Ctrl-C is a line whenever it comes.
"""

import sys


def app() -> None:
    """Run the command (``fewqubit.cli.main``)."""
    try:
        from fewqubit.cli.main import main

        main()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("stopped\n")
        sys.exit(130)
