"""Files of a stream's groups: one for each group, and a card."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np

from fewqubit.base.io.files import read_npz
from fewqubit.data.prepared import TRANSFORM
from fewqubit.meta.streams.group import Group
from fewqubit.tasks import ClassIndex, Episode

CARD = "stream.json"
FEATURES, TRANSFORMS = "features", ("transform.npz", TRANSFORM)


def arrays_of(group: Group) -> dict[str, np.ndarray]:
    """The contents of a group as named arrays; its own name is not among them."""
    arrays = {"x": group.x}
    for name, part in zip(ClassIndex._fields, group.classes, strict=True):
        if part is not None:
            arrays[f"classes.{name}"] = part
    arrays |= {f"episodes.{name}": part for name, part in group.episodes._asdict().items()}
    return {name: np.asarray(array) for name, array in arrays.items()}


def load_group(path: Path, name: str) -> Group:
    """A group as ``arrive`` wrote it. Raises ArtifactError: the file is missing or damaged."""
    arrays = read_npz(path)
    parts = {
        kind: {
            key.partition(".")[2]: array for key, array in arrays.items() if key.startswith(kind)
        }
        for kind in ("classes.", "episodes.")
    }
    classes = ClassIndex(**{key: jnp.asarray(part) for key, part in parts["classes."].items()})
    return Group(name, jnp.asarray(arrays["x"]), classes, Episode(**parts["episodes."]))
