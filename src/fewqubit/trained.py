"""A trained learner on disk: parameters of every seed in safetensors, what they mean in JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Array
from pydantic import TypeAdapter
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from fewqubit.config import AnyLearner, Episodes
from fewqubit.errors import ArtifactError
from fewqubit.files import read_json, write_bytes, write_json
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.models.network import Params, n_parameters

FORMAT = 1


class Trained(NamedTuple):
    """A meta-learned model: the functions, and the parameters of its seeds.

    learner:   its four functions, for tasks of the data set's n_way
    settings:  what it was built from
    arm:       quantum, or the name of the arm in the circuit's place
    params:    a pytree whose leaves have a leading seed axis [S, ...]
    card:      everything else that learner.json tells
    """

    learner: MetaLearner
    settings: AnyLearner
    arm: str
    params: Params
    card: dict[str, Any]

    @property
    def n_seeds(self) -> int:
        """How many training runs there are."""
        return len(jax.tree.leaves(self.params)[0])

    def of_seed(self, seed: int) -> Params:
        """The parameters of one training run."""
        return jax.tree.map(lambda leaf: leaf[seed], self.params)


def save_trained(folder: Path, params: Params, card: Mapping[str, Any]) -> None:
    """Write params.safetensors, then learner.json, which declares the result complete."""
    flat = {name: np.asarray(leaf, order="C") for name, leaf in _named_leaves(params)}
    write_bytes(folder / "params.safetensors", save(flat))
    write_json(folder / "learner.json", {"format": FORMAT, **card})


def load_trained(folder: Path) -> Trained:
    """Read what ``save_trained`` wrote.

    Raises ArtifactError: a file is missing or damaged, is of another format, or does not hold the
    parameters that its settings ask for.
    """
    card = read_json(folder / "learner.json")
    if card.get("format") != FORMAT:
        raise ArtifactError(
            f"{folder}/learner.json: expected format {FORMAT}, got {card.get('format')}; "
            "meta-train again with this version"
        )
    settings = TypeAdapter(AnyLearner).validate_python(card["settings"])
    episodes = Episodes.model_validate(card["episodes"])
    learner = build_learner(settings, card["arm"], card["feature_shape"], episodes.n_way)
    template = jax.eval_shape(lambda key: learner.init(key).params, jax.random.key(0))
    params = _fill(template, folder / "params.safetensors")
    return Trained(learner, settings, card["arm"], params, card)


def count_parameters(params: Params) -> dict[str, int]:
    """Trainable numbers of one seed by part: encoder, circuit (or its arm), head, total.

    Some learners have further parts, such as rates or adapters.
    """
    parts = {part: n_parameters(of_part) for part, of_part in params.items()}
    return {**parts, "total": sum(parts.values())}


def _named_leaves(params: Params) -> list[tuple[str, Array]]:
    leaves, _ = jax.tree.flatten_with_path(params)
    return [("/".join(_part(key) for key in path), leaf) for path, leaf in leaves]


def _part(key: Any) -> str:
    """A step of a pytree path as text: the key of a dictionary or the place in a list."""
    return str(getattr(key, "key", getattr(key, "idx", key)))


def _fill(template: Params, path: Path) -> Params:
    """The stored arrays in the shape of ``template``, with a seed axis in front."""
    try:
        stored = load_file(path)
    except (OSError, SafetensorError) as error:
        raise ArtifactError(f"{path}: expected parameters, but {error}; run `dvc repro`") from None
    expected = {name: tuple(leaf.shape) for name, leaf in _named_leaves(template)}
    found = {name: tuple(array.shape[1:]) for name, array in stored.items()}
    if expected != found:
        raise ArtifactError(
            f"{path}: expected the arrays {expected}, found {found}; run `dvc repro`"
        )
    leaves = [stored[name] for name, _ in _named_leaves(template)]
    return jax.tree.unflatten(jax.tree.structure(template), leaves)
