"""What settings name outside themselves stays where the pipeline watches."""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fewqubit.config import load_settings, validate
from fewqubit.config.places import check_file, named
from fewqubit.errors import SettingsError
from fewqubit.pipeline.overrides import as_yaml, layered

TOP = Path(__file__).parents[2]
EPISODES = {"n_way": 2, "n_shot": 1, "n_query": 1, "n_validation": 5, "n_test": 30}
TABLE = {"source": "table", "label": "y", "episodes": EPISODES}
OMNIGLOT = {"source": "omniglot", "episodes": EPISODES}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("own", "data/tables"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").write_bytes((TOP / "params.yaml").read_bytes())
    return tmp_path


def with_setting(project: Path, key: str, value: object) -> None:
    values = YAML(typ="safe").load(project / "params.yaml")
    *way, last = key.split(".")
    place = values
    for part in way:
        place = place.setdefault(part, {})
    place[last] = value
    YAML(typ="safe").dump(values, project / "params.yaml")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "data/tables/../../x.csv",
        "../data/tables/x.csv",
        "x.csv",
        "data/tables",
        "~/x",
    ],
)
@pytest.mark.parametrize("key", ["path", "folder"])
def test_data_stay_in_their_folder(project: Path, path: str, key: str) -> None:
    dataset = TABLE if key == "path" else OMNIGLOT
    with_setting(project, "datasets.mine", {**dataset, key: path})
    with pytest.raises(SettingsError, match=rf"datasets\.mine\.{key}: expected a file in data/tab"):
        load_settings(project / "params.yaml")


def test_pictures_stay_in_their_folder(project: Path) -> None:
    images = {"source": "images", "episodes": EPISODES}
    with_setting(project, "datasets.mine", {**images, "path": "data/images/birds"})
    load_settings(project / "params.yaml")
    with_setting(project, "datasets.mine", {**images, "path": "data/tables/birds"})
    with pytest.raises(SettingsError, match=r"datasets\.mine\.path: expected .* in data/images/"):
        load_settings(project / "params.yaml")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("feature_maps.zz.kind", "zzz", "unknown feature map; known: angle, zz, .*, got 'zzz'"),
        ("feature_maps.zz.kind", "../x.qasm", "expected a file in own/"),
        ("feature_maps.zz.kind", "os:system", "module os is neither below own/"),
        ("learners.maml.circuit.ansatz", "own/../x.qpy", "expected a file in own/"),
        ("learners.maml.circuit.bagged", ["zz", "nope"], "unknown feature map"),
        ("learners.maml.encoder.kind", "builtins:eval", "module builtins is neither"),
        ("learners.maml.per_arm.frozen", {"encoder": {"kind": "os:system"}}, "module os is"),
        ("evaluation.devices.shots.backend", "shots:qulacs", "module shots is neither"),
        ("evaluation.devices.shots.backend", "noisy:", "expected an import path"),
        ("evaluation.devices.shots.backend", "noisy:fake_tornio", "near to it: fake_torino"),
        ("evaluation.devices.shots.backend", "exactly", "unknown backend; known: exact, shots"),
        ("search.space.maml", {"circuit.feature_map": ["zz", "os:system"]}, "module os is"),
        ("learners.maml.circuit.feature_map", "own.nope:f", r"there is no own/nope\.py"),
    ],
)
def test_a_name_that_leads_nowhere_good(project: Path, key: str, value: object, said: str) -> None:
    with_setting(project, key, value)
    with pytest.raises(SettingsError, match=said) as raised:
        load_settings(project / "params.yaml")
    assert "\n" not in str(raised.value)


def test_options_are_data(project: Path) -> None:
    assert [*named({"learners": {"a": {"options": {"kind": "os:system"}}}})] == []


def test_a_link_out_of_the_project_needs_dvc(project: Path, tmp_path_factory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.csv"
    outside.touch()
    (project / "data/tables/x.csv").symlink_to(outside)
    (project / "data/tables/in.csv").symlink_to(project / "params.yaml")
    check_file("k", "data/tables/in.csv", project)
    check_file("k", "data/tables/not_there.csv", project)
    with pytest.raises(ValueError, match=r"k: data/tables/x\.csv is a link to .*copy the file"):
        check_file("k", "data/tables/x.csv", project)
    (project / "data/tables/x.csv.dvc").touch()
    check_file("k", "data/tables/x.csv", project)
    (project / "data/tables/loop").symlink_to("loop")
    with pytest.raises(ValueError, match="k: data/tables/loop cannot be read"):
        check_file("k", "data/tables/loop", project)


def test_a_view_of_the_project_is_the_project(project: Path) -> None:
    (project / "data/tables/x.csv").touch()
    view = project / ".run/run"
    view.mkdir(parents=True)
    for name in ("data", "own", "dvc.yaml"):
        (view / name).symlink_to(Path("../..", name))
    check_file("k", "data/tables/x.csv", view)


def test_what_is_laid_over_is_held_to_the_same(project: Path) -> None:
    with pytest.raises(SettingsError, match="module os is neither"):
        layered(project, ["feature_maps.zz.kind=os:system"])
    values = YAML(typ="safe").load(project / "params.yaml")
    validate(values | {"allow": ["mine.maps"]}, "p")
    with pytest.raises(SettingsError, match=r"allow\.0: "):
        validate(values | {"allow": ["mine maps"]}, "p")


@pytest.mark.parametrize(
    "path", ["own.maps:ladder", "a, b: c]}", "no", "1e3", "x # y", "'\"\\", ""]
)
def test_text_that_is_laid_over_comes_out_as_it_went_in(project: Path, path: str) -> None:
    asked = [f"datasets.digits.split.meta_test=[{json.dumps(path)}]", "seed=3"]
    text = as_yaml(layered(project, asked))
    assert YAML(typ="safe").load(text)["datasets"]["digits"]["split"]["meta_test"] == [path]
