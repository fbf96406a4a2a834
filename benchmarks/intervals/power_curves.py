"""Power against the true difference, a panel for each number of seeds: an SVG."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from fewqubit.base.io.files import replacing

Cells = Mapping[str, Mapping[str, float]]


def draw(path: Path, cells: Cells) -> None:
    """How often a difference is decided, a line for each number of learners."""
    places = [name.split("/")[1:] for name in cells if name.startswith("power/")]
    seeds, learners, effects = (list(dict.fromkeys(part)) for part in zip(*places, strict=True))
    with mpl.rc_context({"svg.hashsalt": "fewqubit", "svg.fonttype": "none"}):
        figure, axes = plt.subplots(1, len(seeds), figsize=(9, 3), sharey=True, squeeze=False)
        for axis, n_seeds in zip(axes[0], seeds, strict=True):
            for n in learners:
                found = [cells[f"power/{n_seeds}/{n}/{effect}"]["power"] for effect in effects]
                label = f"{n} learner{'s' * (n != '1')}"
                axis.plot([100 * float(effect) for effect in effects], found, "o-", label=label)
            axis.set(title=f"{n_seeds} seeds", xlabel="true difference, points", ylim=(0, 1.02))
        axes[0][0].set_ylabel("called better or worse")
        axes[0][-1].legend(frameon=False)
        figure.tight_layout()
        with replacing(path) as partial:
            figure.savefig(partial, format="svg", metadata={"Date": None})
        plt.close(figure)
