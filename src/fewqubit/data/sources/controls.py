"""Synthetic controls with known answers: one fits a quantum kernel, one any linear classifier."""

import numpy as np
from jaxtyping import Complex, Float, Int

from fewqubit.data.generated import Coset, Linear
from fewqubit.data.raw import RawData

X, Z = np.array([[0, 1], [1, 0]]), np.diag([1, -1])


def read_coset(settings: Coset) -> RawData:
    """Positive control: rows are angles of product unitaries, classes are cosets of a group.

    A row is ε·c·s: s a random element of the stabiliser group of the ring graph state, c a product
    unitary that identifies the class, ε a small rotation of every qubit. s leaves the graph state
    unchanged, so the feature map ``covariant`` maps all rows of a class to one state, up to ε.
    Their angles are scattered around 2**n_qubits points.
    x: [N, 3·n_qubits], angles of RZ RY RZ on each qubit in the order of the gates, radians.
    Source: Glick et al., 2105.03406, §III.
    """
    random = np.random.default_rng(settings.data_seed)
    n, x = settings.n_qubits, []
    neighbours = ring(n)
    for _ in range(settings.classes):
        named = [rotation(np.pi * random.normal(size=3)) for _ in range(n)]
        for _ in range(settings.rows):
            turned = random.integers(2, size=n)
            signed = neighbours @ turned % 2
            for qubit in range(n):
                stabiliser = np.linalg.matrix_power(X, turned[qubit]) @ np.linalg.matrix_power(
                    Z, signed[qubit]
                )
                jitter = rotation(settings.noise * random.normal(size=3))
                x.append(euler_angles(jitter @ named[qubit] @ stabiliser))
    return _data(np.reshape(x, (-1, 3 * n)), settings.classes, settings.rows, "coset")


def read_linear(settings: Linear) -> RawData:
    """Negative control: x = μ_class + ε, both Gaussian; classes are linearly separable."""
    random = np.random.default_rng(settings.data_seed)
    centres = random.normal(size=(settings.classes, 1, settings.n_features))
    shape = (settings.classes, settings.rows, settings.n_features)
    x = centres + settings.noise * random.normal(size=shape)
    return _data(x.reshape(-1, shape[-1]), settings.classes, settings.rows, "cluster")


def ring(n_qubits: int) -> Int[np.ndarray, "n n"]:
    """Adjacency of a ring; two qubits share one edge, a single qubit has none."""
    step = np.roll(np.eye(n_qubits, dtype=int), 1, axis=0)
    edges = ((step + step.T) > 0).astype(int)
    np.fill_diagonal(edges, 0)
    return edges


def rotation(angles: Float[np.ndarray, " 3"]) -> Complex[np.ndarray, "2 2"]:
    """exp(−i v·σ/2): a rotation by |v| radians about v."""
    size = np.linalg.norm(angles)
    x, y, z = angles / max(size, 1e-12)
    pauli = np.array([[z, x - 1j * y], [x + 1j * y, -z]])
    return np.cos(size / 2) * np.eye(2) - 1j * np.sin(size / 2) * pauli


def euler_angles(u: Complex[np.ndarray, "2 2"]) -> Float[np.ndarray, " 3"]:
    """(a, b, c) with u = RZ(c) RY(b) RZ(a) up to a phase; a and c in (−π, π], b in [0, π]."""
    b = 2 * np.arctan2(abs(u[1, 0]), abs(u[0, 0]))
    plus, minus = np.angle(u[1, 1] * u[0, 0].conj()), np.angle(-u[1, 0] * u[0, 1].conj())
    # plus = a + c where u_00 ≠ 0; minus = c − a where u_10 ≠ 0. Each is known up to 2π, so both
    # may need a shift by π: the sign of u_10 relative to u_00 decides.
    a, c = (plus - minus) / 2, (plus + minus) / 2
    relative = u[1, 0] * u[0, 0].conj()
    if (relative * np.exp(-1j * c)).real < 0:
        a, c = a + np.pi, c + np.pi
    return np.array([_wrapped(a), b, _wrapped(c)])


def _wrapped(angle: float) -> float:
    return float(np.pi - (np.pi - angle) % (2 * np.pi))


def _data(x: np.ndarray, classes: int, rows: int, name: str) -> RawData:
    names = [f"{name}-{number}" for number in range(classes)]
    y = np.repeat(np.arange(classes), rows)
    return RawData(x.astype(np.float32), y.astype(np.int32), names, list(names))
