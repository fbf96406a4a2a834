"""All data sets of a run as one family: corrected together, counted, told first."""

import json

import pytest

from fewqubit.base.keys import root_key, stream
from fewqubit.config import validate
from fewqubit.evaluate.verdict import holm
from fewqubit.report.across import across, sentence
from fewqubit.report.build import build_report
from fewqubit.report.findings import find
from fewqubit.report.gather import gather
from report.synthetic import LEARNERS, write_study

SETS = ("digits", "others")


@pytest.fixture(scope="module")
def two(settings, tmp_path_factory):
    """Settings and artefacts of two data sets."""
    values = settings.model_dump()
    values["run"]["datasets"] = [*SETS]
    values["datasets"]["others"] = values["datasets"]["digits"]
    folder = tmp_path_factory.mktemp("two")
    for name in SETS:
        write_study(folder / "artifacts", name, every_arm=True)
    values["run"]["arms"] = ["quantum", "twin", "separable", "frozen", "bypass"]
    return validate(values, "test"), folder


@pytest.fixture(scope="module")
def studies(two):
    settings, folder = two
    key = stream(root_key(settings.seed), "evaluate")
    return [
        (study, find(study, settings.evaluation, stream(key, study.dataset)))
        for study in gather(folder / "artifacts", settings.run)
    ]


def test_the_family_is_every_learner_of_every_data_set(two, studies):
    found = across(studies, two[0].evaluation)
    assert [*found.verdicts] == [(name, learner) for name in SETS for learner in LEARNERS]
    alone = [
        answer.verdict.comparison.p_difference
        for _, findings in studies
        for answer in findings.answers.values()
    ]
    assert [row.p_difference for row in found.verdicts.values()] == holm(alone)
    assert sum(found.counts.values()) == len(alone)
    words = {row.word for row in found.verdicts.values()}
    assert {*found.counts} == words
    assert found.entanglers["digits", "kernel"].comparison.difference == pytest.approx(
        studies[0][1].against_arms["kernel", "separable"].comparison.difference
    )


def test_the_sentence_counts_what_the_rows_say(two, studies):
    found = across(studies, two[0].evaluation)
    above = sum(row.comparison.difference > 0 for row in found.verdicts.values())
    assert sentence(found).startswith("In 8 comparisons on 2 data sets the circuit is ")
    assert f"{above} of the 8 differences are above zero" in sentence(found)


def test_one_data_set_has_no_family_of_its_own(two, studies):
    assert across(studies[:1], two[0].evaluation) is None


def test_every_output_tells_it_first(two):
    settings, folder = two
    build_report(folder / "artifacts", folder / "reports", settings)
    headline = json.loads((folder / "reports/metrics.json").read_text())["across"]["told"]
    lines = (folder / "reports/verdicts.md").read_text().splitlines()
    assert (
        lines.index("## All data sets")
        < lines.index(headline)
        < lines.index(next(line for line in lines if line.startswith("## digits")))
    )
    page = (folder / "reports/report.html").read_text()
    assert page.index(headline) < page.index('id="digits"')
