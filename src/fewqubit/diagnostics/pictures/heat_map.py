"""A Gram matrix as a picture: rows sorted by class, so that what the kernel knows are blocks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int
from matplotlib.figure import Figure

_MAX_NAMES = 40


def draw_gram(
    path: Path,
    gram: Float[np.ndarray, "n n"],
    labels: Int[np.ndarray, " n"],
    names: Sequence[str],
    title: str,
    subtitle: str,
) -> None:
    """Write the heat map of a Gram matrix with sorted ``labels`` to ``path``, the same bytes for
    the same matrix; ``names[label]`` is the name of a class.
    """
    figure = Figure(figsize=(6.4, 6.0), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    image = axes.imshow(gram, cmap="viridis", vmin=0.0, vmax=1.0, interpolation="nearest")
    present, starts = np.unique(labels, return_index=True)
    edges = np.append(starts, len(labels)) - 0.5
    if len(present) <= _MAX_NAMES:
        for edge in edges[1:-1]:
            axes.axhline(edge, color="white", linewidth=0.4, alpha=0.7)
            axes.axvline(edge, color="white", linewidth=0.4, alpha=0.7)
        centres = (edges[:-1] + edges[1:]) / 2
        shown = [names[label] for label in present]
        axes.set_yticks(centres, shown, fontsize=7)
        axes.set_xticks(centres, shown, fontsize=7, rotation=90)
    else:
        axes.set_xticks([])
        axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.suptitle(title, fontsize=11, fontweight="bold", x=0.02, ha="left")
    axes.set_title(subtitle, fontsize=8, color="0.35", loc="left")
    bar = figure.colorbar(image, ax=axes, shrink=0.6, aspect=30, label="fidelity")
    bar.outline.set_visible(False)
    figure.savefig(path, format="png", metadata={"Software": None})
