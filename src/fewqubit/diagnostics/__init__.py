"""Look before you train: figures of circuits and their kernels, before anything is learned."""

from fewqubit.diagnostics.concentration import concentration, effective_rank, shots_per_entry
from fewqubit.diagnostics.effective_dimension import effective_dimension, fisher_information
from fewqubit.diagnostics.entanglement import entangling_capability, meyer_wallach
from fewqubit.diagnostics.expressibility import expressibility
from fewqubit.diagnostics.figures import Diagnostics, caption, diagnose
from fewqubit.diagnostics.geometry import geometric_difference, model_complexity, nearest_classical
from fewqubit.diagnostics.plateau import gradient_variance
from fewqubit.states.alignment import (
    alignment,
    centred,
    centred_alignment,
    most_aligned,
    target_kernel,
)

__all__ = [
    "Diagnostics",
    "alignment",
    "caption",
    "centred",
    "centred_alignment",
    "concentration",
    "diagnose",
    "effective_dimension",
    "effective_rank",
    "entangling_capability",
    "expressibility",
    "fisher_information",
    "geometric_difference",
    "gradient_variance",
    "meyer_wallach",
    "model_complexity",
    "most_aligned",
    "nearest_classical",
    "shots_per_entry",
    "target_kernel",
]
