"""One HTML page that needs no other file: a manager's answer on top, a referee's below."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from jinja2 import Environment, PackageLoader, StrictUndefined

from fewqubit.config import Evaluation
from fewqubit.report import across as all_sets
from fewqubit.report import charts, costs, figures, headline, words
from fewqubit.report.across import Across
from fewqubit.report.answers import TWIN
from fewqubit.report.charts import StripFigure
from fewqubit.report.figures import Chart, HeatMap, most_confused
from fewqubit.report.findings import Findings, standing
from fewqubit.report.gather import Study
from fewqubit.report.starts.section import Section
from fewqubit.report.streams import charts as stream_charts
from fewqubit.report.streams import tables as stream_tables
from fewqubit.report.streams.found import StreamStudy
from fewqubit.report.validation import weak_validation
from fewqubit.tasks.scores import EXPLAINED

MOST_CONFUSED = 10
Row = TypeVar("Row")


class View(NamedTuple):
    """A study with its findings and figures, as the template reads it."""

    study: Study
    findings: Findings
    accuracies: StripFigure
    opponents: StripFigure | None
    against_arms: StripFigure | None
    against_baselines: StripFigure | None
    classes: StripFigure | None
    learning: Sequence[Chart]
    shots: Sequence[Chart]
    steps: Sequence[Chart]
    confusions: Sequence[HeatMap]
    confused: Sequence[tuple[str, Sequence[tuple[str, str, float]]]]

    @property
    def seeds(self) -> str:
        """``5``, or ``3 or 5`` where learners differ."""
        counts = sorted({len(row.accuracies.after) for row in self.study.learners})
        return " or ".join(map(str, counts))

    @property
    def permuted(self) -> tuple[float, float]:
        """Lowest and highest accuracy of a result with permuted support labels."""
        values = [row.metrics["accuracy_permuted"] for row in self.study.results]
        return min(values), max(values)

    @property
    def twin_mismatch(self) -> float | None:
        """Largest relative difference in trainable parameters between a learner and its twin."""
        totals = {
            (row.learner, row.arm): row.card["n_parameters"]["total"]
            for row in self.study.learners
            if row.card
        }
        pairs = [
            (totals[learner, "quantum"], totals[learner, TWIN]) for learner in self.findings.answers
        ]
        return max((abs(twin - quantum) / quantum for quantum, twin in pairs), default=None)


class Read(Protocol):
    """How results are read: the settings of a project, or those of a study in memory."""

    @property
    def evaluation(self) -> Evaluation: ...
    @property
    def seed(self) -> int: ...


def render_page(
    studies: Sequence[tuple[Study, Findings]],
    settings: Read,
    streams: Sequence[StreamStudy] = (),
    family: Across | None = None,
    in_memory: bool = False,
    starts: Sequence[Section] = (),
) -> str:
    """The report as HTML; the same results give the same text.

    ``family``: the verdicts of all data sets together; None of a single one. ``starts``: contests.
    ``in_memory``: of ``compare``, which has arguments in place of a project with params.yaml.
    """
    views = [_view(study, findings, settings) for study, findings in studies]
    values = {"views": views, "settings": settings, "across": family, "streams": streams}
    values |= {"starts": starts}
    return render("report.html.j2", **values, in_memory=in_memory)


def render(template: str, **values: Any) -> str:
    """A template of this package, filled."""
    return _environment().get_template(template).render(values)


def _view(study: Study, findings: Findings, settings: Read) -> View:
    reading = settings.evaluation
    answers = [(name, answer.alone) for name, answer in findings.answers.items()]
    arms, baselines = _groups(findings.against_arms), _groups(findings.against_baselines)
    maps = charts.confusions(study)
    confused = (
        []
        if maps
        else [(row.name, most_confused(row.confusion, MOST_CONFUSED)) for row in study.learners]
    )
    return View(
        study,
        findings,
        charts.accuracies(study),
        charts.differences(answers, reading) if answers else None,
        charts.differences(arms, reading) if arms else None,
        charts.differences(baselines, reading) if baselines else None,
        charts.class_differences(study),
        charts.learning_curves(study),
        charts.adaptation_curves(study, "shots"),
        charts.adaptation_curves(study, "steps"),
        maps,
        confused,
    )


def _groups(family: Mapping[tuple[str, str], Row]) -> list[tuple[str, dict[str, Row]]]:
    """The verdicts of a family by learner."""
    groups: dict[str, dict[str, Row]] = {}
    for (learner, other), verdict in family.items():
        groups.setdefault(learner, {})[other] = verdict
    return list(groups.items())


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fewqubit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= FILTERS
    environment.globals |= GLOBALS
    return environment


FILTERS: dict[str, Callable[..., str]] = {
    "percent": words.percent,
    "percent_range": words.percent_range,
    "points": words.points,
    "points_range": words.points_range,
    "p_value": words.p_value,
    "whole": words.whole,
    "short": words.short,
    "counted": costs.count,
    "signed": lambda text: text.replace("-", words.MINUS) if text.startswith("-") else text,
}
GLOBALS: dict[str, Any] = {
    "SCORES": words.SCORES,
    "EXPLAINED": EXPLAINED,
    "sentence": words.sentence,
    "headline": headline.headline,
    "across_sentence": all_sets.sentence,
    "across_cells": all_sets.cells,
    "across_head": all_sets.head,
    "covers": headline.covers,
    "notes": headline.notes,
    "failure_rate": headline.failure_rate,
    "no_verdict": words.NONE,
    "standing": standing,
    "cost_rows": costs.cost_rows,
    "misfits": costs.misfits,
    "kernel_choices": costs.kernel_choices,
    "weak": weak_validation,
    "stream_heads": stream_tables.HEADS,
    "stream_asked": stream_tables.ASKED,
    "stream_cell": stream_tables.cell,
    "stream_verdict": stream_tables.verdict_row,
    "stream_along": stream_charts.along,
    "stream_maps": stream_charts.matrices,
    "signs": words.SIGNS,
    "same": words.SAME,
    "arm_words": words.ARM_MEANINGS,
    "meanings": words.MEANINGS,
    **{name: getattr(figures, name) for name in ("WIDTH", "HEIGHT", "LEFT", "RIGHT", "BOTTOM")},
}
