"""Colours of runs: one hue for each learner, its arms lighter, baselines grey.

MLflow would draw a colour by run id, and two runs of twelve then often share one.
"""

import colorsys
import hashlib
from typing import get_args

from fewqubit.models.arm_names import Arm

COLOUR_TAG = "mlflow.runColor"
DARK, LIGHT = 0.38, (0.6, 0.84)  # the circuit; its other arms, from the twin on


def colour(learner: str, arm: str) -> str:
    """``#rrggbb``; the same for every run of a learner's arm."""
    number = int(hashlib.sha256(learner.encode()).hexdigest(), 16)
    hue, shade = number % 360 / 360, number // 360 % 10 / 10
    if arm == "baseline":
        rgb = colorsys.hls_to_rgb(hue, 0.3 + 0.45 * shade, 0.08)
    else:
        rgb = colorsys.hls_to_rgb(hue, _lightness(arm), 0.75)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)


def _lightness(arm: str) -> float:
    first, *others = get_args(Arm)
    if arm == first:
        return DARK
    start, end = LIGHT
    return start + (end - start) * others.index(arm) / (len(others) - 1)
