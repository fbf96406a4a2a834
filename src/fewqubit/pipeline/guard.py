"""Runs one command that cannot outlive the process that asked for it.

    asker ──pipe──> guard (session of its own) ──> command (group of its own) ──> its children

The asker holds the write end of a pipe to the guard's stdin and never writes to it. The kernel
closes that end when the asker stops the command, and likewise when the asker dies of any cause,
SIGKILL included. The guard then ends the whole group. So there is one way to end, and it always
works. The guard needs the standard library only and starts in 20 ms:

    python -IS guard.py COMMAND [ARGUMENT ...]
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from types import FrameType

GRACE_S = 5.0


def main(command: list[str]) -> int:
    """Run ``command``; its exit code, or 128 + the number of the signal that ended it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stay)
    # close_fds=False hands on what the asker let through on purpose: the lock of the project
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False, process_group=0)
    threading.Thread(target=_end_with_asker, args=(process.pid,), daemon=True).start()
    code = process.wait()
    _signal_group(process.pid, signal.SIGKILL)  # nothing that the command left behind lives on
    return code if code >= 0 else 128 - code


def _stay(number: int, frame: FrameType | None) -> None:
    """Ignore a signal: the guard ends only when the pipe closes or the command has ended.

    Not SIG_IGN, which the command would inherit; a handler is back at its default there, even
    where the asker was itself started with signals ignored (``make repro &`` in a script).
    """


def _end_with_asker(group: int) -> None:
    """When the pipe closes, send SIGINT, so that DVC frees its locks; later send SIGKILL."""
    os.read(sys.stdin.fileno(), 1)
    _signal_group(group, signal.SIGINT)
    time.sleep(GRACE_S)
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    # gone already; macOS says "not permitted" of a group in which only zombies are left
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
