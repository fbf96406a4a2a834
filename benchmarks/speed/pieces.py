"""What pieces that fit the cache save: writes docs/measured/pieces.md.

Run as ``python -m benchmarks.speed.pieces`` (two minutes).
"""

import os
import time
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import jax
import jax.numpy as jnp

from fewqubit.base.io.files import write_text
from fewqubit.circuits import ANSATZE, FEATURE_MAPS
from fewqubit.compiler import compile_circuit
from fewqubit.compiler.compiled import CompiledCircuit
from fewqubit.compiler.emit.cis import cis
from fewqubit.compiler.emit.phases import emit_phases
from fewqubit.compiler.pieces import PIECE, WHOLE, in_pieces

REPORT = Path("docs/measured/pieces.md")
CELLS = [
    *[("zz", n, rows) for n, rows in ((8, 1000), (8, 10_000), (10, 1000), (12, 256), (12, 1000))],
    *[("zz", n, rows) for n, rows in ((14, 100), (16, 64), (18, 16))],
    *[("hardware_efficient", n, rows) for n, rows in ((8, 10_000), (12, 1000), (16, 64))],
]
ROUNDS = 25
HEADER = """# What pieces that fit the cache save

Made by `python -m benchmarks.speed.pieces`: {cores} cores, load average {load:.1f}. Milliseconds of
the processor for the states of all rows: as one batch, by `jax.vmap(compiled.state, (0, None))`,
and by `compiled.states(x, θ)`, which cuts more than {whole} amplitudes into pieces of {piece}. Both
in turn, the least of {rounds} rounds, which other work on the machine disturbs least. `zz`: two
repetitions; `hardware_efficient`: four layers after angles. Last column: the phases exp(iφ) of one
repetition alone, in pieces too, which are used twice.

| circuit | qubits | rows | one batch | in pieces | ratio | exp(iφ) |
|---|---:|---:|---:|---:|---:|---:|
"""
Run = Callable[[], jax.Array]


def main() -> None:
    """Every cell, then the table."""
    header = HEADER.format(
        cores=os.cpu_count(), load=os.getloadavg()[0], whole=WHOLE, piece=PIECE, rounds=ROUNDS
    )
    write_text(REPORT, header + "".join(_row(*cell) for cell in CELLS))


def _row(name: str, n_qubits: int, rows: int) -> str:
    circuit, random = _circuit(name, n_qubits), jax.random.key(0)
    x = jax.random.uniform(random, (rows, n_qubits), minval=-jnp.pi / 2, maxval=jnp.pi / 2)
    theta = jax.random.uniform(random, (circuit.n_weights,), minval=-jnp.pi, maxval=jnp.pi)
    batch = jax.jit(jax.vmap(circuit.state, (0, None)))
    runs = [partial(batch, x, theta), partial(jax.jit(circuit.states), x, theta)]
    if name == "zz":
        runs.append(_phases(n_qubits, rows))
    whole, pieces, *phases = _milliseconds(runs)
    last = f"{phases[0]:.1f}" if phases else ""
    cells = f"{whole:.1f} | {pieces:.1f} | {whole / pieces:.2f} | {last}"
    return f"| {name} | {n_qubits} | {rows} | {cells} |\n"


def _circuit(name: str, n_qubits: int) -> CompiledCircuit:
    if name == "zz":
        return compile_circuit(FEATURE_MAPS["zz"](n_qubits, 2, 1.0))
    angles = FEATURE_MAPS["angle"](n_qubits, 1, 1.0)
    return compile_circuit(angles.compose(ANSATZE[name](n_qubits, 4)))


def _phases(n_qubits: int, rows: int) -> Run:
    """exp(iφ) from angles of all qubits and of all pairs."""
    pairs = [1 << low | 1 << high for low, high in combinations(range(n_qubits), 2)]
    phases = emit_phases([*(1 << q for q in range(n_qubits)), *pairs], n_qubits, jnp.float32)
    angles = jax.random.normal(jax.random.key(1), (rows, n_qubits + len(pairs)))
    made = partial(in_pieces, lambda row, _: cis(phases(row)), n_qubits)
    return partial(jax.jit(made), angles, jnp.zeros(0))


def _milliseconds(runs: list[Run]) -> list[float]:
    """Each run in turn, so that what else the machine does meets all of them."""
    for run in runs:
        jax.block_until_ready(run())
    found: list[list[float]] = [[] for _ in runs]
    for _ in range(ROUNDS):
        for run, times in zip(runs, found, strict=True):
            start = time.process_time()
            jax.block_until_ready(run())
            times.append(1e3 * (time.process_time() - start))
    return [min(times) for times in found]


if __name__ == "__main__":
    main()
