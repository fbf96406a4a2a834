"""One hue for each learner, its arms lighter, baselines grey: runs are told apart by eye.

MLflow would draw a colour by run id, and two runs of twelve then often share one.
"""

import colorsys
import hashlib

COLOUR_TAG = "mlflow.runColor"
LIGHTNESS = {
    "quantum": 0.38,
    "frozen": 0.5,
    "separable": 0.6,
    "twin": 0.7,
    "affine": 0.74,
    "mlp": 0.77,
    "rbf": 0.8,
    "bypass": 0.84,
}


def colour(learner: str, arm: str) -> str:
    """``#rrggbb``; the same for every run of a learner's arm."""
    number = int(hashlib.sha256(learner.encode()).hexdigest(), 16)
    hue, shade = number % 360 / 360, number // 360 % 10 / 10
    if arm == "baseline":
        rgb = colorsys.hls_to_rgb(hue, 0.3 + 0.45 * shade, 0.08)
    else:
        rgb = colorsys.hls_to_rgb(hue, LIGHTNESS[arm], 0.75)
    return "#" + "".join(f"{round(255 * part):02x}" for part in rgb)
