"""JSON lines: an object on each line, as a data frame."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from fewqubit.data.files.source_file import LONGEST_LINE, Reading
from fewqubit.errors import DataError


def jsonl_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line's number, from 1, and object; blank lines are skipped.

    Raises DataError, naming the line: no UTF-8, no JSON, no object, or one that is too long.
    """
    with path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), 1):
            where = f"{path}: line {number}"
            if len(line) >= LONGEST_LINE:
                raise DataError(f"{where} is longer than {LONGEST_LINE >> 20} MiB; break it up")
            if not line.strip(b" \t\r\n\xef\xbb\xbf"):
                continue
            try:
                value = json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                reason = " ".join(str(error).split())
                raise DataError(f"{where}: expected a JSON object, but {reason}") from None
            if not isinstance(value, dict):
                raise DataError(f"{where}: expected a JSON object in braces, got {value!r:.40}")
            yield number, value


def jsonl_columns(path: Path) -> list[str]:
    """The keys of all objects, in order of first occurrence."""
    return list({key: None for _, value in jsonl_objects(path) for key in value})


def read_jsonl(asked: Reading) -> pd.DataFrame:
    """The columns asked for; if an object lacks a key, its value is missing."""
    rows = [[value.get(name) for name in asked.columns] for _, value in jsonl_objects(asked.path)]
    return pd.DataFrame(rows, columns=list(asked.columns), dtype=object)
