"""What a label is, and when two labels name the same class: one rule for all inputs.

A label is text: Unicode NFC, without blanks or invisible characters at its ends. A whole number
that a table holds as 1.0, because others are missing, is ``1``. Empty text and an empty cell are no
label; ``NA``, ``nan`` and ``null`` are ordinary classes.

Two labels of one table are the same class, spelled in two ways, if they differ only in case, in the
width of letters or in blanks within; that is refused. Numbers are kept as written: 007 and 7 are
two classes. 1, 01 and 1.0 match each other only between two places (a list and a table, a support
and the labels of its queries), and only if no label has exactly the same spelling.
"""

import datetime
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from fewqubit.errors import DataError

VARIANTS = "\ufe0e\ufe0f"  # an emoji in black, an emoji in colours
NUMBER = re.compile(r"([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,6}))?", re.ASCII)
WHOLE = 2.0**53  # beyond this, a float does not represent every integer


def label_text(value: Any) -> str:
    """A label as text, empty if there is none. ``value`` is a scalar that is not missing."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value) if abs(float(value)) < WHOLE else value
    return _trimmed(unicodedata.normalize("NFC", str(value)))


def label_key(label: str) -> str:
    """A key that is equal for labels of the same class in one table."""
    shown = "".join(letter for letter in label if letter.isspace() or not _blank(letter))
    text = unicodedata.normalize("NFKC", shown.translate(dict.fromkeys(map(ord, VARIANTS))))
    return " ".join(unicodedata.normalize("NFKC", text.casefold()).split())


class Spellings:
    """Finds a class among the names ``known``, however it is spelled.

    The keys of all names are computed once: a data set may have thousands of classes, and its split
    may list them all.
    """

    def __init__(self, known: Sequence[str]) -> None:
        self._by_key = [(key, _places(map(key, known))) for key in (label_key, number_key)]

    def places(self, label: str) -> list[int]:
        """The places in ``known`` of ``label``: with the same spelling, or the same number.

        Empty if there is no such class; several if classes of ``known`` share a name.
        """
        found = (places.get(key(label)) for key, places in self._by_key)
        return next(filter(None, found), [])


def _places(keys: Iterable[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places


def number_key(label: str) -> str:
    """``label_key``, but equal for all spellings of a number (1, 01, 1.0)."""
    text = label_key(label)
    number = NUMBER.fullmatch(text)
    if number is None:
        return text
    sign, integer, fraction, exponent = number.groups(default="")
    digits = (integer + fraction).lstrip("0")
    power = int(exponent or 0) - len(fraction) + len(digits) - len(digits.rstrip("0"))
    return f"number {sign.strip('+')}{digits.rstrip('0')}e{power}" if digits else "number 0"


def check_labels(labels: Iterable[tuple[str, int]], where: str) -> None:
    """Raise DataError if two labels name one class, or one cannot be printed.

    ``labels`` are those of different classes, each with its first row; ``where`` is the column.
    """
    seen: dict[str, tuple[str, int]] = {}
    for label, row in labels:
        if odd := [letter for letter in label if _unprintable(letter)]:
            raise DataError(
                f"{where}: the label in row {row} holds the control character U+{ord(odd[0]):04X}; "
                "remove it"
            )
        key = label_key(label)
        if key in seen:
            other, first = seen[key]
            raise DataError(
                f"{where}: {quoted(other)} (row {first}) and {quoted(label)} (row {row}) are "
                "one class spelled in two ways: case and blanks make no difference; spell them "
                "alike, or give two classes names that differ in more"
            )
        seen[key] = label, row


def packed_classes(classes: np.ndarray) -> dict[str, Any]:
    """Class labels for JSON: ``classes`` and their ``class_type``.

    Raises DataError for labels that are no text, number, truth value, bytes or date.
    """
    values, kind = classes.tolist(), classes.dtype.str
    if classes.dtype.kind == "M":
        values = classes.astype(np.int64).tolist()
    elif classes.dtype.kind == "S":
        values = [value.decode("latin-1") for value in values]
    elif classes.dtype.kind == "O":
        kind = type(values[0]).__name__
        if kind not in ("str", "int", "float", "bool", "date", "datetime"):
            raise DataError(f"expected labels to store, got {kind}; fit with labels that are text")
        if kind in ("date", "datetime"):
            values = [value.isoformat() for value in values]
    return {"classes": values, "class_type": kind}


def unpacked_classes(values: list[Any], kind: str) -> np.ndarray:
    """The inverse of ``packed_classes``."""
    if kind in ("date", "datetime"):
        values = [getattr(datetime, kind).fromisoformat(value) for value in values]
    if kind.isalpha():
        return np.array(values, dtype=object)
    if np.dtype(kind).kind == "S":
        values = [value.encode("latin-1") for value in values]
    return np.array(values, np.int64).view(kind) if "M8" in kind else np.array(values, kind)


def joined(names: Iterable[object], most: int = 30) -> str:
    """The user's names for a message, separated by commas, on one line."""
    shown = [quoted(name)[1:-1] for name in names]
    return ", ".join(shown[:most]) + (", …" if len(shown) > most else "")


def quoted(value: object, limit: int = 60) -> str:
    """A user's name for a message: in quotes, on one line, and no longer than ``limit``."""
    text = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in str(value)[: limit + 1]
    )
    return f"'{text}'" if len(text) <= limit else f"'{text[:limit]}…'"


def _trimmed(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _blank(text[start]):
        start += 1
    while end > start and _blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _blank(letter: str) -> bool:
    """Whether a character is space or has no width; letters of flags (U+E0020 …) are neither."""
    return letter.isspace() or (unicodedata.category(letter) == "Cf" and letter < "\U000e0020")


def _unprintable(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\r\t"
