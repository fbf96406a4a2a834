"""Every ansatz, by the ``kind`` that params.yaml names. A new one is one new row."""

from fewqubit.starts.ansatz.contract import Ansatz
from fewqubit.starts.ansatz.excitations import Uccsd
from fewqubit.starts.ansatz.hamiltonian_variational import IsingLayers, XxzLayers
from fewqubit.starts.ansatz.hardware_efficient import HardwareEfficient
from fewqubit.starts.ansatz.qaoa import Qaoa

ANSATZE: dict[str, type[Ansatz]] = {
    "qaoa": Qaoa,
    "ising_layers": IsingLayers,
    "xxz_layers": XxzLayers,
    "hardware_efficient": HardwareEfficient,
    "uccsd": Uccsd,
}
