"""Starts the loaded process beside a run, and the ``python`` by which DVC finds it."""

import shlex
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fewqubit.pipeline.process import GuardedProcess, module
from fewqubit.pipeline.repro import loaded, stand_in

FEWEST = 3  # stages that are worth another process
LEFT_ALONE = ("watch", "track")  # the first would wait for imports; the last is by itself


@contextmanager
def loading(project: Path, stages: Collection[str], lock: int) -> Iterator[Path | None]:
    """A folder for the front of PATH: its ``python`` has ``stages`` computed by forks.

    None where they are too few, and on systems that lose track of forks.
    """
    kinds = {stage.partition("@")[0] for stage in stages} - {*LEFT_ALONE}
    scripts = sorted(kind for kind in kinds if (project / loaded.SCRIPTS / f"{kind}.py").is_file())
    if sys.platform != "linux" or len(stages) < FEWEST or not scripts:
        yield None
        return
    with TemporaryDirectory(prefix="fewqubit-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _write_python(folder, project.resolve(), scripts)
        (folder / stand_in.IMPORTING).touch()
        command = module(loaded.__name__, name, *scripts)
        with GuardedProcess(command, project, captured=True, keeps=(lock,)):
            yield folder


def _write_python(folder: Path, project: Path, scripts: Sequence[str]) -> None:
    about = str(folder), ",".join(scripts), str(project)
    words = [sys.executable, "-IS", stand_in.__file__, *about]
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
    python.chmod(0o700)
