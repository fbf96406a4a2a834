"""Stages as forks of a process that has imported what they import."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fewqubit.pipeline.repro import stand_in
from fewqubit.pipeline.repro.loaded import SOCKET, imported
from fewqubit.pipeline.repro.loading import loading
from processes import all_end, eventually, number_in

HEAVY = "import os\nIMPORTED_BY = os.getpid()\n"
STAGE = """
import os, sys, time
from pathlib import Path
import heavy
if __name__ == "__main__":
    print("parent", heavy.IMPORTED_BY, "own", os.getpid(), "name", os.environ.get("NAME"))
    print("words", *sys.argv[1:], file=sys.stderr)
    if "fail" in sys.argv:
        sys.exit("no such thing")
    if "wait" in sys.argv:
        Path("number").write_text(f"{os.getpid()}\\n")
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            sys.exit("stopped")
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stages are forked on Linux alone")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one stage."""
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "heavy.py").write_text(HEAVY)
    (tmp_path / "pipelines/__init__.py").touch()
    (tmp_path / "pipelines/make.py").write_text(STAGE)
    return tmp_path


@pytest.fixture
def folder(small: Path) -> Iterator[Path]:
    with loading(small, ["make@a", "make@b", "make@c"], lock=_any_file()) as place:
        assert place is not None
        yield place


def _any_file() -> int:
    return sys.__stderr__.fileno()


def start(folder: Path, project: Path, *words: str) -> subprocess.Popen[str]:
    command = [str(folder / "python"), "-m", "pipelines.make", *words]
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=project, env=os.environ | {"NAME": "one"}, **piped)


def test_a_stage_is_a_fork_with_its_own_words_settings_and_output(
    folder: Path, small: Path
) -> None:
    seen = set()
    for word in ("a", "b"):
        out, err = start(folder, small, "--axis", word).communicate()
        _, parent, _, own, _, name = out.split()
        assert (name, err) == ("one", f"words --axis {word}\n")
        assert parent != own
        seen |= {parent}
    assert len(seen) == 1


def test_its_exit_code_and_last_words_come_back(folder: Path, small: Path) -> None:
    process = start(folder, small, "fail")
    assert process.communicate()[1] == "words fail\nno such thing\n"
    assert process.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_to_the_stand_in_reaches_the_stage(
    folder: Path, small: Path, number: signal.Signals
) -> None:
    process = start(folder, small, "wait")
    stage = number_in(small / "number")
    process.send_signal(number)
    said = process.communicate(timeout=10)[1]
    assert all_end(stage, within=3)
    assert said.endswith("stopped\n") == (number == signal.SIGINT)
    assert process.returncode == {2: 1, 15: 128 + 15, 9: -9}[number]


def test_a_killed_parent_takes_its_stages_along(folder: Path, small: Path) -> None:
    process = start(folder, small, "wait")
    stage = psutil.Process(number_in(small / "number"))
    stage.parent().kill()
    assert "the process that it was forked from has ended" in process.communicate(timeout=10)[1]
    assert process.returncode == 1
    assert all_end(stage.pid, within=3)


def test_it_does_not_outlive_its_guard_for_long(folder: Path, small: Path) -> None:
    process = start(folder, small, "wait")
    stage = psutil.Process(number_in(small / "number"))
    parent = stage.parent()
    parent.parent().kill()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=10)[1].endswith("stopped\n")
    assert all_end(stage.pid, parent.pid, within=6)
    assert not (folder / SOCKET).exists()


def test_leaving_the_block_leaves_nothing(small: Path) -> None:
    with loading(small, ["make@a", "make@b", "make@c"], lock=_any_file()) as place:
        assert eventually((place / SOCKET).exists)
        start(place, small, "wait")
        stage = number_in(small / "number")
    assert all_end(stage, within=3)
    assert not place.exists()


def test_all_else_is_left_to_python(folder: Path, small: Path) -> None:
    """Other words, other folders, and stages while there is no loaded process."""
    python = str(folder / "python")
    asked = subprocess.run([python, "-c", "print(6 * 7)"], capture_output=True, check=True)
    assert asked.stdout == b"42\n"
    (small / "other").symlink_to(".")
    (small / "elsewhere").mkdir()
    for name in ("heavy.py", "pipelines"):
        (small / "elsewhere" / name).symlink_to(small / name)
    for project, forked in [(small / "other", True), (small / "elsewhere", False)]:
        _, parent, _, own, *_ = start(folder, project).communicate()[0].split()
        assert (parent != own) == forked
    (small / "pipelines/later.py").write_text(STAGE)  # it was not asked to load that one
    for words in (["-m", "pipelines.later"], ["-m", "pipelines.make"]):
        _, parent, _, own, *_ = subprocess.check_output([python, *words], cwd=small).split()
        assert parent == own
        (folder / SOCKET).unlink(missing_ok=True)


def test_a_process_with_threads_forks_nothing(small: Path) -> None:
    (small / "heavy.py").write_text(
        f"{HEAVY}import threading, time\n"
        "from pathlib import Path\n"
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "Path('imported').touch()\n"
    )
    with loading(small, ["make@a", "make@b", "make@c"], lock=_any_file()) as place:
        _, parent, _, own, *_ = start(place, small).communicate()[0].split()
        assert parent == own
        assert (small / "imported").exists()
        assert not (place / SOCKET).exists()


def test_one_stage_alone_waits_for_a_process_that_was_killed_while_it_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_in, "LONGEST_S", 0.1)
    (tmp_path / stand_in.IMPORTING).touch()
    assert stand_in._awaited(str(tmp_path)) is None
    assert not (tmp_path / stand_in.IMPORTING).exists()


def test_a_stage_waits_for_long_imports(small: Path) -> None:
    (small / "heavy.py").write_text(f"{HEAVY}import time\ntime.sleep(0.5)\n")
    with loading(small, ["make@a", "make@b", "make@c"], lock=_any_file()) as place:
        _, parent, _, own, *_ = start(place, small).communicate()[0].split()
    assert parent != own


def test_a_stage_s_code_is_imported_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [*imported("baseline")] == ["pipelines.baseline", "sklearn.svm"]
    write_watched_code(tmp_path, "report", ["pipelines/report", "meta/maml", "report/page.j2"])
    assert [*imported("report")] == ["pipelines.report", "fewqubit.meta.maml"]


def write_watched_code(project: Path, stage: str, files: list[str]) -> None:
    path = project / f"artifacts/watched/code/{stage}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(dict.fromkeys(files, "checksum")))


def test_few_stages_are_not_worth_it(small: Path) -> None:
    with loading(small, ["make@a"], lock=_any_file()) as place:
        assert place is None
