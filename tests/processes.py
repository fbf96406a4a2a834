"""Watching processes come and go."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil


def eventually(condition: Callable[[], object], within: float = 10.0) -> bool:
    """Whether ``condition`` comes true within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def number_in(path: Path) -> int:
    """The process number that a command writes to ``path``."""
    assert eventually(lambda: path.exists() and path.read_text().endswith("\n")), path
    return int(path.read_text())


def alive(number: int) -> bool:
    """A zombie counts as ended: in a container nobody may be there to reap it."""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def all_end(*numbers: int, within: float) -> bool:
    """Whether the processes end within so many seconds."""
    return eventually(lambda: not any(alive(number) for number in numbers), within)


def at_work_in(folder: Path) -> list[str]:
    """Command lines of the processes that work in ``folder`` or in a folder of it."""
    found = []
    for process in psutil.process_iter():
        try:
            inside = Path(process.cwd()).is_relative_to(folder)
            if inside and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
