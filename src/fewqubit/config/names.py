"""Names that a user gives to data sets, learners, feature maps and devices.

A name becomes a folder, a part of a stage's name and an argument of a command. So it holds no
character that has a meaning in a shell, in a path or for DVC.
"""

import re
from collections.abc import Iterable
from itertools import product
from typing import Annotated

from pydantic import AfterValidator

LONGEST = 64
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{LONGEST - 1}}}", re.ASCII)
RULE = f"letters a to z, digits, _ and - (not in front), at most {LONGEST}"


def check_name(name: str) -> str:
    """``name``, if it is valid. Raises ValueError, in one line that states the rule."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"expected a name of {RULE}")
    return name


def check_distinct(where: str, names: Iterable[str]) -> None:
    """Raise ValueError if two names differ only in case: on some disks they are one folder."""
    met: dict[str, str] = {}
    for name in names:
        if (other := met.setdefault(name.casefold(), name)) != name:
            raise ValueError(
                f"{where}: '{other}' and '{name}' differ by capitals alone; rename one"
            )


def check_stages(axes: Iterable[Iterable[str]]) -> None:
    """Raise ValueError if DVC gives two entries of a stage's matrix the same name.

    DVC joins names with ``-``, so x with y-pn and x-y with pn are both x-y-pn.
    """
    met: dict[str, tuple[str, ...]] = {}
    for place in product(*axes):
        name = "-".join(place)
        if (other := met.setdefault(name, place)) != place:
            both = f"{' with '.join(other)} and {' with '.join(place)}"
            raise ValueError(f"{both} would be one stage, {name}; rename one")


Name = Annotated[str, AfterValidator(check_name)]
