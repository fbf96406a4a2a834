"""The ``fewqubit`` command; what a command needs is imported inside it, so help comes at once."""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from fewqubit.errors import FewqubitError

commands = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Few-shot learning with quantum models: from raw data to a verdict, by DVC, Prefect and "
    "MLflow. Run it in the project's top folder.",
    epilog="First time: [bold]fewqubit run[/bold]. Settings: params.yaml. Nightly: make serve.",
)
console = Console()

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="Stages of dvc.yaml, or groups of them (`meta_train`).", show_default="all"
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Write a value into params.yaml; repeatable."),
]
Recipe = Annotated[
    str | None,
    typer.Option(help="Write the settings of recipes/NAME.yaml into params.yaml.", metavar="NAME"),
]
Sampler = Literal["grid", "random", "tpe", "grover"]
Workers = Annotated[int, typer.Option(min=1, help="Stages to run at the same time.")]


def app() -> None:
    """Run the command; what Fewqubit raises on purpose is one line on stderr and exit code 2."""
    try:
        commands()
    except FewqubitError as error:
        Console(stderr=True, soft_wrap=True).print(
            f"{type(error).__name__}: {error}", style="red", markup=False, highlight=False
        )
        sys.exit(2)


@commands.command()
def run(
    targets: Targets = None,
    override: Overrides = None,
    recipe: Recipe = None,
    workers: Workers = 1,
) -> None:
    """Make what is stale, mirror it into MLflow and print the verdicts.

    Nothing is computed twice; stopped or killed, it goes on where it was.
    """
    from fewqubit.config import load_settings
    from fewqubit.journal import ran_since
    from fewqubit.pipeline.locks import sole_run
    from fewqubit.pipeline.project import open_project
    from fewqubit.pipeline.reproduce import reproduce

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as tidily as Ctrl-C
    project = open_project(Path.cwd())
    with sole_run(project, _say) as lock:
        if override or recipe:
            from fewqubit.pipeline.overrides import edit_settings

            edit_settings(project, override or (), recipe)
        load_settings(project / "params.yaml")
        began = datetime.now(UTC)
        reproduce(project, targets or (), workers, lock)
        if not targets and not ran_since("track", began):  # the database may be gone since
            _mirror(project)
    if not targets:
        _show_results(project)


@commands.command()
def status(targets: Targets = None) -> None:
    """Show which stages are stale, and why."""
    from fewqubit.pipeline.graph import read_pipeline
    from fewqubit.pipeline.project import open_project

    pipeline = read_pipeline(open_project(Path.cwd())).select(targets or ())
    if not pipeline.stale:
        console.print(f"All {len(pipeline.upstream)} stages are up to date.")
        return
    table = Table("stage", "why it is stale")
    for stage in filter(pipeline.stale.__contains__, pipeline.upstream):
        table.add_row(stage, "\n".join(pipeline.changed.get(stage, ["reads what will be remade"])))
    console.print(table)
    console.print(f"{len(pipeline.stale)} of {len(pipeline.upstream)} stages; `fewqubit run`")


@commands.command()
def report(
    browser: Annotated[bool, typer.Option("--open", help="Open the HTML report.")] = False,
) -> None:
    """Print the verdicts of the last run, and where the report is."""
    _show_results(Path.cwd())
    if browser:
        typer.launch(str(Path.cwd() / "reports/report.html"))


@commands.command()
def track() -> None:
    """Mirror the results into MLflow; those that are there already are left alone."""
    from fewqubit.pipeline.project import open_project

    _mirror(open_project(Path.cwd()), quiet=False)


@commands.command()
def adapt(
    support: Annotated[Path, typer.Argument(help="CSV or Parquet file with a label column.")],
    query: Annotated[
        Path | None,
        typer.Argument(help="Rows to answer.", show_default="rows of SUPPORT without a label"),
    ] = None,
    learner: Annotated[
        str | None,
        typer.Option(
            metavar="DATASET/LEARNER/ARM", help="Which learner.", show_default="best on validation"
        ),
    ] = None,
    label: Annotated[str, typer.Option(metavar="COLUMN", help="Where the labels are.")] = "label",
    save: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep the adapted model there.")
    ] = None,
) -> None:
    """Adapt a trained learner to new classes by a few labelled rows; answer others, as CSV.

    Rows look as in training: `artifacts/prepared/DATASET/first_task.csv` is an example. Where the
    label of an answered row is known, the accuracy is told.
    """
    from fewqubit.adaptation import adapt, answers, choose, read_task

    chosen = choose(Path("artifacts"), learner)
    rows = read_task(chosen.prepared, support, query, label)
    model = adapt(chosen, rows)
    answered = answers(model, rows.query, label)
    sys.stdout.write(answered.to_csv(index=False, float_format="%.4f", lineterminator="\n"))
    told = Console(stderr=True, highlight=False, soft_wrap=True)
    told.print(
        f"{chosen.name} (validation {chosen.validation:.1%}) adapted to {len(rows.support)} rows "
        f"of {len(model.classes_)} classes"
    )
    known = rows.truth.notna()
    if known.any():
        right = answered.loc[known, label] == rows.truth[known]
        told.print(f"right {right.mean():.1%} of {known.sum()} answers whose label is known")
    if save is not None:
        model.save_adapted(save)
        told.print(f"kept in {save}; fewqubit.estimator.AdaptedClassifier.load reads it")


@commands.command()
def search(
    learner: Annotated[str, typer.Argument(help="A learner of params.yaml.")],
    dataset: Annotated[
        str | None, typer.Option(metavar="NAME", show_default="first of run.datasets")
    ] = None,
    sampler: Annotated[
        Sampler | None, typer.Option(help="How to look.", show_default="search.sampler")
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="For each arm.", show_default="search.trials")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Trials to run at the same time.")] = 1,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write each arm's best values into params.yaml.")
    ] = False,
) -> None:
    """Search a learner's settings on validation episodes, with one budget for every arm.

    Where to look is `search.space` in params.yaml. Stopped or killed, it goes on where it was.
    `--sampler grover` trains nothing: it compares, on the losses of a finished grid, the queries of
    Grover's search with those of ordinary ones.
    """
    import fewqubit.stage  # noqa: F401 - how trials compile, as in a stage
    from fewqubit.config import load_settings
    from fewqubit.search import arms, tables
    from fewqubit.tracking.searches import mirror_searches

    settings = load_settings()
    changes = {"sampler": sampler, "trials": trials}
    plan = settings.search.model_copy(update={k: v for k, v in changes.items() if v is not None})
    works = arms.works(settings, dataset or settings.run.datasets[0], learner, plan)
    if sampler == "grover":
        console.print(tables.comparison(arms.grover_arms(works)))
        _say(tables.NO_SPEED_UP)
        return
    outcomes = arms.search_arms(works, workers)
    console.print(tables.outcomes(f"{works[0].assignment.dataset}/{learner}", outcomes))
    _say(f"MLflow: {len(mirror_searches(Path.cwd()))} searches logged")
    overrides = arms.best_overrides(learner, outcomes)
    if apply:
        _edit(overrides)
        _say("written into params.yaml; `fewqubit run` trains with them")
    else:
        _say("to use these: the same with --apply, or")
        _say("fewqubit run " + " ".join(f"--set '{override}'" for override in overrides))


@commands.command()
def mlflow(port: Annotated[int, typer.Option(help="On 127.0.0.1.")] = 5000) -> None:
    """Serve the runs on this machine and say where the comparison page is."""
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.process import module
    from fewqubit.tracking.links import comparison_links
    from fewqubit.tracking.store import tracking_uri

    address = f"http://127.0.0.1:{port}"
    _say(f"MLflow starts in half a minute; Ctrl-C ends it. {address}")
    for name, link in comparison_links(Path.cwd(), address).items():
        _say(f"compare {name}: {link}")
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    server = module("mlflow", "server", *listen, "--backend-store-uri", tracking_uri(Path.cwd()))
    environment = stage_environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    os.execve(sys.executable, server, environment)


@commands.command()
def inspect(
    feature_map: Annotated[
        str | None,
        typer.Argument(
            metavar="FEATURE_MAP", help="Of params.yaml.", show_default="all in run.feature_maps"
        ),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Prepared data.", show_default="the first")
    ] = None,
) -> None:
    """Look before you train: what a feature map's kernel and gradients promise on a data set."""
    from fewqubit.config import load_settings
    from fewqubit.inspection import inspect as look_at
    from fewqubit.report.inspected import print_inspection

    settings = load_settings()
    chosen = dataset or settings.run.datasets[0]
    for name in [feature_map] if feature_map else settings.run.feature_maps:
        print_inspection(look_at(settings, chosen, name, Path("artifacts")), console)


@commands.command()
def learners() -> None:
    """Show the learners that params.yaml describes; those in `run.learners` are computed."""
    from fewqubit.config import load_settings
    from fewqubit.report.settings import learners_table

    console.print(learners_table(load_settings()))


@commands.command()
def datasets() -> None:
    """Show the data sets that params.yaml describes; those in `run.datasets` are computed."""
    from fewqubit.config import load_settings
    from fewqubit.report.settings import datasets_table

    console.print(datasets_table(load_settings()))


def _edit(overrides: list[str]) -> None:
    """Write ``overrides`` into params.yaml while no run reads it."""
    from fewqubit.pipeline.locks import sole_run
    from fewqubit.pipeline.overrides import edit_settings
    from fewqubit.pipeline.project import open_project

    project = open_project(Path.cwd())
    with sole_run(project, _say):
        edit_settings(project, overrides)


def _mirror(project: Path, *, quiet: bool = True) -> None:
    from fewqubit.tracking import mirror
    from fewqubit.tracking.searches import mirror_searches

    summary, searches = mirror(project), mirror_searches(project)
    for reason in summary.skipped:
        _say(f"not mirrored: {reason}")
    if summary.logged or not quiet:
        _say(f"MLflow: {len(summary.logged)} runs logged, {summary.known} known ({summary.uri})")
    if searches:
        _say(f"MLflow: {len(searches)} searches logged")


def _show_results(project: Path) -> None:
    from fewqubit.report.console import print_verdicts
    from fewqubit.tracking.links import comparison_links

    print_verdicts(project / "reports", console)
    _say(f"report   {project / 'reports/report.html'}")
    for link in comparison_links(project).values():
        _say(f"compare  make mlflow, then {link}")


def _say(line: str) -> None:
    """Plain text, never broken or coloured: paths and links are for copying."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)
