"""Fewqubit's faces beside the classes they stand in for: writes docs/measured/qiskit_ml_faces.md.

Run as ``python -m benchmarks.speed.qiskit_ml_faces`` (4 minutes on two cores). One process, the two
sides in turn, the same work on both, whose numbers are compared.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np
from qiskit.circuit.library import real_amplitudes, zz_feature_map
from qiskit_machine_learning.kernels import FidelityQuantumKernel, FidelityStatevectorKernel
from qiskit_machine_learning.neural_networks import EstimatorQNN, SamplerQNN

from fewqubit.base.io.files import write_text
from fewqubit.qiskit_ml import EstimatorNetwork, FidelityKernel, SamplerNetwork

REPORT = Path("docs/measured/qiskit_ml_faces.md")
ROUNDS = 3
HEADER = """# Faces for qiskit-machine-learning, measured

Made by `python -m benchmarks.speed.qiskit_ml_faces` on {cores} cores, load {load:.1f} before it:
seconds, median of {rounds} runs of each side in turn, in one process. The first call, which
compiles, is apart. Largest difference: between the numbers of both sides.

| work | library | Fewqubit | ratio | first call | largest difference |
| --- | ---: | ---: | ---: | ---: | ---: |
"""


class Work(NamedTuple):
    """The same numbers from both sides."""

    name: str
    theirs: Callable[[], np.ndarray]
    ours: Callable[[], np.ndarray]


def main() -> None:
    """Measure every work and write the report."""
    head = HEADER.format(cores=os.cpu_count(), load=os.getloadavg()[0], rounds=ROUNDS)
    write_text(REPORT, head + "\n".join(_line(work) for work in [*_kernels(), *_networks()]) + "\n")


def _kernels() -> Iterator[Work]:
    feature_map = zz_feature_map(8, 2)
    rows = np.random.default_rng(0).uniform(0, np.pi, (1000, 8))
    ours = FidelityKernel(feature_map=feature_map)
    for peer, count in ((FidelityStatevectorKernel, 1000), (FidelityQuantumKernel, 20)):
        theirs, some = peer(feature_map=feature_map), rows[:count]
        yield Work(
            f"`{peer.__name__}`, {count} rows, 8 qubits, ZZ map, 2 repetitions",
            lambda kernel=theirs, some=some: kernel.evaluate(some),
            lambda some=some: ours.evaluate(some),
        )


def _networks() -> Iterator[Work]:
    feature_map, ansatz = zz_feature_map(6, 1), real_amplitudes(6, reps=2)
    random = np.random.default_rng(0)
    rows, weights = random.normal(size=(20, 6)), random.normal(size=ansatz.num_parameters)
    for peer, kind in ((EstimatorQNN, EstimatorNetwork), (SamplerQNN, SamplerNetwork)):
        theirs, ours = (
            network(
                circuit=feature_map.compose(ansatz),
                input_params=feature_map.parameters,
                weight_params=ansatz.parameters,
            )
            for network in (peer, kind)
        )
        where = f"`{peer.__name__}`, 20 rows, 6 qubits, 18 weights"
        yield Work(
            f"{where}, forward",
            lambda network=theirs: network.forward(rows, weights),
            lambda network=ours: network.forward(rows, weights),
        )
        yield Work(
            f"{where}, backward",
            lambda network=theirs: network.backward(rows, weights)[1],
            lambda network=ours: network.backward(rows, weights)[1],
        )


def _line(work: Work) -> str:
    first, answer = _timed(work.ours)
    runs = [(_timed(work.theirs), _timed(work.ours)) for _ in range(ROUNDS)]
    theirs, ours = (median(run[side][0] for run in runs) for side in (0, 1))
    difference = np.abs(runs[0][0][1] - answer).max()
    return (
        f"| {work.name} | {theirs:.2f} | {ours:.4f} | {theirs / ours:.0f} | {first:.2f} "
        f"| {difference:.0e} |"
    )


def _timed(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    start = perf_counter()
    answer = work()
    return perf_counter() - start, answer


if __name__ == "__main__":
    main()
