import pytest

from fewqubit.keys import root_key, stream
from fewqubit.report.findings import find, same_model, standing
from fewqubit.report.gather import gather
from report.synthetic import ARMS, SAME


@pytest.fixture(scope="module")
def study(project, settings):
    return gather(project / "artifacts", settings.run)[0]


@pytest.fixture(scope="module")
def findings(study, settings):
    return find(study, settings.evaluation, stream(root_key(0), "evaluate", "digits"))


def test_every_learner_meets_its_twin_and_every_baseline(findings, settings):
    assert list(findings.against_twin) == settings.run.learners
    assert findings.against_arms == {}
    assert set(findings.against_baselines) == {
        (learner, baseline)
        for learner in settings.run.learners
        for baseline in settings.run.baselines
    }


def test_planted_differences_are_found(findings):
    assert findings.against_twin["protonet"].word == "worse"
    assert findings.against_twin["kernel"].word == "better"
    assert findings.against_twin["scratch"].word == "undecided"
    assert findings.against_baselines["kernel", "qsvm"].word == "better"


def test_families_are_corrected_apart(findings):
    row = findings.against_twin["scratch"]
    n_learners = len(findings.against_twin)
    assert row.comparison.p_difference <= row.p_difference
    assert row.p_difference <= min(1, n_learners * row.comparison.p_difference)


def test_without_quantum_arms_there_is_no_verdict(study, settings):
    twins = study._replace(learners=[row for row in study.learners if row.arm == "twin"])
    findings = find(twins, settings.evaluation, root_key(0))
    assert findings == ({}, {}, {})


def test_without_twins_baselines_are_still_compared(study, settings):
    alone = study._replace(learners=[row for row in study.learners if row.arm == "quantum"])
    findings = find(alone, settings.evaluation, root_key(0))
    assert findings.against_twin == {}
    assert findings.against_baselines


@pytest.fixture(scope="module")
def whole(whole_project, every_arm):
    return gather(whole_project / "artifacts", every_arm.run)[0]


def test_other_arms_are_a_family_of_their_own_without_those_of_the_same_model(
    whole, findings, every_arm
):
    found = find(whole, every_arm.evaluation, stream(root_key(0), "evaluate", "digits"))
    assert list(found.against_arms) == [
        (learner, arm) for learner in every_arm.run.learners for arm in ARMS
    ]
    assert [name for name, row in found.against_arms.items() if row is None] == [SAME]
    assert found.against_twin == findings.against_twin
    assert found.against_arms["kernel", "bypass"].word == "better"
    tested = [row for row in found.against_arms.values() if row]
    assert len(tested) == len(found.against_arms) - 1
    least = min(tested, key=lambda row: row.comparison.p_difference)
    alone = len(tested) * least.comparison.p_difference
    assert least.p_difference == pytest.approx(alone)


def test_the_same_model_is_the_same_circuit_with_the_same_settings_and_the_same_answers(whole):
    quantum, frozen = whole.find("protonet", "quantum"), whole.find(*SAME)
    assert same_model(quantum, frozen)
    other_circuit = {**frozen.cost, "same_as_quantum": False}
    assert not same_model(quantum, frozen._replace(cost=other_circuit))
    other_settings = {**frozen.card, "settings": {**frozen.card["settings"], "seeds": 3}}
    assert not same_model(quantum, frozen._replace(card=other_settings))
    after = frozen.accuracies.after.copy()
    after[0, 0] += 0.025
    other_answers = frozen.accuracies._replace(after=after)
    assert not same_model(quantum, frozen._replace(accuracies=other_answers))


def test_standing_names_the_best_of_each_kind(study):
    text = standing(study)
    assert text.startswith("The best quantum learner is kernel, 9")
    assert "; the best plain baseline is " in text
    assert text.endswith("; chance is 25.0 %.")
    assert "baseline" not in standing(study._replace(baselines=[]))
