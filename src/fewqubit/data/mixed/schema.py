"""What the columns of a table hold: the meaning of the numbers in its raw rows."""

from typing import Any, Literal, NamedTuple

Kind = Literal["number", "category", "yes_no", "date"]
KINDS = {"number": "numbers", "category": "categories", "yes_no": "yes/no", "date": "dates"}


class Column(NamedTuple):
    """A column that is a feature.

    ``levels`` are its categories as text, sorted; for ``yes_no``, the text for 0, then that for 1.
    In raw rows a category is its place in ``levels``, or −1 if it is not there; a date is days
    since 1970, UTC; a missing value is NaN.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()


class Dropped(NamedTuple):
    """A column that is no feature, and why."""

    name: str
    why: str


class Schema(NamedTuple):
    """The columns of a table: a raw row has a number for each of ``columns``, none for ``dropped``.

    ``missing`` are the user's texts that mean a missing value.
    """

    columns: tuple[Column, ...]
    dropped: tuple[Dropped, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the features."""
        return [column.name for column in self.columns]


def packed(schema: Schema) -> dict[str, Any]:
    """A schema for JSON."""
    return {
        "columns": [column._asdict() for column in schema.columns],
        "dropped": [column._asdict() for column in schema.dropped],
        "missing": schema.missing,
    }


def unpacked(values: dict[str, Any]) -> Schema:
    """The inverse of ``packed``."""
    columns = (Column(one["name"], one["kind"], tuple(one["levels"])) for one in values["columns"])
    dropped = tuple(Dropped(**one) for one in values["dropped"])
    return Schema(tuple(columns), dropped, tuple(values["missing"]))
