"""Hamiltonians of molecules along a bond: ``python -m benchmarks.molecules``, with PySCF installed.

Writes src/fewqubit/starts/families/<name>_sto3g.json: restricted Hartree–Fock orbitals in STO-3G,
integrals over the active ones, Jordan–Wigner with spins alternating. PySCF is no dependency of
Fewqubit.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from fewqubit.base.io.files import write_text
from fewqubit.starts.fermions import electrons

FOLDER = Path("src/fewqubit/starts/families")


class Along(NamedTuple):
    """A molecule of two atoms, and the orbitals that its electrons may use.

    core:    doubly occupied orbitals that stay so
    active:  orbitals of σ symmetry beside them, by their energies; π orbitals stay empty
    bonds:   lengths in ångström
    """

    atoms: tuple[str, str]
    core: int
    active: int
    bonds: list[float]


class Found(NamedTuple):
    """The Hamiltonian at one length, PySCF's own lowest energy, and the orbitals."""

    operator: SparsePauliOp
    exact: float
    orbitals: np.ndarray


MOLECULES = {
    "h2": Along(("H", "H"), 0, 2, [round(0.4 + 0.05 * step, 2) for step in range(43)]),
    "lih": Along(("Li", "H"), 1, 3, [round(1.0 + 0.05 * step, 2) for step in range(43)]),
}


def solved(along: Along, bond: float, before: np.ndarray | None) -> Found:
    """Energies of the nuclei and of the core are in the constant.

    Signs of orbitals are arbitrary; they follow those ``before``, at a neighbouring length.
    """
    from pyscf import ao2mo, gto, mcscf, scf

    atoms = "{} 0 0 0; {} 0 0 {}".format(*along.atoms, bond)
    molecule = gto.M(atom=atoms, basis="sto-3g", symmetry=True, verbose=0)
    field = scf.RHF(molecule).run()
    names = dict(zip(molecule.irrep_id, molecule.irrep_name, strict=True))
    sigma = [k for k, irrep in enumerate(field.get_orbsym()) if names[irrep].startswith("A1")]
    first = sigma[: along.core + along.active]
    rest = [k for k in range(len(field.mo_occ)) if k not in first]
    c = field.mo_coeff[:, [*first, *rest]]
    alike = field.get_ovlp() @ c if before is None else field.get_ovlp() @ before
    signs = np.sign(np.einsum("ap,ap->p", c, alike))
    c = c * np.where(signs == 0, 1, signs)
    space = mcscf.CASCI(field, along.active, molecule.nelectron - 2 * along.core)
    one, constant = space.get_h1eff(c)
    two = ao2mo.restore(1, space.get_h2eff(c), along.active)  # (pq|rs)
    return Found(electrons(constant, one, two), float(space.kernel(c)[0]), c)


def along_the_bond(along: Along) -> dict[str, Any]:
    """What is stored; stops where the lowest eigenvalue is not PySCF's."""
    from pyscf import __version__

    found: list[Found] = []
    for bond in along.bonds:
        found.append(solved(along, bond, found[-1].orbitals if found else None))
        lowest = np.linalg.eigvalsh(found[-1].operator.to_matrix())[0]
        if abs(lowest - found[-1].exact) > 1e-8:
            raise SystemExit(f"lowest eigenvalue {lowest}, PySCF's full CI {found[-1].exact}")
    labels = sorted({label for one in found for label, _ in one.operator.to_list()})
    known = [dict(one.operator.to_list()) for one in found]
    return {
        "made": f"python -m benchmarks.molecules, PySCF {__version__}",
        "n_qubits": 2 * along.active,
        "occupied": [0, 1],
        "labels": labels,
        "bonds": along.bonds,
        "full_ci": [round(one.exact, 10) for one in found],
        "coefficients": [
            [round(float(np.real(row.get(label, 0.0))), 10) for label in labels] for row in known
        ],
    }


def main() -> None:
    """Write a file for each molecule."""
    for name, along in MOLECULES.items():
        write_text(FOLDER / f"{name}_sto3g.json", json.dumps(along_the_bond(along)) + "\n")


if __name__ == "__main__":
    main()
