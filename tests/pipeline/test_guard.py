"""The guard ends its command with all children, whatever happened to the asker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fewqubit.pipeline import guard
from processes import alive, all_end, number_in

# a command with a child of its own; both write their numbers, then sleep
FAMILY = "echo $$ > parent; sh -c 'echo $$ > child; exec sleep 60' & wait"
STUBBORN = "trap '' INT TERM; echo $$ > parent; sleep 60 & echo $! > child; wait; sleep 60"


def start_guard(command: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-IS", guard.__file__, *command],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def test_gives_back_output_and_exit_code(tmp_path: Path) -> None:
    with start_guard(["sh", "-c", "echo said; exit 3"], tmp_path) as process:
        assert process.stdout.read() == "said\n"
        assert process.wait() == 3


def test_exit_code_names_the_signal(tmp_path: Path) -> None:
    with start_guard(["sh", "-c", "kill -9 $$"], tmp_path) as process:
        assert process.wait() == 128 + signal.SIGKILL


def test_closing_the_pipe_ends_the_whole_family(tmp_path: Path) -> None:
    with start_guard(["sh", "-c", FAMILY], tmp_path) as process:
        family = number_in(tmp_path / "parent"), number_in(tmp_path / "child")
        process.stdin.close()
        assert process.wait(timeout=3) != 0
        assert all_end(*family, within=1)


def test_a_command_that_ignores_signals_is_killed_after_the_grace(tmp_path: Path) -> None:
    with start_guard(["sh", "-c", STUBBORN], tmp_path) as process:
        family = number_in(tmp_path / "parent"), number_in(tmp_path / "child")
        process.stdin.close()
        assert process.wait(timeout=guard.GRACE_S + 3) == 128 + signal.SIGKILL
        assert all_end(*family, within=1)


def test_what_the_command_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    left = "sleep 60 & echo $! > child"
    with start_guard(["sh", "-c", left], tmp_path) as process:
        assert process.wait(timeout=5) == 0
        assert all_end(number_in(tmp_path / "child"), within=1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_guard_does_not_leave_the_command_alone(
    tmp_path: Path, number: signal.Signals
) -> None:
    with start_guard(["sh", "-c", FAMILY], tmp_path) as process:
        family = number_in(tmp_path / "parent"), number_in(tmp_path / "child")
        process.send_signal(number)
        time.sleep(0.2)
        assert process.poll() is None
        assert all(alive(member) for member in family)
        process.stdin.close()


ASKER = """
import signal, sys, time
from pathlib import Path
from fewqubit.pipeline.process import GuardedProcess
signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in `make repro &` of a script
with GuardedProcess(["sh", "-c", sys.argv[1]], Path.cwd()) as process:
    process.wait()
"""


def test_sigkill_of_the_asker_leaves_no_child(tmp_path: Path) -> None:
    asker = subprocess.Popen([sys.executable, "-c", ASKER, FAMILY], cwd=tmp_path)
    family = number_in(tmp_path / "parent"), number_in(tmp_path / "child")
    os.kill(asker.pid, signal.SIGKILL)
    asker.wait()
    assert all_end(*family, within=3)
