"""Qiskit circuits: feature maps and ansätze as plain functions, from files, superposed."""

from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS

__all__ = ["ANSATZE", "FEATURE_MAPS"]
