"""The experiment as a Prefect flow: DVC says what is stale, Prefect runs it and shows it.

Prefect owns when and where. It holds no graph of its own: stages, their order and whether they are
stale come from DVC, each time.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.states import Cancelled, Completed, State
from pydantic import Field

from fewqubit.config import load_settings
from fewqubit.errors import PipelineError
from fewqubit.pipeline.graph import Pipeline, read_pipeline
from fewqubit.pipeline.last_run import record
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.project import open_project
from fewqubit.pipeline.schedule import walk
from fewqubit.pipeline.stages import ALL_BUT_TRACK, Stages
from fewqubit.pipeline.view import with_settings
from fewqubit.tracking.reach import answers
from flows.progress import StageLog

PROJECT = Path(__file__).resolve().parents[1]
VERDICTS = Path("reports/verdicts.md")

StageFuture = PrefectFuture[State[None]]


@flow(name="experiment", persist_result=False)
def experiment(
    targets: Annotated[list[str], Field(description="Stages or groups; all if empty")] = [],  # noqa: B006
    overrides: Annotated[list[str], Field(description="As learners.maml.inner_lr=0.1")] = [],  # noqa: B006
    recipe: Annotated[str | None, Field(description="A file in recipes/, without .yaml")] = None,
    workers: Annotated[int, Field(ge=1, description="Stages at the same time")] = 2,
    retries: Annotated[int, Field(ge=0, description="Further tries of a failed stage")] = 1,
) -> None:
    """Make what is stale, mirror it into MLflow and show the verdicts.

    Overrides and recipe are this run's own. Raises PipelineError if a stage fails.
    """
    project = open_project(PROJECT)
    with (
        sole_run(project, get_run_logger().info) as lock,
        with_settings(project, overrides, recipe, say=get_run_logger().info) as place,
    ):
        load_settings(place / "params.yaml")
        record(project, overrides, recipe)
        mirrored = not targets and answers(place, get_run_logger().warning)
        pipeline = read_pipeline(place).select(targets or (() if mirrored else ALL_BUT_TRACK))
        with Stages(place, lock) as stages:
            _run(pipeline, stages, workers, retries)
        if mirrored:
            mirror_results(place)
    _show_verdicts(project)


@task(task_run_name="{stage}", cache_policy=NO_CACHE, retry_delay_seconds=2)
def run_stage(stage: str, stages: Stages) -> State[None]:
    """Run one stage; Prefect tries again if it fails, but not if it was stopped."""
    try:
        stages.run([stage], StageLog(stage, get_run_logger()))
    except PipelineError as error:
        if stages.stopped:
            return Cancelled(message=str(error))
        raise
    return Completed()


@task(task_run_name="{stage}", cache_policy=NO_CACHE)
def keep_stage(stage: str) -> State[None]:
    """A stage that DVC found up to date: nothing to do, but a place in the picture."""
    return Completed(name="Cached", message=f"nothing that '{stage}' reads has changed")


@task(cache_policy=NO_CACHE)
def mirror_results(project: Path) -> None:
    """Log to MLflow what is not there yet: the database may have been deleted since."""
    from fewqubit.tracking import mirror

    summary = mirror(project)
    get_run_logger().info("%d runs logged, %d known", len(summary.logged), summary.known)
    for note in summary.notes:
        get_run_logger().warning(note)
    for reason in summary.skipped:
        get_run_logger().warning("not mirrored: %s", reason)


def _run(pipeline: Pipeline, stages: Stages, workers: int, retries: int) -> None:
    stale = pipeline.stale
    run = run_stage.with_options(retries=retries)
    get_run_logger().info("%d of %d stages are stale", len(stale), len(pipeline.upstream))
    futures: dict[str, StageFuture] = {}

    def start(stage: str) -> StageFuture:
        reads = [futures[source] for source in pipeline.upstream[stage]]
        if stage in stale:
            future = run.submit(stage, stages, wait_for=reads, return_state=False)
        else:
            future = keep_stage.submit(stage, wait_for=reads, return_state=False)
        futures[stage] = future
        return future

    ends = {stage: future.state for stage, future in walk(pipeline.upstream, start, _made, workers)}
    failed = sorted(stage for stage, state in ends.items() if not state.is_completed())
    if failed:
        skipped = len(pipeline.upstream) - len(ends)
        raise PipelineError(
            f"failed: {', '.join(failed)}; {skipped} stages that read their outputs did not start"
        )


def _made(future: StageFuture) -> bool:
    future.wait()  # done already; this is what makes Prefect look at the final state
    return future.state.is_completed()


def _show_verdicts(project: Path) -> None:
    verdicts = project / VERDICTS
    if verdicts.is_file():
        text = verdicts.read_text(encoding="utf-8")
        create_markdown_artifact(text, key="verdicts", description="Quantum against twin")
