import numpy as np
import pytest

from fewqubit.errors import ArtifactError
from fewqubit.evaluate.paired import Sample, pair, spread


def sample(seeds=4, learned=None, random=True, episodes=6):
    values = np.arange(seeds * episodes, dtype=float).reshape(seeds, episodes)
    cells = np.repeat(values[..., None], 3, axis=-1)
    return Sample(values, cells, np.ones(seeds, bool) if learned is None else learned, random)


def test_seeds_that_failed_in_either_are_left_out_of_both():
    one, other = sample(learned=np.array([1, 1, 0, 1], bool)), sample(learned=np.arange(4) > 0)
    found = pair(one, other)
    np.testing.assert_array_equal(found.one, one.values[[1, 3]])
    np.testing.assert_array_equal(found.other, other.values[[1, 3]])
    assert found.cells.shape == (2, 6, 3)


def test_where_no_seed_learned_it_is_no_accident_and_all_are_compared():
    assert len(pair(sample(), sample(learned=np.zeros(4, bool))).one) == 4


def test_a_baseline_meets_every_seed_that_learned():
    found = pair(sample(learned=np.arange(4) > 0), sample(1, random=False))
    assert found.one.shape == found.other.shape == (3, 6)
    assert pair(sample(1, random=False), sample(1, random=False)).one.shape == (3, 6)


def test_one_trained_seed_is_no_baseline():
    with pytest.raises(ArtifactError, match="as many training seeds in both arms, got 1 and 4"):
        pair(sample(1), sample())
    with pytest.raises(ArtifactError, match="the same episodes, got 6 and 5"):
        pair(sample(), sample(episodes=5))


def test_a_few_classes_are_no_sample():
    cells = np.random.default_rng(0).random((3, 40, 2))
    groups = np.random.default_rng(1).integers(10, size=(40, 2))
    assert spread(cells, groups).n == 10
    assert spread(cells, groups % 9) is None
    assert spread(None, groups) is None
