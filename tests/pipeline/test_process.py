"""A command under guard, as its asker sees it."""

import sys
import threading
from pathlib import Path

from fewqubit.pipeline.process import GuardedProcess
from processes import all_end, number_in

FAMILY = "echo $$ > parent; sh -c 'echo $$ > child; exec sleep 60' & wait"


def test_gives_lines_of_both_streams_and_the_exit_code(tmp_path: Path) -> None:
    command = ["sh", "-c", "printf '50 %%\\r100 %%\\n'; echo wrong >&2; exit 4"]
    with GuardedProcess(command, tmp_path, captured=True) as process:
        assert [*process.lines()] == ["50 %", "100 %", "wrong"]
        assert process.wait() == 4


def test_leaving_the_block_ends_the_command(tmp_path: Path) -> None:
    with GuardedProcess(["sh", "-c", FAMILY], tmp_path):
        family = number_in(tmp_path / "parent"), number_in(tmp_path / "child")
    assert all_end(*family, within=1)


def test_stop_from_another_thread_ends_the_lines(tmp_path: Path) -> None:
    with GuardedProcess(["sh", "-c", "echo first; sleep 60"], tmp_path, captured=True) as process:
        timer = threading.Timer(0.2, process.stop)
        timer.start()
        assert [*process.lines()] == ["first"]
        assert process.wait() != 0
        process.stop()


def test_python_of_a_stage_is_this_python(tmp_path: Path) -> None:
    command = ["sh", "-c", "python -c 'import sys; print(sys.prefix)'; echo $DO_NOT_TRACK"]
    with GuardedProcess(command, tmp_path, captured=True) as process:
        assert [*process.lines()] == [sys.prefix, "true"]
