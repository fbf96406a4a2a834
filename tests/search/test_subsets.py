import jax
import numpy as np
import pytest

from fewqubit.search.grover import find_minimum
from fewqubit.search.subsets import subset_losses
from fewqubit.tasks import class_index, sample_task


def test_the_features_that_tell_classes_apart_are_found() -> None:
    y = np.repeat(np.arange(4), 6)
    random = np.random.default_rng(0)
    telling = np.stack([y // 2, y % 2], axis=1) + 0.05 * random.normal(size=(24, 2))
    x = np.insert(telling, 1, 9 * random.normal(size=24), axis=1)  # noise between
    index = class_index(y, range(4))
    draw = jax.vmap(lambda key: sample_task(key, index, 4, 2, 3))
    episodes = jax.tree.map(np.asarray, draw(jax.random.split(jax.random.key(0), 8)))
    losses = subset_losses(x, episodes)
    assert losses.shape == (8,)
    assert losses[0b000] == pytest.approx(3 / 4)  # nothing is known: chance
    assert losses[0b101] == pytest.approx(0.0)
    assert losses[0b001] == pytest.approx(1 / 2, abs=0.15)
    assert find_minimum(losses, 0).entry == 0b101
