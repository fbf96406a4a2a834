"""Commands on learners: adapt a trained one, search the settings of another."""

import os
import shlex
import signal
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from fewqubit.cli import complete
from fewqubit.cli.options import Overrides, Recipe
from fewqubit.cli.root import commands, console, say

if TYPE_CHECKING:
    from fewqubit.config import Settings
    from fewqubit.predict.files import Best

Sampler = Literal["grid", "random", "tpe", "grover"]


@commands.command()
def adapt(
    support: Annotated[
        Path,
        typer.Argument(
            help="CSV or Parquet file with a label column; for pictures a folder of class folders."
        ),
    ],
    query: Annotated[
        Path | None,
        typer.Argument(help="What to answer.", show_default="rows of SUPPORT without a label"),
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

    Rows have the columns of training; `artifacts/prepared/DATASET/first_task.csv` is an example. If
    answered rows have labels, the accuracy is printed.
    """
    from fewqubit.data.given.rows import UnseenWarning
    from fewqubit.pipeline.last_run import last_settings
    from fewqubit.predict.files import adapt, answers, choose, of_words, read_task

    run = None if learner else last_settings(Path.cwd()).run
    chosen = choose(Path("artifacts"), learner, run)
    if of_words(chosen.prepared):
        _find_entities(chosen, support, query, save)
        return
    rows = read_task(chosen.prepared, support, query, label)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnseenWarning)  # the notes say it
        model = adapt(chosen, rows)
        answered = answers(model, rows.query, label)
    named = answered.index.name is not None  # as picture files are
    text = answered.to_csv(index=named, float_format="%.4f", lineterminator="\n")
    sys.stdout.buffer.write(
        text.encode()
    )  # UTF-8 wherever it goes: a label is not to lose a letter
    stderr = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    for note in rows.notes:
        stderr.print(note)
    stderr.print(
        f"{chosen.name} (validation {chosen.validation:.1%}) adapted to {len(rows.support)} rows "
        f"of {len(model.classes_)} classes"
    )
    known = rows.truth.notna()
    if known.any():
        right = answered.loc[known, label] == rows.truth[known]
        stderr.print(f"right {right.mean():.1%} of {known.sum()} answers whose label is known")
    if save is not None:
        model.save_adapted(save)
        stderr.print(f"kept in {save}; fewqubit.AdaptedClassifier.load reads it")


def _find_entities(chosen: "Best", support: Path, query: Path | None, save: Path | None) -> None:
    """Entities of the types that SUPPORT shows, in the sentences of QUERY, as JSON lines."""
    from fewqubit.data.sources.sentences import read_sentences
    from fewqubit.errors import SettingsError
    from fewqubit.evaluate.entities.finder import EntityFinder, as_json_lines, f1
    from fewqubit.evaluate.entities.kept import save_finder

    if query is None:
        raise SettingsError(
            f"{chosen.name} finds entities in sentences: name a file with sentences that show "
            "some, and one with those to be answered"
        )
    shown, asked = read_sentences(support), read_sentences(query)
    evaluated = Path("artifacts/evaluated") / chosen.name
    finder = EntityFinder.load(chosen.trained, chosen.prepared, evaluated).fit(shown)
    words = [one.words for one in asked]
    found = finder.predict(words)
    sys.stdout.buffer.write(as_json_lines(words, found).encode())
    stderr = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    stderr.print(
        f"{chosen.name} (validation {chosen.validation:.1%}) adapted to "
        f"{sum(len(one.spans) for one in shown)} entities of {', '.join(finder.types)}"
    )
    if any(one.spans for one in asked):
        stderr.print(f"entity F1 {f1([one.spans for one in asked], found):.1%}")
    if save is not None:
        save_finder(save, finder)
        stderr.print(f"kept in {save}; fewqubit.evaluate.entities.kept.load_finder reads it")


@commands.command()
def search(
    learner: Annotated[
        str | None,
        typer.Argument(
            help="A learner of params.yaml.",
            show_default=False,
            autocompletion=complete.learners,
        ),
    ] = None,
    dataset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            show_default="first of run.datasets",
            autocompletion=complete.datasets,
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every learner of the run, on each of its data sets.")
    ] = False,
    sampler: Annotated[
        Sampler | None, typer.Option(help="How to look.", show_default="search.sampler")
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="For each arm.", show_default="search.trials")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Trials to run at the same time.")] = 1,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask scheduler, whose workers train.",
            show_default="search.cluster",
        ),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Keep each arm's best values for the next run.")
    ] = False,
    override: Overrides = None,
    recipe: Recipe = None,
) -> None:
    """Search settings on validation episodes, with one budget for every arm.

    Where to look is `search.space` in params.yaml, or in a recipe. Stopped or killed, it goes on
    where it was.
    With `--apply` or `--all` the best values of each arm are written to `searched`, a small file
    for each, which `fewqubit run` trains with; they belong in git.
    `--sampler grover` trains nothing: it compares, on the losses of a finished grid, the queries of
    Grover's search with those of ordinary ones.
    """
    import fewqubit.stages.process  # noqa: F401 - how trials compile, as in a stage
    from fewqubit.config import load_settings
    from fewqubit.pipeline.overrides import layered_settings
    from fewqubit.search import arms, tables
    from fewqubit.tracking.searches import mirror_searches

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as tidily as Ctrl-C
    settings = load_settings()
    if override or recipe:
        settings = layered_settings(Path.cwd(), override or (), recipe)
    changes = {"sampler": sampler, "trials": trials}
    plan = settings.search.model_copy(update={k: v for k, v in changes.items() if v is not None})
    for place, name in _searches(settings, dataset, learner, everything):
        works = arms.works(settings, place, name, plan)
        if sampler == "grover":
            console.print(tables.comparison(arms.grover_arms(works)))
            say(tables.NO_SPEED_UP)
            continue
        outcomes = arms.search_arms(works, workers, cluster or plan.cluster)
        console.print(tables.outcomes(f"{place}/{name}", outcomes))
        for note in arms.edge_notes(works, outcomes):
            say(note)
        if apply or everything:
            for path in arms.keep_chosen(works, settings):
                say(f"{path} written; `fewqubit run` trains with it")
        else:
            overrides = map(shlex.quote, arms.best_overrides(name, outcomes))
            say("to use these: the same with --apply, or")
            say("fewqubit run " + " ".join(f"--set {override}" for override in overrides))
    if sampler == "grover":
        return
    summary = mirror_searches(Path.cwd())  # last: whatever MLflow does, the rest is said and done
    for line in (*summary.notes, f"MLflow: {len(summary.logged)} searches logged"):
        say(line)


def _searches(
    settings: "Settings", dataset: str | None, learner: str | None, everything: bool
) -> list[tuple[str, str]]:
    """Data set and learner of each search that is asked for; what has no space is said."""
    if everything is (learner is not None):
        raise typer.BadParameter("give the name of a learner, or --all")
    if learner is not None:
        return [(dataset or settings.run.first_dataset(), learner)]
    spaces = {**settings.search.space, **settings.search.per_arm}
    for name in settings.run.learners:
        if name not in spaces:
            say(f"{name} has no search.space; it is not searched")
    places = settings.run.datasets if dataset is None else [dataset]
    return [(place, name) for place in places for name in settings.run.learners if name in spaces]


@commands.command()
def worker(
    address: Annotated[str, typer.Argument(help="Of the Dask scheduler: tcp://127.0.0.1:8786.")],
    workers: Annotated[int, typer.Option(min=1, help="Processes that compute.")] = 1,
    host: Annotated[str, typer.Option(help="Where this worker listens.")] = "127.0.0.1",
) -> None:
    """Compute for searches and evaluations that run elsewhere, in a folder with the project."""
    import fewqubit.stages.process  # noqa: F401 - how a worker compiles, as a stage does
    from fewqubit.base.extras import check
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.process import module
    from fewqubit.pipeline.project import open_project

    check("distributed", "dask", "a worker")
    open_project(Path.cwd())
    many = ["--nworkers", str(workers), "--nthreads", "1"]  # JAX compiles in one thread's peace
    options = ["--host", host, "--no-dashboard", "--local-directory", ".run/dask"]
    command = module("distributed.cli.dask_worker", address, *many, *options)
    os.execve(sys.executable, command, stage_environment())
