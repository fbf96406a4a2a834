"""From settings to results: the whole pipeline, or the part that some targets need."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from fewqubit.errors import PipelineError
from fewqubit.pipeline.chains import Chain, chains
from fewqubit.pipeline.graph import Pipeline, read_pipeline
from fewqubit.pipeline.process import GuardedProcess, dvc
from fewqubit.pipeline.schedule import walk
from fewqubit.pipeline.stages import Stages


def reproduce(project: Path, targets: Sequence[str], workers: int, lock: int) -> None:
    """Make what ``targets`` need and is stale, ``workers`` stages at a time.

    Output goes where this process's own goes. Raises PipelineError if a stage fails.
    """
    if workers > 1:
        _side_by_side(project, read_pipeline(project).select(targets), workers, lock)
        return
    with GuardedProcess(dvc("repro", *targets), project, lock=lock) as process:
        code = process.wait()
    if code != 0:
        raise PipelineError(f"`dvc repro` failed (exit code {code}); the lines above say why")


def _side_by_side(project: Path, pipeline: Pipeline, workers: int, lock: int) -> None:
    stale = pipeline.stale
    upstream = {stage: pipeline.upstream[stage] & stale for stage in stale}
    with ThreadPoolExecutor(workers) as pool, Stages(project, lock) as stages:

        def start(chain: Chain) -> Future[None]:
            return pool.submit(stages.run, chain)

        work = chains(upstream)
        ends = {chain: end.exception() for chain, end in walk(work, start, _succeeded, workers)}
    failed = sorted(" → ".join(chain) for chain, error in ends.items() if error is not None)
    if failed:
        skipped = len(stale) - sum(map(len, ends))
        raise PipelineError(
            f"failed: {', '.join(failed)}; {skipped} stages that read their outputs did not start"
        )


def _succeeded(end: Future[None]) -> bool:
    return end.exception() is None
