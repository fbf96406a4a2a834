"""One HTML page that needs no other file: a manager's answer on top, a referee's below."""

from collections.abc import Sequence
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from fewqubit.config import Settings
from fewqubit.report import charts, figures, words
from fewqubit.report.charts import StripFigure
from fewqubit.report.figures import Chart, HeatMap, most_confused
from fewqubit.report.findings import TWIN, Findings, standing
from fewqubit.report.gather import Study

MOST_CONFUSED = 10


class View(NamedTuple):
    """A study with its findings and figures, as the template reads it."""

    study: Study
    findings: Findings
    accuracies: StripFigure
    against_twin: StripFigure | None
    against_others: StripFigure | None
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
            (totals[learner, "quantum"], totals[learner, TWIN])
            for learner in self.findings.against_twin
        ]
        return max((abs(twin - own) / own for own, twin in pairs), default=None)


def render_page(studies: Sequence[tuple[Study, Findings]], settings: Settings) -> str:
    """The report as HTML; the same results give the same text, but for the wall times."""
    views = [_view(study, findings, settings) for study, findings in studies]
    return _environment().get_template("report.html.j2").render(views=views, settings=settings)


def _view(study: Study, findings: Findings, settings: Settings) -> View:
    reading = settings.evaluation
    twins = [("", findings.against_twin)] if findings.against_twin else []
    others = [
        (
            learner,
            {other: row for (own, other), row in findings.against_others.items() if own == learner},
        )
        for learner in dict.fromkeys(learner for learner, _ in findings.against_others)
    ]
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
        charts.differences(twins, reading) if twins else None,
        charts.differences(others, reading) if others else None,
        charts.learning_curves(study),
        charts.adaptation_curves(study, "shots"),
        charts.adaptation_curves(study, "steps"),
        maps,
        confused,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fewqubit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "percent": words.percent,
        "percent_range": words.percent_range,
        "points": words.points,
        "points_range": words.points_range,
        "p_value": words.p_value,
        "whole": words.whole,
        "duration": words.duration,
        "short": words.short,
        "signed": lambda text: text.replace("-", words.MINUS) if text.startswith("-") else text,
    }
    environment.globals |= {
        "sentence": words.sentence,
        "summary": words.summary,
        "standing": standing,
        "signs": words.SIGNS,
        "meanings": words.MEANINGS,
        **{name: getattr(figures, name) for name in ("WIDTH", "HEIGHT", "LEFT", "RIGHT", "BOTTOM")},
    }
    return environment
