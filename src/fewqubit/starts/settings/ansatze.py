"""Ansätze as settings; methods import the code that builds circuits and states when called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from fewqubit.base.values import Value

if TYPE_CHECKING:
    from jaxtyping import Array, Float
    from qiskit import QuantumCircuit

    from fewqubit.starts.ansatz.contract import Energy, State
    from fewqubit.starts.problem import Problem

Depth = Annotated[int, Field(ge=1, le=64)]


class Shape(NamedTuple):
    """Size of a problem: its qubits, and those that hold an electron in the reference."""

    n_qubits: int
    electrons: tuple[int, ...] = ()


class Ansatz(Value):
    """A trainable circuit for problems of several sizes.

    transfers:  its angles have the same meaning on problems of other sizes
    """

    transfers: ClassVar[bool] = True
    depth: Depth = 3
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def circuit(self, problem: Problem) -> QuantumCircuit:
        """The circuit for ``problem``, with the ParameterVector "θ". Raises CircuitError."""
        return self.build(Shape(problem.n_qubits, problem.electrons))

    def build(self, shape: Shape) -> QuantumCircuit:
        """The circuit, if it depends only on the problem's size. Raises CircuitError."""
        raise NotImplementedError

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """The angles that rise and those that fall during annealing; zeros where there are none.

        A ramp is a linear combination of both (``World.ramp``).
        """
        from fewqubit.starts.ansatz.contract import no_schedule

        return no_schedule(self, shape)

    def state(self, shape: Shape) -> State:
        """(θ, problem) -> the state of its circuit."""
        from fewqubit.starts.ansatz.contract import compiled

        return compiled(self, shape)

    def energy(self, electrons: tuple[int, ...] = ()) -> Energy:
        """(θ, problem) -> E, for problems of every size."""
        from fewqubit.starts.ansatz.contract import energy

        return energy(self, electrons)

    def success(self) -> Energy:
        """(θ, problem) -> the probability of measuring a state of minimal energy.

        Energies within 10⁻⁴ · ``scale`` of the ground energy count. NaN where H is not diagonal.
        """
        from fewqubit.starts.ansatz.contract import success

        return success(self)


class Layered(Ansatz):
    """|θ⟩ = L(θ_p) … L(θ_1) |reference⟩; θ holds the angles of the first layer, then the next."""

    def reference(self, shape: Shape) -> QuantumCircuit:
        """The circuit that prepares the reference state. Raises CircuitError."""
        raise NotImplementedError

    def layer(self, shape: Shape) -> QuantumCircuit:
        """One layer, with the ParameterVector "θ"."""
        raise NotImplementedError

    def build(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.starts.ansatz.layered import build

        return build(self, shape)

    def state(self, shape: Shape) -> State:
        from fewqubit.starts.ansatz.layered import scanned

        return scanned(self, shape)


class Qaoa(Ansatz):
    """|γ, β⟩ = Π_l e^{iβ_l ΣX_q} e^{−iγ_l H/s} |+…+⟩, θ = (γ_1 … γ_p, β_1 … β_p).

    s is the problem's ``stretch``. H is minimised, so positive angles are those of annealing from
    −ΣX to H. Farhi et al. 2014, arXiv 1411.4028, maximise C = −H with e^{−iβΣX} e^{−iγC}: the
    complex conjugate, which has the same energies at the same angles.
    """

    kind: Literal["qaoa"] = "qaoa"

    def circuit(self, problem: Problem) -> QuantumCircuit:
        from fewqubit.starts.ansatz.qaoa import circuit

        return circuit(self, problem)

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """γ_l = (l − ½)/p rises, β_l = 1 − (l − ½)/p falls."""
        from fewqubit.starts.ansatz.qaoa import schedule

        return schedule(self, shape)

    def state(self, shape: Shape) -> State:
        """The phases of all terms are applied as one vector, from the diagonal of H."""
        from fewqubit.starts.ansatz.qaoa import state

        return state(self, shape)


class IsingLayers(Layered):
    """Π_l e^{iβ_l ΣX_q} e^{iα_l ΣZ_qZ_{q+1}} |+…+⟩ on a ring or chain, θ = (α_1, β_1, α_2, …).

    The Hamiltonian-variational ansatz of the transverse-field Ising model (Wecker et al. 2015,
    arXiv 1507.08969). The angles absorb the field, so one start serves all fields.
    """

    kind: Literal["ising_layers"] = "ising_layers"
    ring: bool = True

    def reference(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.starts.ansatz.hamiltonian_variational import ising_reference

        return ising_reference(shape)

    def layer(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.starts.ansatz.hamiltonian_variational import ising_layer

        return ising_layer(self, shape)

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """α rises, β falls."""
        from fewqubit.starts.ansatz.hamiltonian_variational import ising_schedule

        return ising_schedule(self, shape)


class XxzLayers(Layered):
    """Singlets on even bonds, then layers of XX+YY and ZZ on odd bonds, then on even ones.

    For each layer θ has four angles: odd XX+YY, odd ZZ, even XX+YY, even ZZ. Annealing begins in
    the ground state of the even bonds (Wecker et al. 2015 do so for the Hubbard model).
    """

    kind: Literal["xxz_layers"] = "xxz_layers"

    def reference(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.starts.ansatz.hamiltonian_variational import xxz_reference

        return xxz_reference(self, shape)

    def layer(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.starts.ansatz.hamiltonian_variational import xxz_layer

        return xxz_layer(shape)

    def schedule(self, shape: Shape) -> Float[Array, "2 angles"]:
        """Odd bonds are switched on while even ones stay."""
        from fewqubit.starts.ansatz.hamiltonian_variational import xxz_schedule

        return xxz_schedule(self, shape)


class HardwareEfficient(Ansatz):
    """(RY and RZ on every qubit, chain of CX) repeated, RY, RZ (Kandala et al., 1704.05018).

    Its angles belong to qubits, so a start holds only for the size it was learned on.
    """

    transfers: ClassVar[bool] = False
    kind: Literal["hardware_efficient"] = "hardware_efficient"

    def build(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.circuits.ansatze import hardware_efficient

        return hardware_efficient(shape.n_qubits, self.depth)


class Uccsd(Ansatz):
    """Π_k e^{θ_k (T_k − T†_k)} |reference⟩, T_k the singles and doubles that keep the spin.

    UCCSD as one step of Trotter's formula (Peruzzo et al. 2014, arXiv 1304.3061), ``depth`` times.
    With all angles 0 the state is the reference, Hartree–Fock.
    """

    transfers: ClassVar[bool] = False
    depth: Depth = 1
    kind: Literal["uccsd"] = "uccsd"

    def build(self, shape: Shape) -> QuantumCircuit:
        from fewqubit.starts.ansatz.excitations import build

        return build(self, shape)
