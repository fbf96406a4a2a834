"""A prototypical network beside the cosine of the features themselves."""

import jax
import numpy as np
import pytest

from fewqubit.circuits.circuit import Circuit
from fewqubit.meta import build_learner
from fewqubit.meta.settings.prototypes import ProtoNet
from fewqubit.models.settings import Mlp

SMALL = {"encoder": Mlp(), "circuit": Circuit(n_qubits=2)}


@pytest.mark.parametrize("arm", ["quantum", "bypass"])
def test_logits_are_those_of_the_body_and_the_cosine(arm, rng):
    x, y = rng.normal(size=(6, 5)).astype(np.float32), np.array([0, 1, 2, 0, 1, 2])
    queries = rng.normal(size=(4, 5)).astype(np.float32)
    plain = build_learner(ProtoNet(**SMALL, temperature=0.3), arm, (5,), 3)
    with_cosine = build_learner(ProtoNet(**SMALL, temperature=0.3, cosine=20.0), arm, (5,), 3)
    params, own = (one.init(jax.random.key(0)).params for one in (plain, with_cosine))
    body = plain.predict(plain.adapt(params, x, y), queries)
    logits = with_cosine.predict(with_cosine.adapt(own, x, y), queries)
    unit = lambda rows: rows / np.linalg.norm(rows, axis=-1, keepdims=True)  # noqa: E731
    means = unit(np.stack([unit(x)[y == k].mean(0) for k in range(3)]))
    np.testing.assert_allclose(logits - body, 20 * unit(queries) @ means.T, atol=1e-3)


def test_without_a_support_all_classes_are_alike(rng):
    learner = build_learner(ProtoNet(**SMALL, cosine=20.0), "quantum", (5,), 3)
    params = learner.init(jax.random.key(0)).params
    nothing = np.zeros((0, 5), np.float32), np.zeros(0, np.int32)
    logits = learner.predict(learner.adapt(params, *nothing), np.ones((2, 5), np.float32))
    np.testing.assert_array_equal(logits, np.zeros_like(logits))


@pytest.fixture
def rng():
    return np.random.default_rng(0)
