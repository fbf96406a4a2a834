"""The names of the parts of a learner's parameters."""

from typing import Final

# trained
ENCODER: Final = "encoder"
CIRCUIT: Final = "circuit"  # or the body that replaces it in an arm
HEAD: Final = "head"  # what a learner adds to its model: a readout, a temperature
ADAPTERS: Final = "adapters"  # low-rank changes of the encoder (models.adapters)
CHOICE: Final = "choice"  # fixed: what is known of each kernel that may be taken (meta.kernels)
RATES: Final = "rates"  # an inner rate for each parameter that adapts (meta.metasgd)

FIXED: Final = "fixed"  # at any depth: drawn once, never trained
FILM: Final = "film"  # for a task: scale and shift of the angles (meta.conditioned)
NOISE: Final = "noise"  # for a training step: disturbances of the model (models.noise)
