"""Answer episodes in blocks of one size: validation and test run the same compiled programs."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Shaped

from fewqubit.meta.learner import EmbeddedLearner, GradientPath, MetaLearner
from fewqubit.meta.target import accuracy, explained
from fewqubit.models.network import Params
from fewqubit.tasks import Episode, Inputs, labels_of, n_examples, rows_of

EPISODES_AT_ONCE = 20  # their states and activations are in memory together
ROWS_AT_ONCE = 256  # are embedded together
MOST_BYTES = 2**29  # of embedded examples; above this, every task embeds its own
ABSENT = -1


class Known(NamedTuple):
    """One seed's parameters, and the examples that its tasks are made from.

    examples:  embedded if the embedding is the same in every task, else raw
    places:    position of each row of the data set in ``examples``; ABSENT if it is not there
    embedded:  whether ``examples`` are embedded
    """

    params: Params
    examples: Inputs
    places: Int[np.ndarray, " N"]
    embedded: bool

    def and_also(self, rows: Int[np.ndarray, " r"], examples: Inputs) -> Self:
        """With further ``rows``, embedded as ``examples``."""
        if not len(rows):
            return self
        places = self.places.copy()
        places[rows] = n_examples(self.examples) + np.arange(len(rows))
        both = jax.tree.map(lambda a, b: np.concatenate([a, b]), self.examples, examples)
        return self._replace(examples=both, places=places)


class Answering:
    """How ``learner`` answers episodes, ``at_once`` of them in memory together.

    An example whose embedding is the same in every task is embedded once. Programs are compiled
    once for a shape of tasks, for blocks of episodes, and do not depend on the data set. ``seeds``
    whose examples are kept together share the memory for them.
    """

    def __init__(
        self, learner: MetaLearner, at_once: int = EPISODES_AT_ONCE, seeds: int = 1
    ) -> None:
        self._learner, self._at_once, self._seeds = learner, at_once, seeds
        self._embed = None if learner.rows is None else jax.jit(learner.rows.embed)
        plain = EmbeddedLearner(learner.adapt, learner.predict, path=learner.path)
        self._of_examples, self._of_rows = _answer(plain), _answer(learner.rows or plain)

    @property
    def steps(self) -> int:
        """How many steps an adaptation takes; 1 for a closed form."""
        return 1 if self._learner.path is None else self._learner.path.steps

    def known(
        self,
        params: Params,
        x: Inputs,
        rows: Int[np.ndarray, " r"],
        before: Known | None = None,
    ) -> Known:
        """One seed's parameters with the examples ``rows`` of ``x``, embedded where that helps.

        What the same seed knew ``before`` is not embedded again, as long as memory holds it.
        """
        params, x = jax.tree.map(np.asarray, (params, x))
        most = 0 if self._embed is None else MOST_BYTES // self._bytes(params, x)
        if len(rows) > most:
            return Known(params, rows_of(x, rows), _places(n_examples(x), rows), False)
        if before is not None and before.embedded:
            missing = rows[before.places[rows] == ABSENT]
            if self._seeds * (n_examples(before.examples) + len(missing)) <= most:
                return before.and_also(missing, self._embedded(params, x, missing))
        return Known(params, self._embedded(params, x, rows), _places(n_examples(x), rows), True)

    def keeps(self, known: Known) -> bool:
        """Whether memory holds the embedded examples of all seeds together."""
        size = sum(leaf.nbytes for leaf in jax.tree.leaves(known.examples))
        return known.embedded and self._seeds * size <= MOST_BYTES

    def logits(
        self,
        known: Known,
        episodes: Episode,
        labels: Shaped[np.ndarray, "episodes s *n_outputs"],
        at: Sequence[int],
    ) -> Float[np.ndarray, "episodes at q n_outputs"]:
        """Answers to queries after each of ``at`` steps of adaptation to supports with ``labels``.

        A closed form has one step.
        """
        answers, answer = [], self._of_rows if known.embedded else self._of_examples
        for block in _blocks(len(labels), self._at_once):
            support, query = (
                rows_of(known.examples, known.places[np.asarray(rows)[block]])
                for rows in episodes[1:]
            )
            answers.append(answer(known.params, support, labels[block], query, at))
        return _joined(answers, len(labels))

    def _embedded(self, params: Params, x: Inputs, rows: Int[np.ndarray, " r"]) -> Any:
        """The examples ``rows``, embedded; None if there are none."""
        assert self._embed is not None
        blocks = _blocks(len(rows), ROWS_AT_ONCE)
        made = [self._embed(params, rows_of(x, rows[block])) for block in blocks]
        return _joined(made, len(rows)) if made else None

    def _bytes(self, params: Params, x: Inputs) -> int:
        """The size of one embedded example."""
        assert self._learner.rows is not None
        made = jax.eval_shape(self._learner.rows.embed, params, rows_of(x, slice(1)))
        return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(made))


def episode_accuracies(
    answering: Answering,
    params: Params,
    x: Inputs,
    episodes: Episode,
    targets: Float[np.ndarray, "N n_outputs"] | None = None,
) -> Float[np.ndarray, "S episodes"]:
    """Query accuracy of every seed of ``params`` in every one of ``episodes`` of ``x``.

    For numbers, ``targets``, the share of their variance that is explained.
    """
    params, rows = jax.tree.map(np.asarray, params), rows_in(episodes)
    labels, truth = answers_of(episodes, targets)
    score = _accuracies if targets is None else _explained
    found = []
    for seed in range(n_examples(params)):
        known = answering.known(rows_of(params, seed), x, rows)
        answers = answering.logits(known, episodes, labels, [answering.steps])[:, -1]
        found.append(np.asarray(score(answers, truth)))
    return np.stack(found)


def answers_of(
    episodes: Episode, targets: Float[np.ndarray, "N n_outputs"] | None = None
) -> tuple[Shaped[np.ndarray, "..."], Shaped[np.ndarray, "..."]]:
    """The labels of the supports and of the queries: classes, or numbers."""
    if targets is not None:
        numbers = np.asarray(targets)
        return numbers[np.asarray(episodes.support_rows)], numbers[np.asarray(episodes.query_rows)]
    n_way = episodes.class_ids.shape[-1]
    labels = (labels_of(rows, n_way) for rows in episodes[1:])
    support, query = map(np.asarray, labels)
    return support, query


def rows_in(episodes: Episode) -> Int[np.ndarray, " r"]:
    """All rows that occur in ``episodes``, each once."""
    return np.unique(np.concatenate([np.ravel(part) for part in episodes[1:]]))


_accuracies, _explained = jax.jit(jax.vmap(accuracy)), jax.jit(jax.vmap(explained))

# (params, supports, labels, queries, steps after which to answer) -> answers of a block of episodes
Answer = Callable[[Params, Inputs, np.ndarray, Inputs, Sequence[int]], np.ndarray]


def _answer(on: EmbeddedLearner) -> Answer:
    return _at_the_end(on) if on.path is None else _along(on, on.path)


def _at_the_end(on: EmbeddedLearner) -> Answer:
    """Answers of a learner in closed form: the same for every number of steps."""

    @jax.jit
    @partial(jax.vmap, in_axes=(None, 0, 0, 0))
    def answer_all(params: Params, support: Inputs, y: Array, query: Inputs) -> Array:
        return on.predict(on.adapt(params, support, y), query)

    def answer(
        params: Params, support: Inputs, y: np.ndarray, query: Inputs, at: Sequence[int]
    ) -> np.ndarray:
        del at
        return np.asarray(answer_all(params, support, y, query))[:, None]

    return answer


def _along(on: EmbeddedLearner, path: GradientPath) -> Answer:
    """Answers of gradient adaptation: one program takes steps, however many, and one answers."""

    @partial(jax.jit, static_argnums=1)
    def begin(params: Params, n_tasks: int) -> Params:
        start = path.begin(params)
        return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (n_tasks, *leaf.shape)), start)

    further = jax.jit(jax.vmap(path.further, in_axes=(None, 0, 0, 0, None)))

    @jax.jit
    @partial(jax.vmap, in_axes=(None, 0, 0))
    def predict(params: Params, now: Params, query: Inputs) -> Array:
        return on.predict({**params, **now}, query)

    def answer(
        params: Params, support: Inputs, y: np.ndarray, query: Inputs, at: Sequence[int]
    ) -> np.ndarray:
        now, done, answers = begin(params, len(y)), 0, {}
        for n in sorted(at):
            if n > done:
                now, done = further(params, now, support, y, n - done), n
            answers[n] = np.asarray(predict(params, now, query))
        return np.stack([answers[n] for n in at], axis=1)

    return answer


def _places(n: int, rows: Int[np.ndarray, " r"]) -> Int[np.ndarray, " n"]:
    """For each of ``n`` rows its position in ``rows``, or ABSENT."""
    places = np.full(n, ABSENT, np.int32)
    places[rows] = np.arange(len(rows))
    return places


def _blocks(n: int, size: int) -> Iterator[Int[np.ndarray, " size"]]:
    """Numbers 0 … n − 1 in blocks of one size; the last block repeats its numbers to fill up."""
    for start in range(0, n, size):
        yield np.resize(np.arange(start, min(start + size, n)), size)


def _joined(blocks: Sequence[Inputs], n: int) -> Any:
    """The first ``n`` entries of all blocks, concatenated."""
    return jax.tree.map(lambda *parts: np.concatenate([*map(np.asarray, parts)])[:n], *blocks)
