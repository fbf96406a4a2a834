"""Gate angles as plain data: affine in the circuit's parameters, and in functions of them.

    angle = b + Σ_k c_k v_k,      v = (x, θ, f_1(...), f_2(...), ...)

Nearly every angle of a real circuit is affine in the parameters or in a few products of them, so
all angles of a circuit come from one matrix product, whatever the number of gates.
"""

from collections.abc import Mapping
from math import isfinite
from typing import NamedTuple

from qiskit.circuit import Parameter, ParameterExpression

from fewqubit.errors import CircuitError


class Function(NamedTuple):
    """A nonlinear term f(arguments): an atom that affine angles are built on."""

    name: str
    arguments: tuple["Affine", ...]


Atom = int | Function  # an int is a position in the concatenation (x, θ)


class Affine(NamedTuple):
    """b + Σ c_k v_k with the atoms v_k in the order of their first appearance."""

    constant: float
    terms: tuple[tuple[Atom, float], ...] = ()


LARGEST = 1e30  # beyond 2**24 radians single precision tells no angle from its neighbour
_UNARY = {"SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "EXP", "LOG", "ABS", "SIGN"}
_SWAPPED = {"RSUB": "SUB", "RDIV": "DIV", "RPOW": "POW"}


def combine(left: Affine, right: Affine, scale_left: float, scale_right: float) -> Affine:
    """scale_left · left + scale_right · right, atoms that cancel removed."""
    terms: dict[Atom, float] = {}
    for affine, scale in ((left, scale_left), (right, scale_right)):
        for atom, coefficient in affine.terms:
            terms[atom] = terms.get(atom, 0.0) + scale * coefficient
    constant = scale_left * left.constant + scale_right * right.constant
    return Affine(constant, tuple((atom, c) for atom, c in terms.items() if c != 0.0))


def scale(affine: Affine, factor: float) -> Affine:
    """factor · affine."""
    return combine(affine, Affine(0.0), factor, 0.0)


def read(value: object, positions: Mapping[Parameter, int]) -> Affine:
    """A gate's parameter as an affine angle.

    Raises ``CircuitError`` for a parameter that is neither input nor weight, and for a number that
    is complex or not finite.
    """
    if isinstance(value, Parameter):
        if value not in positions:
            raise CircuitError(
                f"parameter '{value.name}' is neither an input nor a weight of this circuit; "
                "list it in inputs or weights, or bind it with assign_parameters"
            )
        return Affine(0.0, ((positions[value], 1.0),))
    if isinstance(value, ParameterExpression) and value.parameters:
        return _replay(value, positions)
    number = complex(value)  # type: ignore[call-overload]
    if abs(number.imag) > 1e-12:
        raise CircuitError(f"an angle must be real, got {number}; remove the imaginary part")
    return _bounded(Affine(number.real), number.real)


def _bounded(affine: Affine, source: object) -> Affine:
    """``affine``, of numbers that single precision holds: others make every amplitude NaN."""
    for number in (affine.constant, *(coefficient for _, coefficient in affine.terms)):
        if not isfinite(number) or abs(number) > LARGEST:
            raise CircuitError(
                f"an angle must be a finite number of at most {LARGEST:.0e} radians, "
                f"got {number} in '{source}'"
            )
    return affine


def _replay(expression: ParameterExpression, positions: Mapping[Parameter, int]) -> Affine:
    """Repeat the operations that built ``expression``: the stack machine behind Qiskit's QPY.

    ``_qpy_replay`` is private to Qiskit, but QPY, its stable file format, is written from it; the
    public way, ``sympify``, needs sympy and evaluates text.
    """
    stack: list[Affine] = []
    for step in expression._qpy_replay:
        if not hasattr(step, "lhs"):
            raise CircuitError(f"expression '{expression}' substitutes symbols; bind them first")
        stack += [read(side, positions) for side in (step.lhs, step.rhs) if side is not None]
        name = str(step.op).rsplit(".", 1)[-1]
        if name == "CONJ":
            continue  # parameters are real
        right = stack.pop()
        found = _unary(name, right) if name in _UNARY else _binary(name, stack.pop(), right)
        stack.append(_bounded(found, expression))
    return stack.pop()


def _unary(name: str, argument: Affine) -> Affine:
    return Affine(0.0, ((Function(name, (argument,)), 1.0),))


def _binary(name: str, left: Affine, right: Affine) -> Affine:
    """One arithmetic operation, kept affine wherever it is."""
    if name in _SWAPPED:
        name, left, right = _SWAPPED[name], right, left
    match name:
        case "ADD":
            return combine(left, right, 1.0, 1.0)
        case "SUB":
            return combine(left, right, 1.0, -1.0)
        case "MUL" if not right.terms:
            return scale(left, right.constant)
        case "MUL" if not left.terms:
            return scale(right, left.constant)
        case "DIV" if not right.terms:
            if right.constant == 0.0:
                raise CircuitError("an angle is divided by zero")
            return scale(left, 1.0 / right.constant)
        case "MUL" | "DIV" | "POW":
            return Affine(0.0, ((Function(name, (left, right)), 1.0),))
    raise CircuitError(f"'{name}' in a parameter expression is not supported")
