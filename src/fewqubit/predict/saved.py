"""A start in one folder, with the task that the classifier has adapted to, if there is one."""

from pathlib import Path
from typing import Any

from fewqubit.base.io.files import sha256
from fewqubit.base.io.folders import replacing_folder
from fewqubit.data.prepared import TRANSFORM
from fewqubit.errors import SettingsError
from fewqubit.meta.settings.own import check_named
from fewqubit.predict.adapted import ADAPTED, AdaptedClassifier
from fewqubit.predict.adapted import CARD as ADAPTED_CARD
from fewqubit.predict.door import value_of
from fewqubit.predict.inputs import embed_of, load_any, save_any
from fewqubit.predict.start import Start
from fewqubit.predict.trained import (
    CARD,
    CURVE,
    OF_NUMBERS,
    PARAMS,
    check_prepared,
    load_trained,
    save_trained,
    without_files,
    write_curve,
)

FILES = {CARD, PARAMS, CURVE, TRANSFORM, "transform.npz", ADAPTED, ADAPTED_CARD}
IN_CARDS = ("learner", "arm", "embed")  # arguments that cards of other parts tell


def save_start(
    folder: Path, start: Start, arguments: dict[str, Any], adapted: AdaptedClassifier | None
) -> None:
    """Write ``start``, and the task if there is one, into ``folder``, whole or not at all."""
    check_named(start.learner.kind)
    plain_arguments = {name: value for name, value in arguments.items() if name not in IN_CARDS}
    if not isinstance(plain_arguments["validation"], float | int):
        plain_arguments["validation"] = [str(one) for one in plain_arguments["validation"]]
    with replacing_folder(folder, FILES) as new:
        save_any(new, start.transform)
        write_curve(new, start.curve)
        card = without_files(start.card) | {
            "prepared": {TRANSFORM: sha256(new / TRANSFORM)},
            "arguments": plain_arguments,
        }
        save_trained(new, start.params, card)
        if adapted is not None:
            adapted.write(new)


def load_start(
    folder: Path, prepared: Path
) -> tuple[Start, dict[str, Any], AdaptedClassifier | None]:
    """What ``save_start`` or the pipeline wrote; the arguments of its classifier; its task."""
    trained, transform = load_trained(folder), load_any(prepared)
    if trained.card["episodes"]["n_way"] == 1:
        raise SettingsError(OF_NUMBERS.format(folder))
    check_prepared(trained, prepared, TRANSFORM)
    learner = value_of(trained.settings)
    start = Start(learner, transform, trained.params, trained.card, [])
    shape = {name: trained.card["episodes"][name] for name in ("n_way", "n_shot", "n_query")}
    arguments = {
        "embed": embed_of(transform),
        "learner": learner,
        "arm": trained.arm,
        "seeds": trained.n_seeds,
        **trained.card.get("arguments", shape),
    }
    there = (folder / ADAPTED_CARD).exists()
    return start, arguments, AdaptedClassifier.load(folder) if there else None
