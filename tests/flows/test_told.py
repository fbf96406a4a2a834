"""What a killed update has not told is told by the next one."""

from pathlib import Path

from flows.told import TOLD, Told, last_told, remember

from fewqubit.tracking.registered.standing import Standing

JAN, FEB = {"months": ["jan"]}, {"months": ["jan", "feb"]}
MODEL = "fewqubit-months"
SECOND = {MODEL: Standing("2", "protonet after 2 groups", "it is better")}


def test_without_a_record_news_are_what_this_run_found() -> None:
    told = Told()
    assert not told.all_said(JAN), "an update may have been killed before the first message"
    assert told.before(JAN, FEB, ()) == JAN
    assert told.before(JAN, JAN, ()) == {}
    assert told.before(JAN, JAN, {"months"}) == JAN, "other data in the same groups"
    assert told.with_moves([], SECOND) == []


def test_groups_that_arrived_in_a_killed_run_are_new_in_the_next(tmp_path: Path) -> None:
    remember(tmp_path, Told(), JAN, {})
    told = last_told(tmp_path)
    assert told.all_said(JAN)
    assert not told.all_said(FEB), "so that the schedule goes on with what a kill has left"
    assert told.before(FEB, FEB, ()) == JAN


def test_an_alias_that_a_killed_run_moved_is_told_once(tmp_path: Path) -> None:
    first = {MODEL: Standing("1", "protonet", "the first")}
    remember(tmp_path, Told(), JAN, first)
    told = last_told(tmp_path)
    line = f"{MODEL}: version 2 is champion since the last message, protonet after 2 groups: it is"
    assert told.with_moves(["a"], SECOND) == ["a", f"{line} better"]
    said = [f"{MODEL}: version 2 is champion: it is better"]
    assert told.with_moves(said, SECOND) == said
    remember(tmp_path, told, {"other": ["x"]}, SECOND)
    again = last_told(tmp_path)
    assert again.with_moves([], SECOND) == []
    assert again.all_said(JAN), "a run of another stream forgets nothing"


def test_a_record_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / TOLD).parent.mkdir(parents=True)
    (tmp_path / TOLD).write_text("{")
    assert last_told(tmp_path) == Told()
