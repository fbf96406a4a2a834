"""Wall times, in a file apart from the report: they differ from run to run."""

from collections.abc import Sequence

from fewqubit.report.gather import Study
from fewqubit.report.words import duration


def times_markdown(studies: Sequence[Study]) -> str:
    """How long each stage took on this machine, all seeds together; "cached": restored by DVC."""
    lines = ["# Wall times", "", "| data set | learner | arm | train | test |"]
    lines.append("| --- | --- | --- | ---: | ---: |")
    for study in studies:
        for row in study.results:
            train = "–" if row.card is None else duration(row.seconds.get("meta_train"))
            test = duration(row.seconds.get("evaluate"))
            lines.append(f"| {study.dataset} | {row.learner} | {row.arm} | {train} | {test} |")
    return "\n".join(lines) + "\n"
