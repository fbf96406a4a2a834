"""The experiment as a Prefect flow: DVC says what is stale, Prefect runs it and shows it.

Prefect owns when and where. It holds no graph of its own: stages, their order and whether they are
stale come from DVC, each time.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.states import Cancelled, Completed, State
from pydantic import Field

from fewqubit.config import load_settings
from fewqubit.errors import FewqubitError, PipelineError
from fewqubit.pipeline.graph import Pipeline, read_pipeline
from fewqubit.pipeline.last_run import record
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.project import open_project
from fewqubit.pipeline.schedule import walk
from fewqubit.pipeline.stages import ALL_BUT_TRACK, Stages
from fewqubit.pipeline.view import with_settings
from fewqubit.tracking.links import comparison_links
from fewqubit.tracking.reach import answers
from flows.choices import axes, choices
from flows.progress import StageLog

PROJECT = Path(__file__).resolve().parents[1]
VERDICTS, REPORT = Path("reports/verdicts.md"), Path("reports/report.html")

if TYPE_CHECKING:
    DataSet = Learner = Recipe = str
else:
    DataSet, Learner, Recipe = choices(PROJECT)

StageFuture = PrefectFuture[State[None]]


@flow(name="experiment", persist_result=False)
def experiment(
    datasets: Annotated[list[DataSet], Field(description="As in params.yaml if empty")] = [],  # noqa: B006
    learners: Annotated[list[Learner], Field(description="As in params.yaml if empty")] = [],  # noqa: B006
    recipe: Annotated[Recipe | None, Field(description="Laid over params.yaml")] = None,
    overrides: Annotated[list[str], Field(description="As learners.maml.inner_lr=0.1")] = [],  # noqa: B006
    targets: Annotated[list[str], Field(description="Stages or groups; all if empty")] = [],  # noqa: B006
    workers: Annotated[int, Field(ge=1, description="Stages at the same time")] = 2,
    retries: Annotated[int, Field(ge=0, description="Further tries of a failed stage")] = 1,
) -> None:
    """Make what is stale, mirror it into MLflow and show the verdicts.

    All settings are this run's own; overrides come last. Raises PipelineError if a stage fails.
    """
    project, chosen = open_project(PROJECT), [*axes(datasets, learners), *overrides]
    with (
        sole_run(project, get_run_logger().info) as lock,
        with_settings(project, chosen, recipe, say=get_run_logger().info) as place,
    ):
        load_settings(place / "params.yaml")
        record(project, chosen, recipe)
        mirrored = not targets and answers(place, get_run_logger().warning)
        pipeline = read_pipeline(place).select(targets or (() if mirrored else ALL_BUT_TRACK))
        with Stages(place, lock) as stages:
            run_stages(pipeline, stages, workers, retries)
        if mirrored:
            mirror_results(place)
    _show_verdicts(project)
    _show_links(project)


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


def run_stages(pipeline: Pipeline, stages: Stages, workers: int, retries: int) -> None:
    """Run what is stale as tasks, what is not as a place in the picture.

    Raises PipelineError if a stage fails.
    """
    stale = pipeline.stale
    run = run_stage.with_options(retries=retries)
    get_run_logger().info("%d of %d stages are stale", len(stale), len(pipeline.upstream))
    futures: dict[str, StageFuture] = {}

    def start(stage: str) -> StageFuture:
        reads = [futures[source] for source in pipeline.upstream[stage]]
        kind = [stage.partition("@")[0]]  # a tag, to filter by
        if stage in stale:
            mine = run.with_options(tags=kind)
            future = mine.submit(stage, stages, wait_for=reads, return_state=False)
        else:
            kept = keep_stage.with_options(tags=kind)
            future = kept.submit(stage, wait_for=reads, return_state=False)
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


def _show_links(project: Path) -> None:
    """To the report, and to the comparison of runs where MLflow has any."""
    if (project / REPORT).is_file():
        create_link_artifact((project / REPORT).as_uri(), "the report", key="report-page")
    try:
        links = comparison_links(project)
    except FewqubitError as error:  # the results are there
        get_run_logger().warning("no link to MLflow: %s", error)
        return
    for name, link in links.items():
        key = re.sub("[^a-z0-9]+", "-", f"mlflow-{name}".lower())
        description = "`make mlflow` serves it where no server is named"
        create_link_artifact(link, f"runs of {name}", key=key, description=description)
