"""What states and kernels cost against their size: writes docs/measured/gram_growth.{json,md,svg}.

Run as ``python -m benchmarks.speed.gram_growth`` (four minutes of the processor). Every cell runs
in a process of its own, whose peak of memory is its own, and is kept below artifacts/studies; a run
that was stopped goes on from there.
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from benchmarks.kept import kept
from matplotlib.figure import Figure

from fewqubit.base.io.files import read_json, write_json, write_text
from fewqubit.circuits import FEATURE_MAPS
from fewqubit.compiler import compile_circuit
from fewqubit.states.gram_blocks import block_rows, cross_in_blocks, gram_in_blocks, map_in_blocks
from fewqubit.states.kernels import fidelity_cross
from fewqubit.states.nystrom import nystrom

OUT = Path("docs/measured")
QUBITS, AMPLITUDES = range(2, 21, 2), 2**20  # amplitudes of all rows, one row at least
KERNEL_QUBITS, BANDWIDTH = 10, 0.3
WHOLE, MOST = (100, 1000, 10_000), 100_000  # rows
SLICE = block_rows(8 << KERNEL_QUBITS)  # of the largest, as many rows as a block has
NYSTROM = ((0.3, 100), (0.03, 1000))  # bandwidth, landmarks
ROUNDS = 5
HEADER = """# What states and kernels cost against their size

Made by `python -m benchmarks.speed.gram_growth`: {cores} cores, load average {load:.1f} at the end,
single precision, the ZZ map with two repetitions and bandwidth {bandwidth}. *CPU*: processor time,
compiling left out.

## States

As many rows as make a million amplitudes, the median of {rounds} runs.

| qubits | rows | CPU ms | ns an amplitude | bytes of a state |
|---:|---:|---:|---:|---:|
{states}
## Kernels of {n} qubits

*Whole*: `gram_in_blocks`, states first. *Slice*: {slice} of {most} rows against all, by
`cross_in_blocks` into a memory-mapped file; the last line is that times {most} / (2 · {slice}), for
only blocks above the diagonal are computed: **extrapolated, not run**. *Nyström*: features of all
{most} rows from so many landmarks. Peak: memory of the process, Python and JAX included.

| kernel | rows | CPU s of states | CPU s of the kernel | result MB | peak MB |
|---|---:|---:|---:|---:|---:|
{kernels}
Blocks do not depend on each other: on 100 machines like this one the extrapolated time is divided
by 100, and each needs the states ({states_mb:.0f} MB) and its blocks.

## What Nyström loses

Uniform inputs of {n} dimensions have no structure that landmarks could find; a small bandwidth
makes neighbours of them. Measured: the largest difference from exact entries of 500 rows that are
no landmarks, the diagonal included. Few landmarks are not much cheaper than many: blocks have one
size on both sides, and landmarks are filled up to it.

| bandwidth | landmarks | rank | bound of an entry | measured | mean of 1 − ‖Φ‖² |
|---:|---:|---:|---:|---:|---:|
{losses}
![Time against size](gram_growth.svg)
"""
Cell = dict[str, Any]


def main() -> None:
    """Every cell that is not there yet, then page and picture."""
    asked = {"amplitudes": AMPLITUDES, "slice": SLICE, "rounds": ROUNDS, "bandwidth": BANDWIDTH}
    work, found = kept("gram_growth", asked), {}
    for name, job in jobs().items():
        place = work / f"{name}.json"
        if not place.exists():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                write_json(place, pool.apply(job[0], job[1:]))
            sys.stderr.write(f"{name}\n")
        found[name] = read_json(place)
    write_json(
        OUT / "gram_growth.json", {"command": "python -m benchmarks.speed.gram_growth", **found}
    )
    write_text(OUT / "gram_growth.md", page(found))
    picture(found).savefig(OUT / "gram_growth.svg", metadata={"Date": None})


def jobs() -> dict[str, tuple[Any, ...]]:
    """Name -> function and its arguments."""
    return {
        **{f"states_{n}": (states_cell, n) for n in QUBITS},
        **{f"whole_{rows}": (whole_cell, rows) for rows in WHOLE},
        "slice": (slice_cell,),
        **{
            f"nystrom_{bandwidth}_{count}": (nystrom_cell, bandwidth, count)
            for bandwidth, count in NYSTROM
        },
    }


def states_cell(n_qubits: int) -> Cell:
    rows = max(1, AMPLITUDES >> n_qubits)
    run = jax.jit(compile_circuit(FEATURE_MAPS["zz"](n_qubits, 2, BANDWIDTH)).states)
    x, none = inputs(rows, n_qubits), jnp.zeros(0)
    jax.block_until_ready(run(x, none))
    seconds = [timed(lambda: jax.block_until_ready(run(x, none)))[1] for _ in range(ROUNDS)]
    return {"qubits": n_qubits, "rows": rows, "seconds": float(np.median(seconds))}


def whole_cell(rows: int) -> Cell:
    states, of_states = states_of(rows, BANDWIDTH)
    gram_in_blocks(fidelity_cross, states[:100])  # loads what computes
    gram, seconds = timed(lambda: gram_in_blocks(fidelity_cross, states))
    return told(rows, of_states, seconds, gram.nbytes)


def slice_cell() -> Cell:
    states, of_states = states_of(MOST, BANDWIDTH)
    with tempfile.NamedTemporaryFile() as file:
        out = np.memmap(file.name, np.float32, "w+", shape=(SLICE, MOST))
        _, seconds = timed(lambda: cross_in_blocks(fidelity_cross, states[:SLICE], states, out))
        return told(SLICE, of_states, seconds, out.nbytes)


def nystrom_cell(bandwidth: float, count: int) -> Cell:
    states, of_states = states_of(MOST, bandwidth)
    known, seconds = timed(lambda: nystrom(fidelity_cross, states, states[:count]))
    some = slice(count, count + 500)
    exact = np.asarray(fidelity_cross(states[some], states[some]))
    near = known.features[some] @ known.features[some].T
    return told(MOST, of_states, seconds, known.features.nbytes) | {
        "bandwidth": bandwidth,
        "landmarks": count,
        "rank": known.features.shape[1],
        "bound": known.entry_bound,
        "measured": float(np.abs(exact - near).max()),
        "residual": float(known.residuals.mean()),
    }


def states_of(rows: int, bandwidth: float) -> tuple[np.ndarray, float]:
    """States in blocks, and the seconds of all but compiling."""
    run = jax.jit(compile_circuit(FEATURE_MAPS["zz"](KERNEL_QUBITS, 2, bandwidth)).states)
    x, none, row_bytes = inputs(rows, KERNEL_QUBITS), jnp.zeros(0), 8 << KERNEL_QUBITS
    make = lambda: map_in_blocks(lambda part: run(part, none), x, row_bytes)  # noqa: E731
    first, seconds = timed(make)
    return timed(make) if rows <= max(WHOLE) else (first, seconds)


def inputs(rows: int, n_qubits: int) -> np.ndarray:
    random = np.random.default_rng((rows, n_qubits))
    return random.uniform(-np.pi / 2, np.pi / 2, (rows, n_qubits)).astype(np.float32)


def timed(function: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    return function(), time.process_time() - start


def told(rows: int, of_states: float, seconds: float, size: int) -> Cell:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "rows": rows,
        "states": of_states,
        "seconds": seconds,
        "megabytes": size / 1e6,
        "peak": peak,
    }


def page(found: dict[str, Cell]) -> str:
    states = [found[f"states_{n}"] for n in QUBITS]
    part, fraction = found["slice"], MOST / (2 * SLICE)
    lines = [
        *(kernel_line("whole", found[f"whole_{rows}"]) for rows in WHOLE),
        kernel_line(f"slice of {MOST}", part),
        f"| whole, extrapolated | {MOST} | {part['states']:.1f} | {fraction * part['seconds']:.0f} "
        f"| {4e-6 * MOST**2:.0f} | |\n",
    ]
    losses = [found[f"nystrom_{bandwidth}_{count}"] for bandwidth, count in NYSTROM]
    lines += [kernel_line(f"Nyström, {one['landmarks']} landmarks", one) for one in losses]
    return HEADER.format(
        cores=os.cpu_count(),
        load=os.getloadavg()[0],
        rounds=ROUNDS,
        n=KERNEL_QUBITS,
        bandwidth=BANDWIDTH,
        slice=SLICE,
        most=MOST,
        states_mb=8e-6 * MOST * 2**KERNEL_QUBITS,
        states="".join(states_line(one) for one in states),
        kernels="".join(lines),
        losses="".join(loss_line(one) for one in losses),
    )


def states_line(one: Cell) -> str:
    n, rows, seconds = one["qubits"], one["rows"], one["seconds"]
    each = 1e9 * seconds / (rows << n)
    return f"| {n} | {rows} | {1e3 * seconds:.1f} | {each:.1f} | {8 << n} |\n"


def kernel_line(name: str, one: Cell) -> str:
    size = f"{one['megabytes']:.2f}" if one["megabytes"] < 1 else f"{one['megabytes']:.0f}"
    cells = f"{one['states']:.2f} | {one['seconds']:.2f} | {size} | {one['peak']:.0f}"
    return f"| {name} | {one['rows']} | {cells} |\n"


def loss_line(one: Cell) -> str:
    head = f"| {one['bandwidth']} | {one['landmarks']} | {one['rank']} "
    return head + f"| {one['bound']:.3f} | {one['measured']:.3f} | {one['residual']:.3f} |\n"


def picture(found: dict[str, Cell]) -> Figure:
    made = Figure(figsize=(8, 3.4), layout="constrained")
    left, right = made.subplots(1, 2)
    states = [found[f"states_{n}"] for n in QUBITS]
    each = [one["seconds"] / one["rows"] for one in states]
    left.semilogy(list(QUBITS), each, "o-")
    left.set(xlabel="qubits", ylabel="seconds of the processor for a state", xticks=list(QUBITS))
    whole = [found[f"whole_{rows}"]["seconds"] for rows in WHOLE]
    right.loglog(WHOLE, whole, "o-", label="whole, in blocks")
    most = MOST / (2 * SLICE) * found["slice"]["seconds"]
    right.loglog([WHOLE[-1], MOST], [whole[-1], most], "o:", color="C0", fillstyle="none")
    right.annotate("extrapolated", (MOST, most), ha="right", va="bottom", fontsize="small")
    for number, (bandwidth, count) in enumerate(NYSTROM, 1):
        seconds = found[f"nystrom_{bandwidth}_{count}"]["seconds"]
        right.plot(MOST, seconds, "s", color=f"C{number}", label=f"Nyström, {count} landmarks")
    right.set(xlabel="rows, 10 qubits", ylabel="seconds of the processor for the kernel")
    right.legend(frameon=False, fontsize="small")
    return made


if __name__ == "__main__":
    main()
