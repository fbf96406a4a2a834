"""Random circuits over Qiskit's whole gate set, with parameters in expressions of every kind."""

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st
from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import Gate, ParameterVector
from qiskit.circuit import library as lib
from qiskit.quantum_info import SparsePauliOp, random_statevector, random_unitary

from fewqubit.compiler.parse.angles import Columns, Values, emit_values

X, THETA = ParameterVector("x", 3), ParameterVector("θ", 2)
PARAMETERS = [*X, *THETA]
values = st.integers(0, 2**20).map(lambda seed: np.random.default_rng(seed).uniform(-2, 2, 5))


class Custom(Gate):
    """A user's gate, known by its definition only."""

    def __init__(self, angle):
        super().__init__("custom", 2, [angle])

    def _define(self):
        circuit = QuantumCircuit(2, global_phase=self.params[0] / 3)
        circuit.rx(self.params[0], 1)
        circuit.cx(1, 0)
        self.definition = circuit


FIXED = [
    *[gate for gate in lib.get_standard_gate_name_mapping().values() if not gate.params],
    *[lib.C3SXGate(), lib.C4XGate(), lib.C3XGate(), lib.MCXGate(3, ctrl_state=2)],
    *[lib.CXGate(ctrl_state=0), lib.CCZGate(ctrl_state=1), lib.PermutationGate([2, 0, 1])],
    *[lib.UnitaryGate(random_unitary(2**n, seed=n)) for n in (1, 2, 3)],
    lib.UnitaryGate(random_unitary(4, seed=9)).control(1),
    lib.StatePreparation(random_statevector(4, seed=1)),
    lib.DiagonalGate([1, 1j, -1, np.exp(0.3j)]),
    lib.PauliGate("XYZ"),
    lib.HGate().control(2, ctrl_state=1),
    lib.XGate().control(1, annotated=True),
    lib.QFTGate(3),
    lib.iSwapGate().inverse(),
    lib.TGate().power(0.5),
    lib.HGate().repeat(3),
]
FIXED = [gate for gate in FIXED if gate.name not in ("measure", "reset")]

TURNING = {
    **{
        gate.name: (len(gate.params), gate.base_class)
        for gate in lib.get_standard_gate_name_mapping().values()
        if gate.params and gate.name != "delay"
    },
    "custom": (1, Custom),
    "mcphase": (1, lambda a: lib.MCPhaseGate(a, 2)),
    "ccry": (1, lambda a: lib.RYGate(a).control(2, ctrl_state=1)),
    "crxx": (1, lambda a: lib.RXXGate(a).control(1)),
    "cu_open": (4, lambda *a: lib.CUGate(*a, ctrl_state=0)),
    "annotated": (1, lambda a: lib.RYGate(a).control(1, annotated=True).inverse(annotated=True)),
    "squared": (1, lambda a: lib.RXGate(a).power(2, annotated=True)),
    "custom_inverse": (1, lambda a: Custom(a).inverse()),
    "custom_control": (1, lambda a: Custom(a).control(1)),
    "evolution": (1, lambda a: lib.PauliEvolutionGate(SparsePauliOp(["XYI", "IZZ"], [1, 0.5]), a)),
}


@st.composite
def expressions(draw):
    """An angle: a number, a parameter, or arithmetic of several."""
    a, b = (draw(st.sampled_from(PARAMETERS)) for _ in range(2))
    number = draw(st.floats(-2, 2, allow_subnormal=False).map(lambda v: round(v, 3)))
    made = [
        *[number, a, 2 * a - b + number, a * b, a * (number - b), (a * b + b).sin(), a.cos() * b],
        *[a**2, (a * a + 1) ** -0.5, (a / (b * b + 1)).exp(), 2.0**a, 1 - a / 3, a.arctan()],
        *[abs(a), (a * a + 0.5).log(), (a / 9).arcsin() + (b / 9).arccos(), (a / 3).tan(), -a],
    ]
    return draw(st.sampled_from(made))


@st.composite
def circuits(draw, min_qubits=1, max_qubits=5, max_gates=14):
    """A circuit with registers, barriers and a global phase, every gate on random qubits."""
    n = draw(st.integers(min_qubits, max_qubits))
    first = draw(st.integers(1, n))
    registers = [QuantumRegister(first, "a")] + ([QuantumRegister(n - first, "b")] * (first < n))
    circuit = QuantumCircuit(*registers, global_phase=draw(expressions()))
    for _ in range(draw(st.integers(0, max_gates))):
        gate = draw(gates())
        if gate.num_qubits <= n:
            circuit.append(gate, draw(st.permutations(range(n)))[: gate.num_qubits])
        if draw(st.integers(0, 9)) == 0:
            circuit.barrier()
    return circuit


@st.composite
def gates(draw):
    """Any gate, constant or with angles."""
    if draw(st.booleans()):
        return draw(st.sampled_from(FIXED))
    count, make = TURNING[draw(st.sampled_from(sorted(TURNING)))]
    return make(*(draw(expressions()) for _ in range(count)))


def bound(circuit, values):
    """``circuit`` with numbers for the parameters that it has."""
    pairs = zip(PARAMETERS, values, strict=True)
    return circuit.assign_parameters({p: v for p, v in pairs if p in circuit.parameters})


def emitted(emit, form, stages, n_qubits, numbers):
    """The state that ``emit`` makes of a form with these ``stages``; ``numbers`` are x and θ."""
    columns = Columns(len(X), len(THETA))
    angles = [angle for stage in stages for angle in stage.terms.values()]
    given_values = emit_values(angles, columns, jnp.float64)
    state = emit(form, n_qubits, columns, jnp.complex128)
    x, theta = np.split(numbers, [len(X)])
    return state(given_values(Values(jnp.asarray(x), jnp.asarray(theta))))
