"""What a feature map or ansatz named in params.yaml is: a row, a file, or a user's function."""

from pathlib import Path

from fewqubit.quantum.ansatze import ANSATZE, Ansatz
from fewqubit.quantum.feature_maps import FEATURE_MAPS, FeatureMap
from fewqubit.quantum.load import READERS, ansatz_from, feature_map_from
from fewqubit.registry import resolve


def find_feature_map(name: str) -> FeatureMap:
    """The row ``name``, the circuit in the file ``name``, or the function at "module:function".

    Raises ``SettingsError`` for an unknown name, ``CircuitError`` for a file that is no circuit.
    """
    if Path(name).suffix in READERS:
        return feature_map_from(Path(name))
    return resolve(name, FEATURE_MAPS, "feature map")


def find_ansatz(name: str) -> Ansatz:
    """``find_feature_map`` for ansätze."""
    if Path(name).suffix in READERS:
        return ansatz_from(Path(name))
    return resolve(name, ANSATZE, "ansatz")
