"""Does a GPU give the CPU's numbers, and how much sooner? Writes docs/measured/gpu.md.

Run as ``python -m benchmarks.speed.gpu`` where JAX finds a GPU (ten minutes); ``--small`` tries the
way on any machine, ``--no-tests`` leaves out the tests that matter. Without a GPU the CPU's half of
the table is printed, and no page is written.

The last row is the circuit of TensorCircuit-NG's published figure (20 qubits, 10 layers of a
transverse-field Ising ansatz, value and gradient: 0.0265 s a call, 53.5 s to compile, RTX 5090).
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # tests and we share one card

import jax
import numpy as np
from benchmarks.speed.inner_steps import FEATURES, WAYS, settings, some_tasks
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp

from fewqubit.base.arithmetic import fix
from fewqubit.base.io.files import write_text
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile_circuit, vector
from fewqubit.meta import build_learner
from fewqubit.meta.learner import MetaState
from fewqubit.states.kernels import fidelity_gram
from fewqubit.states.light_cone import compile_expectations

REPORT = Path("docs/measured/gpu.md")
TESTS = (
    "tests/compiler",
    "tests/states",
    "tests/backends/gradients",
    "tests/meta/test_conformance.py",
)
ROUNDS, SECONDS = 20, 5.0  # of a case: as many calls as fit
LIMIT, WORKERS = 300, 8  # seconds for the tests, and processes on as many cores
HEADER = """# The same numbers on a GPU, and how much sooner

Made by `python -m benchmarks.speed.gpu{arguments}`: {device} beside {cores} cores of the CPU, JAX
{jax}. Seconds, the median of up to {rounds} calls; *compile* is the first call. *Apart* is the
largest difference of any number between the two, relative to the largest number. Arithmetic is as
in stages: single precision, products of matrices too. The last row is the circuit of a figure that
TensorCircuit-NG published: 0.0265 s a call and 53.5 s to compile, on an RTX 5090.

{tests}

| work | CPU | compile | GPU | compile | ratio | apart |
|---|---:|---:|---:|---:|---:|---:|
"""


class Case(NamedTuple):
    """A pure function and its arguments."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Timed(NamedTuple):
    """A call's median seconds, those of the first one, and what it gave."""

    seconds: float
    first: float
    found: np.ndarray


def cases(small: bool) -> Iterator[Case]:
    """States, Gram matrices, a meta-step to second order, the gradient of a large circuit."""
    random = np.random.default_rng(0)
    for n_qubits, rows in (
        ((6, 50), (8, 10)) if small else ((8, 1000), (12, 1000), (16, 64), (20, 8))
    ):
        state = compile_circuit(FEATURE_MAPS["zz"](n_qubits, 2, 1.0)).state
        x = random.normal(size=(rows, n_qubits)).astype(np.float32)
        yield Case(f"{rows} states, ZZ map, {n_qubits} qubits", _batched(state), (x,))
    n_qubits, rows = (6, 50) if small else (10, 5000)
    state = _batched(compile_circuit(FEATURE_MAPS["zz"](n_qubits, 2, 1.0)).state)
    x = random.normal(size=(rows, n_qubits)).astype(np.float32)
    yield Case(
        f"Gram matrix of {rows} rows, {n_qubits} qubits", lambda x: fidelity_gram(state(x)), (x,)
    )
    yield _meta_step(4 if small else 8)
    yield _ising(6, 2) if small else _ising(20, 10)


def _batched(state: Callable[..., Any]) -> Callable[..., Any]:
    return jax.vmap(lambda row: state(row, ()))


def _meta_step(n_qubits: int) -> Case:
    """MAML through 5 inner steps, 16 tasks of 5 classes."""
    learner = build_learner(settings(n_qubits, 5), "quantum", (FEATURES,), WAYS)
    state, tasks = jax.jit(learner.init)(jax.random.key(0)), some_tasks()

    def step(state: MetaState, tasks: Any) -> Any:
        return learner.step(jax.random.key(1), state, tasks)[1]

    return Case(f"meta-step to second order, {n_qubits} qubits", step, (state, tasks))


def _ising(n_qubits: int, layers: int) -> Case:
    """Value and gradient of the energy of an open transverse-field Ising chain, J = h = 1."""
    theta, circuit = ParameterVector("θ", layers * (2 * n_qubits - 1)), QuantumCircuit(n_qubits)
    angles = iter(theta)
    for _ in range(layers):
        for qubit in range(n_qubits - 1):
            circuit.rzz(next(angles), qubit, qubit + 1)
        for qubit in range(n_qubits):
            circuit.rx(next(angles), qubit)
    bonds = [("ZZ", [qubit, qubit + 1], -1.0) for qubit in range(n_qubits - 1)]
    energy = SparsePauliOp.from_sparse_list(
        [*bonds, *(("X", [qubit], -1.0) for qubit in range(n_qubits))], n_qubits
    )
    found = compile_expectations(circuit, [energy], (), vector(circuit, "θ"))
    value = jax.value_and_grad(lambda start: found((), start)[0])
    start = np.random.default_rng(0).normal(size=len(theta)).astype(np.float32)
    return Case(
        f"Ising ansatz, {n_qubits} qubits × {layers} layers, value and gradient", value, (start,)
    )


def timed(case: Case, device: jax.Device) -> Timed:
    """``case`` on ``device``, compiled there and fed from there."""
    function, arguments = jax.jit(case.function), jax.device_put(case.arguments, device)
    began = time.monotonic()
    found = jax.block_until_ready(function(*arguments))
    first, taken = time.monotonic() - began, []
    while len(taken) < ROUNDS and sum(taken) < SECONDS:
        began = time.monotonic()
        jax.block_until_ready(function(*arguments))
        taken.append(time.monotonic() - began)
    leaves = [np.asarray(leaf).ravel() for leaf in jax.tree.leaves(found)]
    return Timed(statistics.median(taken), first, np.concatenate(leaves))


def row(case: Case, cpu: jax.Device, gpu: jax.Device | None) -> str:
    """A line of the table; half of one without a GPU."""
    one = timed(case, cpu)
    half = f"| {case.name} | {one.seconds:.4f} | {one.first:.1f} |"
    if gpu is None:
        return half
    two = timed(case, gpu)
    ratio = one.seconds / two.seconds
    apart = np.abs(one.found - two.found).max() / np.abs(one.found).max()
    return f"{half} {two.seconds:.4f} | {two.first:.1f} | {ratio:.1f} | {apart:.0e} |"


def tested() -> str:
    """What the tests that matter say where JAX computes on its first device."""
    workers = str(min(WORKERS, os.cpu_count() or 1))
    command = [sys.executable, "-m", "pytest", *TESTS, "-n", workers, "-p", "no:cacheprovider"]
    env = os.environ | {"XLA_FLAGS": ""}
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"The tests that matter were not done after {LIMIT} seconds."
    print(done.stdout[-20_000:], flush=True)
    return f"Tests of {', '.join(TESTS)} there: {done.stdout.strip().splitlines()[-1]}."


def main() -> None:
    """Measure, check, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="small sizes, to try the script")
    parser.add_argument("--no-tests", action="store_true", help="measure only")
    asked = parser.parse_args()
    cpu, found = jax.devices("cpu")[0], jax.devices()[0]
    gpu = None if found.platform == "cpu" else found
    fix()
    lines = []
    for case in cases(asked.small):
        lines.append(row(case, cpu, gpu))
        print(lines[-1], flush=True)
    tests = "The tests were left out." if asked.no_tests else tested()
    print(tests, flush=True)
    if gpu is None:
        print("JAX found no GPU: nothing to compare with, no page written")
        return
    about = {"device": gpu.device_kind, "cores": os.cpu_count(), "jax": jax.__version__}
    words = "".join(f" {word}" for word in sys.argv[1:])
    header = HEADER.format(arguments=words, rounds=ROUNDS, tests=tests, **about)
    write_text(REPORT, header + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
