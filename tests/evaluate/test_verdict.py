import numpy as np
import pytest
from benchmarks.intervals.simulated_studies import SHAPES, Spread, any_word, arm, p_values
from hypothesis import given, settings
from hypothesis import strategies as st

from fewqubit.base.keys import root_key
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.intervals import episode_resamples
from fewqubit.evaluate.verdict import Comparison, compare, holm, verdicts

EPISODES, MARGIN, CONFIDENCE = 600, 0.02, 0.95
LEARNERS = 2


@pytest.fixture(scope="module")
def resamples():
    return episode_resamples(root_key(0), EPISODES, 100)


def accuracies(random, mean, shared, seeds=5):
    """Accuracies of one arm in steps of 1/50: its seeds on episodes whose difficulty is shared."""
    seed = 0.01 * random.standard_normal((seeds, 1)) * (seeds > 1)  # a baseline has none
    own = 0.03 * random.standard_normal(len(shared))
    return random.binomial(50, np.clip(mean + seed + shared + own, 0, 1)) / 50


def study(random, resamples, effect):
    """Words for a study of two learners whose quantum arms are ``effect`` more accurate."""
    comparisons = {}
    for learner in range(LEARNERS):
        shared = 0.08 * random.standard_normal(EPISODES)
        quantum = accuracies(random, 0.7 + effect, shared)
        twin = accuracies(random, 0.7, shared)
        comparisons[learner] = compare(quantum, twin, resamples, MARGIN, CONFIDENCE)
    return verdicts(comparisons, CONFIDENCE)


@pytest.fixture(scope="module")
def planted(resamples):
    """400 simulated studies each with no true difference, and with one of two margins."""
    random = np.random.default_rng(2026)
    return {
        effect: [study(random, resamples, effect) for _ in range(400)]
        for effect in (0.0, 2 * MARGIN)
    }


def test_no_difference_is_rarely_called_better_anywhere_in_a_study(planted):
    wrong = [any(row.word == "better" for row in each.values()) for each in planted[0.0]]
    assert np.mean(wrong) <= 0.05


def test_two_margins_are_called_better(planted):
    right = [row.word == "better" for each in planted[2 * MARGIN] for row in each.values()]
    assert np.mean(right) >= 0.95


@pytest.mark.parametrize("effect", [0.0, 2 * MARGIN])
def test_intervals_of_the_difference_cover_it(planted, effect):
    rows = [row.comparison for each in planted[effect] for row in each.values()]
    assert 0.93 <= np.mean([row.low <= effect <= row.high for row in rows]) <= 0.97


def test_a_difference_of_the_margin_is_rarely_called_equivalent(resamples):
    random = np.random.default_rng(5)
    studies = [study(random, resamples, MARGIN) for _ in range(50)]
    wrong = [any(row.word == "equivalent" for row in each.values()) for each in studies]
    assert np.mean(wrong) <= 0.1


FEWER = 200


@pytest.fixture(scope="module")
def beside_others():
    """400 studies without a difference: one quantum arm against three others, and a baseline."""
    random, resamples = np.random.default_rng(18), episode_resamples(root_key(1), FEWER, 100)

    def one():
        shared = 0.08 * random.standard_normal(FEWER)
        quantum = accuracies(random, 0.7, shared)
        others = [accuracies(random, 0.7, shared, seeds) for seeds in (5, 5, 5, 1)]
        return [compare(quantum, other, resamples, MARGIN, CONFIDENCE) for other in others]

    return [one() for _ in range(400)]


def test_no_arm_without_a_difference_is_often_found_to_lack_something(beside_others):
    """The quantum arm is the same in all comparisons of the family, which makes them alike."""
    families = [verdicts(dict(enumerate(rows[:3])), CONFIDENCE) for rows in beside_others]
    assert np.mean([any(r.word == "better" for r in each.values()) for each in families]) <= 0.05


@pytest.mark.parametrize("which", [slice(0, 3), slice(3, 4)], ids=["arms", "a baseline"])
def test_intervals_cover_no_difference(beside_others, which):
    rows = [row for each in beside_others for row in each[which]]
    assert 0.93 <= np.mean([row.low <= 0 <= row.high for row in rows]) <= 0.97


def test_p_and_interval_agree(resamples):
    random = np.random.default_rng(1)
    for effect in (0.0, 0.01, 0.02):
        shared = np.zeros(EPISODES)
        quantum, twin = (accuracies(random, 0.7 + e, shared) for e in (effect, 0.0))
        row = compare(quantum, twin, resamples, MARGIN, CONFIDENCE)
        assert (row.p_difference < 0.05) == (row.low > 0 or row.high < 0)
        narrow = compare(quantum, twin, resamples, MARGIN, 0.90)
        assert (row.p_equivalence < 0.05) == (narrow.low > -MARGIN and narrow.high < MARGIN)


def test_comparison_is_antisymmetric(resamples):
    random = np.random.default_rng(1)
    quantum, twin = (accuracies(random, 0.7, np.zeros(EPISODES)) for _ in range(2))
    row = compare(quantum, twin, resamples, MARGIN, CONFIDENCE)
    back = compare(twin, quantum, resamples, MARGIN, CONFIDENCE)
    np.testing.assert_allclose([back.low, back.high], [-row.high, -row.low], atol=1e-12)
    np.testing.assert_allclose(back[3:6], row[3:6], rtol=1e-9)


def test_identical_arms_are_equivalent_and_a_constant_gap_is_not(resamples):
    same = np.full((5, EPISODES), 0.9)
    rows = {
        "same": compare(same, same, resamples, MARGIN, CONFIDENCE),
        "gap": compare(same, same - 0.1, resamples, MARGIN, CONFIDENCE),
        "loss": compare(same - 0.1, same, resamples, MARGIN, CONFIDENCE),
    }
    words = {name: row.word for name, row in verdicts(rows, CONFIDENCE).items()}
    assert words == {"same": "equivalent", "gap": "better", "loss": "worse"}
    assert rows["same"].p_difference == 1.0


def test_a_baseline_without_seeds_pairs_with_every_seed(resamples):
    random = np.random.default_rng(0)
    learner = accuracies(random, 0.7, np.zeros(EPISODES))
    baseline = random.binomial(50, 0.6, (1, EPISODES)) / 50
    row = compare(learner, baseline, resamples, MARGIN, CONFIDENCE)
    assert row.difference == pytest.approx(learner.mean() - baseline.mean())


@pytest.mark.parametrize("shape", [(5, EPISODES - 1), (4, EPISODES)])
def test_unpaired_results_are_refused(resamples, shape):
    with pytest.raises(ArtifactError, match="expected"):
        compare(np.zeros((5, EPISODES)), np.zeros(shape), resamples, MARGIN, CONFIDENCE)


def test_holm_on_a_worked_example():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_no_correction_and_bonferroni(p):
    adjusted = np.array(holm(p))
    assert (adjusted >= np.array(p)).all()
    assert (adjusted <= np.minimum(1, len(p) * np.array(p)) + 1e-12).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(adjusted[order]) >= 0).all()


def test_correction_can_take_a_word_back():
    alone = Comparison(0.03, 0.001, 0.06, 0.04, 0.8, 0.5)
    others = {f"other {i}": Comparison(0.0, -0.05, 0.05, 0.9, 0.5, 0.5) for i in range(3)}
    assert verdicts({"it": alone}, CONFIDENCE)["it"].word == "better"
    assert verdicts({"it": alone, **others}, CONFIDENCE)["it"].word == "undecided"


SHORT = 60  # episodes


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("n_seeds", "n_learners"), [(3, 1), (3, 14), (10, 4)])
def test_words_are_rare_and_intervals_cover_whatever_the_shape_of_the_noise(
    shape, n_seeds, n_learners
):
    """The corners of docs/measured/interval_coverage.md; *better* and *worse* both count."""
    random, resamples = np.random.default_rng(9), episode_resamples(root_key(3), SHORT, 100)
    studies, spread = 300, Spread(0.015, 0.04, 0.05)
    size = (studies * n_learners, n_seeds, SHORT)
    first, second = (arm(random, SHAPES[shape], spread, size) for _ in range(2))
    p = p_values(first - second, resamples).reshape(studies, n_learners)
    errors = 2 * np.sqrt(np.array([0.05 * 0.95, 0.935 * 0.065 / n_learners]) / studies)
    assert any_word(p).mean() <= 0.05 + errors[0]
    assert (p >= 0.05).mean() >= 0.935 - errors[1]


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ((2, 40), "2 training seeds, where a verdict takes 3"),
        ((1, 40), "1 training seed, where a verdict takes 3"),
        ((5, 29), "29 test episodes, where a verdict takes 30"),
        (
            (1, 1),
            "1 training seed, where a verdict takes 3; 1 test episode, where a verdict takes 30",
        ),
    ],
)
def test_from_too_little_there_are_means_and_no_verdict(shape, why):
    quantum, resamples = np.full(shape, 0.9), episode_resamples(root_key(0), shape[1], 50)
    row = compare(quantum, quantum - 0.5, resamples, MARGIN, CONFIDENCE)
    (found,) = verdicts({"it": row}, CONFIDENCE).values()
    assert (row.difference, row.low, row.high, row.too_few) == (0.5, -1, 1, why)
    assert found.word == "no verdict"


def test_what_cannot_be_tested_makes_no_other_stricter():
    alone = Comparison(0.03, 0.001, 0.06, 0.04, 0.8, 0.5)
    not_tested = Comparison(0.5, -1, 1, 1, 1, 1, too_few="2 training seeds")
    found = verdicts({"it": alone, "other": not_tested}, CONFIDENCE)
    assert (found["it"].word, found["it"].p_difference) == ("better", 0.04)


def test_intervals_of_a_family_are_those_of_the_level_that_is_left_to_each(resamples):
    random = np.random.default_rng(6)
    quantum, twin = (accuracies(random, 0.7, np.zeros(EPISODES)) for _ in range(2))
    row = compare(quantum, twin, resamples, MARGIN, CONFIDENCE, family=4)
    strict = compare(quantum, twin, resamples, MARGIN, 1 - 0.05 / 4)
    assert (row.low_all, row.high_all) == pytest.approx((strict.low, strict.high))
    assert row.low_all < row.low < row.high < row.high_all
