"""What the report on a result concludes, as its run in MLflow tells it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fewqubit.base.io.files import read_json
from fewqubit.tracking.figures import Figure
from fewqubit.tracking.results import LockedResult

FIGURES = Path("reports/metrics.json")
OF_VERDICT = {  # of metrics.json: corrected as the verdict is
    "difference": "verdict/difference",
    "low_holm": "verdict/low",
    "high_holm": "verdict/high",
    "p_holm": "verdict/p",
}
OF_DEVICE = ("accuracy", "accuracy_exact", "lost", "lost_low", "lost_high")
PER_QUERY = ("shots", "depth", "two_qubit_gates")


class Conclusion(NamedTuple):
    """Metrics, tags and a note."""

    figures: list[Figure]
    tags: dict[str, str]
    note: str


def conclusion(root: Path, result: LockedResult) -> Conclusion:
    """The verdict on a quantum arm and its results on devices; empty for other arms."""
    path = root / FIGURES
    report = read_json(path) if path.exists() and result.arm == "quantum" else {}
    answer = report.get("results", {}).get(result.dataset, {}).get(result.learner, {}).get("answer")
    supplement = report.get("beside", {}).get(result.dataset, {})
    devices = supplement.get("devices", {}).get(result.learner, {})
    return Conclusion(
        [*_verdict_figures(answer or {}), *_device_figures(devices)],
        _tags(answer) if answer else {},
        _note(report, result, supplement),
    )


def _verdict_figures(answer: Mapping[str, Any]) -> list[Figure]:
    return [Figure(name, float(answer[key])) for key, name in OF_VERDICT.items() if key in answer]


def _device_figures(devices: Mapping[str, Mapping[str, Any]]) -> list[Figure]:
    """``device/NAME/lost``, …; unknown values are left out."""
    values = {
        f"device/{device}/{name}": value
        for device, on in devices.items()
        for name, value in (
            *((name, on.get(name)) for name in OF_DEVICE),
            *((f"{name}_per_query", on["answer"].get(name)) for name in PER_QUERY),
        )
    }
    return [Figure(name, float(value)) for name, value in values.items() if value is not None]


def _tags(answer: Mapping[str, Any]) -> dict[str, str]:
    """To filter by: ``tags.verdict = 'better'``."""
    return {
        "verdict": str(answer["verdict"]),
        "verdict.against": " ".join(answer.get("opponents", {})),
        "verdict.difference": f"{100 * answer['difference']:+.1f} points",
    }


def _note(report: Mapping[str, Any], result: LockedResult, supplement: Mapping[str, Any]) -> str:
    """The sentence on the learner, the headline, and what the feature maps promise."""
    sentence = report.get("told", {}).get(result.dataset, {}).get(result.learner)
    if not sentence:
        return ""
    maps = (
        f"Feature map {n}: {'; '.join(r)}." for n, r in supplement.get("feature_maps", {}).items()
    )
    return "".join(f"\n\n{part}" for part in (sentence, report["headlines"][result.dataset], *maps))
