"""Qiskit circuits: feature maps and ansätze as plain functions, from files, superposed."""

from typing import TYPE_CHECKING

from fewqubit.base.lazily import lazily

if TYPE_CHECKING:
    from fewqubit.circuits.ansatze import ANSATZE as ANSATZE
    from fewqubit.circuits.feature_maps import FEATURE_MAPS as FEATURE_MAPS
else:
    __getattr__, __all__ = lazily(
        __name__,
        ansatze="ANSATZE",
        feature_maps="FEATURE_MAPS",
    )
