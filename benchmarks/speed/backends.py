"""What shots and noise do to a Gram matrix, and what it costs: writes docs/measured/backends.md.

Run as ``python -m benchmarks.speed.backends`` (1 minute).
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

import jax.numpy as jnp
import numpy as np

from fewqubit.backends import Estimate, build_backend
from fewqubit.base.io.files import write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.circuits.feature_maps import zz
from fewqubit.config import Device, ZeroNoise

REPORT = Path("docs/measured/backends.md")
KEY, NOTHING = root_key(2026), jnp.zeros(0)
SHOTS, FAST_SEEDS, AER_SEEDS = (64, 256, 1024, 4096, 16384), 50, 5
FOLDED = ZeroNoise(scales=[1, 3], extrapolation="linear")
HEADER = f"""# Backends, measured

Made by `python -m benchmarks.speed.backends`: Gram matrices of the ZZ map, bandwidth 0.3, of
Gaussian rows. An error is the root mean square of the entries above the diagonal, against `exact`.

## Error against shots

6 qubits, 2 repetitions, 10 rows, so 45 circuits; seeds: {FAST_SEEDS}, and {AER_SEEDS} with Aer.

| shots | `shots` | `shots:aer` |
| ---: | ---: | ---: |
"""
NOISE = """
## Error against mitigation

4 qubits, 1 repetition, 6 rows, 16384 shots, on `noisy:fake_manila`.

| mitigation | error | circuits | two-qubit gates |
| --- | ---: | ---: | ---: |
"""
TIMES = """
## Time

100 rows, 6 qubits, 2 repetitions, 1024 shots: 4950 circuits, transpiled or compiled before. Seconds
of processor time, all cores together; `shots`: median of 5.

| backend | s |
| --- | ---: |
"""


def main() -> None:
    """Measure errors of shots and of noise, and times."""
    errors = (
        _row(shots, _of_shots("shots", shots, FAST_SEEDS), _of_shots("shots:aer", shots, AER_SEEDS))
        for shots in SHOTS
    )
    write_text(
        REPORT, HEADER + _lines(errors) + NOISE + _lines(_mitigated()) + TIMES + _lines(_times())
    )


def _of_shots(word: str, shots: int, seeds: int) -> str:
    return f"{_error(Device(backend=word, shots=shots), 6, 2, 10, seeds)[0]:.5f}"


def _mitigated() -> Iterable[str]:
    for name, changes in {
        "none": {},
        "readout": {"mitigation": "readout"},
        "zero noise, scales 1 and 3": {"zero_noise": FOLDED},
        "both": {"mitigation": "readout", "zero_noise": FOLDED},
    }.items():
        settings = Device(backend="noisy:fake_manila", shots=16384).model_copy(update=changes)
        error, estimate = _error(settings, 4, 1, 6, 1)
        yield _row(name, f"{error:.4f}", estimate.bill.circuits, estimate.bill.two_qubit_gates)


def _times() -> Iterable[str]:
    x = _inputs(100, 6)
    fast, circuits = (
        build_backend(Device(backend=word))(zz(6, 2, 0.3)).gram for word in ("shots", "shots:aer")
    )
    fast(x, NOTHING, KEY)
    circuits(x[:2], NOTHING, KEY)
    quick = median(_seconds(lambda: fast(x, NOTHING, KEY)) for _ in range(5))
    slow = _seconds(lambda: circuits(x, NOTHING, KEY))
    return [
        _row("`shots`", f"{quick:.4f}"),
        _row("`shots:aer`", f"{slow:.1f}"),
        _row("ratio", f"{slow / quick:.0f}"),
    ]


def _error(
    settings: Device, n_qubits: int, repetitions: int, n_rows: int, seeds: int
) -> tuple[float, Estimate]:
    """Root mean square over pairs and seeds, and the last estimate."""
    circuit, x = zz(n_qubits, repetitions, 0.3), _inputs(n_rows, n_qubits)
    truth = build_backend(Device())(circuit).gram(x, NOTHING, KEY).values
    gram = build_backend(settings)(circuit).gram
    estimates = [gram(x, NOTHING, stream(KEY, settings.shots, seed)) for seed in range(seeds)]
    pairs = np.triu_indices(n_rows, 1)
    errors = [np.asarray(estimate.values - truth)[pairs] for estimate in estimates]
    return float(np.sqrt(np.mean(np.square(errors)))), estimates[-1]


def _inputs(n_rows: int, n_qubits: int) -> np.ndarray:
    return np.random.default_rng(2026).normal(size=(n_rows, n_qubits))


def _seconds(work: Callable[[], Estimate]) -> float:
    start = time.process_time()
    work().values.block_until_ready()
    return time.process_time() - start


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _lines(rows: Iterable[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


if __name__ == "__main__":
    main()
