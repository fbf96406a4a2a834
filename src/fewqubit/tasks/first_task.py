"""The first test episode as a table of raw rows, to try a model by hand or over REST."""

import base64
import csv
import io
from collections.abc import Iterable
from pathlib import Path

from fewqubit.base.io.files import write_text
from fewqubit.data import RawData
from fewqubit.data.features import column_names
from fewqubit.data.pictures.decode import PICTURE, encode
from fewqubit.data.raw import as_float
from fewqubit.errors import DataError
from fewqubit.tasks.task import Episode

FIRST_TASK = "first_task.csv"
WORD = "word"
LABEL, TASK = "label", "task"  # columns of a request: its classes, and its tasks if it has several


def row_columns(raw: RawData) -> list[str]:
    """A name for each number of a raw row: the table's names, else pixel_0, … or feature_0, …

    A picture is one cell named ``PICTURE``, its file in base64. For sentences, a row is a word.

    Raises DataError: a column of the table has a name that is reserved for requests.
    """
    if raw.pictures is not None:
        return [PICTURE]
    if raw.sentences is not None:
        return [WORD]
    names = column_names(raw.columns, raw.x.shape[1:])
    if raw.embedding is not None:
        names = [raw.embedding.column]
    taken = [name for name in (LABEL, TASK) if name in names]
    if taken:
        raise DataError(
            f"a feature column is called '{taken[0]}', which requests to a served model use for "
            "something else; rename the column"
        )
    return names


def write_first_task(path: Path, raw: RawData, columns: list[str], manifest: Episode) -> None:
    """Write the support with its labels, then one unlabelled query of each class."""
    support = manifest.support_rows[0]
    n_query = manifest.query_rows.shape[1] // manifest.class_ids.shape[1]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([LABEL, *columns])
    for row in support:
        label = raw.names[raw.y[row]] if raw.targets is None else raw.targets[row]
        writer.writerow([label, *_cells(raw, row)])
    for row in manifest.query_rows[0, ::n_query]:
        writer.writerow(["", *_cells(raw, row)])
    write_text(path, table.getvalue())


def _cells(raw: RawData, row: int) -> Iterable[object]:
    """Cells in readable form: a picture, a text, or the numbers."""
    if raw.pictures is not None:
        levels = raw.x if raw.examples is None else raw.examples
        return [base64.b64encode(encode(levels[row], raw.pictures)).decode()]
    if raw.schema is not None:
        from fewqubit.data.mixed.codes import cells  # pandas takes seconds

        return cells(raw.x[row], raw.schema)
    if raw.examples is not None:
        return [raw.examples[row]]
    numbers: Iterable[object] = as_float(raw.x[row]).ravel()
    return numbers
