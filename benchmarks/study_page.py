"""The study of recipes/study.yaml as a page, a record and a picture."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np

from fewqubit.base.io.files import replacing
from fewqubit.config import Settings
from fewqubit.evaluate.verdict import Verdict
from fewqubit.report.across import Across, across, markdown
from fewqubit.report.findings import Findings
from fewqubit.report.gather import Result, Study
from fewqubit.report.words import points, points_range, signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BANDWIDTH = "circuit.bandwidth"
HEAD = """# {n} data sets, one family of verdicts

Made by `python -m benchmarks.study` from `recipes/study.yaml`, which has {n_all}.

**Its size**: {n_seeds} training seeds, {n_test} test episodes and {steps} training steps on each
data set, {scales}. That is small: intervals are wide, and *undecided* often only means so.

"""
Panel = Callable[["Axes"], None]


class Trial(NamedTuple):
    """One arm of a learner at one point of its grid, and what came of it."""

    learner: str
    arm: str
    values: dict[str, float]
    result: Result

    @property
    def validation(self) -> float:
        """Mean over seeds: what the choice is made by."""
        assert self.result.card is not None
        return float(np.mean(self.result.card["validation_accuracy"]))


class Asked(NamedTuple):
    """One data set: its study, of the arms as they were chosen; what it says; all trials."""

    study: Study
    findings: Findings
    trials: list[Trial]


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
        "trials": [_trial(one.study.dataset, trial) for one in found for trial in one.trials],
        "baselines": {
            one.study.dataset: {
                row.learner: float(row.accuracies.after.mean()) for row in one.study.baselines
            }
            for one in found
        },
    }


def page(found: Sequence[Asked], settings: Settings) -> str:
    """The record as Markdown."""
    together = all_of(found, settings)
    some = settings.learners[settings.run.learners[0]]
    training = some.meta_training()
    assert training is not None
    tried = {tuple(trial.values.items()) for one in found for trial in one.trials} - {()}
    scales = (
        "every arm at each scale of a grid, of which validation chooses"
        if tried
        else "settings of every arm as they were searched on glyphs, not on these data"
    )
    episodes = settings.datasets[settings.run.datasets[0]].episodes
    head = HEAD.format(
        n=len(found),
        n_all=len(settings.run.datasets),
        n_seeds=some.seeds,
        n_test=episodes.n_test,
        steps=training.steps,
        scales=scales,
    )
    parts = [
        "![differences on every data set, and effects](study.svg)",
        "",
        *_effects(together, settings),
        "",
        "## Accuracies",
        "",
        *_accuracies(found, settings),
    ]
    return head + markdown(together, settings.evaluation) + "\n" + "\n".join(parts) + "\n"


def draw(path: Path, found: Sequence[Asked], settings: Settings) -> None:
    """Differences with their intervals; beside them the effects of what was varied."""
    panels = [_forest(found, settings), *_varied(found, settings)]
    figure, places = plt.subplots(
        1, len(panels), figsize=(2 + 5 * len(panels), 4.6), layout="constrained", squeeze=False
    )
    for place, panel in zip(places[0], panels, strict=True):
        panel(place)
    plt.rcParams["svg.hashsalt"] = "study"
    with replacing(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _forest(found: Sequence[Asked], settings: Settings) -> Panel:
    rows = [
        (f"{at[0]} {at[1]}" if len(settings.run.learners) > 1 else at[0], row.comparison)
        for at, row in all_of(found, settings).verdicts.items()
    ][::-1]

    def panel(axes: "Axes") -> None:
        middle = np.array([100 * row.difference for _, row in rows])
        ends = np.array([(100 * row.low, 100 * row.high) for _, row in rows])
        spans = abs(ends.T - middle)
        spans[:, [bool(row.too_few) for _, row in rows]] = 0  # there is no interval
        axes.errorbar(middle, range(len(rows)), xerr=spans, fmt="o", color="tab:blue", capsize=2)
        axes.axvspan(*(100 * settings.evaluation.margin * sign for sign in (-1, 1)), alpha=0.12)
        axes.axvline(0, color="black", linewidth=0.8)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set(xlabel="points of accuracy, 95 % alone", title="circuit − nearest opponent")

    return panel


def _varied(found: Sequence[Asked], settings: Settings) -> list[Panel]:
    """A panel for qubits, entanglers and bandwidth each, where they were varied."""
    together, learners = all_of(found, settings), settings.run.learners
    qubits = [settings.learners[name].circuit.n_qubits for name in learners]
    panels: list[Panel] = []
    if len(set(qubits)) > 1:
        panels.append(_along(qubits, "qubits", "circuit − opponent", together.verdicts, learners))
    if together.entanglers:
        panels.append(_along(qubits, "qubits", "entanglers", together.entanglers, learners))
    if any(BANDWIDTH in trial.values for one in found for trial in one.trials):
        panels.append(lambda axes: _bandwidths(axes, found, learners[-1]))
    return panels


def _along(
    qubits: Sequence[int],
    name: str,
    title: str,
    family: dict[tuple[str, str], Verdict],
    learners: Sequence[str],
) -> Panel:
    def panel(axes: "Axes") -> None:
        for dataset in dict.fromkeys(at[0] for at in family):
            values = [100 * family[dataset, one].comparison.difference for one in learners]
            axes.plot(qubits, values, "o-", label=dataset)
        axes.axhline(0, color="black", linewidth=0.8)
        axes.set(xlabel=name, title=title, xticks=sorted(set(qubits)))
        axes.legend(fontsize=6)

    return panel


def _bandwidths(axes: "Axes", found: Sequence[Asked], learner: str) -> None:
    """What the circuit has at each bandwidth over its nearest opponent as that was chosen."""
    for one in found:
        rival = one.study.find(learner, one.findings.answers[learner].nearest)
        assert rival is not None
        own = [row for row in one.trials if (row.learner, row.arm) == (learner, "quantum")]
        least = float(rival.accuracies.after.mean())
        values = [100 * (_accuracy(row) - least) for row in own]
        axes.semilogx([row.values[BANDWIDTH] for row in own], values, "o-")
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set(xlabel="bandwidth", title="circuit − opponent")


def _effects(together: Across, settings: Settings) -> list[str]:
    lines = []
    for learner in settings.run.learners:
        for what, family in (("", together.verdicts), ("Entanglers of ", together.entanglers)):
            rows = [row for (_, name), row in family.items() if name == learner]
            if rows:
                lines.append(f"- {what}{learner}: {_summary(rows)}.")
    if not together.entanglers:
        lines.append("- Qubits, entanglers and bandwidth were not varied at this size.")
    return lines


def _summary(rows: Sequence[Verdict]) -> str:
    differences = [row.comparison.difference for row in rows]
    above = sum(difference > 0 for difference in differences)
    mean, middle = points(float(np.mean(differences))), points(float(np.median(differences)))
    return f"mean {mean} points, median {middle}, above zero on {above} of {len(rows)} data sets"


def _accuracies(found: Sequence[Asked], settings: Settings) -> list[str]:
    arms = settings.run.arms
    lines = [
        f"| data set | learner | {' | '.join(arms)} | prototype | against | difference | verdict |",
        f"| --- | --- | {'---: | ' * len(arms)}---: | --- | ---: | --- |",
    ]
    for one in found:
        plain = "".join(f"{float(row.accuracies.after.mean()):.1%}" for row in one.study.baselines)
        for learner, answer in one.findings.answers.items():
            cells = [_of_arm(one, learner, arm) for arm in arms]
            row = answer.verdict
            few = row.comparison.too_few  # then there is no interval
            span = "–" if few else points_range(row.low, row.high)
            lines.append(
                f"| {one.study.dataset} | {learner} | {' | '.join(cells)} | {plain} | "
                f"{answer.nearest} | {points(row.comparison.difference)} ({span}) | "
                f"{signed(row.word)} |"
            )
    return [*lines, "", "Intervals and verdicts of this table are those of the data set alone."]


def _of_arm(one: "Asked", learner: str, arm: str) -> str:
    row = one.study.find(learner, arm)
    return "–" if row is None else f"{float(row.accuracies.after.mean()):.1%}"


def _accuracy(trial: Trial) -> float:
    return float(trial.result.accuracies.after.mean())


def _trial(dataset: str, trial: Trial) -> dict[str, Any]:
    record = {"data": dataset, "learner": trial.learner, "arm": trial.arm, **trial.values}
    return {**record, "validation": trial.validation, "test": _accuracy(trial)}


def _as_record(row: Verdict) -> dict[str, Any]:
    one = row.comparison
    record = {"difference": one.difference, "low": one.low, "high": one.high}
    return {**record, "p_holm": row.p_difference, "verdict": row.word}
