"""Tables as Markdown writes them."""

import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[<±+−-]?\s?\d|inf$")  # how a cell with a number begins
_NOTHING = ("", "–", "cached")  # in place of a number


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: columns of numbers on the right, texts and the first column on the left."""
    columns = [*zip(*rows, strict=True)] or [()] * len(head)
    rules = ["---", *("---:" if of_numbers(column) else "---" for column in columns[1:])]
    return ["| " + " | ".join(cells) + " |" for cells in (head, rules, *rows)]


def of_numbers(column: Iterable[str]) -> bool:
    """Whether every cell that says something begins with a number, sign or ``<`` before it."""
    return all(_NUMBER.match(cell) for cell in column if cell not in _NOTHING)
