"""How long a run still takes, judged by earlier durations of its stages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import fmean

from fewqubit.base.io.journal import JOURNAL, read_entry
from fewqubit.pipeline.graph import Pipeline
from fewqubit.report.words import duration

QUANTUM = "-quantum"  # the end of such a stage's name
START_S = 3.0  # Python's imports, and DVC around them, which no journal counts


def last_times(project: Path, stages: Collection[str]) -> dict[str, float]:
    """Seconds that each stage took when it last ran here; a stage that never did has none."""
    entries = {stage: read_entry(stage, project / JOURNAL) for stage in stages}
    return {stage: entry.seconds for stage, entry in entries.items() if entry is not None}


def longest(last: Mapping[str, float], chain: Sequence[str]) -> tuple[float, int, bool, str]:
    """What a chain of stages is expected to take, as a key to sort by.

    The seconds of last time. Of those that never ran here longer chains, and those with a circuit,
    are expected to take longer.
    """
    took = sum(last.get(stage, 0.0) for stage in chain)
    return took, len(chain), chain[0].endswith(QUANTUM), chain[0]


def plan(project: Path, pipeline: Pipeline) -> Iterator[str]:
    """A line for each stage that would run, with the time it took last; then the sum."""
    order = TopologicalSorter(pipeline.upstream).static_order()
    stages = [stage for stage in order if stage in pipeline.stale]
    if not stages:
        yield f"all {len(pipeline.upstream)} stages are up to date"
        return
    last = last_times(project, stages)
    width = max(map(len, stages))
    for stage in stages:
        yield f"{stage:<{width}}  {duration(last[stage]) if stage in last else 'not known'}"
    known = f"{duration(sum(last.values()))} last time" if last else "no times known"
    missing = len(stages) - len(last)
    but = f", without {missing} that never ran here" if last and missing else ""
    yield f"{len(stages)} of {len(pipeline.upstream)} stages would run; {known}{but}"


def roughly(seconds: float) -> str:
    """``20 s``, ``3 min``, ``2 h 10 min``: no finer than a forecast is."""
    if seconds < 95:
        return f"{max(10 * round(seconds / 10), 10)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


class TimeLeft:
    """Seconds for what is not done yet, ``workers`` stages at a time."""

    def __init__(self, last: Mapping[str, float], workers: int) -> None:
        self._known = dict(last)
        self._workers = workers

    def took(self, stage: str, seconds: float) -> None:
        """Note how long a stage of this run took: the best estimate for others of its kind."""
        self._known[stage] = seconds

    def left(
        self, waiting: Collection[str], running: Mapping[str, tuple[float, int]]
    ) -> float | None:
        """None before anything is known. ``running``: seconds so far, and percent, of a stage."""
        if not self._known:
            return None
        rests = [self._stage(stage) for stage in waiting]
        rests += [self._rest(stage, *so_far) for stage, so_far in running.items()]
        return max([sum(rests) / self._workers, *rests], default=0.0)

    def _stage(self, stage: str) -> float:
        """The last duration of the stage; else of others of its script; else of any stage."""
        if stage in self._known:
            return self._known[stage] + START_S
        kind = stage.partition("@")[0]
        alike = [took for name, took in self._known.items() if name.partition("@")[0] == kind]
        return fmean(alike or self._known.values()) + START_S

    def _rest(self, stage: str, passed: float, percent: int) -> float:
        if percent > 0 and stage not in self._known:
            return passed * (100 - percent) / percent
        return max(self._stage(stage) - passed, 0.0)
