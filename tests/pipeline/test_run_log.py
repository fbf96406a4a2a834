"""A run tells of each stage once, in few words, and keeps all others in a file."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fewqubit.base.io.journal import stage_journal
from fewqubit.config.settings import Run
from fewqubit.pipeline.graph import Pipeline
from fewqubit.pipeline.repro.lines import Listener
from fewqubit.pipeline.run_log import LOG, RunLog
from fewqubit.pipeline.stage_words import StageWords
from fewqubit.pipeline.time_left import START_S, TimeLeft, plan, roughly

TRAIN, TEST = "meta_train@digits-pn-quantum", "evaluate@digits-pn-quantum"
ONE = {"feature_maps": ["zz"], "learners": ["pn"], "arms": ["quantum"], "baselines": ["svm"]}
CHATTER = """\
Updating lock file 'dvc.lock'

To track the changes with git, run:

\tgit add dvc.lock

To enable auto staging, run:

\tdvc config core.autostage true
Use `dvc push` to send your updates to remote storage.
"""


def words(project: Path, *datasets: str) -> StageWords:
    return StageWords(project, Run.model_validate(ONE | {"datasets": [*(datasets or ["digits"])]}))


def told(project: Path, *lines: str, code: int = 0, verbose: bool = False, width: int = 80) -> str:
    """What a run of two stages says when DVC writes ``lines``."""
    graph = {TRAIN: frozenset[str](), TEST: frozenset([TRAIN])}
    out = StringIO()
    console = Console(file=out, width=width)
    pipeline = Pipeline(graph, {TRAIN: ["changed"]})
    with RunLog(project, pipeline, words(project), 1, console, verbose) as log:
        listener = Listener(log)
        for line in lines:
            listener(line)
        listener.finish(code)
    return out.getvalue()


def test_a_stage_is_a_line_with_its_figure_and_chatter_stays_in_the_file(tmp_path: Path) -> None:
    card = tmp_path / "artifacts/trained/digits/pn/quantum/learner.json"
    card.parent.mkdir(parents=True)
    card.write_text(json.dumps({"validation_accuracy": [0.7, 0.726]}))
    said = told(
        tmp_path,
        f"Running stage '{TRAIN}':",
        "> python -m pipelines.meta_train --dataset digits",
        "meta_train digits/pn/quantum   42%  step 420/1000  left 12 s",
        "/lib/jax.py:7: DeprecationWarning: soon gone",
        "meta_train digits: a table was set in order",
        *CHATTER.splitlines(),
        f"Running stage '{TEST}':",
        *CHATTER.splitlines(),
    ).splitlines()
    assert said[0] == "2 of 2 stages to make; log: reports/run.log"
    assert said[1] == "meta_train digits: a table was set in order"
    assert said[2].startswith("[1/2] pn/quantum trained, 0.0 s, validation 71.3 %; about ")
    assert said[3] == "[2/2] pn/quantum tested, 0.0 s"
    assert said[4].startswith("2 of 2 stages made, ")
    assert len(said) == 5
    kept = (tmp_path / LOG).read_text()
    for word in ("DeprecationWarning", "dvc push", "step 420/1000", TRAIN):
        assert word in kept


def test_what_the_cache_gave_and_what_did_not_change_are_counted(tmp_path: Path) -> None:
    cached = f"Stage '{TRAIN}' is cached - skipping run, checking out outputs"
    same = f"Stage '{TEST}' didn't change, skipping"
    said = told(tmp_path, cached, same)
    assert "[1/2] pn/quantum trained, from the cache" in said
    assert "0 of 2 stages made, 1 from the cache, 1 unchanged after all" in said


def test_a_stopped_run_says_that_it_goes_on(tmp_path: Path) -> None:
    out = StringIO()
    pipeline = Pipeline({TRAIN: frozenset()}, {TRAIN: ["changed"]})
    log = RunLog(tmp_path, pipeline, words(tmp_path), 1, Console(file=out), verbose=False)
    with pytest.raises(KeyboardInterrupt), log:
        raise KeyboardInterrupt
    last = out.getvalue().splitlines()[-1]
    assert last == "[0/1] stopped; the same command goes on from here"


def test_stages_that_were_not_stale_are_no_news(tmp_path: Path) -> None:
    assert "other" not in told(tmp_path, "Stage 'other' didn't change, skipping")


def test_a_failed_stage_says_its_own_words_and_nothing_of_dvcs(tmp_path: Path) -> None:
    said = told(
        tmp_path,
        f"Running stage '{TRAIN}':",
        "> python -m pipelines.meta_train",
        "Traceback (most recent call last):",
        "ValueError: so it is",
        f"ERROR: failed to reproduce '{TRAIN}': failed to run: python, exited with 1",
        code=1,
    ).splitlines()
    assert said[1:3] == ["Traceback (most recent call last):", "ValueError: so it is"]
    assert not [line for line in said if "trained" in line or "dvc" in line]


def test_verbose_shows_every_line(tmp_path: Path) -> None:
    assert "Use `dvc push`" in told(tmp_path, *CHATTER.splitlines(), verbose=True)


def test_names_with_dashes_are_taken_apart_by_the_settings(tmp_path: Path) -> None:
    two = words(tmp_path, "a-b", "c")
    assert two.done("meta_train@a-b-pn-quantum") == "a-b/pn/quantum trained"
    assert words(tmp_path, "a-b").done("prepare@a-b") == "a-b prepared"
    assert two.doing("evaluate@a-b-pn-quantum") == "testing a-b/pn/quantum"
    assert (two.doing("track"), two.doing("own@stage")) == ("mirroring", "own@stage")
    assert two.done("watch") == "own files looked at"
    assert two.done("own@stage") == "own@stage done"


@pytest.mark.parametrize("card", ["{", "[]", '{"validation_accuracy": []}', "{}"])
def test_a_figure_that_cannot_be_read_stops_no_run(tmp_path: Path, card: str) -> None:
    place = tmp_path / "artifacts/trained/digits/pn/quantum"
    place.mkdir(parents=True)
    (place / "learner.json").write_text(card)
    assert words(tmp_path).figure(TRAIN) == ""


def test_time_left_is_shared_by_workers_but_no_shorter_than_the_longest_stage() -> None:
    last = {"train@a": 10.0, "train@b": 30.0, "report": 2.0}
    assert TimeLeft(last, 1).left([*last], {}) == 42 + 3 * START_S
    assert TimeLeft(last, 2).left([*last], {}) == 30 + START_S
    assert TimeLeft(last, 1).left([], {"train@b": (31.0, 90)}) == 2.0
    assert TimeLeft(last, 1).left(["train@new"], {}) == 20 + START_S  # as others of its script
    assert TimeLeft({}, 1).left(["train@new"], {}) is None
    assert TimeLeft(last, 1).left([], {"other": (10.0, 20)}) == 40.0


def test_a_plan_has_times_where_the_journal_has(tmp_path: Path) -> None:
    with stage_journal(TRAIN, tmp_path / "artifacts/journal"):
        pass
    graph = {TRAIN: frozenset[str](), TEST: frozenset([TRAIN])}
    assert [*plan(tmp_path, Pipeline(graph, {TRAIN: ["changed"]}))] == [
        f"{TRAIN}  0.0 s",
        f"{TEST}    not known",
        "2 of 2 stages would run; 0.0 s last time, without 1 that never ran here",
    ]
    assert [*plan(tmp_path, Pipeline(graph, {}))] == ["all 2 stages are up to date"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "10 s"), (44.0, "40 s"), (170.0, "3 min"), (7900.0, "2 h 12 min")]
)
def test_forecasts_are_round(seconds: float, text: str) -> None:
    assert roughly(seconds) == text


def test_a_terminal_of_80_columns_shows_what_is_at_work_in_one_line(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=80, force_terminal=True)
    names = [f"meta_train@{'d' * 40}-{n}-quantum" for n in range(4)]
    pipeline = Pipeline(dict.fromkeys(names, frozenset()), {name: ["new"] for name in names})
    with RunLog(tmp_path, pipeline, words(tmp_path), 4, console, verbose=False) as log:
        for name in names:
            log.started(name)
        assert len(console.render_lines(log.__rich__())) == 1
