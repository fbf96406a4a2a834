"""R as a picture: what was known of each group after each step."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

MOST_NAMES = 30


def draw_matrix(
    path: Path, mean: Float[np.ndarray, "steps groups"], groups: Sequence[str], title: str
) -> None:
    """Write the heat map to ``path``; what was not asked is blank."""
    figure = Figure(figsize=(6.4, 5.2), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    shown = np.ma.masked_invalid(mean)
    image = axes.imshow(shown, cmap="viridis", interpolation="nearest")
    if len(groups) <= MOST_NAMES:
        axes.set_xticks(range(len(groups)), groups, fontsize=7, rotation=90)
        axes.set_yticks(range(len(groups)), groups, fontsize=7)
    axes.set_xlabel("group asked")
    axes.set_ylabel("after learning")
    axes.set_title(title, fontsize=10, loc="left")
    axes.spines[:].set_visible(False)
    figure.colorbar(image, ax=axes, shrink=0.7, label="accuracy")
    figure.savefig(path, format="png", metadata={"Software": None})
