"""A finding: what was checked, the result, and what to do about it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One line of ``fewqubit doctor``.

    remedy:  what to do; empty if there is nothing to do
    fault:   whether something fails without it; else it is worth knowing
    """

    what: str
    found: str
    remedy: str = ""
    fault: bool = False
