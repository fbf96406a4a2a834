"""The stage ``problems``: draws problems of a family, counts their costs, tunes the ramp."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.config.starts import ProblemSet
from fewqubit.starts.contract import World
from fewqubit.starts.descent import Costs, costs
from fewqubit.starts.drawn import Drawn, draw, landscapes, world_of
from fewqubit.starts.problem import Problem, fingerprint
from fewqubit.starts.settings.ansatze import Ansatz

FORMAT = 1
PROBLEMS = "problems.json"


class Prepared(NamedTuple):
    """Drawn problems, the world that learners are built for, and the costs of each test problem."""

    drawn: Drawn
    world: World
    costs: list[list[Costs]]
    instances: str


def draw_and_save(name: str, settings: ProblemSet, key: PRNGKeyArray, folder: Path) -> None:
    """Draw the problems of every part, tune ramp and rate, and write problems.json.

    Raises SettingsError or DataError: the family has no problems of a size, or the ansatz does not
    suit them.
    """
    drawn = draw(settings.family, settings.ansatz, settings.contest, key)
    world = world_of(settings.ansatz, drawn)
    card = {
        "format": FORMAT,
        "problem": name,
        "settings": settings.model_dump(mode="json"),
        "ramp": [float(angle) for angle in world.ramp],
        "rate": world.rate,
        "instances": fingerprint([problem for batch in drawn.test for problem in batch]),
        "costs": [[costs(settings.ansatz, problem) for problem in batch] for batch in drawn.test],
        **{part: [[_plain(p) for p in batch] for batch in getattr(drawn, part)] for part in _PARTS},
    }
    write_card(folder / PROBLEMS, card)


def load_problems(folder: Path) -> Prepared:
    """Read what ``draw_and_save`` wrote. Raises ArtifactError: it is missing or damaged."""
    card = read_card(folder / PROBLEMS, format=FORMAT)
    settings = ProblemSet.model_validate(card["settings"], strict=False)
    drawn = Drawn(*([[_problem(p) for p in batch] for batch in card[part]] for part in _PARTS))
    ansatz: Ansatz = settings.ansatz
    first = drawn.train[0][0]
    degrees = {problem.degree for batch in drawn.train for problem in batch}
    world = World(
        ansatz,
        ansatz.energy(first.electrons),
        jnp.array(card["ramp"], jnp.float32),
        card["rate"],
        tuple(landscapes(drawn.train)),
        degrees.pop() if len(degrees) == 1 else None,
    )
    bills = [[Costs(*bill) for bill in batch] for batch in card["costs"]]
    return Prepared(drawn, world, bills, card["instances"])


_PARTS: Sequence[str] = Drawn._fields


def _plain(problem: Problem) -> dict[str, Any]:
    return {
        "terms": problem.terms,
        "descriptors": problem.descriptors,
        "stretch": problem.stretch,
        "scale": problem.scale,
        "electrons": problem.electrons,
        "edges": problem.edges,
    }


def _problem(plain: dict[str, Any]) -> Problem:
    return Problem(
        tuple((label, c) for label, c in plain["terms"]),
        tuple(plain["descriptors"]),
        plain["stretch"],
        plain["scale"],
        tuple(plain["electrons"]),
        tuple((i, j, w) for i, j, w in plain["edges"]),
    )
