"""Who is champion of each registered model, and the gate's words on it."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fewqubit.tracking.address import tracking_uri


class Standing(NamedTuple):
    """The champion's number, what it is, and why it is champion."""

    version: str
    what: str
    why: str


def standings(root: Path, models: Iterable[str]) -> dict[str, Standing]:
    """The champions of those ``models`` that have one. Raises PipelineError: no answer."""
    from fewqubit.tracking.client import connected
    from fewqubit.tracking.registered.gate import FOUND, champion_of

    with connected(tracking_uri(root)) as client:
        found = {name: champion_of(client, name) for name in models}
    return {
        name: Standing(str(one.version), one.description or "", one.tags.get(FOUND, ""))
        for name, one in found.items()
        if one is not None
    }
