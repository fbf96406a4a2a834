"""What runs circuits, a simulator or a device: its description for transpiling, and its sampler."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from qiskit.primitives import BaseSamplerV2
from qiskit.providers import BackendV2

from fewqubit.base.extras import needs

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
    """A simulator of ``device``, built at the first shot.

    The noise model of a large device takes seconds, and transpiling does not need it.

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
