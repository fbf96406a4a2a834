"""Every family of problems, by the ``kind`` that params.yaml names. A new one is one new row."""

from fewqubit.starts.families.contract import Family
from fewqubit.starts.families.hubbard import Hubbard
from fewqubit.starts.families.maxcut import MaxCut
from fewqubit.starts.families.molecules import Molecule
from fewqubit.starts.families.portfolio import Portfolio
from fewqubit.starts.families.spins import Ising, Xxz

FAMILIES: dict[str, type[Family]] = {
    "maxcut": MaxCut,
    "ising": Ising,
    "xxz": Xxz,
    "hubbard": Hubbard,
    "molecule": Molecule,
    "portfolio": Portfolio,
}
