"""Edits by which something is of another kind, and what arms keep of their own."""

from pathlib import Path

import pytest

from fewqubit.config import (
    Circuit,
    Device,
    load_settings,
    of_arm,
    validate,
)
from fewqubit.config.learners import SECTIONS
from fewqubit.errors import SettingsError
from fewqubit.models.settings import Conv
from fewqubit.pipeline.overrides import (
    edit_settings,
    kept_by_arms,
    layered,
    started_over,
)
from pipeline.edited_settings import laid_over

OWN = "{twin: {inner_lr: 0.3}, bypass: {inner_lr: 0.3}}"


def test_arms_that_keep_a_value_of_their_own_are_named(project: Path) -> None:
    edit_settings(project, [f"learners.maml.per_arm={OWN}"])
    asked = ["learners.maml.inner_lr=0.05", "learners.maml.inner_steps=2"]
    values = layered(project, asked)
    (line,) = kept_by_arms(project, values, asked, None)
    assert line == (
        "learners.maml.inner_lr=0.05: twin keeps 0.3, bypass keeps 0.3 (per_arm); for all arms: "
        "--set learners.maml.every_arm.inner_lr=0.05"
    )
    assert of_arm(validate(values, "").learners["maml"], "twin").inner_lr == 0.3


@pytest.mark.parametrize("below", ["inner_lr=0.05", "training.learning_rate=0.05"])
def test_every_arm_takes_a_value(project: Path, below: str) -> None:
    edit_settings(project, [f"learners.maml.per_arm={OWN}"])
    asked = [f"learners.{name}.every_arm.{below}" for name in ("maml", "protonet")]
    asked = asked if "training" in below else asked[:1]
    values = layered(project, asked)
    assert kept_by_arms(project, values, asked, None) == []
    name, *keys = below.partition("=")[0].split(".")
    for learner in [ask.split(".")[1] for ask in asked]:
        for arm in ("quantum", "twin", "bypass"):
            found = getattr(of_arm(validate(values, "").learners[learner], arm), name)
            assert (getattr(found, keys[0]) if keys else found) == 0.05
    edit_settings(project, asked)
    assert load_settings(project / "params.yaml") == validate(values, "")


MAP = "learners.maml.circuit.feature_map"


def circuit_of(project: Path, overrides: list[str], recipe: str | None = None) -> Circuit:
    return laid_over(project, overrides, recipe).learners["maml"].circuit


def test_another_map_starts_from_its_defaults_in_any_order(project: Path) -> None:
    before = circuit_of(project, [])
    assert (before.repetitions, before.bandwidth, before.layers) == (2, 0.5, 1)
    after = circuit_of(project, [f"{MAP}=angle"])
    assert (after.repetitions, after.bandwidth) == (1, 1.0)
    assert (after.n_qubits, after.ansatz, after.layers) == (6, "real_amplitudes", 1)
    named = "learners.maml.circuit.repetitions=3"
    for asked in ([named, f"{MAP}=angle"], [f"{MAP}=angle", named]):
        after = circuit_of(project, asked)
        assert (after.repetitions, after.bandwidth) == (3, 1.0)
    assert circuit_of(project, [f"{MAP}=hardware_efficient"]) == before
    assert circuit_of(project, ["learners.maml.every_arm.circuit.feature_map=angle"]) == (
        circuit_of(project, [f"{MAP}=angle"])
    )


def test_overrides_are_laid_over_a_recipe_by_the_same_rule(project: Path) -> None:
    (project / "recipes/quick.yaml").write_text(
        "learners: {maml: {circuit: {feature_map: iqp, repetitions: 4}}}\n"
    )
    assert circuit_of(project, [], "quick").repetitions == 4
    assert circuit_of(project, [], "quick").bandwidth == 1.0
    assert circuit_of(project, [f"{MAP}=angle"], "quick").repetitions == 1


def test_another_kind_is_all_that_a_section_keeps(project: Path) -> None:
    settings = laid_over(project, ["learners.maml.kind=protonet", "learners.maml.seeds=2"])
    assert settings.learners["maml"] == SECTIONS["protonet"](seeds=2)
    assert "maml" not in settings.search.space
    encoder = "learners.maml.encoder"
    edit_settings(project, [f"{encoder}.widths=[64]"])
    conv = laid_over(project, [f"{encoder}.kind=conv"]).learners["maml"].encoder
    assert conv == Conv()
    with pytest.raises(SettingsError, match=r"datasets\.digits\.episodes: missing"):
        layered(project, ["datasets.digits.source=glyphs"])
    edit_settings(project, ["evaluation.devices.shots.layout=[0,1,2,3,4,5]"])
    device = laid_over(project, ["evaluation.devices.shots.backend=noisy:fake_lagos"])
    assert device.evaluation.devices["shots"] == Device(backend="noisy:fake_lagos")


def test_arms_and_searches_of_the_old_kind_are_forgotten_with_it(project: Path) -> None:
    own = "{twin: {circuit: {bandwidth: 0.1, classical: {gamma: 2.0}}}}"
    edit_settings(project, [f"learners.maml.per_arm={own}"])
    settings = laid_over(project, [f"{MAP}=angle"])
    assert of_arm(settings.learners["maml"], "twin").circuit.bandwidth == 1.0
    assert of_arm(settings.learners["maml"], "twin").circuit.classical.gamma == 2.0
    assert "circuit.bandwidth" not in settings.search.space["maml"]
    assert "inner_lr" in settings.search.space["maml"]


def test_what_starts_over_is_told_unless_it_is_named(project: Path) -> None:
    (line,) = started_over(project, [f"{MAP}=angle", "learners.maml.circuit.bandwidth=0.5"], None)
    assert line == (
        f"{MAP}=angle: of another kind, so these start from its defaults: "
        "learners.maml.circuit.repetitions, search.space.maml.circuit.bandwidth; "
        "name them to keep them"
    )
    assert (
        started_over(project, ["learners.maml.inner_lr=0.2", f"{MAP}=hardware_efficient"], None)
        == []
    )


def test_an_edited_file_follows_the_same_rule(project: Path) -> None:
    edit_settings(project, [f"{MAP}=angle"])
    written = load_settings(project / "params.yaml").learners["maml"].circuit
    assert (written.feature_map, written.repetitions, written.bandwidth) == ("angle", 1, 1.0)
    assert written.readout == "zz"
