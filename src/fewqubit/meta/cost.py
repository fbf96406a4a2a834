"""What adaptation and training cost in circuits, counted from the settings."""

from collections.abc import Sequence
from typing import NamedTuple

from fewqubit.meta.learner import Learner
from fewqubit.models.arms import CLASSICAL_ARMS
from fewqubit.tasks import Shape


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


def count_circuits(
    learner: Learner, arm: str, shape: Shape, steps: int, feature_shape: Sequence[int]
) -> Circuits:
    """Count circuits for ``steps`` of meta-training and one adaptation; classical arms need none.

    ``shape`` is that of the test episodes. What a learner asks for it says itself.
    """
    if arm in CLASSICAL_ARMS:
        return Circuits(0, 0, 0)
    trained, training = 0, learner.meta_training()
    if training is not None:
        seen = learner.examples_seen(training.shape(*shape))
        trained = steps * training.tasks_per_step * seen * learner.circuits_each()
    return Circuits(trained, *learner.circuits_of_task(arm, shape, feature_shape))
