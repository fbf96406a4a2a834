"""The cost of each result, to be read with its accuracy."""

from collections.abc import Sequence
from typing import NamedTuple

from fewqubit.config import Device
from fewqubit.report.gather import Result, Study
from fewqubit.report.markdown import table
from fewqubit.report.supplement import taken_kernels
from fewqubit.report.words import percent, whole

COSTS = (
    *("encoder", "circuit or twin"),
    *("of which act", "head", "all parameters"),
    *("circuits to train", "to adapt", "per query", "shots to adapt", "depth", "two-qubit gates"),
)


class CostRow(NamedTuple):
    """One result: None where there is nothing of the kind.

    acting:      of the circuit's parameters, or its arm's, as many as can change what is learned
                 from; None also where it is not known
    head:        parameters of the head, and of rates or adapters where a learner has them
    train:       circuit evaluations in meta-training, for one seed
    adapt:       circuits to adapt to one task; shots: for all of them together
    per_query:   circuits to answer one query
    depth, two_qubit_gates:  the most of any circuit on the cost device
    """

    result: Result
    encoder: int | None = None
    circuit: int | None = None
    acting: int | None = None
    head: int | None = None
    total: int | None = None
    train: int | None = None
    adapt: int | None = None
    per_query: int | None = None
    shots: int | None = None
    depth: int | None = None
    two_qubit_gates: int | None = None


def cost_rows(study: Study, device: Device) -> list[CostRow]:
    """Learners in all their arms, then baselines, which have no parts and are not transpiled."""
    baselines = [_baseline(result, device) for result in study.baselines]
    return [*map(_learner, study.learners), *baselines]


def misfits(study: Study) -> list[str]:
    """A line for each learner whose circuit the cost device cannot take."""
    lines = (
        f"{row.learner} does not fit {row.cost['device']}: {row.cost['note']}."
        for row in study.learners
        if row.cost["note"]
    )
    return [*dict.fromkeys(lines)]


def kernel_choices(study: Study, device: Device) -> list[str]:
    """A line for each arm of a learner that took one of several kernels: which, at what cost."""
    return [
        f"{row.learner} {row.arm} took, of {len(row.card['kernel_choice']['kernels'])} kernels, "
        f"{taken_kernels(row.card['kernel_choice'])}, by alignment with the classes of the "
        f"validation episodes{_paid(row.card['circuit_evaluations']['choose'], device)}."
        for row in study.learners
        if row.card and "kernel_choice" in row.card
    ]


def _paid(circuits: int, device: Device) -> str:
    if not circuits:
        return ", without a circuit"
    shots = whole(circuits * device.shots)
    return f"; as a device runs it: {whole(circuits)} circuits, {shots} shots, once for a seed"


def count(number: int | None) -> str:
    """``70 400``; a dash for None."""
    return "–" if number is None else whole(number)


def cost_cells(row: CostRow) -> Sequence[str]:
    """Every count of a row as text."""
    return [count(number) for number in row[1:]]


def costs_markdown(study: Study, device: Device) -> list[Sequence[str]]:
    """The table of costs, and how to read it."""
    rows = [(*_score(row.result), *cost_cells(row)) for row in cost_rows(study, device)]
    return [
        ["What it costs:"],
        table(("learner", "arm", study.score, *COSTS), rows),
        *[[line] for line in (*misfits(study), *kernel_choices(study, device))],
        [
            "Parameters that act can change what is learned from: the rank of a Jacobian. "
            "Circuits to train: simulated, for one seed. To adapt and to answer a query: as a "
            f"device runs them, {device.shots} shots each. Depth and two-qubit gates: the most of "
            f"any circuit, transpiled to {device.backend}; those of baselines are not. Wall times "
            "differ from run to run and stand in report.html."
        ],
    ]


def _score(result: Result) -> tuple[str, str, str]:
    return result.learner, result.arm, percent(result.metrics["accuracy"])


def _baseline(result: Result, device: Device) -> CostRow:
    metrics = result.metrics
    row = CostRow(result, total=int(metrics["n_parameters"]))
    per_query = int(metrics["circuit_evaluations_per_query"])
    if not per_query:
        return row
    adapt = int(metrics["circuit_evaluations_adapt"])
    return row._replace(adapt=adapt, per_query=per_query, shots=adapt * device.shots)


def _learner(result: Result) -> CostRow:
    card, cost = result.card or {}, result.cost
    n, runs = card["n_parameters"], card["circuit_evaluations"]
    acting = card.get("acting", {}).get("seen")
    head = n["total"] - n["encoder"] - n["circuit"]
    row = CostRow(result, n["encoder"], n["circuit"], acting, head, n["total"])
    if not runs["predict_per_query"]:  # no circuit at all
        return row
    return row._replace(
        train=runs["train"],
        adapt=runs["adapt"],
        per_query=runs["predict_per_query"],
        shots=cost["shots_adapt"],
        depth=cost["depth"],
        two_qubit_gates=cost["two_qubit_gates"],
    )
