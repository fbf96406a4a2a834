"""Supports of any shape are adapted to by few programs, and as if they had not been filled up."""

from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fewqubit as fq
from fewqubit.errors import DataError
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.predict.programs import SIZES, n_compiled
from fewqubit.predict.served.adapting import CLASSES, ROWS, SHAPES, Adapting
from fewqubit.predict.start import Start, untrained

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(60, 3)), np.arange(60) % 6
CIRCUIT = fq.Circuit("angle", n_qubits=2)


def start_of(learner: object) -> Start:
    asked = fq.FewShotClassifier(learner, n_way=2, n_shot=1, seeds=1)
    return untrained(asked, X)


@pytest.fixture(scope="module")
def kernel() -> Adapting:
    return Adapting(start_of(fq.KernelRidge(encoder=fq.Mlp(()), circuit=CIRCUIT)))


def test_the_shapes_are_few_and_hold_what_they_are_for(kernel: Adapting) -> None:
    shapes = {}
    for rows in range(2, ROWS[-1] + 1):
        for ways in range(2, min(rows, CLASSES[-1]) + 1):
            shapes[rows, ways] = kernel._shape(rows, ways)
    assert len(set(shapes.values())) == SHAPES
    assert all(rows <= shape[0] and ways <= shape[1] for (rows, ways), shape in shapes.items())


REQUESTS = st.lists(
    st.tuples(st.integers(2, 40), st.integers(2, 6), st.integers(1, 20)), min_size=5, max_size=15
)


@given(REQUESTS)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_requests_of_all_shapes_compile_little(kernel: Adapting, requests: list) -> None:
    """Here at most 5 shapes; for each, one program adapts, and one answers blocks of each size."""
    before = n_compiled()
    for n_rows, n_way, n_queries in requests:
        labels = np.arange(n_rows) % n_way
        model = kernel(X[:n_rows], labels)
        assert model.predict_proba(X[-n_queries:]).shape == (n_queries, min(n_rows, n_way))
    shapes = {kernel._shape(rows, min(rows, ways)) for rows, ways, _ in requests}
    assert n_compiled() - before <= len(shapes) * (1 + len(SIZES))


class Own:
    """A kernel learner under a name that nobody knows: it might take the label −1 for a class."""

    training = fq.Training(steps=1, tasks_per_step=1)

    def build(self, arm: Any, feature_shape: Any, n_way: int) -> MetaLearner:
        kernel = fq.KernelRidge(encoder=fq.Mlp(()), circuit=CIRCUIT)
        return build_learner(kernel, arm, feature_shape, n_way)


def test_a_learner_of_ones_own_meets_no_row_of_no_class_and_few_shapes() -> None:
    own = Adapting(start_of(Own()))
    assert not own.start.learner.pads
    asked = [(rows, ways) for ways in (2, 3) for rows in range(3, 20)][:SHAPES]
    assert [own._shape(*shape) for shape in asked * 2] == asked * 2  # none was filled up
    with pytest.raises(
        DataError, match=f"expected one of the {SHAPES} shapes.*got 40 × 2; have: 3 × 2"
    ):
        own(X[:40], np.arange(40) % 2)
    model = own(X[:4], np.arange(4) % 2)
    assert model.predict_proba(X).shape == (60, 2)


def test_answers_are_those_of_the_learner_without_a_server() -> None:
    """By gradient, whose loss knows of the rows that were filled up."""
    maml = fq.Maml(encoder=fq.Mlp(()), circuit=CIRCUIT, inner_steps=2)
    served = Adapting(start_of(maml))
    model = fq.FewShotClassifier(maml, n_way=2, n_shot=1, seeds=1)
    model.meta_, model._asked = served.start, model._arguments()
    labels = np.array(["b", "a", "c", "a", "c"])
    alone, filled = model.fit(X[:5], labels), served(X[:5], labels)
    assert jax.tree.leaves(filled.adapted["head"])[0].shape[-1] == CLASSES[0]
    np.testing.assert_allclose(filled.predict_proba(X), alone.predict_proba(X), atol=1e-6)
