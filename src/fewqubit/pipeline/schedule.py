"""The order of concurrent stages: each one starts as soon as all that it reads is made."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from graphlib import TopologicalSorter
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar


class Started(Protocol):
    """A stage under way: what ``concurrent.futures`` and Prefect both offer."""

    def add_done_callback(self, call: Callable[[Any], Any], /) -> Any: ...


F = TypeVar("F", bound=Started)
W = TypeVar("W", bound=Hashable)  # a stage, or several that run in one


def walk(
    upstream: Mapping[W, Collection[W]],
    start: Callable[[W], F],
    succeeded: Callable[[F], bool],
    at_once: int,
    expected: Callable[[W], Any] | None = None,
) -> Iterator[tuple[W, F]]:
    """Start every stage of ``upstream``, ``at_once`` at most; yield each when it has ended.

    Of those that could start, the one with the most ``expected`` does, so that no long one is left
    alone at the end. Stages that read the output of a failed one never start; the others go on.
    """
    order = TopologicalSorter(upstream)
    order.prepare()
    ready: list[W] = []
    running: dict[F, W] = {}
    ended: SimpleQueue[F] = SimpleQueue()
    while True:
        ready += order.get_ready()
        if expected is not None:
            ready.sort(key=expected, reverse=True)
        while ready and len(running) < at_once:
            stage = ready.pop(0)
            future = start(stage)
            running[future] = stage
            future.add_done_callback(ended.put)
        if not running:
            return
        future = ended.get()
        stage = running.pop(future)
        if succeeded(future):
            order.done(stage)
        yield stage, future
