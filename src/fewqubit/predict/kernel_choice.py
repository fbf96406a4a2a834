"""What learner.json tells of a choice among kernels: which each seed took, why, what it cost."""

from typing import Any

import numpy as np

from fewqubit.config import Episodes
from fewqubit.meta.cost import Circuits, circuits_to_choose, count_circuits
from fewqubit.meta.settings.candidates import kernel_words
from fewqubit.meta.settings.kernels import KernelLearner
from fewqubit.models.network import Params
from fewqubit.models.parts import CHOICE, FIXED
from fewqubit.tasks import FeatureShape, Shape

KERNEL_CHOICE, CIRCUITS = "kernel_choice", "circuit_evaluations"


def choice_card(
    settings: KernelLearner,
    arm: str,
    episodes: Episodes,
    trained: Circuits,
    params: Params,
    feature_shape: FeatureShape,
) -> dict[str, Any]:
    """Entries of the card of a learner that took one of several kernels.

    kernels:    the kernels in words, the learner's own first
    alignment:  the mean alignment of each over the validation episodes, for each seed
    chosen:     the number of the kernel that each seed took

    Circuits to adapt and to answer are those of the dearest kernel that a seed took; ``choose`` is
    what the Gram matrices of all kernels take on a device, once for a seed and not for each task.
    """
    alignment = np.asarray(params[CHOICE][FIXED])
    chosen, shape = alignment.argmax(-1), Shape(episodes.n_way, episodes.n_shot, episodes.n_query)
    kernels = settings.kernels()
    counts = [count_circuits(kernels[n], arm, shape, 0, feature_shape) for n in np.unique(chosen)]
    circuits = Circuits(
        trained.train,
        max(one.adapt for one in counts),
        max(one.predict_per_query for one in counts),
    )
    told = {
        "kernels": [kernel_words(one.circuit, arm) for one in kernels],
        "alignment": alignment.tolist(),
        "chosen": chosen.tolist(),
    }
    paid = circuits_to_choose(settings, arm, shape, episodes.n_validation)
    return {KERNEL_CHOICE: told, CIRCUITS: {**circuits._asdict(), "choose": paid}}
