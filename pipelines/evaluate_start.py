"""evaluate_start: a trained start and the test problems -> its descents."""

from pathlib import Path

from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings
from fewqubit.stages.process import asked, stage
from fewqubit.stages.starts.descents import evaluate_and_save

PROBLEMS, STARTS = Path("artifacts/problems"), Path("artifacts/starts")
CONTESTS = Path("artifacts/contests")


def main() -> None:
    """Evaluate one start of params.yaml on one set of problems."""
    problem, start = asked(__doc__, "problem", "start")
    with stage(f"evaluate_start@{problem}-{start}"):
        settings = load_settings()
        contest = look_up(problem, settings.problems, "problem").contest
        key = stream(root_key(settings.seed), "start", problem, start)
        place = Path(problem) / start
        evaluate_and_save(contest, PROBLEMS / problem, STARTS / place, key, CONTESTS / place)


if __name__ == "__main__":
    main()
