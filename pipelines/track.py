"""track: dvc.lock -> MLflow runs and models, for every result that MLflow does not know yet."""

import sys
from pathlib import Path

from fewqubit.stages.process import stage
from fewqubit.tracking import mirror


def main() -> None:
    """Mirror the project in the current folder and say what was done."""
    with stage("track", computes=False):
        summary = mirror(Path.cwd())
        for note in summary.notes:
            sys.stderr.write(f"track  {note}\n")
        for line in summary.skipped:
            sys.stderr.write(f"track  not mirrored: {line}\n")
        sys.stderr.write(f"track  {len(summary.logged)} new runs, {summary.known} known\n")


if __name__ == "__main__":
    main()
