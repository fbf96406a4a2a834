"""The order in which stages start."""

from concurrent.futures import Future
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from fewqubit.pipeline.chains import Chain
from fewqubit.pipeline.schedule import walk
from fewqubit.pipeline.time_left import longest


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Each stage reads some of the earlier ones, so there is no cycle."""
    names = [f"stage{number}" for number in range(draw(st.integers(0, 8)))]
    return {
        name: draw(st.lists(st.sampled_from(names[:place]), unique=True)) if place else []
        for place, name in enumerate(names)
    }


@given(graphs(), st.integers(1, 3), st.data())
def test_a_stage_starts_after_all_it_reads_and_only_if_that_succeeded(
    graph, at_once: int, data
) -> None:
    broken = set(data.draw(st.lists(st.sampled_from([*graph]), unique=True)) if graph else [])
    started: list[str] = []

    def start(stage: str) -> Future[bool]:
        assert all(source in started and source not in broken for source in graph[stage])
        started.append(stage)
        future: Future[bool] = Future()
        future.set_result(stage not in broken)
        return future

    ended = [stage for stage, _ in walk(graph, start, Future.result, at_once)]

    def possible(stage: str) -> bool:
        return all(source not in broken and possible(source) for source in graph[stage])

    assert sorted(ended) == sorted(started) == sorted(filter(possible, graph))


def test_as_many_are_under_way_as_allowed_and_no_more() -> None:
    futures: list[Future[bool]] = []
    counts: list[int] = []

    def start(stage: str) -> Future[bool]:
        futures.append(Future())
        under_way = [future for future in futures if not future.done()]
        counts.append(len(under_way))
        if len(under_way) == 2 or stage == "e":
            for future in under_way:
                future.set_result(True)
        return futures[-1]

    ended = [stage for stage, _ in walk(dict.fromkeys("abcde", ()), start, Future.result, 2)]
    assert ended == [*"abcde"]
    assert max(counts) == 2


def test_of_those_that_could_start_the_one_that_takes_longest_does() -> None:
    graph = dict.fromkeys([("g",), ("c@x-twin", "d"), ("b@x",), ("e@x-quantum", "f")], ())
    started: list[Chain] = []

    def start(chain: Chain) -> Future[bool]:
        started.append(chain)
        future: Future[bool] = Future()
        future.set_result(True)
        return future

    expected = partial(longest, {"b@x": 5.0})
    for _ in walk(graph, start, Future.result, 1, expected):
        pass
    assert started == [("b@x",), ("e@x-quantum", "f"), ("c@x-twin", "d"), ("g",)]
