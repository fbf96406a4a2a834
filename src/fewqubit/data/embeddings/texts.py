"""Check texts before they are embedded: none is missing, and each is text."""

from collections.abc import Sequence
from typing import Any

from fewqubit.data.labels import label_text
from fewqubit.errors import DataError


def checked_texts(given: Sequence[Any], where: str) -> list[str]:
    """The texts unchanged. Raises DataError: a row has none, a blank one, or something else."""
    texts = list(given)
    empty = [row for row, text in enumerate(texts, 1) if _is_empty(text)]
    if empty:
        raise DataError(
            f"{where}: row {empty[0]} has no text ({len(empty)} such rows); fill it or drop the row"
        )
    for row, text in enumerate(texts, 1):
        if not isinstance(text, str):
            kind = type(text).__name__
            raise DataError(f"{where}: expected a text in row {row}, got {kind} {text!r:.40}")
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise DataError(f"{where}: row {row} holds half a character; write it as UTF-8")
    return texts


def _is_empty(text: Any) -> bool:
    """Whether ``text`` is None, NaN, or blank."""
    return text is None or text != text or (isinstance(text, str) and label_text(text) == "")
