"""Rows that a trained model is to learn from or to answer: the columns of training, any labels."""

from pathlib import Path

import pandas as pd

from fewqubit.data.frame import numbers, read_frame
from fewqubit.errors import DataError


def read_rows(path: Path, label: str, columns: list[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Features in the order of ``columns``, and labels as text, NaN where there is none.

    Raises DataError, with file, row or column and the remedy: what ``read_frame`` raises, a column
    of training that is missing, one that was not there, text or nothing in place of a number.
    """
    frame = read_frame(path, label, labelled=False)
    features = frame.drop(columns=label, errors="ignore")
    missing = [name for name in columns if name not in features]
    strange = [name for name in features if name not in columns]
    if missing:
        raise DataError(f"{path}: no column '{missing[0]}', which the model was trained on; add it")
    if strange:
        raise DataError(
            f"{path}: the model was not trained on column '{strange[0]}'; drop it, or name the "
            f"column of the labels, taken to be '{label}'"
        )
    values = {name: numbers(features[name], path) for name in columns}
    labels = frame.get(label, pd.Series(None, frame.index, dtype=object)).astype(object)
    texts = labels.where(labels.isna(), labels.astype(str).str.strip())
    return pd.DataFrame(values, index=frame.index), texts.where(texts != "")
