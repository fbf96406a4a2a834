"""What the columns of a table hold: the meaning of the numbers in its raw rows."""

from typing import Any, Literal, NamedTuple

Kind = Literal["number", "category", "yes_no", "date"]
KINDS = {"number": "numbers", "category": "categories", "yes_no": "yes/no", "date": "dates"}


class Column(NamedTuple):
    """A column that is a feature.

    ``levels`` are its categories as text, sorted; of ``yes_no`` the one for 0 and the one for 1.
    In raw rows a category is its place in ``levels``, −1 one that is not there; a date is days
    since 1970, UTC; NaN is a cell without a value.
    """

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()


class Dropped(NamedTuple):
    """A column that is no feature, and why."""

    name: str
    why: str


class Schema(NamedTuple):
    """The columns of a table: a number of a raw row for each of ``columns``, none of ``dropped``.

    ``missing`` are texts of the user's that stand for no value.
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
    """What ``packed`` was given."""
    columns = (Column(one["name"], one["kind"], tuple(one["levels"])) for one in values["columns"])
    dropped = tuple(Dropped(**one) for one in values["dropped"])
    return Schema(tuple(columns), dropped, tuple(values["missing"]))
