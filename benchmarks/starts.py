"""Where a variational circuit starts: ``python -m benchmarks.starts RECIPE`` runs its contest.

What the stages of the recipe do, in one process, so that descents are compiled once. Writes
docs/results/starts_<problem>: tables, figures and the page.
"""

import subprocess
import sys
from pathlib import Path

from fewqubit.config import validate
from fewqubit.io.files import write_json
from fewqubit.pipeline.overrides import layered
from fewqubit.report.starts.page import write_report
from fewqubit.study.starts import compare_starts

RESULTS = Path("docs/results")


def main() -> None:
    """Run every contest of one recipe, with the starts that it names."""
    (recipe,) = sys.argv[1:]
    settings = validate(layered(Path(), [], recipe), f"recipes/{recipe}.yaml")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    for name in settings.run.problems:
        described = settings.problems[name]
        starters = {start: settings.starts[start] for start in settings.run.starts}
        found = compare_starts(
            described.family,
            described.ansatz,
            starters,
            described.contest,
            random_state=settings.seed,
        )
        folder = RESULTS / f"starts_{name}"
        write_report(found.study._replace(name=name), folder)
        made = {
            "command": f"python -m benchmarks.starts {recipe}",
            "commit": commit,
            "settings": described.model_dump(mode="json"),
            "starts": {start: one.model_dump(mode="json") for start, one in starters.items()},
        }
        write_json(folder / "made.json", made)


if __name__ == "__main__":
    main()
