"""Pictures for a trained model, as support or queries: folders, lists, single files."""

from pathlib import Path

import numpy as np
import pandas as pd

from fewqubit.data.labels import joined, quoted
from fewqubit.data.pictures.decode import PICTURE
from fewqubit.data.pictures.files import (
    FILE,
    PictureFiles,
    columns_of,
    in_folder,
    in_table,
    one_file,
    texts_of,
)
from fewqubit.errors import DataError


def picture_rows(path: Path, label: str) -> tuple[pd.DataFrame, pd.Series]:
    """Files, in the column ``picture``, and their labels, NaN where there is none; by file name.

    ``path`` is a folder, in which class folders are labels; a CSV file with the column ``file``, or
    with ``picture``, files in base64; or a single picture. Raises DataError, with file or row.
    """
    if path.suffix.lower() == ".csv":
        header = columns_of(path)
        if PICTURE in header:
            return _in_base64(path, label if label in header else None)
        if FILE not in header:
            raise DataError(
                f"{path}: expected a column '{FILE}' of paths, or '{PICTURE}' of files in base64; "
                f"its columns are {joined(header)}"
            )
        return _frame(in_table(path, FILE, label if label in header else None))
    return _frame(in_folder(path) if path.is_dir() else one_file(path))


def _frame(files: PictureFiles) -> tuple[pd.DataFrame, pd.Series]:
    index = pd.Index(files.wheres, name=FILE)
    if index.has_duplicates:
        raise DataError(f"{quoted(index[index.duplicated()][0])} is there twice; name it once")
    labels = pd.Series(files.labels, index, dtype=object)
    return pd.DataFrame({PICTURE: files.paths}, index), labels.where(labels != "", np.nan)


def _in_base64(path: Path, label: str | None) -> tuple[pd.DataFrame, pd.Series]:
    cells, *labels = texts_of(path, [PICTURE, *([label] if label else [])])
    known = pd.Series(labels[0] if labels else "", range(len(cells)), dtype=object)
    return pd.DataFrame({PICTURE: cells}), known.where(known != "", np.nan)
