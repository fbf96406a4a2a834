"""``python -m benchmarks.sinusoid``: a long study, which goes on where it was killed.

Writes docs/results/sinusoid/sinusoid.{md,json,png}.
"""

import argparse
from pathlib import Path

from benchmarks.sinusoid.report import draw, page, record
from benchmarks.sinusoid.run import measured
from benchmarks.sinusoid.settings import CONTESTANTS, TRY, Study

from fewqubit.base.io.files import write_json, write_text


def main() -> None:
    """Measure every contestant and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sinusoid", description=__doc__)
    parser.add_argument("--try", dest="try_", action="store_true", help="few steps, for a look")
    parser.add_argument("--out", type=Path, default=Path("docs/results/sinusoid"))
    asked = parser.parse_args()
    study = TRY if asked.try_ else Study()
    results = {name: measured(study, name) for name in CONTESTANTS}
    found = record(study, results)
    write_json(asked.out / "sinusoid.json", found)
    write_text(asked.out / "sinusoid.md", page(study, found))
    draw(asked.out / "sinusoid.png", study, results)


if __name__ == "__main__":
    main()
