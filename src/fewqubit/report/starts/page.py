"""The report on one set of problems: Markdown, figures as JSON, and a page that needs no file."""

from html import escape
from io import StringIO
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.files import write_json, write_text
from fewqubit.evaluate.starts import against, arrived
from fewqubit.report.markdown import table as markdown_table
from fewqubit.report.starts.study import (
    Finish,
    StartStudy,
    comparisons,
    contestants,
    figure,
    headline,
)
from fewqubit.report.starts.text import NOTE, number, references_of
from fewqubit.starts.descent import Costs
from fewqubit.starts.enter import Entry
from fewqubit.starts.settings.contest import Contest

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}table{border-collapse:collapse;display:block;overflow-x:auto}"
    "td,th{padding:.2rem .7rem;text-align:right;border-bottom:1px solid #8884}"
    "th{text-align:left}svg{max-width:100%;height:auto;background:#fff}"
)


def study_of(
    name: str,
    contest: Contest,
    entries: dict[str, tuple[Entry, bool]],
    costs: list[list[Costs]],
    instances: str,
    key: PRNGKeyArray,
    classical: float | None = None,
) -> StartStudy:
    """The findings on ``entries``: each contestant's paths, and whether it was meta-learned."""
    finishes = {
        start: Finish(arrived(entry.paths, costs, contest.target), entry.tuned.words(), learned)
        for start, (entry, learned) in entries.items()
    }
    learned, opponents = (
        {start: finish.arrived for start, finish in finishes.items() if finish.learned is side}
        for side in (True, False)
    )
    found = against(learned, opponents, contest, key)
    flat = [bill for bills in costs for bill in bills]
    return StartStudy(name, contest, finishes, found, flat, instances, classical)


def write_report(study: StartStudy, folder: Path) -> None:
    """Write <name>.html, <name>.md, <name>.json and <name>.svg."""
    write_text(folder / f"{study.name}.md", markdown(study))
    write_json(folder / f"{study.name}.json", figures(study))
    write_text(folder / f"{study.name}.svg", picture(study))
    write_text(folder / f"{study.name}.html", page(study))


def markdown(study: StartStudy) -> str:
    """Headline and both tables."""
    parts = [f"# {study.name}", headline(study)]
    parts += [_markdown(table) for table in _tables(study)]
    last = f"Test problems: `{study.instances[:16]}`"
    return "\n\n".join([*parts, NOTE, *references_of(study.classical), last]) + "\n"


def figures(study: StartStudy) -> dict[str, object]:
    """Every figure of the tables, for ``dvc metrics`` and MLflow."""
    table, verdicts = _tables(study)
    return {
        "headline": headline(study),
        "instances": study.instances,
        "goemans_williamson": study.classical,
        "starts": _records(table, "start"),
        "verdicts": verdicts.astype(object).where(verdicts.notna(), None).to_dict("records"),
    }


def picture(study: StartStudy) -> str:
    """Error against circuits, as SVG: the same bytes for the same study.

    Ids and the date of an SVG are random otherwise.
    """
    with mpl.rc_context({"svg.hashsalt": study.name, "svg.fonttype": "none"}):
        text = StringIO()
        figure(study).savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue().partition("<svg")[2].join(["<svg", ""])


def page(study: StartStudy) -> str:
    """A self-contained HTML page, picture included."""
    tables = "".join(
        table.to_html(index=False, float_format=number, border=0) for table in _tables(study)
    )
    references = "".join(f"<p>{escape(line)}</p>" for line in references_of(study.classical))
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(study.name)}</title>"
        f"<style>{STYLE}</style><h1>{escape(study.name)}</h1><p>{escape(headline(study))}</p>"
        f"{picture(study)}{tables}<p>{escape(NOTE)}</p>{references}</html>\n"
    )


def _tables(study: StartStudy) -> tuple[pd.DataFrame, pd.DataFrame]:
    return contestants(study).reset_index(), comparisons(study).reset_index()


def _records(table: pd.DataFrame, key: str) -> dict[str, object]:
    return {row.pop(key): row for row in table.to_dict("records")}


def _markdown(table: pd.DataFrame) -> str:
    rows = [[_cell(value) for value in row] for row in table.to_numpy().tolist()]
    return "\n".join(markdown_table([*table.columns], rows))


def _cell(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
