"""Look before you train: what circuits and their kernels tell before anything is learned."""

from fewqubit.quantum.diagnostics.alignment import (
    alignment,
    centred,
    centred_alignment,
    target_kernel,
)
from fewqubit.quantum.diagnostics.concentration import (
    concentration,
    effective_rank,
    shots_per_entry,
)
from fewqubit.quantum.diagnostics.effective_dimension import (
    effective_dimension,
    fisher_information,
)
from fewqubit.quantum.diagnostics.entanglement import entangling_capability, meyer_wallach
from fewqubit.quantum.diagnostics.expressibility import expressibility
from fewqubit.quantum.diagnostics.figures import Diagnostics, caption, diagnose
from fewqubit.quantum.diagnostics.geometry import (
    geometric_difference,
    model_complexity,
    nearest_classical,
)
from fewqubit.quantum.diagnostics.plateau import gradient_variance

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
    "nearest_classical",
    "shots_per_entry",
    "target_kernel",
]
