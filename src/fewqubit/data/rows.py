"""Support and query rows for a trained model: with the columns of training and any labels."""

from pathlib import Path

import numpy as np
import pandas as pd

from fewqubit.data.columns import numbers
from fewqubit.data.embeddings.texts import checked_texts
from fewqubit.data.files.frame import read_frame
from fewqubit.data.labels import check_labels, joined, quoted
from fewqubit.data.mixed.codes import coded
from fewqubit.data.mixed.schema import Schema
from fewqubit.data.sources.table import label_texts
from fewqubit.errors import DataError


def read_rows(
    path: Path, label: str, columns: list[str], schema: Schema | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Features in the order of ``columns``, and labels as text, NaN if missing.

    With a ``schema``, cells are unchanged; without one, all of them must be numbers.

    Raises DataError, with file, row or column and the remedy: what ``read_frame`` raises, a missing
    column, a column that training did not have, text or nothing in place of a number, one class in
    two spellings.
    """
    known = schema or Schema(())
    as_text = [one.name for one in known.columns if one.kind == "category"]
    frame = read_frame(path, [label], as_text=as_text, missing=known.missing)
    if label in columns:
        raise DataError(
            f"{path}: '{label}' is a feature that the model was trained on; name the column of "
            "the labels"
        )
    dropped = {one.name for one in known.dropped}
    features = frame.drop(columns={label, *dropped}, errors="ignore")
    missing = [name for name in columns if name not in features]
    strange = [name for name in features if name not in columns]
    if missing:
        raise DataError(f"{path}: no column '{missing[0]}', which the model was trained on; add it")
    if strange:
        raise DataError(
            f"{path}: the model was not trained on column '{strange[0]}'; drop it, or name the "
            f"column of the labels, taken to be '{label}'"
        )
    if schema is not None:
        coded(features, schema, path)  # raises for cells that do not fit
        return features[columns], labels_in(frame, label, path)
    values = {name: numbers(features[name], path) for name in columns}
    return pd.DataFrame(values, index=frame.index), labels_in(frame, label, path)


def read_texts(path: Path, label: str, column: str) -> tuple[pd.DataFrame, pd.Series]:
    """The column of texts, and labels as text, NaN if missing.

    Raises DataError, with file, row or column and the remedy: what ``read_frame`` raises, a row
    without a text, one class in two spellings.
    """
    frame = read_frame(path, [label, column], needs_features=False)
    if column not in frame or column == label:
        raise DataError(
            f"{path}: expected a column {quoted(column)} of texts, as in training, beside the "
            f"label {quoted(label)}; its columns are {joined(frame.columns)}"
        )
    texts = checked_texts(frame[column].tolist(), f"{path}: column {quoted(column)}")
    return pd.DataFrame({column: texts}, index=frame.index), labels_in(frame, label, path)


def labels_in(frame: pd.DataFrame, label: str, where: Path | str) -> pd.Series:
    """Labels as text, NaN if missing. Raises DataError: one class in two spellings."""
    if label not in frame:
        return pd.Series(None, frame.index, dtype=object)
    texts = pd.Series(label_texts(frame[label], where), frame.index)
    known = texts != ""
    firsts = {str(text): int(np.argmax(texts == text)) + 1 for text in texts[known].unique()}
    check_labels(firsts.items(), f"{where}: column '{label}'")
    return texts.where(known, np.nan)
