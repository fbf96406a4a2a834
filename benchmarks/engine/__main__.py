"""``python -m benchmarks.engine``: measure, and write docs/measured/engine.{json,md,svg}.

Peers come with ``pip install --group peers``, and torch with qandle; one that is missing is named
as absent.
"""

import argparse
from pathlib import Path

from benchmarks.engine.plot import draw
from benchmarks.engine.report import page
from benchmarks.engine.runner import measure
from benchmarks.engine.works import WORKS

from fewqubit.base.io.files import write_json, write_text


def main() -> None:
    """Measure the works that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--headline", action="store_true", help="one cell for each work")
    parser.add_argument("--limit", type=float, default=60.0, help="processor seconds for an answer")
    parser.add_argument("--rounds", type=int, default=7, help="runs of which the median counts")
    parser.add_argument("--out", type=Path, default=Path("docs/measured"))
    chosen = parser.parse_args()
    cells = [(name, WORKS[name].HEADLINE) for name in chosen.works]
    if not chosen.headline:
        sweep = [(name, cell) for name in chosen.works for cell in WORKS[name].CELLS]
        cells += [pair for pair in sweep if pair not in cells]
    for record in measure(cells, chosen.limit, chosen.rounds):  # a stopped run leaves its cells
        write_json(chosen.out / "engine.json", record)
        write_text(chosen.out / "engine.md", page(record))
        if not chosen.headline:
            draw(chosen.out / "engine.svg", record)


if __name__ == "__main__":
    main()
