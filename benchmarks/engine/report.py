"""The record as a page: what was to be reached, then every cell."""

from typing import Any

from benchmarks.engine.works import WORKS

OURS = "Fewqubit"
JAX_PEERS = ("PennyLane on JAX", "TensorCircuit-NG on JAX", "qujax")
HEADER = """# The engine beside its peers

Made by `python -m benchmarks.engine {options}` at {commit}, on {date}:
{cores} cores ({kind}), load average {start:.1f} at the start, {end:.1f} at the end. Every peer
runs in a process of its own, in turn with the others; answers are compared before they are timed. A
cell is the median of several runs: seconds of the processor, summed over threads, with those on the
wall in brackets. Other work on the machine stretches the second, hardly the first. After the plus
sign, what the first answer took beyond a run: compiling. Limit of an answer {limit:.0f} s of the
processor, four times that for the cells of the first table. *Floor*: bytes that must move at this
machine's copy rate ({copy:.1f} GB/s), or operations at the rate of its matrix product
({matmul:.0f} GFLOP/s), whichever takes longer.
"""


def page(record: dict[str, Any]) -> str:
    """The record in Markdown."""
    machine = record["machine"]
    header = HEADER.format(
        **record["processor"],
        **record["load"],
        date=record["date"],
        commit=record["commit"],
        options=record["options"],
        limit=record["limit"],
        copy=machine["copy_bytes_per_second"] / 1e9,
        matmul=machine["matmul_flops_per_second"] / 1e9,
    )
    works = dict.fromkeys(cell["work"] for cell in record["cells"])
    return "\n".join([header, *_targets(record["cells"]), *(_work(record, w) for w in works)])


def _targets(cells: list[dict[str, Any]]) -> list[str]:
    """Ratios of processor time: how many times longer the peer takes."""
    found = {cell["work"]: cell["peers"] for cell in cells if _is_headline(cell)}
    lines = [
        "## What was to be reached\n",
        "| work | against | asked | reached |",
        "|---|---|---:|---:|",
    ]
    for work, against, asked, key, best_of in TARGETS:
        if work not in found:
            continue
        peers = {
            name: figures[key]
            for name, figures in found[work].items()
            if key in figures and name != OURS and (best_of is None or name in best_of)
        }
        if peers and key in found[work][OURS]:
            best = min(peers, key=lambda name: peers[name])
            reached = _ratio(peers[best] / found[work][OURS][key])
            what = f"{WORKS[work].TITLE}{_what(key)}"
            lines.append(f"| {what} | {against}: {best} | {asked}× | {reached}× |")
    return [*lines, ""]


TARGETS = [
    ("states", "fastest peer", 3, "processor_seconds", None),
    ("states", "Qiskit", 1000, "processor_seconds", ("qiskit-machine-learning",)),
    ("states", "fastest JAX peer", 3, "compile_processor_seconds", JAX_PEERS),
    ("expectation_gradient", "fastest peer", 2, "processor_seconds", None),
    ("readout_gradient", "fastest peer", 2, "processor_seconds", None),
    ("qaoa", "fastest peer", 5, "processor_seconds", None),
    ("meta_step", "torch.func", 20, "processor_seconds", ("torch",)),
    ("meta_step", "best JAX peer", 3, "processor_seconds", JAX_PEERS),
    ("meta_step", "best JAX peer", 3, "compile_processor_seconds", JAX_PEERS),
]


def _ratio(ratio: float) -> str:
    """Three digits, without an exponent."""
    return f"{float(f'{ratio:.3g}'):g}"


def _what(key: str) -> str:
    return ", compile time" if key.startswith("compile") else ""


def _is_headline(cell: dict[str, Any]) -> bool:
    wanted = WORKS[cell["work"]].HEADLINE
    return bool((cell["n_qubits"], cell["rows"]) == wanted)


def _work(record: dict[str, Any], work: str) -> str:
    """A table of run times and one of compile times; a row for each cell."""
    cells = sorted(
        (cell for cell in record["cells"] if cell["work"] == work),
        key=lambda cell: (cell["rows"], cell["n_qubits"]),
    )
    peers = list(cells[0]["peers"])
    head = ["| qubits | rows | floor |" + "".join(f" {peer} |" for peer in peers)]
    head.append("|---:|---:|---:|" + "---:|" * len(peers))
    rows = [
        f"| {c['n_qubits']} | {c['rows']} | {_time(c['floor'])} |"
        + "".join(f" {_figure(c['peers'][peer])} |" for peer in peers)
        for c in cells
    ]
    return "\n".join([f"## {WORKS[work].TITLE}\n", *head, *rows, ""])


def _figure(figures: dict[str, Any]) -> str:
    """Processor time (wall); compile time below."""
    if "seconds" not in figures:
        return str(figures["status"])
    text = f"{_time(figures['processor_seconds'])} ({_time(figures['seconds'])})"
    return f"{text}<br>+ {_time(figures['compile_processor_seconds'])}"


def _time(seconds: float) -> str:
    """Three digits, in µs, ms or s."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.2g} µs"
