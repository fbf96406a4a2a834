"""The largest tasks that a data set allows, for when it is too small for the settings."""

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import AnyDataset
from fewqubit.data import RawData, split_classes
from fewqubit.errors import SettingsError

FEWEST = 2  # classes of a task


def possible(raw: RawData, settings: AnyDataset, key: PRNGKeyArray) -> str:
    """A sentence on the largest tasks that the classes allow, or on what else the data can do."""
    counts = np.bincount(raw.y)
    try:
        split = split_classes(raw, settings.split, stream(key, "split"))
        n_way = min(map(len, split))
        rows = int(min(counts[part].min() for part in split))
    except SettingsError:
        n_way, rows = 0, int(counts.min())
    if n_way >= FEWEST and rows >= FEWEST:
        return f"possible are tasks of up to {n_way} classes, with n_shot + n_query up to {rows}"
    return (
        f"{len(raw.names)} classes, the smallest of {counts.min()} rows, are no data to learn to "
        "learn from: each of three parts needs 2 classes of 2 rows; they are enough to adapt to, "
        "with a learner that was trained on other classes (`fewqubit adapt`, FewShotClassifier.fit)"
    )
