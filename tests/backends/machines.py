"""Machines for tests: a line of qubits without noise, and one with the noise that a test names."""

from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from fewqubit.backends.machine import Machine, simulated

LINE = [[0, 1], [1, 2], [2, 3], [3, 4], [1, 0], [2, 1], [3, 2], [4, 3]]


def line(noise: NoiseModel | None = None) -> Machine:
    """Five qubits in a line: circuits on fewer get ancillas, others SWAPs."""
    device = GenericBackendV2(5, coupling_map=LINE, noise_info=False)
    return simulated("line", device, lambda: AerSimulator(noise_model=noise))
