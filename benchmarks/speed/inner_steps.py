"""What an inner step costs when circuit and readout adapt: writes docs/measured/inner_steps.md.

Run as ``python -m benchmarks.speed.inner_steps`` (two minutes).
"""

import os
import time
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp

from fewqubit.base.io.files import write_text
from fewqubit.config import Circuit
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.meta.learner import MetaState
from fewqubit.meta.settings.start import Maml
from fewqubit.meta.settings.training import Training
from fewqubit.models.arms import quantum
from fewqubit.models.body import AnyArm, Body
from fewqubit.models.settings import Mlp
from fewqubit.tasks import Task

REPORT = Path("docs/measured/inner_steps.md")
QUBITS, INNER_STEPS, META_STEPS, ROUNDS = (4, 6, 8), (1, 5), 10, 5
TASKS, WAYS, QUERIES, FEATURES = 16, 5, 5, 64
HEADER = """# What an inner step costs

Made by `python -m benchmarks.speed.inner_steps`: {cores} cores, load average {load:.1f}.
Milliseconds of the processor for one meta-step to second order, the best of five rounds: 16 tasks
of five classes, one example to learn from and five to be asked; an encoder of one hidden layer,
four repetitions of `hardware_efficient`, one layer of `real_amplitudes`, all ⟨Z_q⟩ and ⟨Z_p Z_q⟩,
`adapts: circuit`. In *halves* the encoded state is prepared once (`fewqubit.compiler.halves`),
*whole* in each step.

| qubits | circuit | 1 inner step | 5 inner steps | an inner step adds |
|---:|---|---:|---:|---:|
"""


def whole(circuit: Circuit, reads: bool) -> Body:
    """The arm ``quantum`` without its halves."""
    return quantum(circuit, reads)._replace(halves=None)


def main() -> None:
    """Measure both forms of each circuit."""
    header = HEADER.format(cores=os.cpu_count(), load=os.getloadavg()[0])
    forms: list[tuple[str, AnyArm]] = [("whole", whole), ("in halves", "quantum")]
    rows = [_row(n, name, arm) for n in QUBITS for name, arm in forms]
    write_text(REPORT, header + "\n".join(rows) + "\n")


def _row(n_qubits: int, name: str, arm: AnyArm) -> str:
    few, many = (1e3 * _seconds(n_qubits, arm, steps) for steps in INNER_STEPS)
    each = (many - few) / (INNER_STEPS[1] - INNER_STEPS[0])
    return f"| {n_qubits} | {name} | {few:.1f} | {many:.1f} | {each:.1f} |"


def _seconds(n_qubits: int, arm: AnyArm, inner_steps: int) -> float:
    learner, tasks = (
        build_learner(settings(n_qubits, inner_steps), arm, (FEATURES,), WAYS),
        some_tasks(),
    )
    state, chunk = jax.jit(learner.init)(jax.random.key(0)), jax.jit(partial(_chunk, learner))
    jax.block_until_ready(chunk(state, tasks))
    found = []
    for _ in range(ROUNDS):
        start = time.process_time()
        jax.block_until_ready(chunk(state, tasks))
        found.append(time.process_time() - start)
    return min(found) / META_STEPS


def settings(n_qubits: int, inner_steps: int) -> Maml:
    circuit = Circuit(
        feature_map="hardware_efficient",
        n_qubits=n_qubits,
        repetitions=4,
        bandwidth=0.25,
        ansatz="real_amplitudes",
        layers=1,
        readout="zz",
    )
    return Maml(
        kind="maml",
        encoder=Mlp((32,)),
        circuit=circuit,
        adapts="circuit",
        inner_steps=inner_steps,
        training=Training(steps=META_STEPS),
    )


def some_tasks() -> Task:
    def side(key: jax.Array, each: int) -> tuple[jax.Array, jax.Array]:
        y = jnp.tile(jnp.repeat(jnp.arange(WAYS), each), (TASKS, 1))
        return jax.random.normal(key, (*y.shape, FEATURES)), y

    key_support, key_query = jax.random.split(jax.random.key(1))
    return Task(*side(key_support, 1), *side(key_query, QUERIES))


def _chunk(learner: MetaLearner, state: MetaState, tasks: Task) -> MetaState:
    def step(state: MetaState, key: jax.Array) -> tuple[MetaState, None]:
        return learner.step(key, state, tasks)[0], None

    return jax.lax.scan(step, state, jax.random.split(jax.random.key(2), META_STEPS))[0]


if __name__ == "__main__":
    main()
