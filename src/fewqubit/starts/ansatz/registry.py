"""Every ansatz, by the ``kind`` that params.yaml names. A new ansatz is a new row."""

from fewqubit.starts.settings.ansatze import (
    Ansatz,
    HardwareEfficient,
    IsingLayers,
    Qaoa,
    Uccsd,
    XxzLayers,
)

ANSATZE: dict[str, type[Ansatz]] = {
    "qaoa": Qaoa,
    "ising_layers": IsingLayers,
    "xxz_layers": XxzLayers,
    "hardware_efficient": HardwareEfficient,
    "uccsd": Uccsd,
}
