import csv
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest

from fewqubit.base.io.files import read_json
from fewqubit.base.workers.pool import processes
from fewqubit.config import Range, Search
from fewqubit.errors import ArtifactError, NumbersError, PipelineError, SettingsError
from fewqubit.search.ledger import open_ledger
from fewqubit.search.results import read_trials
from fewqubit.search.run import search
from fewqubit.search.work import Work, measure
from processes import all_end
from search_work import RATES, AtOnce

POINTS = [
    {"training.learning_rate": rate, "encoder.widths": widths}
    for rate, widths in product(RATES, [[], [4]])
]


def values(work: Work) -> list[dict]:
    with open_ledger(work) as ledger:
        return [row.values for row in ledger.rows]


def budget(work: Work, **changes: object) -> Work:
    return work._replace(plan=Search.model_validate({**work.plan.model_dump(), **changes}))


def test_a_grid_is_searched_once_at_every_point_and_its_best_is_found(work: Work) -> None:
    pool = AtOnce()
    found = search(work, pool, 1)
    assert found.values == {"training.learning_rate": 0.3, "encoder.widths": [4]}
    assert found.best == pytest.approx(0.9)
    assert (found.trials, found.seconds) == (8, 8.0)
    assert sorted(map(str, values(work))) == sorted(map(str, POINTS))
    assert [trial.settings.seeds for trial in pool.done] == [2] * 8


def test_its_files_say_what_was_found(work: Work) -> None:
    search(work, AtOnce(), 1)
    card = read_json(work.folder / "search.json")
    assert card["values"] == {"training.learning_rate": 0.3, "encoder.widths": [4]}
    assert card["plan"]["sampler"] == "grid"
    with (work.folder / "trials.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["trial"] for row in rows] == [str(number) for number in range(8)]
    assert max(rows, key=lambda row: float(row["validation_accuracy"]))["encoder.widths"] == "[4]"


def test_a_journal_whose_data_are_away_stays_as_it_is(work: Work) -> None:
    search(work, AtOnce(), 1)
    journal, examples = work.folder / "journal.log", work.job.prepared / "examples.npz"
    content, data = journal.read_bytes(), examples.read_bytes()
    examples.unlink()
    with pytest.raises(ArtifactError, match=r"examples\.npz: expected prepared data.*prepare@"):
        values(work)
    assert journal.read_bytes() == content
    examples.write_bytes(data)
    assert len(values(work)) == 8


def damaged(content: bytes) -> Iterator[bytes]:
    """A journal edited, mixed up, cut in the middle, filled with something else."""
    lines = content.splitlines(keepends=True)
    yield b"\x00\xff" + content
    yield b"null\n" * 3
    yield b"".join(lines[1:])
    yield b"".join(lines[:5] + lines[6:])
    yield b""
    yield content.replace(b"values", b"valves")
    yield content.replace(b"accuracies", b"accidents")
    yield content.replace(b'"op_code":6', b'"op_code":99')
    yield b"[" * 5000 + b"\n"


def test_a_damaged_journal_is_set_aside_and_the_search_begins_again(
    work: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    best, journal = search(work, AtOnce(), 1).best, work.folder / "journal.log"
    content, vouched = journal.read_bytes(), (work.folder / "journal.json").read_bytes()
    capsys.readouterr()
    for bad in damaged(content):
        (work.folder / "journal.json").write_bytes(vouched)
        journal.write_bytes(bad)
        with open_ledger(work) as ledger:
            assert ledger.rows == []
        said = capsys.readouterr().err
        assert said.endswith("set aside as journal.log.damaged; the search begins again\n")
        assert said.count("\n") == 1
    assert search(work, AtOnce(), 1).best == best


def test_trials_that_were_edited_are_refused(work: Work) -> None:
    search(work, AtOnce(), 1)
    read_trials(work.folder)
    table = work.folder / "trials.csv"
    table.write_text(table.read_text().replace("0.9", "0.1", 1))
    with pytest.raises(ArtifactError, match=r"trials\.csv: expected the file that.*search again"):
        read_trials(work.folder)


def test_a_trial_that_diverges_counts_as_never_right(
    work: Work, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def diverge(*_: object) -> None:
        raise NumbersError("training diverged")

    monkeypatch.setattr("fewqubit.search.work.load_training_data", lambda *_: None)
    monkeypatch.setattr("fewqubit.search.work.train", diverge)
    trial = work.trial({"training.learning_rate": 1.0})
    assert measure(trial, 0, "trial 3").accuracies == [0.0, 0.0]
    assert "trial 3: training diverged; this trial counts as accuracy 0" in capsys.readouterr().err


@pytest.mark.parametrize("sampler", ["grid", "random", "tpe"])
def test_a_killed_search_goes_on_as_if_it_had_not_been(
    sampler: str, work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = budget(work, sampler=sampler, trials=8)
    killed = AtOnce(dies_after=3)
    with pytest.raises(KeyboardInterrupt):
        search(work, killed, 1)
    resumed = AtOnce()
    search(work, resumed, 1)
    assert {str(a.settings) for a in killed.done}.isdisjoint(str(a.settings) for a in resumed.done)
    interrupted = values(work)
    (tmp_path / "undisturbed").mkdir()
    monkeypatch.chdir(tmp_path / "undisturbed")
    search(work, AtOnce(), 1)
    assert interrupted == values(work)
    assert len(interrupted) == 8


def test_a_finished_search_trains_nothing_and_a_longer_one_the_rest(work: Work) -> None:
    short = budget(work, trials=3)
    search(short, AtOnce(), 1)
    again, rest = AtOnce(), AtOnce()
    search(short, again, 1)
    search(work, rest, 1)
    assert (len(again.done), len(rest.done)) == (0, 5)


def test_a_search_resumed_for_fewer_trials_than_were_begun_ends_at_all_of_them(
    work: Work, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewqubit.base.io.progress.INTERVAL_S", 0.0)
    with pytest.raises(KeyboardInterrupt):
        search(work, AtOnce(dies_after=3), 1)
    capsys.readouterr()
    assert search(budget(work, trials=2), AtOnce(), 1).trials == 4
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert "100%  trial 4/4" in lines[-1]


def test_what_a_kill_left_of_the_journal_is_mended(work: Work) -> None:
    search(budget(work, trials=3), AtOnce(), 1)
    journal = work.folder / "journal.log"
    journal.write_bytes(journal.read_bytes() + b'{"op_code": 4, "wor')
    Path(f"{journal}.lock").symlink_to(journal)
    began = time.monotonic()
    assert search(work, AtOnce(), 1).trials == 8
    assert time.monotonic() - began < 10


def test_no_trial_begins_after_the_seconds_are_spent(work: Work) -> None:
    assert search(budget(work, seconds=2.5), AtOnce(), 1).trials == 3
    assert search(budget(work, seconds=4.0), AtOnce(), 1).trials == 4


def test_equal_values_are_trained_and_charged_once(work: Work) -> None:
    few = work._replace(axes={"training.learning_rate": [0.1, 0.3]})
    pool = AtOnce()
    found = search(budget(few, sampler="random", trials=10), pool, 1)
    assert (found.trials, len(pool.done), found.seconds) == (10, 2, 2.0)
    with ThreadPoolExecutor(4) as threads:
        other = budget(few, sampler="random", trials=12, seeds=3)
        assert search(other, threads, 4).seconds == 2.0


def test_several_workers_find_the_same_on_a_grid(work: Work) -> None:
    with ThreadPoolExecutor(3) as threads:
        found = search(work, threads, 3)
    assert (found.best, found.trials) == (pytest.approx(0.9), 8)


def test_ranges_are_kept_and_whole_ends_give_whole_numbers(work: Work) -> None:
    axes = {
        "training.learning_rate": Range(low=1e-3, high=1.0, log=True),
        "circuit.repetitions": Range(low=1, high=3),
    }
    ranged = budget(work._replace(axes=axes), sampler="tpe", trials=14)
    search(ranged, AtOnce(), 1)
    for row in values(ranged):
        assert 1e-3 <= row["training.learning_rate"] <= 1.0
        assert row["circuit.repetitions"] in (1, 2, 3)
    with pytest.raises(SettingsError, match="a grid needs a list of values for training"):
        search(budget(ranged, sampler="grid"), AtOnce(), 1)


def test_both_arms_begin_at_the_same_values(work: Work) -> None:
    def first(arm: str) -> list[dict]:
        own = work._replace(job=work.job._replace(arm=arm))
        search(budget(own, sampler="random", trials=4), AtOnce(), 1)
        return values(budget(own, sampler="random"))

    assert first("quantum") == first("twin")


def test_one_search_at_a_time(work: Work) -> None:
    with open_ledger(work), pytest.raises(PipelineError, match="another process searches"):
        search(work, AtOnce(), 1)


def test_nothing_to_search_says_what_to_write(work: Work) -> None:
    with pytest.raises(SettingsError, match=r"search\.space\.protonet: expected settings to"):
        search(work._replace(axes={}), AtOnce(), 1)


ORPHAN = """
import os, signal, time
from fewqubit.base.workers.pool import processes
if __name__ == "__main__":
    with processes(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 60)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_a_killed_search(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    answer = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert all_end(int(answer.stdout), within=10)


def test_workers_end_with_the_block() -> None:
    with processes(1) as pool:
        worker = pool.submit(os.getpid).result()
        pool.submit(time.sleep, 60)
    assert all_end(worker, within=10)
