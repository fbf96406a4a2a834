"""A table to regress on: sine waves, one for each place, as readings of an instrument.

    python -m benchmarks.waves data/tables/waves.csv

Columns: place, time (in −5 … 5) and level = amplitude · sin(time + phase); amplitude of a place is
uniform in 0.1 … 5, phase in 0 … π: the waves of Finn et al. (2017), arXiv 1703.03400, §5.1, in a
file. It has 80 places of 40 rows.
"""

import argparse
import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fewqubit.base.io.files import write_text

PLACES, ROWS = 80, 40


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("table", type=Path)
    write_text(parser.parse_args(arguments).table, waves())


def waves(n_places: int = PLACES, n_rows: int = ROWS) -> str:
    """The table as text."""
    random, text = np.random.default_rng(0), io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["place", "time", "level"])
    for place in range(n_places):
        amplitude, phase = random.uniform(0.1, 5), random.uniform(0, np.pi)
        for time in random.uniform(-5, 5, n_rows):
            level = amplitude * np.sin(time + phase)
            rows.writerow([f"place {place:02}", f"{time:.4f}", f"{level:.4f}"])
    return text.getvalue()


if __name__ == "__main__":
    main()
