"""Curves as separate pictures, which `dvc plots show` can show without a network."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from fewqubit.base.io.files import write_text
from fewqubit.report import charts
from fewqubit.report.figures import Chart
from fewqubit.report.gather import Study
from fewqubit.report.page import render


def write_plots(folder: Path, studies: Sequence[Study]) -> None:
    """Write the curves of ``studies`` into ``folder``, as SVG; earlier ones are deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for study in studies:
        for what, chart in _curves(study):
            name = f"{study.dataset}-{what}-{chart.title}.svg"
            write_text(folder / name, render("chart.svg.j2", figure=chart))


def _curves(study: Study) -> Iterator[tuple[str, Chart]]:
    yield from (("learning", chart) for chart in charts.learning_curves(study))
    yield from (("shots", chart) for chart in charts.adaptation_curves(study, "shots"))
    yield from (("steps", chart) for chart in charts.adaptation_curves(study, "steps"))
