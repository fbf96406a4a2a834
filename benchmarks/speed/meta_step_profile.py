"""Where the time of a second-order meta-step goes: writes docs/measured/meta_step.md.

Run as ``python -m benchmarks.speed.meta_step_profile`` (a minute). The step is that of
``benchmarks.engine``, with an outer optimiser behind it. Its parts are compiled one by one, each
with all before it, and the whole for 1 to 64 tasks: what does not grow with the tasks is what XLA
spends to call its operations. Times are the processor's, the least of several means, so that other
work on the machine counts little; of a single run the processor's clock may miss a part.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from benchmarks.copies import TOP
from benchmarks.engine.peers.fewqubit import _ansatz
from benchmarks.engine.peers.jax_works import meta_loss
from benchmarks.engine.works import meta_step
from benchmarks.engine.works.cell import Cell
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector

from fewqubit.base.io.files import write_text
from fewqubit.compiler import compile_circuit
from fewqubit.states.observables import probabilities

REPORT = TOP / "docs/measured/meta_step.md"
TASKS, ROUNDS, RUNS = (1, 4, 16, 64), 20, 20
WHOLE = "the gradient through all of it"
HEADER = """# Where the time of a second-order meta-step goes

Made by `python -m benchmarks.speed.meta_step_profile`: the step of `python -m benchmarks.engine`,
six qubits, three layers, 5-way 1-shot, 15 queries a class, five inner steps, through which the
outer gradient goes, and Adam: 16 tasks have 80 rows to learn from and 1200 to answer. Milliseconds
of the processor, the least of {rounds} means over {runs} runs; {cores} cores, load average
{load:.1f}. MFLOP as XLA counts them, those of a loop once. Share: of the whole, what a line adds to
the one before it.

"""


Part = tuple[Callable[..., Any], tuple[Any, ...]]


class Measured(NamedTuple):
    """Milliseconds of the processor, millions of floating-point operations."""

    milliseconds: float
    mflop: float


def parts(n_tasks: int) -> dict[str, Part]:
    """Each part with all before it: a function and its arguments."""
    theta, weights, bias, *tasks = meta_step.inputs(Cell(meta_step.HEADLINE.n_qubits, n_tasks))
    n_layers = theta.size // meta_step.LAYERS
    features, encode = (jax.vmap(made(n_layers), (0, None)) for made in (_ansatz, _encoding))
    params, step, adam = (theta, weights, bias), meta_loss(features), optax.adam(1e-3)
    state = adam.init(jax.tree.map(jnp.asarray, params))

    def nothing(params: Any, state: Any, *tasks: jax.Array) -> Any:
        del state, tasks
        return params[2] + 1

    def states(params: Any, state: Any, x: jax.Array, y: Any, query: jax.Array, z: Any) -> Any:
        del state, y, z
        return [jax.vmap(encode, (0, None))(rows, params[0]) for rows in (x, query)]

    def read(params: Any, state: Any, x: jax.Array, y: Any, query: jax.Array, z: Any) -> Any:
        del state, y, z
        return [jax.vmap(features, (0, None))(rows, params[0]) for rows in (x, query)]

    def forward(params: Any, state: Any, *tasks: jax.Array) -> jax.Array:
        del state
        return step(params, *tasks)

    def gradient(params: Any, state: Any, *tasks: jax.Array) -> Any:
        del state
        return jax.value_and_grad(step)(params, *tasks)

    def updated(params: Any, state: Any, *tasks: jax.Array) -> Any:
        loss, slopes = jax.value_and_grad(step)(params, *tasks)
        updates, after = adam.update(slopes, state, params)
        return loss, optax.apply_updates(params, updates), after

    made = {
        "calling a program": nothing,
        "encoded rows: RY(x) alone": states,
        "three layers, readings": read,
        "five inner steps, loss of the queries": forward,
        WHOLE: gradient,
        "Adam": updated,
    }
    return {name: (function, (params, state, *tasks)) for name, function in made.items()}


def _encoding(n: int) -> Callable[..., Any]:
    """Angles of a row -> |ψ|² before the first layer."""
    x, circuit = ParameterVector("x", n), QuantumCircuit(n)
    for qubit in range(n):
        circuit.ry(x[qubit], qubit)
    state = compile_circuit(circuit).state
    return lambda x, _: probabilities(state(x, jnp.zeros(0)))


def measure(programs: Sequence[Part]) -> list[Measured]:
    """Compile each part, and run them in turn, so that other work meets all of them."""
    ready = []
    for function, arguments in programs:
        given = jax.tree.map(jnp.asarray, arguments)
        compiled = jax.jit(function).lower(*given).compile()
        flops = (compiled.cost_analysis() or {}).get("flops", 0.0)
        ready.append((compiled, given, flops / 1e6))
    least = np.full(len(ready), np.inf)
    for _ in range(ROUNDS):
        for number, (compiled, given, _) in enumerate(ready):
            began = time.process_time()
            for _ in range(RUNS):
                jax.block_until_ready(compiled(*given))
            least[number] = min(least[number], (time.process_time() - began) / RUNS)
    mflop = [one[-1] for one in ready]
    return [Measured(1e3 * seconds, own) for seconds, own in zip(least, mflop, strict=True)]


def main() -> None:
    """Both tables."""
    load = os.getloadavg()[0]
    lines = ["| part, with those before it | ms | MFLOP | share |", "|---|---:|---:|---:|"]
    headline = parts(meta_step.HEADLINE.rows)
    both = measure([*headline.values(), *(parts(n)[WHOLE] for n in TASKS)])
    found = dict(zip(headline, both, strict=False))
    whole, before = [*found.values()][-1].milliseconds, 0.0
    for name, one in found.items():
        share = (one.milliseconds - before) / whole
        lines.append(f"| {name} | {one.milliseconds:.2f} | {one.mflop:.1f} | {share:.0%} |")
        before = one.milliseconds
    times = [one.milliseconds for one in both[len(headline) :]]
    slope, fixed = np.polyfit(TASKS, times, 1)
    lines += ["", "| tasks in the step | ms |", "|---:|---:|"]
    lines += [f"| {n} | {taken:.2f} |" for n, taken in zip(TASKS, times, strict=True)]
    lines += [
        "",
        f"By a straight line, {fixed:.2f} ms do not depend on the tasks, and each task adds "
        f"{slope:.3f} ms.",
        "",
    ]
    header = HEADER.format(rounds=ROUNDS, runs=RUNS, cores=os.cpu_count(), load=load)
    write_text(REPORT, header + "\n".join(lines))


if __name__ == "__main__":
    main()
