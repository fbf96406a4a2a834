"""train_start: drawn problems -> what proposes a start, all seeds, with learning curve."""

from pathlib import Path

from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings
from fewqubit.stages.process import asked, stage
from fewqubit.stages.starts.descents import train_and_save

PROBLEMS, STARTS = Path("artifacts/problems"), Path("artifacts/starts")


def main() -> None:
    """Train one start of params.yaml on one set of problems."""
    problem, start = asked(__doc__, "problem", "start")
    with stage(f"train_start@{problem}-{start}"):
        settings = load_settings()
        contest = look_up(problem, settings.problems, "problem").contest
        starter = look_up(start, settings.starts, "start")
        key = stream(root_key(settings.seed), "start", problem, start)
        folder = STARTS / problem / start
        train_and_save(start, starter, contest, PROBLEMS / problem, key, folder)


if __name__ == "__main__":
    main()
