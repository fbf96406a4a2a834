"""Which trained numbers of a learner's circuit, or of what stands in its place, can act at all."""

from functools import lru_cache

from fewqubit.circuits.circuit import Circuit
from fewqubit.errors import SettingsError
from fewqubit.meta.learner import Learner
from fewqubit.models.rank import Acting, acting


def acting_in(learner: Learner, arm: str) -> Acting:
    """How many numbers of ``arm`` act through what ``learner`` sees.

    Learners by gradient see readings, others Gram matrices, ``conditioned`` both; what a learner of
    the user's own sees is not known, so features count.
    """
    return _found(learner.circuit, arm, learner.compares, learner.reads)


def check_acts(learner: Learner, arm: str) -> Acting:
    """``acting_in``, of a circuit that does something.

    Raises SettingsError: it is the quantum arm, and none of its weights can change what is seen.
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
