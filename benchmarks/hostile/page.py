"""What a referee found, as Markdown."""

from collections.abc import Mapping
from typing import Any

from fewqubit.report.words import percent, points, points_range


def page(dataset: str, learner: str, opponent: str, found: Mapping[str, Any]) -> str:
    """The record as Markdown."""
    redraw, classes, rival = found["redrawn"], found["classes"], found["mlp"]
    rows = [
        f"| {name} | {one['classes']} | {points(one['difference'])} ± {100 * one['half']:.1f} | "
        f"{one['above']} |"
        for name, one in classes["groups"].items()
    ]
    extremes = [
        ", ".join(f"{name} {points(value)}" for name, value in classes[end].items())
        for end in ("lowest", "highest")
    ]
    values = ", ".join(f"{name} {value}" for name, value in rival["values"].items())
    arms = [
        f"| {arm} | {percent(one['accuracy'])} | {points(one['difference'])} | "
        f"{points_range(one['low'], one['high'])} | {one['p']:.3f} |"
        for arm, one in found["arms"].items()
    ]
    return "\n".join(
        [
            f"# Against `{learner}` on {dataset}",
            "",
            "Made by `python -m benchmarks.hostile` from the artefacts of a run.",
            "",
            "## Quantum − every arm that was evaluated",
            "",
            "| arm | accuracy | difference, points | 95 % interval | p |",
            "| --- | ---: | ---: | ---: | ---: |",
            *arms,
            "",
            "Each alone, uncorrected; over new seeds, episodes and classes.",
            "",
            "## The circuit's weights drawn anew after training",
            "",
            f"{percent(redraw['trained'])} as trained, {percent(redraw['redrawn'])} on average of "
            f"{redraw['redraws']} redraws: {points(redraw['lost'])} ± {100 * redraw['half']:.1f} "
            "points are lost (95 %, over training seeds).",
            "",
            f"## Quantum − {opponent}, class by class",
            "",
            "| group | classes | difference, points | classes above zero |",
            "| --- | ---: | ---: | ---: |",
            *rows,
            "",
            f"Means over classes, 95 % over classes. Lowest: {extremes[0]}; highest: "
            f"{extremes[1]}.",
            "",
            "## An MLP of at most the same size",
            "",
            f"{rival['size']} trained numbers (quantum: {rival['size of the quantum arm']}), "
            f"chosen of {rival['trials']} trials: {values}. Test: {percent(rival['accuracy'])}, "
            f"quantum {percent(rival['quantum'])}; quantum − MLP {points(rival['difference'])} "
            f"points ({points_range(rival['low'], rival['high'])}).",
            "",
        ]
    )
