"""Starts of H2 from shots, on a fake device: ``python -m benchmarks.starts.bill [shots] [DEVICE]``.

After ``fewqubit run --recipe molecules``, whose trained starts and bond lengths it takes, the first
``TESTED`` of each part. They go down by SPSA, two energies a step; an energy is a circuit for each
basis, ``SHOTS`` times. What a basis gives is drawn normal, with the mean and variance of its
measurement in the circuit's state: exact, or under the gates, couplings and readout of a device.
Angles are judged by their exact error without noise. Writes docs/results/starts_h2/bill.md, and
bill.json; a run that was stopped goes on.
"""

import sys
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.kept import commit, kept
from jaxtyping import Array, Float, PRNGKeyArray
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import PauliList, SparsePauliOp

from fewqubit.backends.device_noise import placed
from fewqubit.backends.gradients import spsa
from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.circuits.parameters import vector
from fewqubit.compiler.density import Noise, compile_density
from fewqubit.stages.starts.descents import load_start
from fewqubit.stages.starts.problems import load_problems
from fewqubit.starts.ansatz.contract import Energy
from fewqubit.starts.contest import Lane, arrival, starts
from fewqubit.starts.landscape import landscape
from fewqubit.starts.problem import Problem

SHOTS, STEPS, SHIFT, TARGET = 1000, 40, 0.2, 0.0016
RESULTS = Path("docs/results/starts_h2")
RATES = (0.1, 0.3, 1.0, 3.0)  # of E/Σ|c|
DEVICE = "fake_manila"
STARTS = ("encoder", "maml", "random_10", "hartree_fock", "mean")
TESTED = 10
DRAWN, TRAINED = Path("artifacts/problems/h2"), Path("artifacts/starts/h2")
Paulis = Callable[[Float[Array, " angles"]], Float[Array, " labels"]]
Descents = Callable[[Array, Sequence[Problem], float, PRNGKeyArray], Array]


class Bases(NamedTuple):
    """Strings that are measured together: their places among the labels, and those of products."""

    strings: list[list[int]]
    products: list[np.ndarray]


def main() -> None:
    """Both ways of reading, or one, with all starts; one table."""
    prepared = load_problems(DRAWN)
    validation, test = (own[0][:TESTED] for own in (prepared.drawn.validation, prepared.drawn.test))
    labels, bases = measured([label for label, _ in test[0].terms])
    made_of = {"instances": prepared.instances, "tested": TESTED, "shots": SHOTS, "steps": STEPS}
    work = kept("starts_bill", {**made_of, "rates": RATES, "shift": SHIFT})
    rows = []
    for where in sys.argv[1:] or ("shots", DEVICE):
        paulis = readings(prepared.world.ansatz.circuit(test[0]), labels, where)
        go = descents(paulis, [label for label, _ in test[0].terms], labels, bases)
        for name in STARTS:
            place = work / f"{where}_{name}.json"
            if not place.exists():
                found = load_start(TRAINED / name, DRAWN)
                params = jax.tree.map(jnp.asarray, found.made.params)
                lane = Lane(found.starter.build(prepared.world), params, found.made.seeds)
                row = contested(name, where, lane, validation, test, prepared.world.energy, go)
                write_json(place, row)
            rows.append(read_json(place))
            print(rows[-1], flush=True)
    write_json(RESULTS / "bill.json", {"commit": commit(), **made_of, "rows": rows})
    write_text(RESULTS / "bill.md", table(rows, len(bases.strings)))


def measured(strings: Sequence[str]) -> tuple[list[str], Bases]:
    """All labels that means and variances need, and the bases."""
    kept = [label for label in strings if set(label) != {"I"}]
    groups = [part.to_labels() for part in PauliList(kept).group_commuting(qubit_wise=True)]
    together = {
        label
        for group in groups
        for one in group
        for other in group
        for label in (one, _product(one, other))
    }
    labels = sorted(together | {"I" * len(strings[0])})
    place = {label: number for number, label in enumerate(labels)}
    return labels, Bases(
        [[place[one] for one in group] for group in groups],
        [np.array([[place[_product(a, b)] for b in group] for a in group]) for group in groups],
    )


def _product(one: str, other: str) -> str:
    """Of strings that have the same letter, or I, on every qubit."""
    return "".join(
        a if b == "I" else b if a == "I" else "I" for a, b in zip(one, other, strict=True)
    )


def readings(circuit: QuantumCircuit, labels: Sequence[str], where: str) -> Paulis:
    """θ -> ⟨P⟩ of every label, exact or on the device."""
    theta = vector(circuit, "θ")
    if where == "shots":
        plain = transpile(circuit, basis_gates=["cx", "rz", "sx", "x"], optimization_level=1)
        density = compile_density(plain, (), theta, Noise(lambda gate, qubits: None, {}))
        own = list(labels)
    else:
        on = placed(circuit, where)
        density = compile_density(on.circuit, (), theta, on.noise)
        own = [on.on_device(SparsePauliOp(label)).to_list()[0][0] for label in labels]
    at = np.array(
        [reduce(lambda total, letter: 4 * total + "IXYZ".index(letter), one, 0) for one in own]
    )
    return lambda angles: density(jnp.zeros(0), angles)[at]


def descents(
    paulis: Paulis, strings: Sequence[str], labels: Sequence[str], bases: Bases
) -> Descents:
    """(θ_0 of seeds and problems, problems, rate, key) -> θ before each step, and after all."""
    place = np.array([labels.index(label) for label in strings])

    def energy(theta: Array, coefficients: Array, key: PRNGKeyArray) -> Array:
        values = paulis(theta)
        total = values @ coefficients
        for number, (group, products) in enumerate(zip(bases.strings, bases.products, strict=True)):
            c, mean = coefficients[np.array(group)], values[np.array(group)]
            spread = c @ (values[products] - jnp.outer(mean, mean)) @ c
            noise = jax.random.normal(jax.random.fold_in(key, number))
            total += noise * jnp.sqrt(jnp.maximum(spread, 0) / SHOTS)
        return total

    def way(theta: Array, coefficients: Array, rate: Array, key: PRNGKeyArray) -> Array:
        unit = jnp.abs(coefficients).sum() - jnp.abs(
            coefficients[labels.index("I" * len(labels[0]))]
        )

        def step(theta: Array, key: PRNGKeyArray) -> tuple[Array, Array]:
            slope = spsa(lambda angles, key: energy(angles, coefficients, key), theta, key, SHIFT)
            return theta - rate * slope / unit, theta

        last, before = jax.lax.scan(step, theta, jax.random.split(key, STEPS))
        return jnp.vstack([before, last])

    by_problem = jax.vmap(way, (0, 0, None, 0))
    by_seed = jax.jit(jax.vmap(by_problem, (0, None, None, 0)))

    def go(theta: Array, problems: Sequence[Problem], rate: float, key: PRNGKeyArray) -> Array:
        rows = np.zeros((len(problems), len(labels)), np.float32)
        for row, problem in zip(rows, problems, strict=True):
            row[place] = [dict(problem.terms)[label] for label in strings]
        keys = jax.random.split(key, theta.shape[:2])
        return by_seed(theta, jnp.asarray(rows), jnp.float32(rate), keys)

    return go


def contested(
    name: str,
    where: str,
    lane: Lane,
    validation: list[Problem],
    test: list[Problem],
    energy: Energy,
    go: Descents,
) -> dict[str, object]:
    """Tune the rate on validation problems, then go down the test ones."""
    key = stream(root_key(0), "bill", where, name)

    def errors(problems: list[Problem], rate: float, part: str) -> tuple[np.ndarray, np.ndarray]:
        scape = landscape(problems)
        started = starts(lane, scape, stream(key, part))
        angles = go(started.angles, problems, rate, stream(key, part, "shots"))
        exact = jax.jit(jax.vmap(jax.vmap(jax.vmap(energy, (0, None))), (0, None)))
        found = exact(angles, scape) - scape.ground[:, None]
        return np.asarray(found), np.asarray(started.evaluations)

    scores = {}
    for rate in RATES:
        found, _ = errors(validation, rate, "validation")
        scores[rate] = float(arrival(found, TARGET)[0].mean() + np.minimum(found, 1).mean())
    rate = min(scores, key=lambda one: scores[one])
    found, looked = errors(test, rate, "test")
    steps, reached = arrival(found, TARGET)
    energies = looked + 2 * np.minimum(steps, STEPS)
    return {
        "read": where,
        "start": name,
        "rate": rate,
        "error 0": float(found[..., 0].mean()),
        "error 10": float(found[..., 10].mean()),
        "error end": float(found[..., -1].mean()),
        "arrived": float(reached.mean()),
        "steps": float(np.median(steps)),
        "energies": float(np.median(energies)),
    }


def table(rows: list[dict[str, object]], n_bases: int) -> str:
    """Circuits and shots are those of the energies."""
    head = ["read", "start", "rate", "error 0", "error 10", "error end", "arrived", "steps"]
    lines = ["| " + " | ".join([*head, "circuits", "shots"]) + " |"]
    lines.append("| --- " * (len(head) + 2) + "|")
    for row in rows:
        circuits = float(str(row["energies"])) * n_bases
        cells = [f"{v:.3g}" if isinstance(v := row[k], float) else str(v) for k in head]
        lines.append(
            "| " + " | ".join([*cells, f"{circuits:.0f}", f"{circuits * SHOTS:.3g}"]) + " |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
