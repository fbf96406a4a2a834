"""dvc.lock as text: the part of one stage changes, and all else stays as it is, byte for byte.

DVC parses the whole file, comments included, and writes it anew: a second for the default run's.
"""

import re
from collections.abc import Mapping
from typing import Any

from fewqubit.base.extras import needs

with needs("pipeline", "runs of the pipeline"):
    from dvc.utils.serialize import dumps_yaml

HEAD = "schema: '2.0'\nstages:\n"
_PART = re.compile(r"^(?=  \S)", re.MULTILINE)  # a stage's name, on a line of its own
_OTHER = re.compile(r"^\S", re.MULTILINE)


def with_stage(text: str, name: str, found: Mapping[str, Any]) -> str | None:
    """``text`` with what was ``found`` of a stage in its part, or in a new one at the end.

    None if the text has anything that DVC does not write there.
    """
    head, rest = text[: len(HEAD)] or HEAD, text[len(HEAD) :]
    if head != HEAD or _OTHER.search(rest) or (rest and not rest.startswith("  ")):
        return None
    parts = {_title(part): part for part in _PART.split(rest) if part}
    part = dumps_yaml({"stages": {name: found}}).partition("\n")[2]
    return HEAD + "".join((parts | {_title(part): part}).values())


def _title(part: str) -> str:
    return part.partition("\n")[0]
