"""Commands on learners: adapt a trained one, search the settings of another."""

import shlex
import signal
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from fewqubit.cli import complete
from fewqubit.cli.root import commands, console, say

Sampler = Literal["grid", "random", "tpe", "grover"]


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
    from fewqubit.pipeline.last_run import last_settings
    from fewqubit.predict.files import adapt, answers, choose, read_task

    run = None if learner else last_settings(Path.cwd()).run
    chosen = choose(Path("artifacts"), learner, run)
    rows = read_task(chosen.prepared, support, query, label)
    model = adapt(chosen, rows)
    answered = answers(model, rows.query, label)
    text = answered.to_csv(index=False, float_format="%.4f", lineterminator="\n")
    sys.stdout.buffer.write(
        text.encode()
    )  # UTF-8 wherever it goes: a label is not to lose a letter
    told = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
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
        told.print(f"kept in {save}; fewqubit.AdaptedClassifier.load reads it")


@commands.command()
def search(
    learner: Annotated[
        str, typer.Argument(help="A learner of params.yaml.", autocompletion=complete.learners)
    ],
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default="first of run.datasets",
            autocompletion=complete.datasets,
        ),
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
    import fewqubit.stages.process  # noqa: F401 - how trials compile, as in a stage
    from fewqubit.config import load_settings
    from fewqubit.search import arms, tables
    from fewqubit.tracking.searches import mirror_searches

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as tidily as Ctrl-C
    settings = load_settings()
    changes = {"sampler": sampler, "trials": trials}
    plan = settings.search.model_copy(update={k: v for k, v in changes.items() if v is not None})
    works = arms.works(settings, dataset or settings.run.datasets[0], learner, plan)
    if sampler == "grover":
        console.print(tables.comparison(arms.grover_arms(works)))
        say(tables.NO_SPEED_UP)
        return
    outcomes = arms.search_arms(works, workers)
    console.print(tables.outcomes(f"{works[0].assignment.dataset}/{learner}", outcomes))
    overrides = arms.best_overrides(learner, outcomes)
    if apply:
        _edit(overrides)
        say("written into params.yaml; `fewqubit run` trains with them")
    else:
        say("to use these: the same with --apply, or")
        say("fewqubit run " + " ".join(f"--set {shlex.quote(override)}" for override in overrides))
    summary = mirror_searches(Path.cwd())  # last: whatever MLflow does, the rest is said and done
    for line in (*summary.notes, f"MLflow: {len(summary.logged)} searches logged"):
        say(line)


def _edit(overrides: list[str]) -> None:
    """Write ``overrides`` into params.yaml while no run reads it."""
    from fewqubit.pipeline.locks import sole_run
    from fewqubit.pipeline.overrides import edit_settings
    from fewqubit.pipeline.project import open_project

    project = open_project(Path.cwd())
    with sole_run(project, say):
        edit_settings(project, overrides)
