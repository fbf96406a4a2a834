"""The form of a run offers what the project has."""

from pathlib import Path

import pytest
from flows.choices import axes, choices
from pydantic import TypeAdapter, ValidationError

from fewqubit.config import load_settings
from toy_project import PARAMS


def project(folder: Path, *recipes: str, settings: str | None = None) -> Path:
    (folder / "recipes").mkdir()
    for name in recipes:
        (folder / f"recipes/{name}.yaml").write_text("seed: 1\n")
    (folder / "params.yaml").write_text(settings or PARAMS.read_text())
    return folder


def test_names_of_settings_and_recipes_are_offered_and_others_refused(tmp_path: Path) -> None:
    types = choices(project(tmp_path, "smoke", "wide"))
    settings = load_settings(PARAMS)
    for kind, known in zip(types, (settings.datasets, settings.learners, ["smoke"]), strict=True):
        for name in known:
            assert TypeAdapter(kind).validate_python(name) == name
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python("nonsense")


@pytest.mark.parametrize("settings", ["{", "seed: no\n", "[]"])
def test_settings_that_cannot_be_read_stop_no_server(tmp_path: Path, settings: str) -> None:
    assert choices(project(tmp_path, settings=settings)) == (str, str, str)


def test_what_is_chosen_becomes_overrides_and_nothing_leaves_the_settings() -> None:
    assert axes([], []) == []
    assert axes(["digits"], []) == ["run.datasets=[digits]"]
    assert axes(["a", "b-c"], ["maml"]) == ["run.datasets=[a, b-c]", "run.learners=[maml]"]
