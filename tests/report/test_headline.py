"""What the headline owes to a reader who does not look at searches: that they ended early."""

import pytest

from fewqubit.base.keys import root_key, stream
from fewqubit.report.findings import find
from fewqubit.report.gather import Study, gather
from fewqubit.report.headline import headline, notes

SEARCHED = {
    "values": {"training.learning_rate": 0.03, "circuit.bandwidth": 0.25},
    "validation_accuracy": 0.7,
    "trials": 12,
}


@pytest.fixture(scope="module")
def study(project, settings) -> Study:
    return gather(project / "artifacts", settings.run)[0]


def searched(study: Study, at_edge: dict[str, dict[str, str]]) -> Study:
    """The study as if every arm had been searched, some to an edge."""
    rows = [
        row._replace(
            card={**row.card, "searched": {**SEARCHED, "at_edge": at_edge.get(row.name, {})}}
        )
        for row in study.learners
    ]
    return study._replace(learners=rows)


def said(study: Study, settings) -> tuple[str, list[str]]:
    findings = find(study, settings.evaluation, stream(root_key(0), "evaluate", "digits"))
    reading = settings.evaluation
    return headline(study, findings, reading), notes(study, findings, reading)


def test_a_choice_at_an_edge_is_counted_above_the_tables_and_named_below(study, settings):
    at = {"protonet twin": {"training.learning_rate": "greatest"}}
    head, below = said(searched(study, at), settings)
    assert f"In 1 of {len(study.learners)} arms the search chose at an edge of its space." in head
    (line,) = [note for note in below if "edge" in note]
    assert line.startswith("protonet twin: the search chose at an edge of its space")
    assert "(training.learning_rate 0.03, the greatest tried)" in line


def test_choices_inside_and_searches_of_before_say_nothing_of_edges(study, settings):
    for one in (searched(study, {}), study):
        head, below = said(one, settings)
        assert "edge" not in head + " ".join(below)
