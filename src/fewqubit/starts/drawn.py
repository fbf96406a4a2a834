"""Train, validation and test problems of a family, each from its own random stream."""

from collections.abc import Sequence
from typing import NamedTuple

from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.errors import SettingsError
from fewqubit.starts.contract import World
from fewqubit.starts.landscape import Landscape, landscape
from fewqubit.starts.problem import Problem
from fewqubit.starts.settings.ansatze import Ansatz
from fewqubit.starts.settings.contest import Contest, Instances
from fewqubit.starts.settings.families import Family
from fewqubit.starts.world import world


class Drawn(NamedTuple):
    """Problems of the three parts, one list per size."""

    train: list[list[Problem]]
    validation: list[list[Problem]]
    test: list[list[Problem]]


def draw(family: Family, ansatz: Ansatz, contest: Contest, key: PRNGKeyArray) -> Drawn:
    """Problems from the streams ``train``, ``validation`` and ``test``.

    Raises SettingsError: sizes differ, and a start of this ansatz holds for one size only.
    """
    sizes = {part: getattr(contest, part).sizes for part in Drawn._fields}
    if not ansatz.transfers and len({size for numbers in sizes.values() for size in numbers}) > 1:
        raise SettingsError(
            f"{ansatz.kind}: its angles belong to qubits, so expected one size in all parts, got "
            f"{', '.join(f'{part} {list(numbers)}' for part, numbers in sizes.items())}"
        )
    return Drawn(
        *(_part(family, getattr(contest, part), stream(key, part)) for part in Drawn._fields)
    )


def _part(family: Family, instances: Instances, key: PRNGKeyArray) -> list[list[Problem]]:
    source = instances.of(family)
    return [source.problems(key, size, instances.count) for size in instances.sizes]


def landscapes(problems: Sequence[Sequence[Problem]]) -> list[Landscape]:
    """One batch per size."""
    return [landscape(batch) for batch in problems]


def world_of(ansatz: Ansatz, drawn: Drawn) -> World:
    """The World of the training problems."""
    every = [problem for batch in drawn.train for problem in batch]
    degrees = {problem.degree for problem in every}
    degree = degrees.pop() if len(degrees) == 1 else None
    return world(ansatz, landscapes(drawn.train), every[0].electrons, degree)
