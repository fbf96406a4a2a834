"""How far a stage is, read from the lines that ``fewqubit.base.io.progress`` writes."""

import re

_PERCENT = re.compile(r"  +(\d{1,3}) ?%(?:  |$)")


def percent_in(line: str) -> int | None:
    """42 in ``meta_train digits/maml/quantum   42%  step 420/1000  left 12 s``; None elsewhere."""
    found = _PERCENT.search(line)
    return int(found[1]) if found else None
