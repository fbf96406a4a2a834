"""Which walks dvc.lock holds: read without numpy, since mostly there is nothing to mirror."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from fewqubit.tracking.address import experiment_name
from fewqubit.tracking.results import LockedStage

_WALKED = re.compile(r"artifacts/walked/([^/]+)/([^/]+)/([^/]+)/([^/]+)")


class LockedWalk(NamedTuple):
    """A walk that dvc.lock holds: who went through which stream, in which way; its folder."""

    stream: str
    learner: str
    arm: str
    way: str
    stage: LockedStage
    path: str

    @property
    def key(self) -> str:
        """Equal for equal answers and parameters, so that the same walk has one run."""
        made = ["walk", self.path, self.stage.outs[self.path]]
        return hashlib.sha256(json.dumps(made).encode()).hexdigest()

    @property
    def name(self) -> str:
        """``protonet-replay``, ``protonet-twin-replay``."""
        arm = "" if self.arm == "quantum" else f"-{self.arm}"
        return f"{self.learner}{arm}-{self.way}"

    @property
    def model(self) -> str:
        """The experiment, and the registered model, of the stream."""
        return experiment_name(f"stream-{self.stream}")


def locked_walks(
    stages: Mapping[str, LockedStage], run: Mapping[str, Sequence[str]]
) -> Iterator[LockedWalk]:
    """The walks of the run, in the order of its settings; dvc.lock remembers others too."""
    found = dict[tuple[str, ...], LockedWalk]()
    for stage in stages.values():
        for path in stage.outs:
            if match := _WALKED.fullmatch(path):
                stream, learner, arm, way = match.groups()
                found[match.groups()] = LockedWalk(stream, learner, arm, way, stage, path)
    axes = [run.get(axis, ()) for axis in ("streams", "learners", "arms", "ways")]
    for place in product(*axes):
        if place in found:
            yield found[place]
