"""Settings of a learner in one arm: the shared settings, overridden by those of the arm."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from fewqubit.base.reading import fault_message, on_one_line
from fewqubit.config.kinds import OF_LEARNER, forget_old_kinds
from fewqubit.config.learners import AnyLearner

_LEARNER: TypeAdapter[AnyLearner] = TypeAdapter(AnyLearner)


def of_arm(learner: AnyLearner, arm: str) -> AnyLearner:
    """The settings of ``learner`` in ``arm``: those of all arms, overridden by its ``per_arm``.

    Raises ValueError, in one line: a key is unknown or a value out of range.
    """
    overrides = next((values for name, values in learner.per_arm.items() if name == arm), {})
    document, leaves = learner.model_dump(), dict(_leaves(overrides, ()))
    forget_old_kinds(document, [(tuple(k.split(".")), v) for k, v in leaves.items()], OF_LEARNER)
    return _with_values(document, {**leaves, "per_arm": {}})


def check_arms(learners: Mapping[str, AnyLearner]) -> None:
    """Raise ValueError, in one line, if an arm has settings that its learner does not take.

    So it is if an arm would choose among more or fewer kernels than the others.
    """
    for name, learner in learners.items():
        for arm in learner.per_arm:
            try:
                _check_as_many(learner, of_arm(learner, arm))
            except ValueError as error:
                raise ValueError(f"learners.{name}.per_arm.{arm}.{error}") from None


def _check_as_many(learner: AnyLearner, own: AnyLearner) -> None:
    every, here = (len(getattr(one, "candidates", ())) for one in (learner, own))
    if every != here:
        raise ValueError(
            f"candidates: expected as many kernels as in the other arms, {every}, got {here}"
        )


def with_values(learner: AnyLearner, values: Mapping[str, Any]) -> AnyLearner:
    """``learner`` with other values at dotted keys, such as ``training.learning_rate``.

    Other settings stay, even if a value changes a kind: an axis of a search varies one setting.
    Raises ValueError, in one line: a key is unknown or a value out of range.
    """
    return _with_values(learner.model_dump(), values)


def _with_values(document: dict[str, Any], values: Mapping[str, Any]) -> AnyLearner:
    for name, value in values.items():
        *parents, last = name.split(".")
        place: Any = document
        for key in parents:
            place = place.setdefault(key, {}) if isinstance(place, dict) else {}
        if not isinstance(place, dict):
            raise ValueError(f"{name}: unknown key; {'.'.join(parents)} has no parts")
        place[last] = value
    try:
        return _LEARNER.validate_python(document)
    except ValidationError as error:
        raise ValueError(_one_line(error)) from None


def _leaves(values: Mapping[str, Any], prefix: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Dotted keys and values; mappings are merged into the existing ones, as in a recipe."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*prefix, str(key)))
        else:
            yield ".".join((*prefix, str(key))), value


def _one_line(error: ValidationError) -> str:
    """The first fault, without the kind of learner that pydantic puts in front."""
    fault = error.errors(include_url=False)[0]
    key = ".".join(map(str, fault["loc"][1:]))
    key = key or ("" if fault["type"] == "value_error" else "kind")
    return on_one_line(f"{key}: {fault_message(fault)}" if key else fault_message(fault))
