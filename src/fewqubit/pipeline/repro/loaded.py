"""A process that has imported what stages import, and computed nothing: stages are forks of it.

    DVC ──> sh -c "python -m pipelines.X …" ──> stand_in ──socket──> loaded ──fork──> the stage

Imports take a stage two seconds of the processor, most of what a short one takes; here they happen
once. A fork is safe while one thread runs and JAX has no backend. Where that does not hold there is
no socket, and stages start by themselves as under ``dvc repro``. Until everything is imported they
wait: as long as FOLDER has the file ``importing``.

    python -m fewqubit.pipeline.repro.loaded FOLDER SCRIPT …
"""

import gc
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from fewqubit.base.extras import needs
from fewqubit.pipeline.repro.stand_in import IMPORTING, SOCKET

with needs("pipeline", "runs of the pipeline"):
    import psutil

LOOK_S = 2.0  # how often to look whether the guard lives
TIMEOUT_S = 10.0  # for a stand-in to say what it asks for
SCRIPTS, CODE = "pipelines", Path("artifacts/watched/code")
LATER = {  # libraries that stages import as they go
    "baseline": ["sklearn.svm"],
    "encode": ["matplotlib.backends.backend_agg"],
    "evaluate": ["qiskit_ibm_runtime.transpiler.plugin"],
}
OF_JAX = ["jaxlib.mlir.dialects.mhlo", "jaxlib.mlir.dialects.builtin"]  # when it compiles
ONE_THREAD = "JE_ARROW_MALLOC_CONF", "background_thread:false"  # importing pyarrow starts one


class Asked(NamedTuple):
    """What a stand-in asks for: the words of a stage, its environment, its stdout and stderr."""

    words: list[str]
    environment: dict[str, str]
    outputs: list[int]

    def run(self) -> None:
        """Be that stage, in this process, which is a new fork."""
        for own, output in enumerate(self.outputs, 1):
            os.dup2(output, own)
            os.close(output)
        os.environ.update(self.environment)  # what imports have set stays, as it would there
        sys.argv[:] = self.words
        sys.modules.pop(self.words[0], None)  # it runs as __main__
        runpy.run_module(self.words[0], run_name="__main__", alter_sys=True)


class Forks:
    """Stages under way, each with the connection to its stand-in."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ, self._fork)
        self._links: dict[int, socket.socket] = {}  # by the number of a stage's process

    def serve(self, guard: int) -> Asked | None:
        """Start what is asked for, until SIGINT; then wait for what is under way.

        It also ends, when nothing is under way, if its parent is no longer ``guard``. Returns None,
        or in the process of a stage what it shall be.
        """
        here = os.getpid()
        try:
            while self._links or os.getppid() == guard:
                for key, _ in self._selector.select(LOOK_S):
                    if (asked := key.data()) is not None:
                        return asked
            return None
        except KeyboardInterrupt:
            if os.getpid() != here:
                raise
            for number in self._links:
                os.waitpid(number, 0)
            return None

    def _fork(self) -> Asked | None:
        link, _ = self._listener.accept()
        try:
            asked = _received(link)
        except (OSError, ValueError):  # it was killed while it asked
            link.close()
            return None
        number = os.fork()
        if number == 0:
            self._selector.close()
            for one in (self._listener, link, *self._links.values()):
                one.close()
            return asked
        for output in asked.outputs:
            os.close(output)
        self._links[number], end = link, os.pidfd_open(number)
        self._selector.register(link, selectors.EVENT_READ, partial(self._told, number))
        self._selector.register(end, selectors.EVENT_READ, partial(self._ended, number, end))
        return None

    def _told(self, number: int) -> None:
        """Hand on a signal; kill the stage whose stand-in is no more."""
        link = self._links.get(number)
        if link is None:  # it has ended at the same moment
            return
        try:
            signals = link.recv(1)
        except ConnectionError:
            signals = b""
        os.kill(number, signals[0] if signals else signal.SIGKILL)
        if not signals:
            self._selector.unregister(link)

    def _ended(self, number: int, end: int) -> None:
        """Send the exit code of a stage to its stand-in."""
        code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        self._selector.unregister(end)
        os.close(end)
        link = self._links.pop(number)
        with suppress(KeyError):  # its stand-in is no more
            self._selector.unregister(link)
        with suppress(ConnectionError), link:
            link.sendall(bytes([code if code >= 0 else 128 - code]))


def _received(link: socket.socket) -> Asked:
    link.settimeout(TIMEOUT_S)
    _, outputs, _, _ = socket.recv_fds(link, 1, 2)
    try:
        with link.makefile("rb") as lines:
            words, environment = json.loads(lines.readline())
    except (OSError, ValueError):
        for output in outputs:
            os.close(output)
        raise
    return Asked(words, environment, outputs)


def main(folder: Path, scripts: Sequence[str]) -> None:
    """Import what ``scripts`` do, then fork at what comes to the socket in ``folder``."""
    guard = os.getppid()
    with socket.socket(socket.AF_UNIX) as listener:
        try:
            _import_all(scripts)
            if not _may_fork():
                return
            listener.bind(str(folder / SOCKET))
            listener.listen()
        finally:
            (folder / IMPORTING).unlink(missing_ok=True)
        asked = Forks(listener).serve(guard)
    if asked is not None:
        asked.run()
    else:
        shutil.rmtree(folder, ignore_errors=True)  # whoever made it may have been killed


def _import_all(scripts: Sequence[str]) -> None:
    gc.disable()
    os.environ.setdefault(*ONE_THREAD)
    for name in (name for script in scripts for name in imported(script)):
        with suppress(ImportError):  # not installed: the stage that wants it says so
            import_module(name)
    for name in OF_JAX if "jax" in sys.modules else ():
        with suppress(ImportError):  # of another version
            import_module(name)
    gc.freeze()  # what is there now is left alone by the collections of every stage
    gc.enable()


def imported(script: str) -> Iterator[str]:
    """The modules of a stage: its script, and all code that it computes with, however late.

    A stage is thus of one piece even if somebody edits the code while the run goes on.
    """
    yield f"{SCRIPTS}.{script}"
    yield from LATER.get(script, ())
    known = CODE / f"{script}.json"  # as ``watch`` has written it
    for file in json.loads(known.read_bytes()) if known.exists() else ():
        if "." not in file and not file.startswith(f"{SCRIPTS}/"):
            yield f"fewqubit/{file}".replace("/", ".").removesuffix(".__init__")


def _may_fork() -> bool:
    """Whether this process is alone with itself, so that a fork has all there is."""
    bridge = sys.modules.get("jax._src.xla_bridge")
    computes = bridge is not None and bridge.backends_are_initialized()
    return psutil.Process().num_threads() == 1 and not computes and _sees_ends()


def _sees_ends() -> bool:
    """Whether the kernel tells when a process ends."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):  # older than Linux 5.3, or a sandbox
        return False
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
