"""A bar for long work in memory, in a terminal and in a notebook alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

Advance = Callable[[int, str], None]  # (steps done, text shown next to the bar)


@contextmanager
def bar(title: str, total: int, shown: bool = True) -> Iterator[Advance]:
    """A bar of ``total`` steps; with ``shown`` false, nothing is printed."""
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[status]}")
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), disable=not shown
    ) as progress:
        task = progress.add_task(title, total=total, status="compiling")
        yield lambda done, status: progress.update(task, completed=done, status=status)
