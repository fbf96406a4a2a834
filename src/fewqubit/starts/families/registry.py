"""Every family of problems, by the ``kind`` that params.yaml names. A new family is a new row."""

from fewqubit.starts.settings.families import (
    Family,
    Hubbard,
    Ising,
    MaxCut,
    Molecule,
    Portfolio,
    Xxz,
)

FAMILIES: dict[str, type[Family]] = {
    "maxcut": MaxCut,
    "ising": Ising,
    "xxz": Xxz,
    "hubbard": Hubbard,
    "molecule": Molecule,
    "portfolio": Portfolio,
}
