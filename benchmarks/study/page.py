"""The study as a record and a page."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.study.cells import Asked, Trial, best
from benchmarks.study.effects import Effect, at_edges, effects

from fewqubit.config import Settings
from fewqubit.evaluate.verdict import Verdict
from fewqubit.report.across import Across, across, markdown
from fewqubit.report.markdown import table
from fewqubit.report.words import points, points_range, signed

HEAD = """# {n} data sets, one family of verdicts

Made by `python -m benchmarks.study` from `recipes/study.yaml`. {trials} distinct points of
its own grid for every arm of every learner on every data set, {search_seeds} seeds at each, judged
on validation episodes; the best one is trained anew with {seeds} seeds and {steps} steps, and
tested on {n_test} episodes.

"""
EFFECTS = """
![differences on every data set, and effects](study.svg)

## Effects

In points of accuracy, over the data sets. The interval is Student's over data sets, uncorrected; it
takes the five scripts, which are much alike, for five data sets. At a bandwidth the circuit has its
best rate there, by validation, and the seeds of the search.

"""
EDGES = "\nBest points at an edge of their grid, where a better one may lie beyond: {}.\n"
ACCURACIES = """
## Accuracies

Intervals and verdicts of this table are those of the data set alone.

"""


def all_of(found: Sequence[Asked], settings: Settings) -> Across:
    """The verdicts of all data sets as one family."""
    together = across([(one.study, one.findings) for one in found], settings.evaluation)
    assert together is not None
    return together


def record(found: Sequence[Asked], settings: Settings) -> dict[str, Any]:
    """Every figure of page and picture."""
    together = all_of(found, settings)
    return {
        "counts": together.counts,
        "verdicts": {"/".join(at): _as_record(row) for at, row in together.verdicts.items()},
        "entanglers": {"/".join(at): _as_record(row) for at, row in together.entanglers.items()},
        "effects": [effect._asdict() for effect in effects(found, settings)],
        "accuracies": {
            f"{one.study.dataset}/{row.name}": float(row.accuracies.after.mean())
            for one in found
            for row in one.study.results
        },
        "trials": [
            {"data": one.study.dataset, **trial._asdict()} for one in found for trial in one.trials
        ],
    }


def page(found: Sequence[Asked], settings: Settings) -> str:
    """The record as Markdown."""
    learner = settings.learners[settings.run.learners[0]]
    training = learner.meta_training()
    assert training is not None
    head = HEAD.format(
        n=len(found),
        trials=settings.search.trials,
        search_seeds=settings.search.seeds,
        seeds=learner.seeds,
        steps=training.steps,
        n_test=settings.datasets[settings.run.datasets[0]].episodes.n_test,
    )
    verdicts = markdown(all_of(found, settings), settings.evaluation)
    counted = at_edges([trial for one in found for trial in _best(one)], settings)
    edges = ", ".join(f"{arm} {n} of {of}" for arm, (n, of) in counted.items())
    measured = _lines(effects(found, settings)) + EDGES.format(edges)
    accuracies = "\n".join(table(*_accuracies(found, settings.run.arms)))
    return head + verdicts + EFFECTS + measured + ACCURACIES + accuracies + "\n"


def _best(one: Asked) -> list[Trial]:
    cells: dict[tuple[str, str], list[Trial]] = {}
    for trial in one.trials:
        cells.setdefault((trial.learner, trial.arm), []).append(trial)
    return [best(trials) for trials in cells.values()]


def _lines(measured: Sequence[Effect]) -> str:
    rows = [
        (
            effect.name,
            points(effect.median),
            points(effect.mean),
            points_range(effect.low, effect.high),
            f"{sum(value > 0 for value in effect.values.values())} of {len(effect.values)}",
        )
        for effect in measured
    ]
    return (
        "\n".join(table(("effect", "median", "mean", "95 % of the mean", "above zero"), rows))
        + "\n"
    )


def _accuracies(
    found: Sequence[Asked], arms: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    rows = []
    for one in found:
        plain = {row.learner: float(row.accuracies.after.mean()) for row in one.study.baselines}
        for learner, answer in one.findings.answers.items():
            row, own = answer.verdict, [_of_arm(one, learner, arm) for arm in arms]
            few = row.comparison.too_few  # then there is no interval
            span = "–" if few else points_range(row.low, row.high)
            told = points(row.comparison.difference), span, signed(row.word)
            rows.append((one.study.dataset, learner, *own, _percent(plain), answer.nearest, *told))
    head = "data set", "learner", *arms, "baseline", "against", "difference", "95 %", "verdict"
    return head, rows


def _percent(plain: Mapping[str, float]) -> str:
    return ", ".join(f"{value:.1%}" for value in plain.values())


def _of_arm(one: Asked, learner: str, arm: str) -> str:
    row = one.study.find(learner, arm)
    return "–" if row is None else f"{float(row.accuracies.after.mean()):.1%}"


def _as_record(row: Verdict) -> dict[str, Any]:
    one = row.comparison
    record = {"difference": one.difference, "low": one.low, "high": one.high}
    return {**record, "p_holm": row.p_difference, "verdict": row.word}
