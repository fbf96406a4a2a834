"""QuantumCircuit -> pure JAX function (x, θ) -> state, once, at build time.

The passes, in order, each a folder:

    parse   Qiskit's instructions -> a program: Pauli rotations, constant unitaries, angles as data
    fuse    the program -> few large groups: phases, layers of one-qubit gates, permutations
    emit    the groups -> a JAX function

``compiled`` calls them; ``halves`` cuts a circuit where its weights come in.
"""

from fewqubit.compiler.compiled import CompiledCircuit, compile, compile_circuit
from fewqubit.compiler.halves import Halves

__all__ = ["CompiledCircuit", "Halves", "compile", "compile_circuit"]
