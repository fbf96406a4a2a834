"""What surrounds the work of every stage: its journal, and errors as one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from fewqubit.errors import FewqubitError
from fewqubit.journal import stage_journal


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
