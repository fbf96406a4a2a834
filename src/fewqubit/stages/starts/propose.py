"""Initial angles for one new problem from a trained start, and a circuit ready for a device."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray
from qiskit import QuantumCircuit, qasm3, qpy

from fewqubit.base.io.cards import read_card
from fewqubit.base.io.files import read_json, write_bytes, write_text
from fewqubit.circuits.parameters import vector
from fewqubit.config.starts import ProblemSet
from fewqubit.errors import DataError, SettingsError
from fewqubit.stages.starts.descents import load_start
from fewqubit.stages.starts.problems import PROBLEMS, load_problems
from fewqubit.starts.described import described
from fewqubit.starts.landscape import Landscape, landscape
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.families import Family

SIMULATED = 20  # qubits, up to which energies are simulated
FORMATS = (".qasm", ".qpy")
NEAR = 1e-6  # descriptors of training are kept in single precision


class Proposal(NamedTuple):
    """A start for one problem.

    angles:   in the order of θ
    circuit:  with these angles, measured in the Z basis
    beyond:   descriptors outside what the start was trained on, a phrase for each
    """

    angles: list[float]
    circuit: QuantumCircuit
    beyond: list[str]


def propose(problem_file: Path, problems: Path, start: Path, key: PRNGKeyArray) -> Proposal:
    """Angles and circuit that the trained ``start`` proposes for the problem in ``problem_file``.

    Raises ArtifactError: a result is missing or damaged; DataError: the file describes no problem
    of the family; SettingsError: the start would have to simulate too many qubits.
    """
    known = ProblemSet.model_validate(read_card(problems / PROBLEMS)["settings"], strict=False)
    sizes = known.contest.train.sizes
    one_size = sizes[0] if len(sizes) == 1 else 0
    try:
        problem = described(read_json(problem_file), known.family, one_size)
    except DataError as error:
        raise DataError(f"{problem_file}: {error}") from None
    world, found = load_problems(problems).world, load_start(start, problems)
    family: Family = known.family
    if found.starter.measures and problem.n_qubits > SIMULATED:
        raise SettingsError(
            f"{found.starter.kind} looks at energies first, which is simulated up to {SIMULATED} "
            f"qubits; the problem has {problem.n_qubits}; choose another start"
        )
    params = jax.tree.map(lambda leaf: jnp.asarray(leaf[found.seed]), found.made.params)
    proposed = found.starter.build(world).adapt(params, _visible(problem), key)
    angles = [float(angle) for angle in proposed.angles]
    circuit = world.ansatz.circuit(problem)
    theta = vector(circuit, "θ")
    bound = circuit.assign_parameters(dict(zip(theta, angles, strict=True)))
    bound.measure_all()
    return Proposal(angles, bound, _beyond(problem, family.names, world.training))


def _beyond(problem: Problem, names: Sequence[str], training: Sequence[Landscape]) -> list[str]:
    """``field 9 (trained at 0.5 to 1.5)`` for each descriptor that no training problem reaches."""
    rows = np.concatenate([np.asarray(problems.descriptors) for problems in training])
    ranges = zip(names, problem.descriptors, rows.min(0), rows.max(0), strict=False)
    return [
        f"{name} {value:.3g} (trained at {_span(low, high)})"
        for name, value, low, high in ranges
        if not low - NEAR <= value <= high + NEAR
    ]


def _span(low: float, high: float) -> str:
    return f"{low:.3g}" if high - low <= NEAR else f"{low:.3g} to {high:.3g}"


def write_circuit(path: Path, circuit: QuantumCircuit) -> None:
    """OpenQASM 3 for .qasm, QPY for .qpy. Raises SettingsError for another suffix."""
    if path.suffix not in FORMATS:
        raise SettingsError(f"{path}: expected a name that ends in {' or '.join(FORMATS)}")
    if path.suffix == ".qasm":
        write_text(path, qasm3.dumps(circuit))
        return
    content = BytesIO()
    qpy.dump(circuit, content)
    write_bytes(path, content.getvalue())


def _visible(problem: Problem) -> Landscape:
    """The problem as a starter sees it: no ground energy, and no H above ``SIMULATED`` qubits."""
    if problem.n_qubits <= SIMULATED:
        made = landscape([problem], solved=False)
        return jax.tree.map(lambda leaf: leaf[0], made)
    none, one = jnp.zeros(1), jnp.float32(np.nan)
    numbers = jnp.array(problem.descriptors, jnp.float32)
    stretch = jnp.float32(problem.stretch)
    return Landscape(none, jnp.zeros((0, 1), jnp.complex64), numbers, stretch, one, one, one, ())
