"""Losses against their formulas, written out in plain Python."""

import numpy as np
import pytest

from fewqubit.base.extras import there
from fewqubit.data.embeddings.tuning.losses import LOSSES, contrastive, of_queries


@pytest.fixture(autouse=True)
def _needs_torch():
    if not there("torch"):
        pytest.skip("the extra 'text' is not installed (pip install 'fewqubit[text]')")


def _episode(n_way=3, rows=4, d=5):
    x = np.random.default_rng(0).normal(size=(n_way, rows, d))
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def _torch(x):
    import torch

    return torch.from_numpy(np.array(x))


def _cross_entropy(logits, label):
    return np.log(np.exp(logits).sum()) - logits[label]


def test_queries_are_asked_against_class_means():
    x, losses = _episode(), []
    means = x[:, :1].mean(1) / np.linalg.norm(x[:, :1].mean(1), axis=-1, keepdims=True)
    for label, rows in enumerate(x):
        losses += [_cross_entropy(means @ row / 0.1, label) for row in rows[1:]]
    assert of_queries(_torch(x), 1, 0.1).item() == pytest.approx(np.mean(losses))


def test_each_text_is_asked_against_all_others():
    """Khosla et al. (2020), eq. 2, as a mean over anchors."""
    x = _episode()
    labels, z = np.repeat(np.arange(3), 4), x.reshape(12, 5)
    losses = []
    for i in range(12):
        others = [a for a in range(12) if a != i]
        logits = z[others] @ z[i] / 0.1
        same = [place for place, a in enumerate(others) if labels[a] == labels[i]]
        losses.append(np.mean([_cross_entropy(logits, place) for place in same]))
    assert contrastive(_torch(x), 1, 0.1).item() == pytest.approx(np.mean(losses))
    assert contrastive(_torch(x), 3, 0.1).item() == pytest.approx(np.mean(losses)), "any support"


def test_texts_that_are_all_alike_tell_nothing_apart():
    x = np.ones((3, 4, 1))
    assert contrastive(_torch(x), 1, 0.1).item() == pytest.approx(np.log(11))
    assert of_queries(_torch(x), 1, 0.1).item() == pytest.approx(np.log(3))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_only_angles_between_texts_count(loss):
    x = _episode()
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(5, 5)))
    assert loss(_torch(x @ turn), 2, 0.1).item() == pytest.approx(loss(_torch(x), 2, 0.1).item())
