"""What runs circuits: a simulator or a device, as what to transpile for and how to sample."""

from collections.abc import Callable
from typing import NamedTuple

from qiskit.primitives import BaseSamplerV2
from qiskit.providers import BackendV2
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2


class Machine(NamedTuple):
    """A machine behind Qiskit's primitives.

    device:   Qiskit's description: basis gates, coupling map, number of qubits
    sampler:  seed -> a sampler; a simulator draws all its shots from the seed
    """

    name: str
    device: BackendV2
    sampler: Callable[[int], BaseSamplerV2]


def aer() -> Machine:
    """Aer without noise: any gates, every qubit next to every other."""
    simulator = AerSimulator()
    return simulated("aer", simulator, simulator)


def simulated(name: str, device: BackendV2, simulator: AerSimulator) -> Machine:
    """``device`` as ``simulator`` plays it.

    Circuits run side by side, one thread each: threads within circuits as small as these mostly
    wait for each other.
    """
    simulator.set_options(max_parallel_experiments=0)
    return Machine(name, device, lambda seed: SamplerV2.from_backend(simulator, seed=seed))
