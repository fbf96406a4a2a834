"""What adaptation and training cost in circuits, counted from the settings."""

from typing import NamedTuple

import jax

from fewqubit.circuits.drawn import circuits_of
from fewqubit.config import (
    CLASSICAL_ARMS,
    AnyLearner,
    ByGradient,
    Circuit,
    Conditioned,
    Episodes,
    LearnedStart,
    Natural,
    ProtoNet,
    Scratch,
)
from fewqubit.gradients import count_shifted
from fewqubit.meta.train import task_shape
from fewqubit.models.arms import build_body
from fewqubit.models.network import n_parameters


class Circuits(NamedTuple):
    """Numbers of circuits, one for each different setting of the angles.

    train:              forward evaluations of one seed's whole meta-training, in simulation
    adapt:              to adapt one task on a device
    predict_per_query:  to answer one query there

    A device keeps no states. What compares them measures pairs of examples; what adapts by gradient
    measures readings and their shifts.
    """

    train: int
    adapt: int
    predict_per_query: int


def count_circuits(settings: AnyLearner, arm: str, episodes: Episodes, steps: int) -> Circuits:
    """Count circuits for ``steps`` of meta-training and one adaptation; classical arms need none.

    A learner of the user's own is counted as one that adapts by the Gram matrix of its support.
    """
    if arm in CLASSICAL_ARMS:
        return Circuits(0, 0, 0)
    each, support = _each(settings), episodes.n_way * episodes.n_shot
    if isinstance(settings, ByGradient):
        adapt, predict = _by_gradient(settings, arm, support), each
    else:
        adapt, predict = _by_pairs(settings, support), support
    return Circuits(each * _forward(settings, episodes, steps), adapt, predict)


def _each(settings: AnyLearner) -> int:
    """Circuits for one example: members read side by side take one each, superposed one in all.

    States are compared in superposition, however the members would be read.
    """
    reads = isinstance(settings, ByGradient)
    return _members(settings.circuit) if reads and settings.circuit.combine == "concat" else 1


def _members(circuit: Circuit) -> int:
    return circuit.members * (1 + len(circuit.bagged))


def _forward(settings: AnyLearner, episodes: Episodes, steps: int) -> int:
    """Examples that go through the circuit in meta-training."""
    if isinstance(settings, Scratch):
        return 0
    shape = task_shape(settings.training, episodes)
    seen, asked = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
    passes = 2 if isinstance(settings, Conditioned) else 1
    if isinstance(settings, LearnedStart):
        passes = settings.inner_steps
    once = passes * seen + asked
    if settings.training.both_ways and isinstance(settings, Conditioned | LearnedStart):
        once += passes * asked + seen  # for others an example's state serves both ways
    return steps * settings.training.tasks_per_step * once


def _by_pairs(settings: AnyLearner, support: int) -> int:
    """Class states are met by queries alone, and a task embedding reads each support example."""
    if isinstance(settings, ProtoNet):
        return 0
    if isinstance(settings, Conditioned):
        return support * len(circuits_of(settings.circuit))
    return support * (support - 1) // 2


def _by_gradient(settings: ByGradient, arm: str, support: int) -> int:
    """For each step and support example one circuit, and those of the shift rule for each angle
    that the gradient goes through; the encoder's goes through the inputs.

    A readout that adapts alone reads each example once. Shares of an ensemble are angles of its
    control register. Each pair of weights in a block of the metric takes four (Mari et al. 2021,
    arXiv 2008.06517, §V).
    """
    runs = circuits_of(settings.circuit, entanglers=arm != "separable")
    if settings.adapts == "readout":
        return support * len(runs)
    shifted = [count_shifted(circuit) for circuit in runs]
    trains = arm != "frozen"
    by_adapting = {
        "all": sum(each.both if trains else each.inputs for each in shifted),
        "circuit": sum(each.weights for each in shifted) if trains else 0,
        "adapters": sum(each.inputs for each in shifted),
    }
    pairs = _pairs_of_metric(settings, arm) if isinstance(settings, Natural) else 0
    return _steps(settings) * support * (len(runs) + by_adapting[settings.adapts] + 4 * pairs)


def _pairs_of_metric(settings: Natural, arm: str) -> int:
    body = build_body(settings.circuit, arm, reads=True)
    n_weights = n_parameters(jax.eval_shape(body.init, jax.random.key(0)))
    block = min(settings.block or n_weights, n_weights)
    sizes = [min(block, n_weights - start) for start in range(0, n_weights, block or 1)]
    return sum(size * (size + 1) // 2 for size in sizes)


def _steps(settings: ByGradient) -> int:
    """Inner steps at test."""
    if isinstance(settings, LearnedStart) and settings.test_inner_steps is not None:
        return settings.test_inner_steps
    return settings.inner_steps
