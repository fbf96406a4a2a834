"""Stands in for ``python`` where DVC starts a stage: a loaded process computes it (``loaded``).

It has the stage's words on its command line and its place among the processes: its output goes on,
and so does each signal; if it is killed, so is the stage. What is none of the loaded process's
SCRIPTS, and every stage where there is no such process, is left to Python itself. Standard library
only, so it starts in 20 ms:

    python -IS stand_in.py FOLDER SCRIPT,SCRIPT,… PROJECT ARGUMENT …
"""

import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress

SOCKET, IMPORTING = "stages", "importing"  # in the folder: at the end, and until then
FAILED = 1
LONGEST_S = 20.0  # for a process to import all; by then the stage had done so itself
LOOK_S = 0.02
PACKAGE = "pipelines."


def main(folder: str, scripts: str, project: str, words: list[str]) -> int:
    """Have the stage that ``words`` name computed; its exit code."""
    link = _awaited(folder) if _is_stage(scripts.split(","), project, words) else None
    if link is None:
        os.execv(sys.executable, [sys.executable, *words])
    socket.send_fds(link, [b"\n"], [sys.stdout.fileno(), sys.stderr.fileno()])
    link.sendall(json.dumps([words[1:], dict(os.environ)]).encode() + b"\n")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: link.sendall(bytes([number])))
    if code := link.recv(1):
        return code[0]
    sys.stderr.write(f"{words[1]}: the process that it was forked from has ended\n")
    return FAILED


def _is_stage(scripts: list[str], project: str, words: list[str]) -> bool:
    here = os.getcwd()  # noqa: PTH109  # pathlib takes as long to import as all the rest
    named = words[:1] == ["-m"] and words[1].startswith(PACKAGE)
    return named and words[1].removeprefix(PACKAGE) in scripts and here == project


def _awaited(folder: str) -> socket.socket | None:
    """The connection to the loaded process, once it has imported all; None if there is none."""
    mark, latest = f"{folder}/{IMPORTING}", time.monotonic() + LONGEST_S
    while os.path.exists(mark) and time.monotonic() < latest:  # noqa: PTH110
        time.sleep(LOOK_S)
    with suppress(OSError):  # it was killed, or hangs: no other stage waits for it
        os.remove(mark)  # noqa: PTH107
    return _connected(f"{folder}/{SOCKET}")


def _connected(place: str) -> socket.socket | None:
    link = socket.socket(socket.AF_UNIX)
    try:
        link.connect(place)
    except OSError:
        return None
    return link


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
