"""Supplement to the verdicts: results on devices, diagnostics of feature maps, chosen settings.

The page shows them with pictures; this is for text: terminal, Markdown, MLflow.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from fewqubit.report.markdown import table
from fewqubit.report.words import percent, points, points_range, whole

TUNED = "tuned_"  # a baseline's choice on validation episodes, among its metrics
DEVICES = (
    *("learner", "device", "measured", "simulated", "lost", "interval"),
    *("shots to adapt", "per query", "depth", "two-qubit gates"),
)


def supplement(results: Sequence[Any], encodings: Sequence[Any]) -> dict[str, Any]:
    """For metrics.json: ``devices`` by learner and device, ``feature_maps``, ``chosen``.

    ``results`` and ``encodings`` are those of a study (``fewqubit.report.gather``).
    """
    devices = {
        (row.learner if row.arm == "quantum" else f"{row.learner}/{row.arm}"): {
            device: _figures(on) for device, on in row.devices.items()
        }
        for row in results
        if row.devices
    }
    chosen = {row.name: _chosen(row) for row in results}
    return {
        "devices": devices,
        "feature_maps": {one.feature_map: one.diagnostics["readings"] for one in encodings},
        "chosen": {name: values for name, values in chosen.items() if values},
    }


def device_rows(figures: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row of ``DEVICES`` for each circuit that was measured."""
    return [
        (learner, device, *_cells(on))
        for learner, devices in figures["devices"].items()
        for device, on in devices.items()
    ]


def feature_map_lines(figures: Mapping[str, Any]) -> list[str]:
    """Diagnostics of the kernel of each fixed feature map, before any training."""
    return [f"{name}: {'; '.join(lines)}." for name, lines in figures["feature_maps"].items()]


def chosen_line(figures: Mapping[str, Any]) -> str:
    """``maml quantum inner_lr 0.1; svm cost 1, gamma 0.01``; empty where nothing was chosen."""
    return "; ".join(
        f"{name} {', '.join(f'{key} {_short(value)}' for key, value in values.items())}"
        for name, values in figures["chosen"].items()
    )


def supplement_markdown(figures: Mapping[str, Any]) -> list[Sequence[str]]:
    """Parts of the Markdown page; parts that were not run are left out."""
    parts: list[Sequence[str]] = []
    if rows := device_rows(figures):
        parts += [
            ["On devices, on the first test episodes; lost: in points."],
            table(DEVICES, rows),
        ]
    if lines := feature_map_lines(figures):
        parts += [["Fixed feature maps, before any training:"], [f"- {line}" for line in lines]]
    if line := chosen_line(figures):
        parts += [[f"Chosen on validation episodes: {line}."]]
    return parts


def _figures(on: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of devices.json without the accuracies of single episodes."""
    return {name: value for name, value in on.items() if name != "all"}


def _chosen(row: Any) -> Mapping[str, Any]:
    """What a search chose for an arm, and which kernels it took; or tuning for a baseline."""
    if row.card is not None:
        searched: Mapping[str, Any] = (row.card.get("searched") or {}).get("values", {})
        choice = row.card.get("kernel_choice")
        return {**searched, "kernel": taken_kernels(choice)} if choice else searched
    tuned = {name: value for name, value in row.metrics.items() if name.startswith(TUNED)}
    return {name.removeprefix(TUNED): value for name, value in tuned.items()}


def taken_kernels(choice: Mapping[str, Any]) -> str:
    """``fidelity bandwidth 0.5 (2 of 3 seeds, alignment 0.41), …``, the most taken first."""
    taken = Counter(choice["chosen"])
    told = []
    for kernel, n in taken.most_common():
        scores = [row[kernel] for row in choice["alignment"]]
        seeds = f"{n} of {len(scores)} seeds, alignment {fmean(scores):.2f}"
        told.append(f"{choice['kernels'][kernel]} ({seeds})")
    return ", ".join(told)


def _cells(on: Mapping[str, Any]) -> tuple[str, ...]:
    adapt, answer = on["adapt"], on["answer"]
    return (
        percent(on["accuracy"]),
        percent(on["accuracy_exact"]),
        points(on["lost"]),
        "–" if on["too_few"] else points_range(on["lost_low"], on["lost_high"]),
        "simulated" if adapt is None else whole(adapt["shots"]),
        whole(answer["shots"]),
        *("–" if answer[n] is None else whole(answer[n]) for n in ("depth", "two_qubit_gates")),
    )


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
