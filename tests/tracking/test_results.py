from pathlib import Path

import pytest

from fewqubit.errors import ArtifactError
from fewqubit.tracking.results import broken_link, read_stages, results
from locked_project import Project


def found(project: Project):
    return {result.name: result for result in results(read_stages(project.root))}


def test_no_lock_file_means_no_results(tmp_path: Path):
    assert read_stages(tmp_path) == {}


def test_each_evaluated_result_is_found_once_with_a_short_name(project: Project):
    for arm in ("quantum", "twin"):
        project.learner("protonet", arm)
    project.baseline("svm")
    project.encode()
    assert list(found(project)) == ["svm", "protonet", "protonet-twin"]
    assert found(project)["protonet-twin"].arm == "twin"


def test_chain_holds_all_that_made_the_result_and_nothing_else(project: Project):
    project.learner("protonet")
    project.learner("maml")
    project.encode()
    chain = [stage.name for stage in found(project)["protonet"].chain]
    assert chain == [
        "evaluate@digits-protonet-quantum",
        "meta_train@digits-protonet-quantum",
        "prepare@digits",
    ]


def test_key_follows_what_made_the_result(project: Project):
    project.learner(rate=0.1)
    first = found(project)["protonet"].key
    project.baseline()
    assert found(project)["protonet"].key == first
    project.learner(rate=0.2)
    assert found(project)["protonet"].key != first
    project.learner(rate=0.1)
    assert found(project)["protonet"].key == first


@pytest.mark.parametrize("part", ["cmd", "params", "deps"])
@pytest.mark.parametrize("stage", ["meta_train@digits-protonet-quantum", "prepare@digits"])
def test_the_same_numbers_have_the_same_key_whatever_the_code(
    project: Project, part: str, stage: str
):
    project.learner()
    first = found(project)["protonet"].key
    code = {"path": "src/fewqubit/data", "md5": "0" * 32}
    changes = {"cmd": "other", "params": {"params.yaml": {"seed": 8}}}
    entry = project.stages[stage]
    entry[part] = changes.get(part) or [*entry[part], code]
    project.encode()
    assert found(project)["protonet"].key == first


def test_other_numbers_have_another_key_whichever_file_differs(project: Project):
    project.learner()
    project.encode()
    first = found(project)["protonet"].key
    for stage in ("evaluate@digits-protonet-quantum", "meta_train@digits-protonet-quantum"):
        for out in [*project.stages[stage]["outs"]]:
            same, out["md5"] = out["md5"], "0" * 32
            project.encode()
            assert found(project)["protonet"].key != first
            out["md5"] = same


def test_a_baseline_has_another_key_when_its_own_grid_changes(project: Project):
    project.baseline("svm")
    first = found(project)["svm"].key
    grids = project.stages["baseline@digits-svm"]["params"]["params.yaml"]["baselines"]
    grids["other_cost"] = [9.0]
    project.encode()
    assert found(project)["svm"].key == first
    grids["svm_cost"] = [9.0]
    project.encode()
    assert found(project)["svm"].key != first


def test_result_is_broken_when_an_earlier_stage_ran_again(project: Project):
    project.learner()
    assert broken_link(found(project)["protonet"]) is None
    trained = "artifacts/trained/digits/protonet/quantum/params.safetensors"
    project.write(trained, "other parameters")
    project.lock("meta_train@digits-protonet-quantum", [], [trained], {})
    assert broken_link(found(project)["protonet"]) == trained


@pytest.mark.parametrize("text", ["stages: [", "schema: '2.0'", "stages: {a: {outs: []}}"])
def test_unreadable_lock_file_is_one_clear_line(tmp_path: Path, text: str):
    (tmp_path / "dvc.lock").write_text(text)
    with pytest.raises(ArtifactError, match=r"dvc\.lock: expected the stages") as caught:
        read_stages(tmp_path)
    assert "\n" not in str(caught.value)
