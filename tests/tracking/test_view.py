"""The saved view has the form in which MLflow's page stores one."""

import json

from fewqubit.tracking.view import SECTIONS, comparison


def test_view_is_a_named_envelope_around_its_state():
    view = json.loads(comparison(created=7, score="r2"))
    assert (view["name"], view["createdAt"], view["updatedAt"]) == ("Comparison", 7, 7)
    state = json.loads(view["state"])
    assert [section["name"] for section in state["compareRunSections"]] == list(SECTIONS)
    assert {chart["metricSectionId"] for chart in state["compareRunCharts"]} == {SECTIONS[0]}


def test_charts_have_names_of_their_own_and_the_tag_has_room():
    state = json.loads(json.loads(comparison(created=7, score="r2"))["state"])
    names = [chart["uuid"] for chart in state["compareRunCharts"]]
    assert len(set(names)) == len(names)
    assert len(comparison(created=7, score="r2")) < 5000  # MLflow's limit for a tag
