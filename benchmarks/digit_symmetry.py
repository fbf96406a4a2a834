"""Which rotations of digits can be told apart: writes docs/measured/digit_symmetry.md.

Run as ``python -m benchmarks.digit_symmetry`` (10 s).
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from fewqubit.base.io.files import write_text
from fewqubit.data.sources.rotations import turn
from fewqubit.data.sources.symmetry import separability

REPORT = Path("docs/measured/digit_symmetry.md")
HEADER = """# Which rotations of a digit can be told apart

Made by `python -m benchmarks.digit_symmetry` from scikit-learn's digits. Each cell: RBF-SVM in
5-fold cross-validation / nearest of two images (one shot); chance is 0.5. A half turn between 90°
and 270° is the same question as between 0° and 180°.

| digit | quarter turn | half turn |
| --- | --- | --- |
"""


def main() -> None:
    """Measure each digit against itself turned, and 6 against 9 turned."""
    digits = load_digits()
    images = [digits.images[digits.target == digit] for digit in range(10)]
    pairs = [(str(digit), images[digit], images[digit]) for digit in range(10)]
    lines = [_line(*pair) for pair in [*pairs, ("6 against 9", images[6], images[9])]]
    write_text(REPORT, HEADER + "\n".join(lines) + "\n")


def _line(name: str, first: np.ndarray, second: np.ndarray) -> str:
    figures = (separability(first, turn(second, degrees)) for degrees in (90, 180))
    cells = [f"{trained:.3f} / {one_shot:.3f}" for trained, one_shot in figures]
    return f"| {name} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
