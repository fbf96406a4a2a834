"""Stands in for ``python`` where DVC starts a stage: a loaded process computes it (``loaded``).

It has the stage's words on its command line and its place among the processes: its output goes on,
and so does each signal; if it is killed, so is the stage. What is no stage, and every stage while
there is no loaded process, is left to Python itself. Standard library only, so it starts in 20 ms:

    python -IS stand_in.py SOCKET PROJECT ARGUMENT …
"""

import json
import os
import signal
import socket
import sys

FAILED = 1
PACKAGE = "pipelines."


def main(place: str, project: str, words: list[str]) -> int:
    """Have the stage that ``words`` name computed; its exit code."""
    link = _connected(place) if _is_stage(project, words) else None
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


def _is_stage(project: str, words: list[str]) -> bool:
    here = os.getcwd()  # noqa: PTH109  # pathlib takes as long to import as all the rest
    return words[:1] == ["-m"] and words[1].startswith(PACKAGE) and here == project


def _connected(place: str) -> socket.socket | None:
    link = socket.socket(socket.AF_UNIX)
    try:
        link.connect(place)
    except OSError:
        return None
    return link


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
