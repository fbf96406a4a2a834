"""Settings: what params.yaml may say, and the one line that says what is wrong with it."""

import copy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fewqubit.config import OPPONENTS, load_settings, validate
from fewqubit.errors import SettingsError

TOP = Path(__file__).parents[1]


@pytest.fixture
def values() -> dict[str, Any]:
    return YAML(typ="safe").load((TOP / "params.yaml").read_text())


def changed(values: dict[str, Any], dotted: str, value: Any) -> dict[str, Any]:
    values = copy.deepcopy(values)
    *path, last = dotted.split(".")
    place = values
    for key in path:
        place = place[key]
    place[last] = value
    return values


def test_the_shipped_settings_are_valid() -> None:
    arms = {*load_settings(TOP / "params.yaml").run.arms}
    assert {"quantum", "twin"} <= arms
    assert arms & {*OPPONENTS}


@pytest.mark.parametrize(
    ("dotted", "value", "message"),
    [
        ("seed", "one", "params.yaml: seed: Input should be a valid integer, got 'one'"),
        ("learners.maml.inner_lr", -1, "learners.maml.inner_lr: Input should be greater than 0"),
        ("learners.maml.inner_rate", 1, "learners.maml.inner_rate: unknown key"),
        ("learners.maml.kind", "mammal", "learners.maml: .*'mammal'"),
        ("run.learners", ["maml", "none"], "run.learners names none, which no section describes"),
        ("baselines.qsvm_feature_map", "no", "baselines.qsvm_feature_map names no"),
        ("baselines.qsvm_maps", ["no"], "baselines.qsvm_maps: unknown feature map"),
        ("baselines.encoders", [{"kind": "os:x"}], "baselines.encoders.kind: .*os:x"),
        ("datasets.digits.split.meta_test", [1, 4], "a class belongs to one split only.*: 1"),
        ("learners.maml.training.warmup", 300, "warmup below the 300 steps, got 300"),
        ("evaluation.device_learners", ["no"], "evaluation.device_learners names no, which no"),
        ("run.datasets", [], "run: .*datasets and problems are empty"),
        ("run.starts", ["maml"], "run: .*starts has names, but problems is empty"),
        ("evaluation.margin", 1.5, "evaluation.margin: Input should be less than 1, got 1.5"),
    ],
)
def test_a_fault_is_one_line(values: dict[str, Any], dotted: str, value: Any, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        validate(changed(values, dotted, value), "params.yaml")
    assert "\n" not in str(raised.value)


def test_a_table_must_be_where_changes_are_seen(values: dict[str, Any]) -> None:
    table = {
        "source": "table", "path": "elsewhere.csv", "label": "y",
        "episodes": values["datasets"]["digits"]["episodes"],
    }  # fmt: skip
    with pytest.raises(SettingsError, match="expected a file in data/tables/"):
        validate(changed(values, "datasets.mine", table), "params.yaml")
    validate(changed(values, "datasets.mine", {**table, "path": "data/tables/a.csv"}), "p")


def test_a_missing_or_broken_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("run: [")
    with pytest.raises(SettingsError, match="not valid YAML"):
        load_settings(tmp_path / "params.yaml")


def test_circuits_of_the_named_learners_answer_on_devices(values: dict[str, Any]) -> None:
    reading = validate(values, "params.yaml").evaluation
    assert [*reading.devices_of("kernel")] == [*reading.devices] != []
    assert reading.devices_of("maml") == {}
    every = validate(changed(values, "evaluation.device_learners", None), "p").evaluation
    assert every.devices_of("maml") == every.devices
