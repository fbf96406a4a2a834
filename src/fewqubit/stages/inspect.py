"""Inspection of a feature map before training: all its diagnostics, from prepared data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from jaxtyping import PRNGKeyArray

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.progress import Progress
from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.circuits.named import find_feature_map
from fewqubit.compiler.compiled import CompiledCircuit, compile_circuit
from fewqubit.config import FeatureMap, Settings
from fewqubit.data import load_examples
from fewqubit.data.prepared import read_classes
from fewqubit.diagnostics import effective_dimension
from fewqubit.diagnostics.effective_dimension import drawn_fisher
from fewqubit.diagnostics.readings import read_dimension, read_gradients
from fewqubit.diagnostics.scans import PlateauPoint, scan_gradients
from fewqubit.stages.encode import encode
from fewqubit.stages.look import Look, look, smaller_sizes

_FISHER_DRAWS, _FISHER_INPUTS = 100, 10


class Inspection(NamedTuple):
    """The diagnostics of the encode stage, and slower ones that are computed only on request.

    figures:    by name; those of ``Diagnostics``, the variance of the steepest derivative, and the
                effective dimension of the weights, or of the inputs of a map without weights
    readings:   each figure explained in words, by the name of the figure
    scans:      the kernel at other bandwidths and numbers of qubits
    gradients:  the variance of the steepest derivative by qubits and by repetitions
    """

    title: str
    figures: Mapping[str, float | str]
    readings: Mapping[str, str]
    scans: Look
    gradients: Sequence[PlateauPoint]


@fixed()
def inspect(settings: Settings, dataset: str, feature_map: str, artifacts: Path) -> Inspection:
    """Inspect a feature map of ``settings`` on prepared data, with the states of the encode stage.

    Raises SettingsError for an unknown name, ArtifactError if the data are not prepared.
    """
    chosen = look_up(feature_map, settings.feature_maps, "feature map")
    look_up(dataset, settings.datasets, "data set")
    prepared = artifacts / "prepared" / dataset
    classes = read_classes(prepared, ["examples.npz"])
    examples = load_examples(prepared / "examples.npz")
    circuit = find_feature_map(chosen.kind)(chosen.n_qubits, chosen.repetitions, chosen.bandwidth)
    key = stream(root_key(settings.seed), "encode", dataset, feature_map)
    report = Progress(f"inspect {dataset}/{feature_map}", len(examples.x), "row").update
    encoded = encode(circuit, *examples, classes["split"]["meta_train"], key, report)
    scans = look(chosen, circuit, encoded, key)
    gradients = scan_gradients(chosen, _sizes(chosen), stream(key, "gradients"))
    figures, words = _trainability(chosen, compile_circuit(circuit), gradients, key)
    return Inspection(
        title=f"{dataset} · {feature_map}: {len(encoded.gram)} meta-train rows",
        figures=encoded.diagnostics._asdict() | figures,
        readings=scans.readings | words,
        scans=scans,
        gradients=gradients,
    )


def _trainability(
    settings: FeatureMap,
    circuit: CompiledCircuit,
    gradients: Sequence[PlateauPoint],
    key: PRNGKeyArray,
) -> tuple[dict[str, float], dict[str, str]]:
    """Gradient variance and effective dimension, and their readings."""
    at_equal_depth = [point for point in gradients if point.repetitions == settings.repetitions]
    fisher = drawn_fisher(circuit, stream(key, "fisher"), _FISHER_DRAWS, _FISHER_INPUTS)
    dimension = effective_dimension(fisher)
    figures = {
        "gradient_variance": at_equal_depth[-1].variance,
        "effective_dimension": dimension,
    }
    words = {
        "gradient_variance": read_gradients(at_equal_depth),
        "effective_dimension": read_dimension(dimension, fisher.shape[-1]),
    }
    return figures, words


def _sizes(settings: FeatureMap) -> list[tuple[int, int]]:
    """(qubits, repetitions): fewer qubits, then the map itself, then other repetitions.

    A circuit of the user has only its own size.
    """
    n, repetitions = settings.n_qubits, settings.repetitions
    sizes = [(size, repetitions) for size in [*smaller_sizes(settings), n]]
    if settings.kind not in FEATURE_MAPS:
        return sizes
    return sizes + [(n, r) for r in (1, 2, 4, 8) if r != repetitions]
