"""From the artefacts of all stages to the report."""

from pathlib import Path

from fewqubit.base.io.files import write_json, write_text
from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings
from fewqubit.report.across import across
from fewqubit.report.findings import find
from fewqubit.report.gather import gather
from fewqubit.report.page import render_page
from fewqubit.report.plots import write_plots
from fewqubit.report.starts.section import sections
from fewqubit.report.streams.found import stream_studies
from fewqubit.report.streams.tables import stream_figures, streams_markdown
from fewqubit.report.summary import summary_figures
from fewqubit.report.tables import verdict_figures, verdict_markdown
from fewqubit.report.times import times_markdown


def build_report(artifacts: Path, reports: Path, settings: Settings) -> None:
    """Write the page, verdicts.md, figures and curves into ``reports``, with wall times.

    Raises ArtifactError if a result that ``settings.run`` names is missing or damaged.
    """
    key = stream(root_key(settings.seed), "evaluate")
    studies = [
        (study, find(study, settings.evaluation, stream(key, study.dataset)))
        for study in gather(artifacts, settings.run)
    ]
    alone = [study for study, _ in studies]
    walked = stream_studies(artifacts, settings.run, settings.evaluation, key)
    family = across(studies, settings.evaluation)
    starts = sections(reports, settings.run.problems)
    figures = verdict_figures(studies, settings.evaluation, family)
    figures["starts"] = {section.name: section.headline for section in starts}
    page = render_page(studies, settings, walked, family, starts=starts)
    write_text(reports / "report.html", page)
    write_text(reports / "streams.md", streams_markdown(walked))
    write_json(reports / "streams.json", stream_figures(walked))
    write_text(reports / "verdicts.md", verdict_markdown(studies, settings.evaluation, family))
    write_json(reports / "metrics.json", figures)
    write_json(reports / "summary.json", summary_figures(figures))
    write_plots(reports / "plots", alone)
    write_text(reports / "times.md", times_markdown(alone))
