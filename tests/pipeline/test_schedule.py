"""The order in which stages start."""

from concurrent.futures import Future

from hypothesis import given
from hypothesis import strategies as st

from fewqubit.pipeline.schedule import walk


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Each stage reads some of the earlier ones, so there is no cycle."""
    names = [f"stage{number}" for number in range(draw(st.integers(0, 8)))]
    return {
        name: draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
        for place, name in enumerate(names)
    }


@given(graphs(), st.data())
def test_a_stage_starts_after_all_it_reads_and_only_if_that_succeeded(graph, data) -> None:
    broken = set(data.draw(st.lists(st.sampled_from([*graph]), unique=True)) if graph else [])
    started: list[str] = []

    def start(stage: str) -> Future[bool]:
        assert all(source in started and source not in broken for source in graph[stage])
        started.append(stage)
        future: Future[bool] = Future()
        future.set_result(stage not in broken)
        return future

    ended = [stage for stage, _ in walk(graph, start, Future.result)]

    def possible(stage: str) -> bool:
        return all(source not in broken and possible(source) for source in graph[stage])

    assert sorted(ended) == sorted(started) == sorted(filter(possible, graph))


def test_stages_that_need_nothing_of_each_other_are_under_way_at_once() -> None:
    futures: dict[str, Future[bool]] = {}

    def start(stage: str) -> Future[bool]:
        futures[stage] = Future()
        if len(futures) == 2:
            for future in [*futures.values()]:
                future.set_result(True)
        return futures[stage]

    assert {stage for stage, _ in walk({"a": [], "b": []}, start, Future.result)} == {"a", "b"}
