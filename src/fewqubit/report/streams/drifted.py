"""How far the features of each group are from those of the first group."""

from pathlib import Path

import numpy as np

from fewqubit.base.io.cards import read_card
from fewqubit.evaluate.drift import drift
from fewqubit.report.markdown import table
from fewqubit.stages.streams.arrived import CARD, load_group


def drift_markdown(arrived: Path, confidence: float) -> str:
    """A table with a row for each group of one stream after the first; what ``arrive`` has written.

    Raises ArtifactError: a file is missing or damaged.
    """
    groups = read_card(arrived / CARD)["groups"]
    loaded = [load_group(arrived / f"{n:03d}.npz", name) for n, name in enumerate(groups)]
    learned = np.unique(np.asarray(loaded[0].classes.rows))
    known = _flat(np.asarray(loaded[0].x)[learned[learned >= 0]])
    rows = []
    for group in loaded[1:]:
        found = drift(known, _flat(np.asarray(group.x)), confidence)
        most = float(found.statistic.max(initial=0.0))
        rows.append([group.name, f"{found.share:.0%} of {found.n}", f"{most:.2f}"])
    head = ["group", "features that moved", "largest distance"]
    note = (
        f"Kolmogorov-Smirnov tests against what was learned from {groups[0]}, Holm-corrected over "
        "the features. New classes look different by nature: that features moved is no alarm by "
        "itself."
    )
    return "\n".join([*table(head, rows), "", note])


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1)
