"""Streams as Markdown: every figure with its interval, every verdict, the transfer matrices."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from fewqubit.report.answers import Answer
from fewqubit.report.markdown import table
from fewqubit.report.streams.found import Estimate, StreamStudy, Walked
from fewqubit.report.words import MINUS, SIGNS, points, points_range

HEADS = {
    "average_accuracy": "average accuracy",
    "learned": "just learned",
    "backward_transfer": "backward transfer",
    "forgetting": "forgetting",
    "forward_transfer": "forward transfer",
    "plasticity": "slope per group",
}
ASKED = {
    "average_accuracy": "Accuracy over all groups at the end",
    "backward_transfer": "What later groups did to earlier ones",
    "plasticity": "How learning the newest group changes along the stream",
}
NOTHING = "No stream was walked: `run.streams` in params.yaml is empty.\n"
MOST = 12  # groups of a matrix that is written out


def streams_markdown(studies: Sequence[StreamStudy]) -> str:
    """All streams, or one line that there are none."""
    if not studies:
        return NOTHING
    return "\n".join(line for study in studies for line in [*_lines(study), ""])


def _lines(study: StreamStudy) -> Iterator[str]:
    n_seeds, n_episodes = study.walks[0].answered.before.shape[1:]
    yield f"## Stream {study.name}"
    yield ""
    yield (
        f"{len(study.groups)} groups, {', '.join(study.groups)}; {n_episodes} frozen episodes of "
        f"each, {n_seeds} training seeds. In percentage points of accuracy, with intervals."
    )
    yield ""
    yield from table(["learner", "way", "arm", *(HEADS[name] for name in HEADS)], _rows(study))
    for figure, found in study.verdicts.items():
        if found:
            yield ""
            yield f"**{ASKED[figure]}, quantum − nearest classical arm.**"
            yield ""
            head = ["learner", "way", "against", "difference", "interval", "verdict"]
            yield from table(head, [verdict_row(*name, one) for name, one in found.items()])
    if len(study.groups) <= MOST:
        for one in study.walks:
            yield from _matrix(one, study.groups)


def _rows(study: StreamStudy) -> list[list[str]]:
    return [
        [one.learner, one.way, one.arm, *(cell(found[name], name) for name in HEADS)]
        for one in study.walks
        if (found := study.figures[one.learner, one.arm, one.way])
    ]


def cell(one: Estimate, name: str) -> str:
    """``84.2 (82.1 – 86.0)``, in percentage points."""
    digits = 2 if name == "plasticity" else 1
    text = f"{100 * one.value:.{digits}f}"
    if not math.isinf(one.low):
        text += f" ({100 * one.low:.{digits}f} – {100 * one.high:.{digits}f})"
    return text.replace("-", MINUS)


def verdict_row(learner: str, way: str, one: Answer) -> list[str]:
    """One verdict: against whom, by how much, in which word."""
    row = one.verdict
    return [
        learner,
        way,
        one.nearest,
        points(row.comparison.difference),
        points_range(row.low, row.high),
        f"{SIGNS[row.word]} {row.word}",
    ]


def _matrix(one: Walked, groups: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"{one.learner}, {one.way}, {one.arm}: accuracy on a group (column) after a step (row)."
    yield ""
    means = one.answered.after.mean((2, 3))
    before = one.answered.before.mean((1, 2))
    rows = [["before", *(f"{100 * value:.1f}" for value in before)]]
    for name, values in zip(groups, means, strict=True):
        rows.append([name, *("" if np.isnan(v) else f"{100 * v:.1f}" for v in values)])
    yield from table(["after", *groups], rows)


def stream_figures(studies: Sequence[StreamStudy]) -> dict[str, object]:
    """Every figure and verdict as plain numbers, for metrics.json."""
    return {
        study.name: {
            "groups": list(study.groups),
            "walks": {
                "/".join(place): {
                    name: {"value": one.value, "low": _finite(one.low), "high": _finite(one.high)}
                    for name, one in found.items()
                }
                for place, found in study.figures.items()
            },
            "verdicts": {
                figure: {
                    "/".join(name): {
                        "word": one.verdict.word,
                        "against": one.nearest,
                        "difference": one.verdict.comparison.difference,
                        "low": one.verdict.low,
                        "high": one.verdict.high,
                    }
                    for name, one in found.items()
                }
                for figure, found in study.verdicts.items()
            },
        }
        for study in studies
    }


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value
