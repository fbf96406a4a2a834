"""The training loop: one episode of meta-train texts a step, with regular validation."""

import hashlib
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.base.extras import needs
from fewqubit.base.io.progress import Progress
from fewqubit.data.embeddings.adapter import Adapter
from fewqubit.data.embeddings.cache import content
from fewqubit.data.embeddings.embedding import adapter_of
from fewqubit.data.embeddings.libraries import LIBRARIES, Loaded
from fewqubit.data.embeddings.model_files import folder_checksum, model_folder
from fewqubit.data.embeddings.settings import Embed, Tune
from fewqubit.data.embeddings.tuning.episodes import (
    Size,
    Texts,
    at_most,
    draw,
    share_right,
    unit,
    usable,
)
from fewqubit.data.embeddings.tuning.lora import WHAT, put, taken, wrap
from fewqubit.data.embeddings.tuning.losses import LOSSES
from fewqubit.data.embeddings.tuning.state import State, read_state, write_state

CACHE = Path(".cache/embeddings/tuned")
LOOKS = 400  # episodes of a validation
ROWS = 40  # most texts of a validation class: each validation embeds all of them


class Tuned(NamedTuple):
    """The result of fine-tuning.

    adapter:  at the best validation
    summary:  steps, the best one, accuracy before and after, number of trained parameters
    """

    adapter: Adapter
    summary: dict[str, Any]


def tuned(
    taught: Texts,
    asked: Texts,
    embed: Embed,
    seed: Sequence[int],
    what: str,
    cache: Path | None = CACHE,
) -> Tuned:
    """The adapter that ``embed.tune`` asks for, learned on ``taught``, chosen on ``asked``.

    A step lowers ``tune.loss`` of one episode (``losses``). A
    validation is the accuracy of the nearest class mean in episodes of ``asked``. The best adapter
    is returned; it may be that of the unchanged encoder.

    what:   prefix of progress lines and notes on stderr
    cache:  folder of the state; its key is the content of encoder, settings, texts and seed

    Raises DataError: too few texts, no such layers; MissingExtraError: peft or torch is not there.
    """
    assert embed.tune is not None
    tune, folder = embed.tune, model_folder(embed, "text")
    with needs("text", WHAT):
        import peft  # noqa: F401
        import torch  # noqa: F401
    size = Size(tune.n_way, tune.n_shot, tune.n_query)
    usable(taught.y, size, "meta-train")
    some = at_most(asked, ROWS, seed)
    usable(some.y, size, "validation")
    key = _key(folder_checksum(folder), embed, (taught, some), seed)
    state = read_state(cache, key) if cache else None
    if state is None or not state.done:
        _, load = LIBRARIES[embed.library]
        loop = _Loop(load(folder, embed), tune, embed.batch, taught, some, seed)
        progress = Progress(f"{what}: fine-tuning", tune.steps)
        state = loop.run(state, progress, cache, key)
    return _result(state, tune, what)


class _Loop:
    """Network, optimiser and episodes of one run."""

    def __init__(
        self,
        loaded: Loaded,
        tune: Tune,
        batch: int,
        taught: Texts,
        asked: Texts,
        seed: Sequence[int],
    ) -> None:
        import torch

        assert loaded.forward is not None
        self.forward, self.tune, self.batch, self.seed = loaded.forward, tune, batch, seed
        self.taught, self.asked = taught, asked
        self.size = Size(tune.n_way, tune.n_shot, tune.n_query)
        self.lessons = usable(taught.y, self.size, "meta-train")
        random, rows = self._random("looks"), usable(asked.y, self.size, "validation")
        self.looks = np.stack([draw(random, rows, self.size) for _ in range(LOOKS)])
        with torch.random.fork_rng():
            torch.manual_seed(self._number("begin"))
            self.wrapped = wrap(loaded.network, tune.rank, tune.alpha, tuple(tune.targets))
        self.frozen = self._vectors(asked.texts) if tune.with_frozen else None  # B is still 0
        self.trained = [one for one in self.wrapped.parameters() if one.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=tune.learning_rate, weight_decay=0.0)

    def run(self, state: State | None, progress: Progress, cache: Path | None, key: str) -> State:
        """Train from ``state``, or from the unchanged encoder; store each validation."""
        if state is None:
            initial = taken(self.wrapped)
            state = State(0, initial, initial, {}, [self._look()], 0)
        else:
            put(self.wrapped, state.now)
            self._set_moments(state.moments)
        while not state.done:
            end = min(state.step + self.tune.validate_every, self.tune.steps)
            losses = [self._step(step) for step in range(state.step, end)]
            state = self._after_validation(state, end)
            if cache:
                write_state(cache, key, state)
            progress.update(end, loss=float(np.mean(losses)), validation=state.scores[-1])
        return state

    def _after_validation(self, before: State, step: int) -> State:
        """The state after a validation: whether it is the best, and whether it was the last."""
        score, now = self._look(), taken(self.wrapped)
        better = score > max(before.scores)
        scores, best_step = [*before.scores, score], step if better else before.best_step
        waited = (step - best_step) / self.tune.validate_every
        done = step >= self.tune.steps or waited >= self.tune.patience
        best = now if better else before.best
        return State(step, now, best, self._moments(), scores, best_step, done)

    def _step(self, step: int) -> float:
        """One step of AdamW on one episode; dropout, too, depends only on seed and step."""
        import torch
        from torch.nn.functional import normalize

        rows = draw(self._random("episode", step), self.lessons, self.size)
        rate = 0.5 * (1 + math.cos(math.pi * step / self.tune.steps))
        for group in self.optimizer.param_groups:
            group["lr"] = self.tune.learning_rate * rate
        self.wrapped.train()
        with torch.random.fork_rng():
            torch.manual_seed(self._number("dropout", step))
            texts = [self.taught.texts[row] for row in rows.ravel()]
            x = normalize(self._embedded(texts), dim=-1).reshape(*rows.shape, -1)
        loss = LOSSES[self.tune.loss](x, self.size.n_shot, self.tune.temperature)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()
        return float(loss.detach())

    def _look(self) -> float:
        x = self._vectors(self.asked.texts)
        if self.frozen is not None:
            x = np.concatenate([unit(self.frozen), unit(x)], axis=1)
        return share_right(x, self.looks, self.size.n_shot)

    def _vectors(self, texts: Sequence[str]) -> Float[np.ndarray, "N d"]:
        import torch

        self.wrapped.eval()
        with torch.inference_mode():
            found: np.ndarray = self._embedded(texts).float().cpu().numpy()
        return found

    def _embedded(self, texts: Sequence[str]) -> Any:
        """Vectors of ``texts``; those of like length share a batch, since padding costs as text."""
        import torch

        order = np.argsort([len(text) for text in texts], kind="stable")
        batches = [order[start : start + self.batch] for start in range(0, len(texts), self.batch)]
        parts = [self.forward([texts[row] for row in batch]) for batch in batches]
        return torch.cat(parts)[np.argsort(order)]

    def _moments(self) -> dict[str, np.ndarray]:
        """AdamW's moments of each parameter."""
        found = self.optimizer.state_dict()["state"]
        return {
            f"{number}/{name}": part.cpu().numpy().copy()
            for number, parts in found.items()
            for name, part in parts.items()
        }

    def _set_moments(self, moments: Any) -> None:
        import torch

        held: dict[int, dict[str, Any]] = {}
        for place, array in moments.items():
            number, _, name = place.partition("/")
            held.setdefault(int(number), {})[name] = torch.from_numpy(np.array(array))
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": held})

    def _random(self, *names: str | int) -> np.random.Generator:
        return np.random.default_rng(self._number(*names))

    def _number(self, *names: str | int) -> int:
        """A different seed for each purpose and step."""
        digest = hashlib.sha256(json.dumps([*map(int, self.seed), *names]).encode())
        return int.from_bytes(digest.digest()[:7], "big")


def _result(state: State, tune: Tune, what: str) -> Tuned:
    adapter = adapter_of(tune, state.best)
    summary = {
        "steps": state.step,
        "best_step": state.best_step,
        "validation_before": state.scores[0],
        "validation_accuracy": max(state.scores),
        "parameters": int(sum(one.size for one in state.best.values())),
        "adapter": adapter.checksum,
    }
    sys.stderr.write(
        f"{what}: fine-tuned {summary['parameters']} numbers of the encoder; of {state.step} steps "
        f"number {state.best_step} was the best, with {max(state.scores):.1%} right answers on "
        f"validation classes, from {state.scores[0]:.1%}\n"
    )
    return Tuned(adapter, summary)


def _key(encoder: str, embed: Embed, parts: Sequence[Texts], seed: Sequence[int]) -> str:
    """A key from everything that decides the result of training."""
    asked = embed.model_dump(exclude={"model", "revision", "options", "normalize", "layers"})
    digest = hashlib.sha256(
        json.dumps([encoder, asked, [*map(int, seed)]], sort_keys=True).encode()
    )
    for texts, y in parts:
        for text, number in zip(texts, y.tolist(), strict=True):
            digest.update(hashlib.sha256(content(text)).digest() + number.to_bytes(8, "big"))
    return digest.hexdigest()[:40]
