"""Metrics of a start in a contest, from its files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from fewqubit.base.io.cards import read_card
from fewqubit.base.io.files import read_json
from fewqubit.evaluate.starts import Arrived, arrived
from fewqubit.stages.starts.descents import CARD, CURVE, METRICS, load_entry
from fewqubit.stages.starts.problems import PROBLEMS
from fewqubit.starts.descent import Costs
from fewqubit.tracking.figures import Figure
from fewqubit.tracking.starts.locked import LockedEntry


class StartRecord(NamedTuple):
    """The problems, how the start was made, how it went down, and where it arrived."""

    problems: Mapping[str, Any]
    card: Mapping[str, Any]
    tuned: Mapping[str, Any]
    curve: pd.DataFrame
    arrived: Arrived


def read_start(root: Path, entry: LockedEntry) -> StartRecord:
    """Raises ArtifactError: a file is missing or damaged."""
    problems = read_card(root / "artifacts" / "problems" / entry.problem / PROBLEMS)
    trained, tested = (root / entry.folder(kind) for kind in ("starts", "contests"))
    costs = [[Costs(*bill) for bill in bills] for bills in problems["costs"]]
    target = problems["settings"]["contest"]["target"]
    return StartRecord(
        problems,
        read_card(trained / CARD, (CURVE,)),
        read_json(tested / METRICS),
        pd.read_csv(trained / CURVE),
        arrived(load_entry(tested)[0].paths, costs, target),
    )


def figures(record: StartRecord) -> list[Figure]:
    """``start/…``: along the descent, then the totals; ``train/loss`` along training.

    error:     mean over seeds and test problems; the step of the metric is the descent's
    arrived:   share that reached the target
    steps, circuits: medians to the target
    success:   probability to measure a ground state, before the first step and after the last
    """
    found = record.arrived
    curves = [
        Figure("start/error", float(error), step)
        for step, error in enumerate(found.errors.mean((0, 1)))
    ]
    losses = record.curve.groupby("round")["loss"].mean().to_numpy()
    curves += [Figure("train/loss", float(loss), step) for step, loss in enumerate(losses)]
    before, after = found.success.mean((0, 1))
    if not np.isnan(before):
        curves += [Figure("start/success", float(before), 0)]
        curves += [Figure("start/success", float(after), found.errors.shape[-1] - 1)]
    return [
        *curves,
        Figure("start/arrived", float(found.reached.mean())),
        Figure("start/steps", float(np.median(found.steps))),
        Figure("cost/circuits", float(np.median(found.circuits))),
    ]


def note(entry: LockedEntry, record: StartRecord) -> str:
    """The note at the top of the run's page."""
    found, target = record.arrived, record.problems["settings"]["contest"]["target"]
    kind = "learned" if record.tuned["learned"] else "an opponent"
    return (
        f"**{entry.start}** ({kind}) on the test problems of `{entry.problem}`: "
        f"{found.reached.mean():.0%} of the descents reach an error of {target:g}, after a median "
        f"of **{np.median(found.steps):g} steps** and {np.median(found.circuits):.0f} circuits. "
        f"The mean error is {found.errors[..., 0].mean():.3g} before the first step and "
        f"{found.errors[..., -1].mean():.3g} after the last."
    )
