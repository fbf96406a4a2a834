"""What DVC's answers are read as."""

import json
import os
from pathlib import Path

import pytest

from fewqubit.errors import PipelineError
from fewqubit.pipeline.graph import Pipeline, parse_graph, parse_status, read_pipeline

DIAMOND = {
    "prepare": frozenset(),
    "train@a": frozenset({"prepare"}),
    "train@b": frozenset({"prepare"}),
    "report": frozenset({"train@a", "train@b"}),
}


def test_reads_stages_and_edges() -> None:
    dot = 'strict digraph {\n"a";\n"b@x-y";\n"c";\n"a" -> "b@x-y";\n}\n'
    nothing = frozenset()
    assert parse_graph(dot) == {"a": nothing, "b@x-y": frozenset({"a"}), "c": nothing}


def test_reads_reasons() -> None:
    status = """{"a": [{"changed deps": {"params.yaml": {"seed": "modified"}, "x.txt": "new"}},
                      {"changed outs": {"y": "deleted", "z": "new", "u": "new", "v": "new"}},
                      "changed command"]}"""
    reasons = ["changed deps: seed, x.txt", "changed outs: y, z and 2 more", "changed command"]
    assert parse_status(status) == {"a": reasons}


def test_that_a_stage_runs_each_time_is_no_reason() -> None:
    status = '{"watch": ["always changed"], "a": ["always changed", "changed command"]}'
    assert parse_status(status) == {"a": ["changed command"]}


def test_everything_downstream_of_a_change_is_stale() -> None:
    assert Pipeline(DIAMOND, {"train@a": ["changed command"]}).stale == {"train@a", "report"}
    assert Pipeline(DIAMOND, {}).stale == set()


def test_a_target_brings_what_it_needs() -> None:
    pipeline = Pipeline(DIAMOND, {"train@b": ["changed command"]})
    assert set(pipeline.select(["train@a"]).upstream) == {"prepare", "train@a"}
    assert pipeline.select(["train@a"]).stale == set()
    assert set(pipeline.select(["train"]).upstream) == {"prepare", "train@a", "train@b"}
    assert pipeline.select([]) == pipeline


def test_an_unknown_target_is_told_what_there_is() -> None:
    with pytest.raises(PipelineError, match=r"got 'trian'; stages: prepare, train@a"):
        Pipeline(DIAMOND, {}).select(["trian"])


def test_asks_dvc(toy: Path) -> None:
    pipeline = read_pipeline(toy)
    trained = {"train@a", "train@b"}
    assert pipeline.upstream["report"] == trained
    assert pipeline.stale == {"prepare", "report"} | trained


def test_passes_on_what_dvc_complains_of(toy: Path) -> None:
    (toy / "dvc.yaml").write_text("stages: {prepare: {}}\n")
    with pytest.raises(PipelineError, match=r"`dvc .*` failed: .*dvc.yaml"):
        read_pipeline(toy)


def test_says_so_when_a_stage_is_at_work(toy: Path) -> None:
    claim = {"pid": os.getpid(), "cmd": "dvc repro"}
    (toy / ".dvc/tmp").mkdir()
    claims = {"write": {str(toy / "prepare.out"): claim}, "read": {}}
    (toy / ".dvc/tmp/rwlock").write_text(json.dumps(claims))
    with pytest.raises(PipelineError, match="a stage is at work; ask again"):
        read_pipeline(toy)
