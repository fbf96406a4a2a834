"""Circuits counted by hand for small cases, and beside the bills of a backend."""

from collections.abc import Sequence
from typing import Any

import jax
import pytest

from fewqubit.backends import Bill, build_backend, total
from fewqubit.base.keys import root_key
from fewqubit.config import Device
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.meta.cost import count_circuits, shots_to_train
from fewqubit.meta.outer import episodic_learner
from fewqubit.meta.settings.own import OwnLearner
from fewqubit.models.body import AnyArm
from fewqubit.models.measured import measured
from fewqubit.models.model import build_model
from fewqubit.models.network import Params
from fewqubit.tasks import Shape
from meta.conftest import FEATURES, LEARNERS, clusters

EPISODES = Shape(n_way=3, n_shot=2, n_query=4)
STEPS, TASKS, SUPPORT, QUERY = 5, 4, 6, 12
INNER = STEPS * TASKS * (3 * SUPPORT + QUERY)
PAIRS = 4 * (4 + 3 + 2 + 1)  # of four weights, each by four shifts
ALL = 1 + 2 * (2 + 4)  # unshifted; two inputs and four weights, each by two shifts
GRAM = SUPPORT * (SUPPORT - 1) // 2


@pytest.mark.parametrize(
    ("name", "arm", "expected"),
    [
        ("protonet", "quantum", (STEPS * TASKS * (SUPPORT + QUERY), 0, SUPPORT)),
        ("protonet", "twin", (0, 0, 0)),
        ("protonet", "bypass", (0, 0, 0)),
        ("conditioned", "quantum", (STEPS * TASKS * (2 * SUPPORT + QUERY), SUPPORT, SUPPORT)),
        ("kernel_svm", "separable", (STEPS * TASKS * (SUPPORT + QUERY), GRAM, SUPPORT)),
        ("maml", "quantum", (INNER, 3 * SUPPORT * ALL, 1)),
        ("maml", "separable", (INNER, 3 * SUPPORT * ALL, 1)),
        ("maml", "frozen", (INNER, 3 * SUPPORT * (1 + 2 * 2), 1)),
        ("maml-adapters", "quantum", (INNER, 3 * SUPPORT * (1 + 2 * 2), 1)),
        # of a 4 × 2 matrix and rank 2: A's 8 entries from 4 qubits, B's 4 from 3, of two layers
        (
            "maml-circuit-adapters",
            "quantum",
            (
                INNER + STEPS * TASKS * (3 + 1) * 2,
                3 * SUPPORT * (1 + 2 * 2) + 3 * (2 + 2 * 2 * (4 + 3)) + 2,
                1,
            ),
        ),
        ("anil", "quantum", (INNER, SUPPORT, 1)),
        ("natural", "quantum", (INNER, 3 * SUPPORT * (ALL + PAIRS), 1)),
        ("scratch", "quantum", (0, 20 * SUPPORT * ALL, 1)),
        # three members: inputs and weights turn Z₀, Z₁ and Z₀Z₁ each
        ("maml-perceptrons", "quantum", (3 * INNER, 3 * 3 * SUPPORT * (1 + 2 * 6), 3)),
        # four members: twice two turns of the map and twice iqp's three under control, four shifts
        # for each; four weights, each as four turns that no control touches; the shares are three
        # angles, of which two are under control
        ("maml-ensemble", "quantum", (INNER, 3 * SUPPORT * (1 + 4 * 10 + 2 * 4 * 4 + 10), 1)),
    ],
)
def test_counts(name: str, arm: str, expected: tuple[int, int, int]) -> None:
    assert tuple(count_circuits(LEARNERS[name], arm, EPISODES, STEPS, (FEATURES,))) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("anil", STEPS * TASKS * (SUPPORT + QUERY) * ALL * 10),
        ("kernel_svm", STEPS * TASKS * (GRAM + SUPPORT * QUERY) * (1 + 2 * 2 * 8) * 10),
        ("maml", None),
    ],
)
def test_shots_of_training(name: str, expected: int | None) -> None:
    """The map of ``kernel_svm`` has eight turns: two repetitions of RY and RZ on two qubits."""
    learner = LEARNERS[name]
    assert shots_to_train(learner, "quantum", EPISODES, STEPS) is None
    training = learner.training.model_copy(update={"shots": 10})
    drawn = learner.model_copy(update={"training": training})
    assert shots_to_train(drawn, "quantum", EPISODES, STEPS) == expected
    assert shots_to_train(drawn, "twin", EPISODES, STEPS) is None


def test_members_are_compared_in_one_circuit_however_they_would_be_read() -> None:
    circuit = LEARNERS["maml-perceptrons"].circuit
    settings = LEARNERS["kernel"].model_copy(update={"circuit": circuit})
    assert count_circuits(settings, "quantum", EPISODES, STEPS, (FEATURES,))[1:] == (GRAM, SUPPORT)
    settings = LEARNERS["conditioned"].model_copy(update={"circuit": circuit})
    assert count_circuits(settings, "quantum", EPISODES, STEPS, (FEATURES,))[1:] == (
        3 * SUPPORT,
        SUPPORT,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("protonet", STEPS * TASKS * (SUPPORT + QUERY)),  # each example's state, once
        ("maml", STEPS * TASKS * (3 + 1) * (SUPPORT + QUERY)),
    ],
)
def test_both_ways_only_adapt_twice(name: str, expected: int) -> None:
    training = LEARNERS[name].training.model_copy(update={"both_ways": True})
    settings = LEARNERS[name].model_copy(update={"training": training})
    assert count_circuits(settings, "quantum", EPISODES, STEPS, (FEATURES,)).train == expected


@pytest.mark.parametrize(
    "name",
    [
        *("protonet", "conditioned", "kernel", "kernel_align"),
        *("maml", "maml-reuploading", "maml-circuit", "maml-adapters", "maml-circuit-adapters"),
    ],
)
def test_counts_are_those_on_the_bill(name: str) -> None:
    settings = LEARNERS["maml" if name in ("maml-reuploading", "maml-circuit") else name]
    if name == "maml-circuit":
        settings = settings.model_copy(update={"adapts": "circuit"})
    if name.endswith("reuploading"):
        circuit = settings.circuit.model_copy(update={"feature_map": "reuploading"})
        circuit = circuit.model_copy(update={"repetitions": 2, "ansatz": "none", "layers": 0})
        settings = settings.model_copy(update={"circuit": circuit})
    bills: list[Bill] = []
    backend = build_backend(Device(backend="shots", shots=10))
    arm = measured(backend, root_key(0), bills, settings.slopes())
    learner = build_learner(settings, arm, (FEATURES,), EPISODES.n_way)
    exact = build_learner(settings, "quantum", (FEATURES,), EPISODES.n_way)
    params, task = exact.init(jax.random.key(0)).params, clusters(0)
    adapted = learner.adapt(params, task.support_x[0], task.support_y[0])
    jax.block_until_ready(adapted)
    adapt = total(bills).circuits
    bills.clear()
    jax.block_until_ready(learner.predict(adapted, task.query_x[0]))
    counted = count_circuits(settings, "quantum", EPISODES, STEPS, (FEATURES,))
    assert adapt == counted.adapt
    assert total(bills).circuits == QUERY * counted.predict_per_query


def pairs(
    settings: OwnLearner, arm: AnyArm, feature_shape: Sequence[int], n_way: int
) -> MetaLearner:
    """Compares queries with the support alone, or the support with itself as well."""
    model = build_model(settings.encoder, settings.circuit, feature_shape, arm)
    embed = jax.vmap(model.apply, in_axes=(None, 0))

    def adapt(params: Params, x: jax.Array, y: jax.Array) -> Any:
        rows = embed(params, x)
        gram = model.geometry.kernel(rows, rows) if settings.options["gram"] else None
        return params, rows, jax.nn.one_hot(y, n_way), gram

    def predict(adapted: Any, x: jax.Array) -> jax.Array:
        params, rows, one_hot, _ = adapted
        return model.geometry.kernel(embed(params, x), rows) @ one_hot

    return episodic_learner(model.init, adapt, predict, settings.training)


@pytest.mark.parametrize(("gram", "adapt"), [(False, 0), (True, GRAM)])
def test_a_learner_of_ones_own_is_billed_what_it_measures(allow, gram: bool, adapt: int) -> None:
    allow("meta.test_cost")
    learner = OwnLearner(
        kind="meta.test_cost:pairs", circuit=LEARNERS["kernel"].circuit, options={"gram": gram}
    )
    counted = count_circuits(learner, "quantum", EPISODES, STEPS, (FEATURES,))
    assert counted[1:] == (adapt, SUPPORT)
