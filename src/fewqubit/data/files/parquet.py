"""A Parquet file as a data frame; Arrow's errors become OSErrors, like those of any other file."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from fewqubit.base.extras import needs
from fewqubit.data.files.source_file import Reading
from fewqubit.errors import DataError

with needs("pipeline", "a Parquet file"):
    import pyarrow
    import pyarrow.parquet

MOST_CELLS = 2**28
UNNAMED = re.compile(r"__index_level_\d+__")


def parquet_columns(path: Path) -> list[str]:
    """Names of the columns. Raises DataError: there are more than ``MOST_CELLS`` cells."""
    with _faults_of_files():
        about = pyarrow.parquet.read_metadata(path)
        schema = pyarrow.parquet.read_schema(path)
    if about.num_rows * about.num_columns > MOST_CELLS:  # a small file may unpack to a huge table
        raise DataError(
            f"{path}: has {about.num_rows} rows of {about.num_columns} columns; up to "
            f"{MOST_CELLS} cells are read: take a sample of the rows, or fewer columns"
        )
    return [name for name in schema.names if name not in _row_numbers(schema)]


def read_parquet(asked: Reading) -> pd.DataFrame:
    """The columns asked for; labels are kept as they are written."""
    with _faults_of_files():
        table = pyarrow.parquet.read_table(asked.path)
        table = table.drop_columns(list(_row_numbers(table.schema)))
        frame = table.to_pandas(ignore_metadata=True)
    for about in (table.schema.pandas_metadata or {}).get("columns", []):
        if about.get("pandas_type") == "categorical" and about.get("name") in frame:
            frame[about["name"]] = frame[about["name"]].astype(
                "category"
            )  # no number, if written so
    texts = {*asked.texts, *asked.as_text} & set(asked.columns)
    for name in texts:  # whole numbers stay whole where some are missing
        frame[name] = table.column(name).to_pandas(integer_object_nulls=True)
    return frame


def _row_numbers(schema: pyarrow.Schema) -> Collection[str]:
    """Columns in which pandas has stored an index without a name."""
    indices = (schema.pandas_metadata or {}).get("index_columns", [])
    return {name for name in indices if isinstance(name, str) and UNNAMED.fullmatch(name)}


@contextmanager
def _faults_of_files() -> Iterator[None]:
    try:
        yield
    except pyarrow.ArrowException as error:
        raise OSError(str(error)) from error
