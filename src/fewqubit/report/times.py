"""Wall times, in a file apart from the report: they differ from run to run."""

from collections.abc import Sequence

from fewqubit.report.gather import Study
from fewqubit.report.markdown import table
from fewqubit.report.words import duration


def times_markdown(studies: Sequence[Study]) -> str:
    """How long each stage took on this machine, all seeds together; "cached": restored by DVC."""
    rows = []
    for study in studies:
        for row in study.results:
            train = "–" if row.card is None else duration(row.seconds.get("meta_train"))
            test = duration(row.seconds.get("evaluate"))
            rows.append([study.dataset, row.learner, row.arm, train, test])
    lines = table(("data set", "learner", "arm", "train", "test"), rows)
    return "\n".join(["# Wall times", "", *lines]) + "\n"
