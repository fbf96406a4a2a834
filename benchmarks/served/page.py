"""What the clients saw, as a page."""

import os

import numpy as np
from benchmarks.served.clients import CLIENTS, QUERIES, WAYS, Asked

SECONDS = 60  # for which each server is asked, half of it for each kind of request


def page(found: list[Asked], metrics: dict[str, tuple[str, str]], load: float) -> str:
    """The measured table."""
    lines = [
        "# A served model, measured",
        "",
        f"`python -m benchmarks.served`: {CLIENTS} clients at once, {WAYS}-way 1-shot tasks of "
        f"8 × 8 digits with {QUERIES} queries; `protonet` on 6 qubits, its classical twin, `maml` "
        "on 6 qubits, and scikit-learn's nearest prototype behind the same HTTP, asked in turns, "
        f"each for {SECONDS} s. Milliseconds as a client sees them, with 64 requests in the queue.",
        "",
        "| request | model | asked | errors | p50 | p95 | answered in a second |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for kind, model, taken, seconds, errors in sorted(found):
        low, high = np.quantile(taken, (0.5, 0.95))
        rate = len(taken) / seconds
        cells = f"{len(taken)} | {errors} | {low:.0f} | {high:.0f} | {rate:.0f}"
        lines.append(f"| {kind} | {model} | {cells} |")
    lines += [
        "",
        "*Of all sizes*: after tasks of 2 to 10 classes, 1 to 10 examples of each and 1 to 60 "
        "queries besides, drawn at random.",
        "",
        "| server | peak memory, MB | of all sizes | compiled programs | of all sizes |",
        "|---|---:|---:|---:|---:|",
    ]
    for model, both in metrics.items():
        memory = " | ".join(f"{gauge(one, 'memory_peak_bytes') / 1e6:.0f}" for one in both)
        programs = " | ".join(f"{gauge(one, 'programs_compiled'):.0f}" for one in both)
        lines.append(f"| {model} | {memory} | {programs} |")
    cores = os.cpu_count()
    lines += [
        "",
        f"Measured on {cores} cores whose load average was {load:.1f} before it began. Above "
        f"{cores}, others were at work too: all times are longer, and differences between models "
        "that are not severalfold are luck.",
        "",
    ]
    return "\n".join(lines)


def gauge(metrics: str, name: str) -> float:
    """One number of what ``/metrics`` says."""
    line = next(line for line in metrics.splitlines() if line.startswith(f"fewqubit_{name} "))
    return float(line.split()[1])
