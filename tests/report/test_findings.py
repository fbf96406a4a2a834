import numpy as np
import pytest

from fewqubit.base.keys import root_key, stream
from fewqubit.report.findings import find, same_model, standing
from fewqubit.report.gather import gather
from report.synthetic import ARMS
from report.synthetic_costs import SAME


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
    assert findings.against_twin["kernel"].word == "ahead"
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
    assert findings[:5] == ({}, {}, {}, None, {})
    assert set(findings.failures) == {(name, "twin") for name in settings.run.learners}


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
    assert found.answers["protonet"].second == "bypass"
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


KEY = stream(root_key(0), "evaluate", "digits")


def test_all_learners_together_are_asked_once(study, settings, findings):
    values = [
        study.find(name, "quantum").accuracies.after - study.find(name, "twin").accuracies.after
        for name in settings.run.learners
    ]
    row = findings.together.verdict.comparison
    assert row.difference == pytest.approx(np.mean(values))
    assert findings.together.verdict.p_difference == row.p_difference  # nothing else in its family
    one = study._replace(learners=[row for row in study.learners if row.learner == "kernel"])
    assert find(one, settings.evaluation, KEY).together is None


def with_seeds(study, place, **card):
    """The study with another card for one result."""
    rows = [
        row._replace(card=row.card | card) if (row.learner, row.arm) == place else row
        for row in study.learners
    ]
    return study._replace(learners=rows)


def test_a_verdict_is_about_seeds_that_learned_beside_their_rate(study, settings, findings):
    failed = with_seeds(study, ("kernel", "quantum"), validation_accuracy=[0.3, 0.9, 0.9, 0.9, 0.9])
    found = find(failed, settings.evaluation, KEY)
    rate = found.failures["kernel", "quantum"]
    assert (rate.failed, rate.of) == (1, 5)
    assert rate.low == pytest.approx(0.00505, abs=1e-4)
    assert rate.high == pytest.approx(0.7164, abs=1e-4)
    quantum, twin = (study.find("kernel", arm).accuracies.after for arm in ("quantum", "twin"))
    row = found.against_twin["kernel"].comparison
    assert row.difference == pytest.approx((quantum - twin)[1:].mean())
    assert found.against_twin["maml"] == findings.against_twin["maml"]


def test_too_few_seeds_that_learned_give_no_verdict_and_do_not_count_in_the_family(study, settings):
    some = with_seeds(study, ("kernel", "twin"), validation_accuracy=[0.3, 0.3, 0.3, 0.9, 0.9])
    found = find(some, settings.evaluation, KEY)
    verdict = found.against_twin["kernel"]
    assert verdict.word == "no verdict"
    assert verdict.comparison.too_few == "2 training seeds, where a verdict takes 3"
    least = min(
        (row for row in found.against_twin.values() if not row.comparison.too_few),
        key=lambda row: row.comparison.p_difference,
    )
    assert least.p_difference == pytest.approx(min(1, 3 * least.comparison.p_difference))


def test_questions_of_ones_own_are_a_family(study, settings):
    asked = {
        "maps": ["kernel", "maml"],
        "plain": ["kernel/twin", "svm"],
        "shots": ["kernel@shots", "kernel"],
    }
    reading = settings.evaluation.model_copy(update={"questions": asked})
    found = find(study, reading, KEY).questions
    assert list(found) == list(asked)
    quantum = [study.find(name, "quantum").accuracies.after for name in ("kernel", "maml")]
    assert found["maps"].verdict.comparison.difference == pytest.approx(
        (quantum[0] - quantum[1]).mean()
    )
    assert found["maps"].verdict.word == "better"
    measured = np.array(study.find("kernel", "quantum").devices["shots"]["all"])
    lost = (measured - quantum[0][:, :50]).mean()
    assert found["shots"].verdict.comparison.difference == pytest.approx(lost)
    least = min(
        (row.verdict for row in found.values()), key=lambda row: row.comparison.p_difference
    )
    assert least.p_difference == pytest.approx(min(1, 3 * least.comparison.p_difference), abs=1e-12)


def test_with_ten_classes_new_ones_are_covered_and_the_interval_is_wider(study, settings, findings):
    classes = study.classes
    apart = study._replace(classes=classes._replace(groups=classes.ids + 8 * (classes.ids % 2 > 0)))
    assert apart.classes.n_groups == 8  # still too few
    few = find(apart, settings.evaluation, KEY)
    assert few.against_twin["kernel"] == findings.against_twin["kernel"]
    groups = classes.ids * 2 + (np.arange(len(classes.ids)) % 2)[:, None]
    many = find(study._replace(classes=classes._replace(groups=groups)), settings.evaluation, KEY)
    wide, narrow = (f.against_twin["kernel"].comparison for f in (many, findings))
    assert wide.high - wide.low > narrow.high - narrow.low
    assert wide.difference == pytest.approx(narrow.difference)


def test_better_takes_the_second_opponent_too(whole, every_arm):
    """Planted: bypass far below the circuit, then above it, then level with it."""
    quantum, bypass = (whole.find("kernel", arm) for arm in ("quantum", "bypass"))

    def word(after):
        rows = [
            row._replace(accuracies=row.accuracies._replace(after=after)) if row is bypass else row
            for row in whole.learners
        ]
        found = find(whole._replace(learners=rows), every_arm.evaluation, KEY)
        assert found.against_twin["kernel"].word == "ahead"
        return found.answers["kernel"].verdict.word

    assert word(bypass.accuracies.after) == "better"
    assert word(quantum.accuracies.after + 0.05) == "worse"
    assert word(quantum.accuracies.after[::-1]) != "better"


def test_a_word_agrees_with_its_interval(whole, every_arm):
    found = find(whole, every_arm.evaluation, KEY)
    for answer in [*found.answers.values(), found.together]:
        verdict = answer.verdict
        assert (verdict.p_difference < 0.05) == (verdict.low > 0 or verdict.high < 0)
        assert verdict.comparison.difference == min(
            row.comparison.difference for row in answer.alone.values()
        )


def test_without_a_second_opponent_nothing_is_better(whole, every_arm, findings):
    words = {answer.verdict.word for answer in findings.answers.values()}
    assert "ahead" in words
    assert "better" not in words
    large = [
        row._replace(card=row.card | {"n_parameters": {"total": 10**6}})
        if row.arm == "bypass"
        else row
        for row in whole.learners
    ]
    found = find(whole._replace(learners=large), every_arm.evaluation, KEY)
    assert found.answers["kernel"].second is None
