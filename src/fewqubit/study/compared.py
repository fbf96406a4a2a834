"""The result of a comparison: verdicts as a table, a figure, a report."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from fewqubit.base.io.files import write_text
from fewqubit.config import Evaluation
from fewqubit.report.findings import Findings
from fewqubit.report.gather import Study
from fewqubit.report.headline import headline
from fewqubit.report.page import render_page


class Picture(Figure):
    """A figure that a notebook shows even if pyplot was not imported."""

    def _repr_png_(self) -> bytes:
        written = BytesIO()
        self.savefig(written, format="png", dpi=120)
        return written.getvalue()


class Reading(NamedTuple):
    """How the results are judged: margin, confidence, seed."""

    evaluation: Evaluation
    seed: int


class Compared:
    """Results of learners in their arms on the same test tasks, and the verdicts.

    study:     every result;  findings: the verdicts;  reading: margin and confidence
    """

    def __init__(self, study: Study, findings: Findings, reading: Reading) -> None:
        self.study, self.findings, self.reading = study, findings, reading

    def verdicts(self) -> pd.DataFrame:
        """A row for each learner: mean accuracies, quantum − nearest opponent, and the verdict.

        ``low`` and ``high`` are the interval of the difference and ``p`` its two-sided p-value,
        corrected over the learners (Holm).
        """
        return pd.DataFrame([*self._rows()]).set_index("learner")

    def plot(self) -> Figure:
        """The differences with their intervals; zero and the margin are marked."""
        table, margin = self.verdicts(), self.reading.evaluation.margin
        figure = Picture(figsize=(6.4, 1.2 + 0.5 * len(table)), layout="constrained")
        axes = figure.subplots()
        axes.axvspan(-margin, margin, color="0.9", label=f"within ±{margin:g}")
        axes.axvline(0, color="0.4", linewidth=1, linestyle="--")
        places = np.arange(len(table))[::-1]
        difference = table["difference"].to_numpy()
        ends = np.abs(table[["low", "high"]].to_numpy().T - difference)
        axes.errorbar(difference, places, xerr=ends, fmt="o", capsize=3)
        labels = [f"{name}: {word}" for name, word in table["word"].items()]
        axes.set_yticks(places, labels)
        axes.set_ylim(-0.6, len(table) - 0.4)
        axes.set_xlabel("accuracy, quantum − nearest opponent")
        axes.legend(loc="lower right", frameon=False, fontsize="small")
        return figure

    def to_html(self, path: str | Path) -> None:
        """Write the report as one self-contained page."""
        write_text(path, render_page([(self.study, self.findings)], self.reading, in_memory=True))

    def __repr__(self) -> str:
        return headline(self.study, self.findings, self.reading.evaluation)

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>{self.verdicts().to_html(float_format='{:.3f}'.format)}"

    def _rows(self) -> Iterator[dict[str, object]]:
        for learner, answer in self.findings.answers.items():
            arms = {row.arm: row for row in self.study.learners if row.learner == learner}
            accuracies = {arm: float(row.metrics["accuracy"]) for arm, row in arms.items()}
            verdict = answer.verdict
            yield {
                "learner": learner,
                **accuracies,
                "against": answer.nearest,
                "difference": verdict.comparison.difference,
                "low": verdict.low,
                "high": verdict.high,
                "p": verdict.p_difference,
                "word": verdict.word,
            }
