"""report_starts: the descents of every start on one set of problems -> tables, picture, page."""

from pathlib import Path

from fewqubit.base.keys import root_key, stream
from fewqubit.base.registry import look_up
from fewqubit.config import load_settings
from fewqubit.report.starts.page import study_of, write_report
from fewqubit.stages.process import asked, stage
from fewqubit.stages.starts.descents import load_entry
from fewqubit.stages.starts.problems import load_problems
from fewqubit.starts.relaxation import shortfall

PROBLEMS, CONTESTS = Path("artifacts/problems"), Path("artifacts/contests")
REPORTS = Path("reports/starts")


def main() -> None:
    """Report on one set of problems of params.yaml."""
    (problem,) = asked(__doc__, "problem")
    with stage(f"report_starts@{problem}"):
        settings = load_settings()
        contest = look_up(problem, settings.problems, "problem").contest
        prepared = load_problems(PROBLEMS / problem)
        entries = {start: load_entry(CONTESTS / problem / start) for start in settings.run.starts}
        bills, instances = prepared.costs, prepared.instances
        key = stream(root_key(settings.seed), "verdict", problem)
        classical = shortfall([one for own in prepared.drawn.test for one in own])
        study = study_of(problem, contest, entries, bills, instances, key, classical)
        write_report(study, REPORTS)


if __name__ == "__main__":
    main()
