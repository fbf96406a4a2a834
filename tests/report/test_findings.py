import pytest

from fewqubit.keys import root_key, stream
from fewqubit.report.findings import find, standing
from fewqubit.report.gather import gather


@pytest.fixture(scope="module")
def study(project, settings):
    return gather(project / "artifacts", settings.run)[0]


@pytest.fixture(scope="module")
def findings(study, settings):
    return find(study, settings.evaluation, stream(root_key(0), "evaluate", "digits"))


def test_every_learner_meets_its_twin_and_every_baseline(findings, settings):
    assert list(findings.against_twin) == settings.run.learners
    assert set(findings.against_others) == {
        (learner, baseline)
        for learner in settings.run.learners
        for baseline in settings.run.baselines
    }


def test_planted_differences_are_found(findings):
    assert findings.against_twin["protonet"].word == "worse"
    assert findings.against_twin["kernel"].word == "better"
    assert findings.against_twin["scratch"].word == "undecided"
    assert findings.against_others["kernel", "qsvm"].word == "better"


def test_families_are_corrected_apart(findings):
    row = findings.against_twin["scratch"]
    n_learners = len(findings.against_twin)
    assert row.comparison.p_difference <= row.p_difference
    assert row.p_difference <= min(1, n_learners * row.comparison.p_difference)


def test_without_quantum_arms_there_is_no_verdict(study, settings):
    twins = study._replace(learners=[row for row in study.learners if row.arm == "twin"])
    findings = find(twins, settings.evaluation, root_key(0))
    assert findings == ({}, {})


def test_without_twins_baselines_are_still_compared(study, settings):
    alone = study._replace(learners=[row for row in study.learners if row.arm == "quantum"])
    findings = find(alone, settings.evaluation, root_key(0))
    assert findings.against_twin == {}
    assert findings.against_others


def test_standing_names_the_best_of_each_kind(study):
    text = standing(study)
    assert text.startswith("The best quantum learner is kernel, 9")
    assert "; the best plain baseline is " in text
    assert text.endswith("; chance is 25.0 %.")
    assert "baseline" not in standing(study._replace(baselines=[]))
