"""Streams in the report: verdicts that are known beforehand, tables, maps and curves."""

import jax
import numpy as np
import pytest

from fewqubit.config import Evaluation
from fewqubit.errors import ArtifactError
from fewqubit.meta.streams.answered import Answered
from fewqubit.report.streams.charts import along, matrices
from fewqubit.report.streams.found import StreamStudy, Walked, study_of
from fewqubit.report.streams.news import news
from fewqubit.report.streams.tables import NOTHING, stream_figures, streams_markdown

GROUPS, SEEDS, EPISODES = ["latin", "greek", "thai"], 5, 200
READING = Evaluation(margin=0.02, resamples=500)


def walked(arm: str, level: float, forgets: float = 0.0, asked: str = "a") -> Walked:
    """Accuracies around ``level``, which falls by ``forgets`` with each later group."""
    random = np.random.default_rng(7)
    noise = 0.1 * random.normal(size=(4, 3, SEEDS, EPISODES))
    steps, groups = np.indices((3, 3))
    after = level - forgets * np.maximum(steps - groups, 0)[..., None, None] + noise[:3]
    after[0, 2] = np.nan
    card = {"groups": GROUPS, "asked": [asked]}
    return Walked("protonet", arm, "replay", card, Answered(after, 0.2 + noise[3]))


def study(*walks: Walked) -> StreamStudy:
    return study_of("scripts", walks, READING, jax.random.key(0))


def test_a_circuit_that_forgets_less_is_better_at_it_and_no_better_to_begin_with() -> None:
    found = study(walked("quantum", 0.8), walked("twin", 0.8, 0.1), walked("bypass", 0.8, 0.2))
    place = ("protonet", "replay")
    assert found.verdicts["backward_transfer"][place].verdict.word == "better"
    assert found.verdicts["average_accuracy"][place].nearest == "twin"
    assert found.figures["protonet", "twin", "replay"]["forgetting"].value == pytest.approx(
        (0.1 + 0.2) / 2, abs=0.02
    )


def test_one_opponent_makes_it_ahead_not_better() -> None:
    found = study(walked("quantum", 0.9), walked("twin", 0.8))
    assert found.verdicts["average_accuracy"]["protonet", "replay"].verdict.word == "ahead"


def test_equal_arms_are_equivalent() -> None:
    found = study(walked("quantum", 0.8), walked("twin", 0.8), walked("bypass", 0.8))
    words = {name: rows["protonet", "replay"].verdict.word for name, rows in found.verdicts.items()}
    assert set(words.values()) == {"equivalent"}


def test_an_interval_holds_the_truth() -> None:
    row = study(walked("quantum", 0.7, 0.1)).figures["protonet", "quantum", "replay"]
    assert row["average_accuracy"].low < 0.6 < row["average_accuracy"].high
    assert row["backward_transfer"].low < -0.15 < row["backward_transfer"].high
    assert row["plasticity"].low < 0 < row["plasticity"].high


def test_walks_that_were_asked_other_episodes_do_not_compare() -> None:
    with pytest.raises(ArtifactError, match="same episodes"):
        study(walked("quantum", 0.8), walked("twin", 0.8, asked="b"))


def test_tables_and_page_tell_it() -> None:
    found = study(walked("quantum", 0.8), walked("twin", 0.8, 0.1))
    text = streams_markdown([found])
    assert "| protonet | replay | quantum | 79." in text
    assert "ahead" in text
    assert streams_markdown([]) == NOTHING
    figures = stream_figures([found])["scripts"]
    assert figures["walks"]["protonet/quantum/replay"]["learned"]["value"] == pytest.approx(
        0.8, abs=0.02
    )
    assert [len(one.cells) for one in matrices(found)] == [8, 8]
    assert along(found)[0].title == "protonet, replay"
    from fewqubit.report.page import _environment

    page = _environment().from_string(
        '{% import "figures.html.j2" as draw with context %}{% include "streams.html.j2" %}'
    )
    html = page.render(streams=[found])
    assert html.count("<polyline") == 4
    assert "protonet, replay, twin" in html


def test_news_of_a_stream_say_what_an_earlier_name_costs() -> None:
    assert news("months", [], ["may", "june"]) == ["`months`: new: may, june"]
    assert news("months", ["01", "02"], ["01", "02", "03"]) == ["`months`: new: 03"]
    assert news("months", ["01"], ["01"]) == ["`months`: data or settings changed"]
    new, cost = news("files", ["latin", "greek"], ["latin", "cyrillic", "greek"])
    assert new == "`files`: new: cyrillic"
    assert "all steps from number 2 on" in cost
    assert "from number 2 on" in news("files", ["a", "b"], ["a"])[1]
