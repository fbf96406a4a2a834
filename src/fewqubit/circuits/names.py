"""The names of feature maps and ansätze, for code that does not draw them."""

FEATURE_MAP_NAMES = (
    "angle",
    "zz",
    "iqp",
    "pauli",
    "amplitude",
    "reuploading",
    "hardware_efficient",
    "phase",
    "covariant",
)
ANSATZ_NAMES = ("none", "real_amplitudes", "hardware_efficient", "phase")
