"""What every source returns: raw rows, their classes, and the groups of the classes."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.labels import check_labels, label_text, quoted
from fewqubit.data.mixed.schema import Schema
from fewqubit.errors import DataError

if TYPE_CHECKING:  # stages that compute with rows do not depend on how files become rows
    from fewqubit.data.pictures.settings import Pictures

LEVELS = np.float32(255)
LARGEST = 1e20  # larger values are sentinels or typing errors, not measurements


class GivenEpisodes(NamedTuple):
    """Test tasks that come with the data, by class and row number; rows are class-major.

    class_ids [E, n_way], support_rows [E, n_way·n_shot], query_rows [E, n_way·n_query]
    """

    class_ids: Int[np.ndarray, "E n_way"]
    support_rows: Int[np.ndarray, "E support"]
    query_rows: Int[np.ndarray, "E query"]


class Sentences(NamedTuple):
    """Which rows are the words of one sentence, and which of them form an entity.

    starts:   first row of each sentence; its words end before the start of the next
    spans:    first row of each entity, the row after its last, and its type, a class
    parts:    the part of each sentence: 0 meta-train, 1 validation, 2 meta-test
    outside:  for each part, the class O of words without a type
    """

    starts: Int[np.ndarray, " S"]
    spans: Int[np.ndarray, "M 3"]
    parts: Int[np.ndarray, " S"]
    outside: tuple[int, ...] = ()


class RawData(NamedTuple):
    """A data set before splitting and scaling.

    x:        rows [N, *raw] of finite numbers; or images [N, H, W, …] uint8, levels of 1/255
    y:        class of each row, an index into ``names``
    names:    one for each class
    groups:   for each class, what it was made from (a digit, a character); no group crosses splits
    columns:  names of the features of a table, None for images
    asked:    the test tasks, if they come with the data; otherwise they are drawn
    pictures: how files became rows, if they are pictures
    notes:    notes for the user, one line each
    schema:   what the columns mean, if not all are numbers without gaps; x then has NaN and codes
    embedding, examples:  how texts or pictures were embedded into the rows, and these texts or
                          levels themselves
    sentences:  which rows form a sentence, if rows are words; the last of ``names`` is O
    targets:  the number of each row, for regression; a class then holds the rows of a task
    """

    x: np.ndarray
    y: Int[np.ndarray, " N"]
    names: list[str]
    groups: list[str]
    columns: list[str] | None = None
    asked: GivenEpisodes | None = None
    pictures: "Pictures | None" = None
    notes: Sequence[str] = ()
    schema: Schema | None = None
    embedding: Embedding | None = None
    examples: Sequence[Any] | None = None
    sentences: Sentences | None = None
    targets: Float[np.ndarray, " N"] | None = None


def as_float(x: np.ndarray) -> Float[np.ndarray, "..."]:
    """Rows as float32; float64 stays, and uint8 are levels of an image in units of 1/255."""
    if x.dtype == np.uint8:
        rows = x.astype(np.float32)
        rows /= LEVELS  # in place: these can be the largest arrays of a run
        return rows
    return np.asarray(x, x.dtype if x.dtype in (np.float32, np.float64) else np.float64)


def checked(raw: RawData, where: str) -> RawData:
    """``raw`` if it is consistent. Raises DataError naming ``where``: a user's source has an error.

    Bytes of images stay bytes; bytes of plain rows are counts, and are treated as numbers.
    """
    if not isinstance(raw, RawData):
        raise DataError(f"{where} must return a fewqubit.data.RawData, got {type(raw).__name__}")
    names, groups = (_texts(raw, field, where) for field in ("names", "groups"))
    x = _rows(raw.x, where, gaps=raw.schema is not None)
    y = _classes(raw.y, len(x), names, where)
    check_labels(_places(names), f"{where}: names")
    _check_groups(names, groups, where)
    columns = None if raw.columns is None else _texts(raw, "columns", where)
    if columns is not None:
        _check_columns(columns, x, where)
    if raw.asked is not None:
        _check_asked(raw.asked, y, where)
    if raw.schema is not None and raw.schema.names != columns:
        raise DataError(f"{where}: schema must describe the columns, in their order")
    return raw._replace(x=x, y=y, names=names, groups=groups, columns=columns)


def _places(names: list[str]) -> Iterable[tuple[str, int]]:
    """Each different name and its first place in the list, from 1."""
    last_wins = reversed(list(enumerate(names, 1)))
    return {name: place for place, name in last_wins}.items()


def _texts(raw: RawData, field: str, where: str) -> list[str]:
    """A list of texts, trimmed as labels are; a number, or one text for all, is refused."""
    given = getattr(raw, field)
    if isinstance(given, str | bytes) or not isinstance(given, Sequence | np.ndarray):
        raise DataError(f"{where}: {field} must be a list of texts, got {type(given).__name__}")
    for place, value in enumerate(given):
        if not isinstance(value, str) or not label_text(value):
            raise DataError(
                f"{where}: {field}[{place}] must be a text, got {value!r} ({type(value).__name__})"
            )
    return [label_text(value) for value in given]


def _rows(given: object, where: str, gaps: bool) -> np.ndarray:
    """Finite numbers [N, …], with NaN where there may be ``gaps``, or bytes of images."""
    x = _array(given, "x", where)
    if x.ndim < 2 or x.size == 0 or x.dtype.kind not in "fiub":
        hint = "; give real and imaginary parts as two features" if x.dtype.kind == "c" else ""
        raise DataError(f"{where}: x must be numbers [N, …], got {x.dtype} {list(x.shape)}{hint}")
    if x.dtype == np.uint8 and x.ndim > 2:
        return x
    rows = as_float(x.astype(np.float64) if x.dtype == np.uint8 else x)
    bad = ~(np.abs(rows) <= LARGEST) & ~(gaps & np.isnan(rows))
    if bad.any():
        row, *place = np.argwhere(bad)[0].tolist()
        raise DataError(
            f"{where}: x must be finite and within ±{LARGEST:g}, but row {row} has "
            f"{rows[(row, *place)]:g} at {place}; fill it or drop the row"
        )
    return rows


def _classes(given: object, n_rows: int, names: list[str], where: str) -> Int[np.ndarray, " N"]:
    y = _array(given, "y", where)
    if y.shape != (n_rows,) or y.dtype.kind not in "iu":
        hint = "; numpy.unique(y, return_inverse=True) makes numbers" if y.ndim == 1 else ""
        raise DataError(
            f"{where}: y must be {n_rows} integers, got {y.dtype} {list(y.shape)}{hint}"
        )
    outside = (y < 0) | (y >= len(names))
    if outside.any():
        raise DataError(
            f"{where}: y must use each of 0 … {len(names) - 1}, one for each class name, but row "
            f"{int(np.argmax(outside))} has {y[outside][0]}"
        )
    missing = np.setdiff1d(np.arange(len(names)), y)
    if len(missing):
        raise DataError(
            f"{where}: y must use each of 0 … {len(names) - 1}, one for each class name, but no "
            f"row is of class {missing[0]}, {quoted(names[missing[0]])}"
        )
    return y.astype(np.int32)


def _check_groups(names: list[str], groups: list[str], where: str) -> None:
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(f"{where}: names must be unique, but {quoted(twice)} stands there twice")
    if len(groups) != len(names):
        raise DataError(
            f"{where}: there must be one group for each class, got {len(groups)} groups for "
            f"{len(names)} classes"
        )
    check_labels(_places(groups), f"{where}: groups")


def _check_columns(columns: list[str], x: np.ndarray, where: str) -> None:
    width = int(np.prod(x.shape[1:]))
    if len(columns) != width:
        raise DataError(
            f"{where}: columns must name each of {width} numbers of a row, got {len(columns)} names"
        )
    if len(set(columns)) != len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise DataError(f"{where}: more than one column is called {quoted(twice)}")


def _check_asked(asked: GivenEpisodes, y: Int[np.ndarray, " N"], where: str) -> None:
    """Raise DataError unless rows are of their classes, class-major, and no query is a support."""
    class_ids, *kinds = asked
    for field, rows in zip(asked._fields[1:], kinds, strict=True):
        each = rows.shape[-1] // class_ids.shape[-1]
        if rows.shape != (len(class_ids), class_ids.shape[-1] * each) or not each:
            raise DataError(
                f"{where}: asked.{field} must be [{len(class_ids)}, a multiple of "
                f"{class_ids.shape[-1]}], got {list(rows.shape)}"
            )
        inside = (rows >= 0) & (rows < len(y))
        if not inside.all() or (y[rows] != np.repeat(class_ids, each, axis=1)).any():
            raise DataError(
                f"{where}: asked.{field} must be rows of asked.class_ids, class by class"
            )
    for episode, (support, query) in enumerate(zip(*kinds, strict=True)):
        if np.intersect1d(support, query).size:
            raise DataError(f"{where}: asked: episode {episode} asks a row that it shows")


def _array(given: object, field: str, where: str) -> np.ndarray:
    try:
        return np.asarray(given)
    except ValueError as error:  # rows of different lengths
        raise DataError(f"{where}: {field} is no array: {error}") from None
