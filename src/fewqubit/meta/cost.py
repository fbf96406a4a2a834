"""What adaptation and training cost in circuits, counted from the settings."""

from typing import NamedTuple

import jax

from fewqubit.config import (
    AnyLearner,
    ByGradient,
    Circuit,
    Conditioned,
    Episodes,
    LearnedStart,
    Natural,
    Scratch,
)
from fewqubit.meta.train import task_shape
from fewqubit.models.arms import build_body
from fewqubit.models.network import n_parameters


class Circuits(NamedTuple):
    """Numbers of circuits, one for each different setting of the angles.

    train:              forward evaluations of one seed's whole meta-training, in simulation
    adapt:              to adapt one task on a device, gradients by the two-term parameter shift
    predict_per_query:  to answer one query
    """

    train: int
    adapt: int
    predict_per_query: int


def count_circuits(settings: AnyLearner, arm: str, episodes: Episodes, steps: int) -> Circuits:
    """Count circuits for ``steps`` of meta-training and one adaptation; classical arms need none.

    A learner of the user's own is counted as one that adapts in closed form: one circuit for each
    example.
    """
    if arm in ("twin", "bypass"):
        return Circuits(0, 0, 0)
    each, support = _each(settings.circuit), episodes.n_way * episodes.n_shot
    if isinstance(settings, ByGradient):
        adapt = _by_gradient(settings, arm, support)
    else:
        adapt = _passes(settings) * support
    if isinstance(settings, Scratch):
        return Circuits(0, each * adapt, each)
    shape = task_shape(settings.training, episodes)
    seen, asked = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
    passes = settings.inner_steps if isinstance(settings, LearnedStart) else _passes(settings)
    tasks = steps * settings.training.tasks_per_step
    return Circuits(each * tasks * (passes * seen + asked), each * adapt, each)


def _each(circuit: Circuit) -> int:
    """Circuits for one example: members side by side take one each, in superposition one in all."""
    return circuit.members * (1 + len(circuit.bagged)) if circuit.combine == "concat" else 1


def _passes(settings: AnyLearner) -> int:
    """How often an adaptation in closed form looks at its support."""
    return 2 if isinstance(settings, Conditioned) else 1


def _by_gradient(settings: ByGradient, arm: str, support: int) -> int:
    """For each step and support example two circuits for each angle that the gradient goes through.

    The encoder's goes through the circuit's inputs. A readout that adapts alone reads each example
    once. Each pair of weights in a block of the metric takes four (Mari et al. 2021, arXiv
    2008.06517, §V).
    """
    if settings.adapts == "readout":
        return support
    body = build_body(settings.circuit, arm, reads=True)
    n_weights = n_parameters(jax.eval_shape(body.init, jax.random.key(0)))
    angles = n_weights if settings.adapts == "circuit" else body.n_inputs
    if settings.adapts == "all":
        angles += n_weights
    pairs = 0
    if isinstance(settings, Natural):
        block = min(settings.block or n_weights, n_weights)
        sizes = [min(block, n_weights - start) for start in range(0, n_weights, block or 1)]
        pairs = sum(size * (size + 1) // 2 for size in sizes)
    return _steps(settings) * support * (2 * angles + 4 * pairs)


def _steps(settings: ByGradient) -> int:
    """Inner steps at test."""
    if isinstance(settings, LearnedStart) and settings.test_inner_steps is not None:
        return settings.test_inner_steps
    return settings.inner_steps
