"""Hamiltonians of H2 along its bond: ``python -m benchmarks.molecules``, with PySCF installed.

Writes src/fewqubit/starts/families/h2_sto3g.json: restricted Hartree–Fock orbitals in STO-3G,
integrals over them, Jordan–Wigner with spins alternating. PySCF is no dependency of Fewqubit.
"""

from pathlib import Path

import numpy as np
from qiskit.quantum_info import SparsePauliOp

from fewqubit.io.files import write_text
from fewqubit.starts.fermions import product

OUT = Path("src/fewqubit/starts/families/h2_sto3g.json")
BONDS = [round(0.4 + 0.05 * step, 2) for step in range(43)]  # ångström


def hamiltonian(bond: float) -> tuple[SparsePauliOp, float]:
    """The Hamiltonian with the energy of the nuclei, and PySCF's own full-CI energy."""
    from pyscf import ao2mo, fci, gto, scf

    molecule = gto.M(atom=f"H 0 0 0; H 0 0 {bond}", basis="sto-3g", verbose=0)
    field = scf.RHF(molecule).run()
    c = field.mo_coeff
    c = c * np.sign(c[np.abs(c).argmax(0), range(c.shape[1])])  # signs are arbitrary otherwise
    one = c.T @ field.get_hcore() @ c
    two = ao2mo.restore(1, ao2mo.kernel(molecule, c), c.shape[1])  # (pq|rs)
    n = 2 * len(one)
    total = SparsePauliOp("I" * n, field.energy_nuc())
    for p, q in np.argwhere(np.abs(one) > 1e-12):
        for spin in (0, 1):
            total += one[p, q] * product([2 * p + spin], [2 * q + spin], n)
    for p, q, r, s in np.argwhere(np.abs(two) > 1e-12):
        for left in (0, 1):
            for right in (0, 1):
                created, gone = [2 * p + left, 2 * r + right], [2 * s + right, 2 * q + left]
                if created[0] != created[1] and gone[0] != gone[1]:
                    total += 0.5 * two[p, q, r, s] * product(created, gone, n)
    return total.simplify(1e-10), float(fci.FCI(field).kernel()[0])


def main() -> None:
    """Write the file; stop where the lowest eigenvalue is not PySCF's."""
    import json

    from pyscf import __version__

    found = [hamiltonian(bond) for bond in BONDS]
    labels = sorted({label for operator, _ in found for label, _ in operator.to_list()})
    rows = []
    for operator, exact in found:
        lowest = np.linalg.eigvalsh(operator.to_matrix())[0]
        if abs(lowest - exact) > 1e-8:
            raise SystemExit(f"lowest eigenvalue {lowest}, PySCF's full CI {exact}")
        known = dict(operator.to_list())
        rows.append([round(float(np.real(known.get(label, 0.0))), 10) for label in labels])
    content = {
        "made": f"python -m benchmarks.molecules, PySCF {__version__}",
        "n_qubits": 4,
        "occupied": [0, 1],
        "labels": labels,
        "bonds": BONDS,
        "full_ci": [round(exact, 10) for _, exact in found],
        "coefficients": rows,
    }
    write_text(OUT, json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
