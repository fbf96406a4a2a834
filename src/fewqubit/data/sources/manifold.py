"""The hidden manifold: a small network of a few hidden coordinates decides the class of a row."""

import numpy as np

from fewqubit.data.generated import HiddenManifold
from fewqubit.data.raw import RawData


def read_hidden_manifold(settings: HiddenManifold) -> RawData:
    """Rows of one manifold for all tasks; each task has its own teacher network.

        x = tanh(F c / √m − b),   y_k = sign(v_k · tanh(W_k c) / √m − median)

    c ~ N(0, 1)^m are the hidden coordinates; F and b ∈ [−1, 1] embed them. W_k and v_k, all normal,
    are teacher k. Its two classes have equally many rows. x: [N, n_features].

    Source: Goldt et al. 2020, and Bowles et al. 2024 (arXiv:2403.07059). Their generator has one
    teacher; here there are many, so that there are tasks to learn from.
    """
    random, m = np.random.default_rng(settings.data_seed), settings.manifold
    embed = random.normal(size=(settings.n_features, m))
    bias = random.uniform(-1, 1, settings.n_features)
    rows, above = [], []
    for _ in range(settings.teachers):
        hidden = random.normal(size=(2 * settings.rows, m))
        inner, outer = random.normal(size=(m, m)), random.normal(size=m)
        rows.append(np.tanh(hidden @ embed.T / np.sqrt(m) - bias))
        scores = np.tanh(hidden @ inner.T) @ outer
        above.append(scores > np.median(scores))
    teachers = [f"teacher-{number}" for number in range(settings.teachers)]
    names = [f"{teacher}/{side}" for teacher in teachers for side in ("below", "above")]
    y = np.concatenate([2 * number + side for number, side in enumerate(above)]).astype(np.int32)
    groups = [teacher for teacher in teachers for _ in range(2)]
    return RawData(np.concatenate(rows).astype(np.float32), y, names, groups)
