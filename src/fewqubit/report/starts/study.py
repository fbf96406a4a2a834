"""What a contest of starts found: a table, a picture, a headline."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fewqubit.evaluate.starts import AT, Against, Arrived
from fewqubit.starts.descent import Costs
from fewqubit.starts.settings.contest import Contest

COLUMNS = [
    *("start", "opponent", "times fewer circuits", "low", "high", "circuits"),
    *("times fewer steps", "steps low", "steps high", "steps", "at start"),
]
BAND = (25, 75)  # percentiles of the problems and seeds


class Finish(NamedTuple):
    """One contestant: where it arrived, by which descent, and whether it was meta-learned."""

    arrived: Arrived
    descent: str
    learned: bool


class StartStudy(NamedTuple):
    """A contest and its findings.

    costs:     of each test problem, in the order of the results
    instances: SHA-256 of the test problems
    classical: mean error of the cut that Goemans and Williamson's algorithm expects; graphs alone
    """

    name: str
    contest: Contest
    finishes: Mapping[str, Finish]
    against: Mapping[tuple[str, str], Against]
    costs: list[Costs]
    instances: str
    classical: float | None = None


def contestants(study: StartStudy) -> pd.DataFrame:
    """A row for each start: errors on the way, the share that arrived, steps and circuits.

    ``steps`` and ``circuits`` are medians over problems and seeds; of those that did not arrive
    the budget counts, which is too little.
    """
    return pd.DataFrame([*_rows(study)]).set_index("start")


def comparisons(study: StartStudy) -> pd.DataFrame:
    """A row for each learned start and opponent: how many times fewer circuits, and the words."""
    rows = [
        {
            "start": one,
            "opponent": other,
            "times fewer circuits": found.circuits.ratio,
            "low": found.circuits.low,
            "high": found.circuits.high,
            "circuits": found.circuits.word,
            "times fewer steps": found.steps.ratio,
            "steps low": found.steps.low,
            "steps high": found.steps.high,
            "steps": found.steps.word,
            "at start": found.at_start.word,
        }
        for (one, other), found in study.against.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS).set_index(["start", "opponent"])


def figure(study: StartStudy) -> Figure:
    """Median error against circuits, a line for each start, with a band between the quartiles."""
    picture = Figure(figsize=(8.4, 4.4), layout="constrained")
    axes = picture.subplots()
    energy, gradient = (np.mean([cost[k] for cost in study.costs]) for k in (0, 1))
    for number, (name, finish) in enumerate(study.finishes.items()):
        errors = np.maximum(finish.arrived.errors, 1e-7)
        low, middle, high = np.percentile(errors, (BAND[0], 50, BAND[1]), axis=(0, 1))
        steps = np.arange(len(middle))
        spent = finish.arrived.evaluations.mean()
        circuits = energy * (spent + steps + 1) + gradient * steps
        style = "-" if finish.learned else "--"
        line = axes.plot(circuits, middle, style, color=f"C{number % 10}", label=name)[0]
        axes.fill_between(circuits, low, high, color=line.get_color(), alpha=0.1, linewidth=0)
    axes.axhline(study.contest.target, color="0.4", linewidth=0.8, linestyle=":")
    if study.classical is not None:
        label = "Goemans–Williamson"
        axes.axhline(study.classical, color="0.4", linewidth=0.8, linestyle="-.", label=label)
    axes.set(xscale="log", yscale="log", xlabel="circuits run", ylabel="error")
    picture.legend(loc="outside right upper", frameon=False, fontsize="small")
    return picture


def headline(study: StartStudy) -> str:
    """One sentence: the best learned start against all opponents, better ones included."""
    learned = {name: finish for name, finish in study.finishes.items() if finish.learned}
    if not learned:
        return f"{study.name}: no learned start took part."
    best = min(learned, key=lambda name: float(np.log(learned[name].arrived.circuits).mean()))
    row = {other: found for (one, other), found in study.against.items() if one == best}
    if any(found.circuits.word == "no verdict" for found in row.values()):
        reason = next(iter(row.values())).circuits.verdict.comparison.too_few
        return (
            f"{study.name}: no verdict ({reason}); {best} took the fewest circuits of the learned."
        )
    beaten = [other for other, found in row.items() if found.circuits.word == "better"]
    equal = [other for other, found in row.items() if found.circuits.word == "equivalent"]
    open_ = [other for other, found in row.items() if found.circuits.word == "undecided"]
    lost = [other for other, found in row.items() if found.circuits.word == "worse"]
    parts = [
        f"takes fewer circuits than {_and(beaten)}" if beaten else "",
        f"as many as {_and(equal)}" if equal else "",
        f"more than {_and(lost)}" if lost else "",
        f"against {_and(open_)} it is undecided" if open_ else "",
    ]
    result = "; ".join(part for part in parts if part) or "met no opponent"
    return f"{study.name}: of the learned starts {best} is best and {result}."


def _rows(study: StartStudy) -> Iterator[dict[str, object]]:
    for name, (arrived, descent, learned) in study.finishes.items():
        last = arrived.errors.shape[-1] - 1
        yield {
            "start": name,
            "kind": "learned" if learned else "opponent",
            "descent": descent,
            **{f"error {k}": float(arrived.errors[..., k].mean()) for k in AT if k <= last},
            **_success(arrived),
            "arrived": float(arrived.reached.mean()),
            "steps": float(np.median(arrived.steps)),
            "circuits": float(np.median(arrived.circuits)),
        }


def _success(arrived: Arrived) -> dict[str, float]:
    """Probability to measure a ground state, if ground states are outcomes."""
    before, after = arrived.success.mean((0, 1))
    return {} if np.isnan(before) else {"success 0": float(before), "success end": float(after)}


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
