"""What a circuit's depth costs in compile time: writes docs/measured/compile_growth.md.

Run as ``python -m benchmarks.speed.compile_growth`` (two minutes).
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

from fewqubit.base.io.files import write_text
from fewqubit.circuits.ansatze import ANSATZE
from fewqubit.circuits.feature_maps import FEATURE_MAPS
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.states.observables import pauli_z_expectations

REPORT = Path("docs/measured/compile_growth.md")
LAYERS = (1, 2, 4, 8, 16)
CIRCUITS = [("real_amplitudes", 6), ("hardware_efficient", 6), ("hardware_efficient", 10)]
HEADER = """# What depth costs in compile time

Made by `python -m benchmarks.speed.compile_growth`: {cores} cores, load average {load:.1f}. Seconds
of the processor to trace, lower and compile a batch of 64 states, the gradient of a readout by θ,
and the gradient of that gradient's norm. Layers are unrolled, but all matrices and all phases of a
circuit are built by one operation each: a layer adds products and gathers, nothing else.

| ansatz | qubits | function | {layers} | a layer adds |
|---|---:|---|{lines}---:|
"""


def main() -> None:
    """Measure each function of each circuit at every depth."""
    layers = " | ".join(f"{count} layers" if count > 1 else "1 layer" for count in LAYERS)
    header = HEADER.format(
        cores=os.cpu_count(), load=os.getloadavg()[0], layers=layers, lines="---:|" * len(LAYERS)
    )
    rows = [_row(ansatz, n, name) for ansatz, n in CIRCUITS for name in FUNCTIONS]
    write_text(REPORT, header + "\n".join(rows) + "\n")


def _states(state: Callable[..., Any]) -> Callable[..., Any]:
    return jax.vmap(state, (0, None))


def _loss(state: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, theta: jax.vmap(pauli_z_expectations)(_states(state)(x, theta)).mean()


def _gradient(state: Callable[..., Any]) -> Callable[..., Any]:
    return jax.grad(_loss(state), 1)


def _second(state: Callable[..., Any]) -> Callable[..., Any]:
    return jax.grad(lambda x, theta: jnp.sum(_gradient(state)(x, theta) ** 2), 1)


FUNCTIONS = {"states": _states, "gradient": _gradient, "second order": _second}


def _row(ansatz: str, n: int, name: str) -> str:
    times = [_seconds(ansatz, n, name, count) for count in LAYERS]
    slope = (times[-1] - times[0]) / (LAYERS[-1] - LAYERS[0])
    cells = " | ".join(f"{seconds:.2f}" for seconds in times)
    return f"| {ansatz} | {n} | {name} | {cells} | {slope:.2f} |"


def _seconds(ansatz: str, n: int, name: str, layers: int) -> float:
    """The best of two: a first compilation in a process pays for more than its own."""
    found = []
    for _ in range(2):
        circuit = FEATURE_MAPS["angle"](n, 1, 1.0).compose(ANSATZE[ansatz](n, layers))
        compiled = compile_circuit(circuit)
        function = jax.jit(FUNCTIONS[name](compiled.state))
        start = time.process_time()
        function.lower(jnp.zeros((64, n)), jnp.zeros(compiled.n_weights)).compile()
        found.append(time.process_time() - start)
    return min(found)


if __name__ == "__main__":
    main()
