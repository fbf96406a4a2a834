"""The ``fewqubit`` command.

Libraries are imported inside the commands: help comes at once, and Ctrl-C is one line at any time.
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
