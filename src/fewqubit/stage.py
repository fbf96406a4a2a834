"""What surrounds the work of every stage: its journal, and errors as one line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from fewqubit.errors import FewqubitError
from fewqubit.journal import stage_journal

# A stage compiles for longer than it runs: on the MAML step, level 1 compiled in half the time of
# XLA's default and ran as fast. XLA reads this when JAX first computes.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=1")


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Keep the journal of stage ``name``; a FewqubitError ends the process with its one line."""
    try:
        with stage_journal(name):
            yield
    except FewqubitError as error:
        raise SystemExit(f"{name}: {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(f"{name}: stopped") from None
