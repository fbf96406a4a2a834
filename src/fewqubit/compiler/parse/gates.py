"""The parametrised gates of Qiskit's library, each as Pauli rotations in the order of time.

A rotation is (angle, Pauli string, qubits); angles follow the gates' own definitions, exactly,
global phase included. Gates that are not in this table are constant, controlled, or lowered from
their definition.
"""

from collections.abc import Callable, Sequence

from qiskit.circuit import Gate
from qiskit.circuit.library import (
    GlobalPhaseGate,
    PhaseGate,
    RGate,
    RXGate,
    RXXGate,
    RYGate,
    RYYGate,
    RZGate,
    RZXGate,
    RZZGate,
    U1Gate,
    U2Gate,
    U3Gate,
    UGate,
)

from fewqubit.compiler.parse.expressions import Affine, combine, scale
from fewqubit.compiler.parse.program import Operation, Rotation

_HALF_TURN = Affine(1.5707963267948966)


def _pauli(pauli: str) -> Callable[[Sequence[Affine]], list[Operation]]:
    """exp(-i angle/2 P), the whole family of Qiskit's R gates."""
    qubits = tuple(range(len(pauli)))
    return lambda angles: [Rotation(angles[0], pauli, qubits)]


def _phase(angles: Sequence[Affine]) -> list[Operation]:
    """diag(1, exp(iλ)) = exp(iλ/2) RZ(λ)."""
    return [Rotation(angles[0], "Z", (0,)), Rotation(scale(angles[0], -1.0), "", ())]


def _global_phase(angles: Sequence[Affine]) -> list[Operation]:
    """exp(iφ)."""
    return [Rotation(scale(angles[0], -2.0), "", ())]


def _r(angles: Sequence[Affine]) -> list[Operation]:
    """exp(-iθ/2 (cos φ X + sin φ Y)) = RZ(φ) RX(θ) RZ(-φ)."""
    theta, phi = angles
    return [
        Rotation(scale(phi, -1.0), "Z", (0,)),
        Rotation(theta, "X", (0,)),
        Rotation(phi, "Z", (0,)),
    ]


def _u(angles: Sequence[Affine]) -> list[Operation]:
    """U(θ, φ, λ) = exp(i(φ+λ)/2) RZ(φ) RY(θ) RZ(λ); a fourth angle γ, of CU's base, is exp(iγ)."""
    theta, phi, lam, *phase = angles
    return [
        *(one for angle in phase for one in _global_phase([angle])),
        Rotation(lam, "Z", (0,)),
        Rotation(theta, "Y", (0,)),
        Rotation(phi, "Z", (0,)),
        Rotation(combine(phi, lam, -1.0, -1.0), "", ()),
    ]


def _u2(angles: Sequence[Affine]) -> list[Operation]:
    """U(π/2, φ, λ)."""
    return _u((_HALF_TURN, *angles))


ROTATIONS: dict[type[Gate], Callable[[Sequence[Affine]], list[Operation]]] = {
    RXGate: _pauli("X"),
    RYGate: _pauli("Y"),
    RZGate: _pauli("Z"),
    RXXGate: _pauli("XX"),
    RYYGate: _pauli("YY"),
    RZZGate: _pauli("ZZ"),
    RZXGate: _pauli("ZX"),
    PhaseGate: _phase,
    U1Gate: _phase,
    U2Gate: _u2,
    U3Gate: _u,
    UGate: _u,
    RGate: _r,
    GlobalPhaseGate: _global_phase,
}
