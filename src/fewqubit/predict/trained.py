"""A trained learner on disk: parameters of every seed in safetensors, what they mean in JSON."""

import csv
import io
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any, NamedTuple

import jax
from pydantic import TypeAdapter, ValidationError

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.cards import check_file, read_card, write_card
from fewqubit.base.io.files import write_bytes, write_text
from fewqubit.base.io.tensors import filled, write_tensors
from fewqubit.base.keys import root_key
from fewqubit.circuits.circuit import Circuit
from fewqubit.circuits.drawn import circuit_text, draw_up
from fewqubit.config import AnyLearner, Episodes
from fewqubit.errors import ArtifactError
from fewqubit.meta import MetaLearner, build_learner
from fewqubit.models.network import Params, n_parameters
from fewqubit.tasks.inputs import shape_from

FORMAT = 3
CARD, PARAMS, CURVE = "learner.json", "params.safetensors", "curve.csv"
REMEDY = "run `fewqubit run` to make it again"
OF_NUMBERS = (  # of the folder of a learner, or of its data
    "{}: expected a learner of classes, got one of numbers (tasks: numbers), which answers test "
    "episodes of the pipeline alone; `fewqubit report` has its R²; name another learner"
)


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
    """Write params.safetensors, then learner.json, the card of it and of curve.csv.

    Raises NumbersError: a parameter is NaN or infinite.
    """
    write_tensors(folder / PARAMS, params)
    write_card(folder / CARD, {"format": FORMAT, **card}, (PARAMS, CURVE))


def without_files(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card with circuits as text in place of file names, so that it needs no other file."""
    circuit = Circuit.model_validate(card["settings"]["circuit"])
    inlined = circuit.with_texts()
    if inlined == circuit:
        return dict(card)
    settings = {**card["settings"], "circuit": inlined.model_dump()}
    drawn = {"circuit": circuit_text(draw_up(inlined))} if "circuit" in card else {}
    return {**card, "settings": settings, **drawn}


def copy_trained(trained: Path, folder: Path) -> None:
    """Write a trained learner into ``folder`` so that it needs nothing of its project's ``own/``
    but code.

    Raises ArtifactError: it is not as it was written.
    """
    card = read_card(trained / CARD, (PARAMS, CURVE), REMEDY, format=FORMAT)
    for name in (PARAMS, CURVE):
        write_bytes(folder / name, (trained / name).read_bytes())
    write_card(folder / CARD, without_files(card), (PARAMS, CURVE))


def write_curve(folder: Path, rows: Sequence[Mapping[str, float]]) -> None:
    """Write curve.csv, a row for each step and seed; unknown values are empty.

    A learner that was never meta-trained has no rows, and a file without columns.
    """
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]) if rows else (), lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: "" if isnan(value) else value for name, value in row.items()})
    write_text(folder / CURVE, text.getvalue())


def load_trained(folder: Path) -> Trained:
    """Read what ``save_trained`` wrote.

    Raises ArtifactError: a file is missing or damaged, is of another format, or does not hold the
    parameters that its settings ask for; the circuit of the settings is another one by now.
    """
    card, settings = _described(folder)
    with fixed():
        return _built(folder, card, settings)


def longest_training(folder: Path) -> int:
    """The steps that a trained learner took at most; 0 if it learned nothing before its tasks.

    Raises ArtifactError as ``load_trained`` does.
    """
    training = _described(folder)[1].meta_training()
    return 0 if training is None else training.longest


def _described(folder: Path) -> tuple[dict[str, Any], AnyLearner]:
    card = read_card(folder / CARD, (PARAMS,), REMEDY, format=FORMAT)
    return card, learner_settings(card, folder / CARD)


def _built(folder: Path, card: dict[str, Any], settings: AnyLearner) -> Trained:
    if circuit_text(draw_up(settings.circuit)) != card["circuit"]:
        raise ArtifactError(
            f"{folder / CARD}: trained with another circuit than its settings build now: one of "
            f"your own was edited; restore it, or {REMEDY}"
        )
    n_way = Episodes.model_validate(card["episodes"]).n_way
    learner = build_learner(settings, card["arm"], shape_from(card["feature_shape"]), n_way)
    template = jax.eval_shape(lambda key: learner.init(key).params, root_key(0))
    params = filled(template, folder / PARAMS, len(card["validation_accuracy"]), REMEDY)
    return Trained(learner, settings, card["arm"], params, card)


def check_prepared(trained: Trained, prepared: Path, name: str) -> None:
    """Raise ArtifactError unless ``name`` in ``prepared`` is what the learner was trained with."""
    remedy = "give the folder of its own data set, or meta-train again"
    check_file(prepared / name, trained.card["prepared"][name], CARD, remedy)


def learner_settings(card: Mapping[str, Any], path: Path) -> AnyLearner:
    """The learner's settings in a card. Raises ArtifactError: this version does not know them."""
    try:
        settings: AnyLearner = TypeAdapter(AnyLearner).validate_python(card["settings"])
    except ValidationError as error:
        first = error.errors()[0]
        raise ArtifactError(
            f"{path}: settings.{'.'.join(map(str, first['loc']))}: {first['msg']}; {REMEDY}"
        ) from error
    return settings


def count_parameters(params: Params) -> dict[str, int]:
    """Trainable numbers of one seed by part: encoder, circuit (or its arm), head, total.

    Some learners have further parts, such as rates or adapters.
    """
    parts = {part: n_parameters(of_part) for part, of_part in params.items()}
    return {**parts, "total": sum(parts.values())}
