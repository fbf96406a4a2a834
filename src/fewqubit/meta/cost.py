"""What adaptation and training cost in circuits, counted from the settings."""

from typing import NamedTuple

from fewqubit.config import AnyLearner, Episodes, Maml, Scratch
from fewqubit.meta.train import task_shape
from fewqubit.quantum import CompiledCircuit


class Circuits(NamedTuple):
    """Numbers of circuits, one for each different setting of the angles.

    train:              forward evaluations of one seed's whole meta-training, in simulation
    adapt:              to adapt one task on a device, gradients by the two-term parameter shift
    predict_per_query:  to answer one query
    """

    train: int
    adapt: int
    predict_per_query: int


def count_circuits(
    settings: AnyLearner, arm: str, circuit: CompiledCircuit, episodes: Episodes, steps: int
) -> Circuits:
    """Count circuits for ``steps`` of meta-training and one adaptation; classical arms need none.

    Adaptation by gradient takes, for each inner step and support example, two circuits for each
    angle (inputs and weights alike: the encoder's gradient goes through the inputs).
    """
    if arm in ("twin", "bypass"):
        return Circuits(0, 0, 0)
    n_support = episodes.n_way * episodes.n_shot
    if isinstance(settings, Scratch):
        return Circuits(0, settings.inner_steps * n_support * _shifted(circuit), 1)
    training = settings.training
    shape = task_shape(training, episodes)
    support, query = shape.n_way * shape.n_shot, shape.n_way * shape.n_query
    if isinstance(settings, Maml):
        inner = settings.inner_steps
        at_test = inner if settings.test_inner_steps is None else settings.test_inner_steps
        per_task, adapt = inner * support + query, at_test * n_support * _shifted(circuit)
    else:
        per_task, adapt = support + query, n_support
    return Circuits(steps * training.tasks_per_step * per_task, adapt, 1)


def _shifted(circuit: CompiledCircuit) -> int:
    return 2 * (circuit.n_inputs + circuit.n_weights)
