"""How many circuits a learner needs, and how many parameters of its circuit have any effect."""

from functools import lru_cache
from typing import NamedTuple

from fewqubit.backends.gradients import count_shifted
from fewqubit.circuits.circuit import Circuit, Classical
from fewqubit.circuits.drawn import circuits_of
from fewqubit.errors import SettingsError
from fewqubit.meta.settings.kernels import KernelLearner
from fewqubit.meta.settings.learner import Learner
from fewqubit.models.arm_names import CLASSICAL_ARMS
from fewqubit.models.rank import Acting, acting
from fewqubit.tasks import FeatureShape, Shape


class Circuits(NamedTuple):
    """Numbers of circuits; each different setting of the angles counts as one.

    train:              forward evaluations of one seed's whole meta-training, in simulation
    adapt:              to adapt one task on a device
    predict_per_query:  to answer one query there

    A device cannot store states. Learners that compare states measure pairs of examples; learners
    that adapt by gradient measure readings and their parameter shifts.
    """

    train: int
    adapt: int
    predict_per_query: int


def count_circuits(
    learner: Learner, arm: str, shape: Shape, steps: int, feature_shape: FeatureShape
) -> Circuits:
    """Count circuits for ``steps`` of meta-training and one adaptation; classical arms need none.

    ``shape`` is that of the test episodes. Each learner counts its own circuits.
    """
    if arm in CLASSICAL_ARMS:
        return Circuits(0, 0, 0)
    trained, training = 0, learner.meta_training()
    if training is not None:
        examples = learner.examples_seen(training.shape(*shape))
        once = examples * learner.circuits_each() + learner.circuits_beside(arm, feature_shape)
        trained = steps * training.tasks_per_step * once
    return Circuits(trained, *learner.circuits_of_task(arm, shape, feature_shape))


def circuits_to_choose(learner: KernelLearner, arm: str, shape: Shape, n_episodes: int) -> int:
    """Circuits for the Gram matrices of all kernels over ``n_episodes`` of ``shape``.

    Support and query are in one Gram matrix. Classical arms choose among as many, without circuits.
    """
    if arm in CLASSICAL_ARMS or not learner.candidates:
        return 0
    n_rows = shape.n_way * (shape.n_shot + shape.n_query)
    return n_episodes * sum(one.circuits_to_adapt(arm, n_rows) for one in learner.kernels())


def shots_to_train(learner: Learner, arm: str, shape: Shape, steps: int) -> int | None:
    """Shots of ``steps`` of meta-training from shots, derivatives included, for one seed.

    A reading takes one circuit and its shifted ones. A kernel entry takes one and those shifted on
    either side. ``shape`` is that of the test episodes. None: training is exact, or its inner
    steps are gradients too; the shifts of their derivatives are not counted here.
    """
    training = learner.meta_training()
    if training is None or training.shots is None or arm in CLASSICAL_ARMS:
        return None
    task = training.shape(*shape)
    n_support, n_query = task.n_way * task.n_shot, task.n_way * task.n_query
    [circuit] = circuits_of(learner.circuit, entanglers=arm != "separable")
    counts = count_shifted(circuit)
    shifted = counts.inputs if arm == "frozen" else counts.both
    if not learner.reads:
        entries = learner.circuits_to_adapt(arm, n_support)
        entries += learner.circuits_to_answer(n_support) * n_query
        circuits = entries * (1 + 2 * shifted)
    elif not learner.compares and getattr(learner, "adapts", None) == "readout":
        circuits = (n_support + n_query) * (1 + shifted)
    else:
        return None
    return steps * training.tasks_per_step * circuits * training.shots


def acting_in(learner: Learner, arm: str) -> Acting:
    """How many trained parameters of ``arm`` have an effect on what ``learner`` sees.

    Gradient learners see readings, others Gram matrices, ``conditioned`` both. What the user's own
    learner sees is not known, so any effect on features counts.
    """
    circuit = learner.circuit
    # Scales change no rank, so it is computed once for all trials of a search over scales.
    unscaled = {"bandwidth": 1.0, "classical": Classical(features=circuit.classical.features)}
    return _found(circuit.model_copy(update=unscaled), arm, learner.compares, learner.reads)


def check_acts(learner: Learner, arm: str) -> Acting:
    """``acting_in``, checked: at least one weight of the quantum arm has an effect.

    Raises SettingsError: no weight of the quantum arm can change what the learner sees.
    """
    found = acting_in(learner, arm)
    if arm == "quantum" and found.trained and found.seen == 0:
        raise SettingsError(
            f"learner '{learner.kind}': none of the {found.trained} weights of the circuit can "
            "change what is learned from; an ansatz behind the last input cancels in every "
            "fidelity: set circuit.ansatz_place to before or circuit.ansatz to none, take a "
            "feature map with weights (reuploading), or a learner that reads the circuit out (maml)"
        )
    return found


@lru_cache
def _found(circuit: Circuit, arm: str, compares: bool, reads: bool) -> Acting:
    return acting(circuit, arm, compares, reads)
