"""Where the time of a second-order meta-step goes: writes docs/measured/meta_step.md.

Run as ``python -m benchmarks.meta_step_profile`` (a minute). The step is that of
``benchmarks.engine``. Its parts are compiled one by one, each with all before it, and the whole
for 1 to 64 tasks: what does not grow with the tasks is what XLA spends to call its operations.
Times are the processor's, the least of many runs, so that other work on the machine counts little.
"""

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.copies import TOP
from benchmarks.engine.peers.fewqubit import _ansatz
from benchmarks.engine.peers.jax_works import meta_loss
from benchmarks.engine.works import meta_step
from benchmarks.engine.works.cell import Cell

from fewqubit.base.io.files import write_text

REPORT = TOP / "docs/measured/meta_step.md"
TASKS, RUNS = (1, 4, 16, 64), 200
HEADER = """# Where the time of a second-order meta-step goes

Made by `python -m benchmarks.meta_step_profile`: the step of `python -m benchmarks.engine`, six
qubits, three layers, 5-way 1-shot, 15 queries, five inner steps, through which the outer gradient
goes. Milliseconds of the processor, the least of {runs} runs; {cores} cores, load average before it
began: {load:.1f}. MFLOP as XLA counts them, those of a loop once.

"""


class Measured(NamedTuple):
    """Milliseconds of the processor, millions of floating-point operations."""

    milliseconds: float
    mflop: float


def parts(n_tasks: int) -> dict[str, tuple[Callable[..., Any], tuple[Any, ...]]]:
    """Each part with all before it: a function and its arguments."""
    theta, weights, bias, *tasks = meta_step.inputs(Cell(meta_step.HEADLINE.n_qubits, n_tasks))
    features = jax.vmap(_ansatz(theta.size // meta_step.LAYERS), (0, None))
    params, step = (theta, weights, bias), meta_loss(features)

    def read(params: Any, x: jax.Array, y: jax.Array, query: jax.Array, z: jax.Array) -> Any:
        del y, z
        return [jax.vmap(features, (0, None))(rows, params[0]) for rows in (x, query)]

    def inner(params: Any, x: jax.Array, y: jax.Array, query: jax.Array, z: jax.Array) -> Any:
        """The gradient of one inner step, for each task."""
        del query, z

        def loss(params: Any, x: jax.Array, y: jax.Array) -> jax.Array:
            scores = jax.nn.log_softmax(features(x, params[0]) @ params[1] + params[2])
            return -jnp.take_along_axis(scores, y[:, None], 1).mean()

        return jax.vmap(jax.grad(loss), (None, 0, 0))(params, x, y)

    made = {
        "states and readings of support and queries": read,
        "gradient of one inner step": inner,
        "five inner steps, then the loss of the queries": step,
        "all of it, and its gradient": jax.value_and_grad(step),
    }
    return {name: (function, (params, *tasks)) for name, function in made.items()}


def measure(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Measured:
    """Compile ``function`` and run it."""
    given = jax.tree.map(jnp.asarray, arguments)
    compiled = jax.jit(function).lower(*given).compile()
    least = np.inf
    for _ in range(RUNS):
        began = time.process_time()
        jax.block_until_ready(compiled(*given))
        least = min(least, time.process_time() - began)
    flops = (compiled.cost_analysis() or {}).get("flops", 0.0)
    return Measured(1e3 * least, flops / 1e6)


def main() -> None:
    """Both tables."""
    load = os.getloadavg()[0]
    lines = ["| part, with those before it | ms | MFLOP |", "|---|---:|---:|"]
    for name, part in parts(meta_step.HEADLINE.rows).items():
        found = measure(*part)
        lines.append(f"| {name} | {found.milliseconds:.2f} | {found.mflop:.1f} |")
    whole = "all of it, and its gradient"
    times = [measure(*parts(n)[whole]).milliseconds for n in TASKS]
    slope, fixed = np.polyfit(TASKS, times, 1)
    lines += ["", "| tasks in the step | ms |", "|---:|---:|"]
    lines += [f"| {n} | {taken:.2f} |" for n, taken in zip(TASKS, times, strict=True)]
    lines += [
        "",
        f"By a straight line, {fixed:.2f} ms do not depend on the tasks, and each task adds "
        f"{slope:.3f} ms.",
        "",
    ]
    text = HEADER.format(runs=RUNS, cores=os.cpu_count(), load=load) + "\n".join(lines)
    write_text(REPORT, text)


if __name__ == "__main__":
    main()
