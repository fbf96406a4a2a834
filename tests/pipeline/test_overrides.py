"""Edits of params.yaml."""

import shutil
from functools import reduce
from operator import getitem
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fewqubit.base.reading import read_yaml
from fewqubit.config import (
    Evaluation,
    Run,
    Settings,
    load_settings,
    validate,
)
from fewqubit.errors import SettingsError
from fewqubit.models.arm_names import OPPONENTS
from fewqubit.pipeline.overrides import (
    as_yaml,
    edit_settings,
    lacking,
    layered,
    recipe_names,
)
from pipeline.edited_settings import PARAMS, laid_over, text


def test_changes_one_value_and_not_one_letter_more(project: Path) -> None:
    before = text(project).splitlines()
    edit_settings(project, ["seed=7"])
    after = text(project).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new.split("#")[0].strip() for _, new in changed] == ["seed: 7"]
    assert changed[0][0].partition("#")[2] == changed[0][1].partition("#")[2]


def test_a_setting_can_be_taken_back_to_null(project: Path) -> None:
    edit_settings(project, ["datasets.digits.features.pca=5"])
    edit_settings(project, ["datasets.digits.features.pca=null"])
    assert text(project) == PARAMS.read_text()


def test_reaches_into_flow_mappings_lists_and_numbered_keys(project: Path) -> None:
    edit_settings(
        project,
        [
            "learners.protonet.training.steps=11",
            "run.learners=[maml]",
            "datasets.digits.rotations.0=[0]",
            "datasets.digits.features.pca=5",
        ],
    )
    settings = load_settings(project / "params.yaml")
    assert settings.learners["protonet"].training.steps == 11
    assert settings.run.learners == ["maml"]
    assert settings.datasets["digits"].rotations[0] == [0]
    assert settings.datasets["digits"].features.pca == 5


@pytest.mark.parametrize(
    ("override", "message"),
    [
        (
            "learners.maml.inner_lr=-1",
            r"with these overrides: learners\..*inner_lr: .*greater than 0, got -1",
        ),
        ("learners.maml.inner_rl=1", r"inner_rl: unknown key"),
        ("seed", r"expected an override like .*, got 'seed'"),
        ("seed=[1", r"seed=\[1 is not valid YAML"),
        ("seed.root=1", r"seed is 7, which has no parts"),
        ("run.learners=[nobody]", r"run\.learners names nobody"),
    ],
)
def test_a_bad_value_is_one_clear_line_and_loses_nothing(
    project: Path, override: str, message: str
) -> None:
    before = text(project)
    with pytest.raises(SettingsError, match=message) as caught:
        edit_settings(project, ["seed=7", override])
    assert "\n" not in str(caught.value)
    assert text(project) == before
    assert [path.name for path in project.iterdir() if path.is_file()] == ["params.yaml"]


def test_settings_that_are_missing_or_broken_are_one_clear_line(project: Path) -> None:
    (project / "params.yaml").write_text("seed: [1\n")
    with pytest.raises(SettingsError, match=r"params\.yaml is not valid YAML"):
        edit_settings(project, ["seed=1"])
    (project / "params.yaml").unlink()
    with pytest.raises(SettingsError, match="does not exist"):
        edit_settings(project, ["seed=1"])


def test_a_recipe_joins_mappings_and_replaces_lists_and_overrides_come_last(project: Path) -> None:
    (project / "recipes/quick.yaml").write_text(
        "run: {learners: [maml]}\nlearners:\n  maml: {inner_steps: 2, inner_lr: 0.5}\n"
    )
    settings = laid_over(project, ["learners.maml.inner_steps=3"], "quick")
    assert settings.run.learners == ["maml"]
    assert settings.run.arms == load_settings(PARAMS).run.arms
    assert (settings.learners["maml"].inner_steps, settings.learners["maml"].inner_lr) == (3, 0.5)


def test_an_unknown_recipe_is_told_what_there_is(project: Path) -> None:
    (project / "recipes/quick.yaml").write_text("seed: 1\n")
    with pytest.raises(SettingsError, match="expected a recipe, got 'qiuck'; there are: quick"):
        layered(project, [], recipe="qiuck")


@pytest.mark.parametrize("recipe", recipe_names(PARAMS.parent))
def test_every_recipe_of_the_project_is_valid(project: Path, recipe: str) -> None:
    shutil.copytree(PARAMS.parent / "recipes", project / "recipes", dirs_exist_ok=True)
    laid_over(project, [], recipe)


@pytest.mark.parametrize("recipe", sorted({*recipe_names(PARAMS.parent)} - {"devices"}))
def test_what_a_recipe_runs_does_not_depend_on_the_users_run(recipe: str) -> None:
    """All axes are its own or empty; ``devices`` looks again at what the user runs.

    A recipe of problems has no data set, and then no learner or feature map is asked for.
    """
    run = read_yaml(PARAMS.parent / "recipes" / f"{recipe}.yaml")["run"]
    needed = {name for name, field in Run.model_fields.items() if field.is_required()}
    assert {*run} >= needed or (run["datasets"] == [] and run["problems"])


@pytest.mark.parametrize("recipe", recipe_names(PARAMS.parent))
def test_a_recipe_with_a_twin_has_a_second_opponent(recipe: str) -> None:
    """*Better* takes both, so that without one a recipe could never say it."""
    arms = read_yaml(PARAMS.parent / "recipes" / f"{recipe}.yaml").get("run", {}).get("arms", [])
    assert "twin" not in arms or set(arms) & set(OPPONENTS)


def test_what_a_recipe_does_not_run_is_not_run(project: Path) -> None:
    stream = "streams.mine={datasets: [digits]}"
    edit_settings(project, [stream, "ways.still={kind: frozen}", "run.streams=[mine]"])
    edit_settings(project, ["run.ways=[still]"])
    (project / "recipes").mkdir(exist_ok=True)
    (project / "recipes/plain.yaml").write_text("run: {datasets: [digits]}\n")
    assert laid_over(project, []).run.streams == ["mine"]
    run = laid_over(project, [], "plain").run
    assert (run.streams, run.ways, run.datasets) == ([], [], ["digits"])


def left_to_defaults(values: dict) -> dict:
    """The same settings without the lines that need not be there."""
    fields = Settings.model_fields
    kept = {name: value for name, value in values.items() if fields[name].is_required()}
    for section, kind in (("run", Run), ("evaluation", Evaluation)):
        needed = {name for name, field in kind.model_fields.items() if field.is_required()}
        kept[section] = {name: values[section][name] for name in needed}
    return kept


def test_lines_left_to_their_defaults_are_there_for_dvc(project: Path) -> None:
    """Every line that dvc.yaml names, for DVC knows no defaults."""
    values = left_to_defaults(read_yaml(project / "params.yaml"))
    (project / "params.yaml").write_text(as_yaml(values))
    assert ("run", "streams") in lacking(values)
    assert ("evaluation", "confidence") in lacking(values)
    whole = layered(project, [])
    assert lacking(whole) == []
    assert validate(whole, "whole") == validate(values, "left out")
    stages = YAML(typ="safe").load(PARAMS.parent / "dvc.yaml")["stages"].values()
    names = {name for stage in stages for name in stage.get("params", ()) if "$" not in name}
    names |= {axis.strip("${}") for stage in stages for axis in stage.get("matrix", {}).values()}
    for name in names:
        reduce(getitem, name.split("."), whole)  # KeyError: DVC would say so too


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | st.floats(allow_nan=False, width=32),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
)


@settings(max_examples=60)
@given(st.dictionaries(TEXTS | st.integers(), VALUES, max_size=4))
def test_what_is_written_for_a_run_reads_back_the_same(values: dict) -> None:
    assert YAML(typ="safe").load(as_yaml(values)) == (values or {})


def test_an_import_path_is_quoted_where_yaml_would_stumble(project: Path) -> None:
    edit_settings(project, ["feature_maps.zz.kind=own.maps:ladder"])
    settings = validate(read_yaml(project / "params.yaml"), "edited")
    assert settings.feature_maps["zz"].kind == "own.maps:ladder"


@pytest.mark.parametrize("name", ["../quick", "", "/etc/passwd", "**", "a/b", "-x", "quick.yaml"])
def test_a_recipe_is_a_name_and_no_path(project: Path, name: str) -> None:
    (project / "recipes/quick.yaml").write_text("seed: 1\n")
    (project / "quick.yaml").write_text("seed: 1\n")
    with pytest.raises(SettingsError, match=r"expected a recipe, got .*; there are: quick"):
        layered(project, [], recipe=name)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n", "seed\n"])
def test_a_recipe_has_sections(project: Path, text: str) -> None:
    (project / "recipes/quick.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"quick\.yaml: expected sections"):
        layered(project, [], recipe="quick")
