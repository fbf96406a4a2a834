"""Several circuits in one evaluation, under a control register in superposition.

    |Ψ⟩ = Σ_i √p_i |i⟩ |ψ_i⟩,     ⟨Ψ|1⊗M|Ψ⟩ = Σ_i p_i ⟨ψ_i|M|ψ_i⟩

An expectation of the first register is the members' mean weighted by p, from one circuit's shots
(Schuld, Petruccione 2018, arXiv 1704.02146). Here the control register comes last, so that the
members' qubits keep their numbers.
"""

from collections.abc import Sequence
from itertools import islice

import jax.numpy as jnp
from jaxtyping import Array, Float
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.circuits.amplitude import amplitude, tree_angles
from fewqubit.circuits.multiplex import Placed, append_multiplexed, placed, shared_ends
from fewqubit.circuits.parameters import renamed, vector
from fewqubit.errors import CircuitError


def superposed(circuits: Sequence[QuantumCircuit]) -> QuantumCircuit:
    """|Ψ(x, θ)⟩: member i acts where the control register of ⌈log₂ members⌉ qubits reads i.

    Gates that all members begin or end with appear once. Rotations there whose angles differ become
    multiplexed rotations. Only the gates in between are controlled one by one.
    "x" is shared by all members. "θ" holds the weights of the first, of the second, …, then the
    ``control_angles`` of p. Raises CircuitError: the members differ in qubits or inputs.
    """
    sizes = {(circuit.num_qubits, len(vector(circuit, "x"))) for circuit in circuits}
    if len(sizes) != 1:
        raise CircuitError(
            f"expected members of one size, got (qubits, inputs) of {sorted(sizes)}; an ensemble "
            "shares its inputs and its readout"
        )
    [(n_target, n_inputs)], n_control = sizes, (len(circuits) - 1).bit_length()
    counts = [len(vector(circuit, "θ")) for circuit in circuits]
    x = list(ParameterVector("x", n_inputs))
    theta = iter(ParameterVector("θ", sum(counts) + 2**n_control - 1))
    members = [
        _member(circuit, x, [*islice(theta, count)])
        for circuit, count in zip(circuits, counts, strict=True)
    ]
    if not n_control:
        return members[0]
    ensemble = QuantumCircuit(n_target + n_control, name="ensemble")
    control = range(n_target, n_target + n_control)
    tree = amplitude(n_control, 1, 1.0)
    ensemble.compose(renamed(tree, vector(tree, "x"), [*theta]), control, inplace=True)
    each = [placed(member) for member in members]
    first, last = shared_ends(each)
    for alike in zip(*(gates[:first] for gates in each), strict=True):
        append_multiplexed(ensemble, control, alike)
    middles = [gates[first : len(gates) - last] for gates in each]
    _append_controlled(ensemble, control, members, middles)
    for alike in zip(*(gates[len(gates) - last :] for gates in each), strict=True):
        append_multiplexed(ensemble, control, alike)
    return ensemble


def _append_controlled(
    ensemble: QuantumCircuit,
    control: Sequence[int],
    members: Sequence[QuantumCircuit],
    middles: Sequence[Sequence[Placed]],
) -> None:
    """Append the gates in which the members differ, fully controlled, global phases included."""
    phases = [member.global_phase for member in members]
    if not any(middles) and all(phase == phases[0] for phase in phases):
        ensemble.global_phase += phases[0]
        return
    for number, (member, middle) in enumerate(zip(members, middles, strict=True)):
        rest = member.copy_empty_like()
        for operation, qubits in middle:
            rest.append(operation, qubits)
        gate = rest.to_gate().control(len(control), ctrl_state=number, annotated=False)
        ensemble.append(gate, [*control, *range(rest.num_qubits)])


def _member(
    circuit: QuantumCircuit, x: Sequence[Parameter], theta: Sequence[Parameter]
) -> QuantumCircuit:
    """``circuit`` in the parameters of the whole."""
    return renamed(renamed(circuit, vector(circuit, "x"), x), vector(circuit, "θ"), theta)


def control_angles(shares: Float[Array, " members"]) -> Float[Array, " 2**c-1"]:
    """The angles that prepare Σ_i √p_i |i⟩ of the control register."""
    padding = 2 ** (len(shares) - 1).bit_length() - len(shares)
    return tree_angles(jnp.pad(jnp.sqrt(shares), (0, padding)))


def on_members(operator: SparsePauliOp, n_members: int) -> SparsePauliOp:
    """1 ⊗ M: ``operator`` on the members' register."""
    n_control = (n_members - 1).bit_length()
    return SparsePauliOp("I" * n_control).tensor(operator) if n_control else operator
