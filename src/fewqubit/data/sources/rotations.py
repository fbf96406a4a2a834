"""Classes made by rotating images, the usual way to get many small classes out of a few."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Int

from fewqubit.data.raw import RawData


def turn(images: np.ndarray, degrees: int) -> np.ndarray:
    """Images [..., H, W], H = W, rotated counter-clockwise by a multiple of 90 degrees."""
    return np.rot90(images, degrees // 90, axes=(-2, -1))


def turned_classes(
    images: np.ndarray,
    y: Int[np.ndarray, " N"],
    groups: Sequence[str],
    rotations: Mapping[str, Sequence[int]],
) -> RawData:
    """Each rotation of each group as its own class, "group/rot090"; rows are sorted by class.

    images [N, H, W] have the group ``groups[y]``; groups that are not in ``rotations`` are left
    out.
    """
    rows, names, owners = [], [], []
    for number, group in enumerate(groups):
        for degrees in rotations.get(group, ()):
            rows.append(turn(images[y == number], degrees))
            names.append(f"{group}/rot{degrees:03d}")
            owners.append(group)
    labels = np.repeat(np.arange(len(names), dtype=np.int32), [len(part) for part in rows])
    return RawData(np.concatenate(rows), labels, names, owners)
