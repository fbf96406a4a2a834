"""What runs circuits: a simulator or a device, as what to transpile for and how to sample."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from qiskit.primitives import BaseSamplerV2
from qiskit.providers import BackendV2

from fewqubit.extras import needs

AER = "shots with noise, and circuits as devices run them"


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
    with needs("aer", AER):
        from qiskit_aer import AerSimulator
    simulator = AerSimulator()
    return simulated("aer", simulator, lambda: simulator)


def simulated(name: str, device: BackendV2, simulator: Callable[[], BackendV2]) -> Machine:
    """``device`` as a simulator plays it, made when the first shot is asked for: seconds of work
    for the noise of a large device, which those who only transpile for it are spared.

    Circuits run side by side, one thread each: threads within circuits as small as these mostly
    wait for each other.
    """
    with needs("aer", AER):
        from qiskit_aer.primitives import SamplerV2

    @cache
    def made() -> BackendV2:
        player = simulator()
        player.set_options(max_parallel_experiments=0)
        return player

    return Machine(name, device, lambda seed: SamplerV2.from_backend(made(), seed=seed))
