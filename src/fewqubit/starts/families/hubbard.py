"""The Hubbard model: electrons hop along a chain and repel each other on the same site."""

from functools import cache

import numpy as np
from jaxtyping import Float

from fewqubit.errors import DataError
from fewqubit.starts.fermions import electrons
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.families import Hubbard

SITES = (2, 3, 4)


def draw(family: Hubbard, random: np.random.Generator, n_qubits: int) -> Problem:
    """A chain with a random repulsion. Raises DataError: unsupported size."""
    if n_qubits not in {2 * sites for sites in SITES}:
        raise DataError(
            f"hubbard: expected {', '.join(str(2 * sites) for sites in SITES)} qubits, two for "
            f"each site, got {n_qubits}"
        )
    repulsion = float(random.uniform(*family.repulsion))
    labels, hopping, meeting = _parts(n_qubits // 2)
    values = hopping + repulsion * meeting
    terms = tuple((label, float(v)) for label, v in zip(labels, values, strict=True))
    return Problem(terms, (repulsion,), electrons=tuple(range(n_qubits // 2)))


@cache
def _parts(
    sites: int,
) -> tuple[list[str], Float[np.ndarray, " terms"], Float[np.ndarray, " terms"]]:
    """Pauli labels, and their coefficients for hopping and for repulsion at U = 1."""
    chain = -np.eye(sites, k=1) - np.eye(sites, k=-1)
    energies, orbitals = np.linalg.eigh(chain)
    none = np.zeros((sites,) * 4)
    meeting = np.einsum("ip,iq,ir,is->pqrs", *[orbitals] * 4)  # Σ n↑n↓ as integrals (pq|rs)
    found = [
        dict(electrons(0.0, np.diag(energies), none).to_list()),
        dict(electrons(sites / 4, -np.eye(sites) / 2, meeting).to_list()),
    ]
    labels = sorted({label for part in found for label in part})
    hopping, repulsion = (np.real([part.get(label, 0.0) for label in labels]) for part in found)
    return labels, hopping, repulsion
