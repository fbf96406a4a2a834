"""New data as a Prefect flow: what became stale is made, the gate decides, people are told.

Triggered by a schedule, by new files (a schedule that ends at once where there are none) or by
hand. It runs the same stages as the experiment; a group that arrived costs one step of its stream.
"""

from pathlib import Path
from typing import Annotated

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.core import Block
from prefect.blocks.notifications import NotificationBlock
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, State
from pydantic import Field

from fewqubit.config import Settings, load_settings
from fewqubit.errors import FewqubitError, SettingsError
from fewqubit.pipeline.graph import read_pipeline
from fewqubit.pipeline.last_run import record
from fewqubit.pipeline.locks import sole_run
from fewqubit.pipeline.project import open_project
from fewqubit.pipeline.stages import ALL_BUT_TRACK, Stages
from fewqubit.pipeline.view import with_settings
from fewqubit.tracking.address import experiment_name
from fewqubit.tracking.reach import answers
from fewqubit.tracking.registered.standing import standings
from flows.experiment import PROJECT, Recipe, run_stage, run_stages
from flows.told import last_told, remember

ARRIVED, STREAMS = Path("artifacts/arrived"), Path("reports/streams.md")
ARRIVES, TRACK = "arrive@", "track"
NO_GATE = "MLflow did not answer: nothing moved."


@flow(name="update", persist_result=False)
def update(
    recipe: Annotated[Recipe | None, Field(description="Laid over params.yaml")] = None,
    overrides: Annotated[list[str], Field(description="As streams.scripts.steps=50")] = [],  # noqa: B006
    only_new: Annotated[bool, Field(description="End at once if nothing arrived")] = False,
    notify: Annotated[
        str | None, Field(description="A notification block, as slack-webhook/team")
    ] = None,
    workers: Annotated[int, Field(ge=1, description="Stages at the same time")] = 2,
    retries: Annotated[int, Field(ge=0, description="Further tries of a failed stage")] = 1,
) -> State[None]:
    """Take up what arrived: features, one step of each stream, evaluation, the gate, a message.

    All settings are this run's own. Raises PipelineError if a stage fails.
    """
    project, say = open_project(PROJECT), get_run_logger().info
    block = None if notify is None else _block(notify)  # before hours of work
    with (
        sole_run(project, say) as lock,
        with_settings(project, overrides, recipe, say=say) as place,
    ):
        settings = load_settings(place / "params.yaml")
        pipeline = read_pipeline(place)
        arrived = {s.removeprefix(ARRIVES) for s in pipeline.stale if s.startswith(ARRIVES)}
        known, told = _groups(place, settings), last_told(project)
        if only_new and not arrived and told.all_said(known):
            return Completed(name="NothingNew", message="nothing arrived since the last update")
        record(project, overrides, recipe)
        mirrored = answers(place, get_run_logger().warning)
        with Stages(place, lock) as stages:
            run_stages(pipeline.select(ALL_BUT_TRACK), stages, workers, retries)
            # not by the stage `track`, whose lines are for its log
            lines = gate_and_register(place) if mirrored else [NO_GATE]
            champions = standings(place, _models(settings)) if mirrored else {}
            now = _groups(place, settings)
            before = told.before(known, now, arrived)
            text = message(place, settings, before, told.with_moves(lines, champions))
            title = "What arrived, and what came of it"
            create_markdown_artifact(text, key="update", description=title)
            if block is not None:
                tell(block, text)
            remember(project, told, now, champions)
            if mirrored and TRACK in pipeline.upstream:
                run_stage(TRACK, stages)  # so that DVC knows of it
    return Completed()


@task(task_run_name="gate", cache_policy=NO_CACHE)
def gate_and_register(project: Path) -> list[str]:
    """Log and register what is new; a line for each decision of the gate."""
    from fewqubit.tracking import mirror

    summary = mirror(project)
    get_run_logger().info("%d runs logged, %d known", len(summary.logged), summary.known)
    lines = [*summary.notes, *(f"not mirrored: {reason}" for reason in summary.skipped)]
    for line in lines:
        get_run_logger().warning(line)
    return lines


@task(task_run_name="message", cache_policy=NO_CACHE)
def message(
    project: Path, settings: Settings, before: dict[str, list[str]], lines: list[str]
) -> str:
    """What people are told, as Markdown: what arrived, the gate, drift, the streams' tables.

    ``before`` has the groups that were known of each stream whose data are other ones now.
    """
    from fewqubit.report.streams.news import news

    now = _groups(project, settings)
    arrived = [
        f"- {line}" for name, known in before.items() for line in news(name, known, now[name])
    ]
    parts = ["# Update", *(arrived or ["Nothing arrived; what was stale was made."])]
    parts += ["", "## The gate", *(f"- {line}" for line in lines or ["nothing moved"])]
    for name in settings.run.streams:
        parts += ["", f"## Drift in {name}", _drift(project / ARRIVED / name, settings)]
    streams = project / STREAMS
    if settings.run.streams and streams.is_file():
        parts += ["", streams.read_text(encoding="utf-8")]
    return "\n".join(parts)


@task(task_run_name="notify", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)
def tell(block: NotificationBlock, text: str) -> None:
    """Send the message; tried again, since the way to people may be down for a moment."""
    _ = block.notify(text, subject="fewqubit: update")  # sent here: no event loop runs


def _models(settings: Settings) -> list[str]:
    """The registered models of a run."""
    streams = [experiment_name(f"stream-{name}") for name in settings.run.streams]
    return [*map(experiment_name, settings.run.datasets), *streams]


def _groups(project: Path, settings: Settings) -> dict[str, list[str]]:
    from fewqubit.report.streams.news import known_groups

    return {name: known_groups(project / ARRIVED / name) for name in settings.run.streams}


def _drift(arrived: Path, settings: Settings) -> str:
    from fewqubit.report.streams.drifted import drift_markdown

    try:
        return drift_markdown(arrived, settings.evaluation.confidence)
    except FewqubitError as error:  # the results are there
        return f"not measured: {error}"


def _block(name: str) -> NotificationBlock:
    """The block that ``type/name`` names. Raises SettingsError: none, or one that sends nothing."""
    try:
        block = Block.load(name)
    except ValueError as error:
        raise SettingsError(f"notify: {' '.join(str(error).split())}") from None
    if not isinstance(block, NotificationBlock):
        raise SettingsError(
            f"notify: expected a notification block, as slack-webhook/team, got {name!r}, which is "
            f"a {type(block).__name__}"
        )
    return block
