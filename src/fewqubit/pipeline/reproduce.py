"""From settings to results: the whole pipeline, or the part that some targets need."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from rich.console import Console

from fewqubit.config import PARAMS_FILE, load_settings
from fewqubit.errors import PipelineError
from fewqubit.pipeline.chains import Chain, chains
from fewqubit.pipeline.graph import Pipeline, read_pipeline
from fewqubit.pipeline.process import GuardedProcess, repro
from fewqubit.pipeline.repro.lines import Listener
from fewqubit.pipeline.repro.loading import loading
from fewqubit.pipeline.run_log import LOG, RunLog
from fewqubit.pipeline.schedule import walk
from fewqubit.pipeline.stage_words import StageWords
from fewqubit.pipeline.stages import Stages
from fewqubit.pipeline.time_left import last_times, longest


def reproduce(
    project: Path,
    targets: Sequence[str],
    workers: int,
    lock: int,
    console: Console | None = None,
    *,
    verbose: bool = False,
) -> None:
    """Run the stale stages that ``targets`` need, ``workers`` at a time.

    A line for each stage goes to ``console``, else to stderr. Raises PipelineError if one fails.
    """
    pipeline = read_pipeline(project).select(targets)
    words = StageWords(project, load_settings(project / PARAMS_FILE.name).run)
    out = console or Console(stderr=True)
    with RunLog(project, pipeline, words, workers, out, verbose) as log:
        if not pipeline.stale:
            return
        with loading(project, pipeline.stale, lock) as python:
            if workers > 1:
                last = last_times(project, pipeline.stale)
                _side_by_side(Stages(project, lock, python), pipeline, last, workers, log)
            else:
                _in_order(project, targets, lock, python, log)


def _in_order(
    project: Path, targets: Sequence[str], lock: int, python: Path | None, log: RunLog
) -> None:
    """One DVC for all stages: it starts once, and ends where one fails."""
    listener, command = Listener(log), repro(*targets)
    with GuardedProcess(command, project, captured=True, keeps=[lock], python=python) as process:
        for line in process.lines():
            listener(line)
        code = process.wait()
    listener.finish(code)
    if code != 0:
        raise PipelineError(f"`dvc repro` failed; the lines above say why, {LOG} has all")


def _side_by_side(
    stages: Stages, pipeline: Pipeline, last: Mapping[str, float], workers: int, log: RunLog
) -> None:
    stale = pipeline.stale
    upstream = {stage: pipeline.upstream[stage] & stale for stage in stale}
    with ThreadPoolExecutor(workers) as pool, stages:

        def start(chain: Chain) -> Future[None]:
            return pool.submit(_run, stages, chain, log)

        work, expected = chains(upstream), partial(longest, last)
        done = walk(work, start, _succeeded, workers, expected)
        ends = {chain: end.exception() for chain, end in done}
    failed = sorted(" → ".join(chain) for chain, error in ends.items() if error is not None)
    if failed:
        skipped = len(stale) - sum(map(len, ends))
        raise PipelineError(
            f"failed: {', '.join(failed)}; {skipped} stages that read their outputs did not start; "
            f"{LOG} has every line"
        )


def _run(stages: Stages, chain: Chain, log: RunLog) -> None:
    listener = Listener(log)
    try:
        stages.run(chain, listener)
    except PipelineError:
        if not stages.stopped:
            listener.finish(1)
        raise
    listener.finish(0)


def _succeeded(end: Future[None]) -> bool:
    return end.exception() is None
