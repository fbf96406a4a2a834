"""YAML from anywhere is read within bounds, or is one line."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from ruamel.yaml import YAML

from fewqubit.base.reading import MOST_BYTES, check_plain, parse_yaml, read_yaml
from fewqubit.config import load_settings, validate
from fewqubit.config.settings import Settings
from fewqubit.errors import SettingsError

PARAMS = (Path(__file__).parents[2] / "params.yaml").read_text("utf-8")
LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(9)
)


def refused(call: Any, *arguments: Any) -> str:
    with pytest.raises(SettingsError) as raised:
        call(*arguments)
    line = str(raised.value)
    assert "\n" not in line
    assert len(line) < 700
    return line


def one_line_or(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except SettingsError as error:
        line = str(error)
    assert "\n" not in line
    return None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PARAMS.encode("utf-16"), "expected text in UTF-8, but byte 0 is none"),
        (b"# \xe9", "expected text in UTF-8, but byte 2 is none"),
        (b"a: [", "not valid YAML"),
        (b"{a: own.maps:f}", "quote what has a colon"),
        (b"a: 1\na: 2", "duplicate key"),
        (b"a: 2024-13-45", "not valid YAML: month must be in 1..12"),
        (b"a: 2024-01-01", "a: YAML reads 2024-01-01 as a date; quote it"),
        (b"a: .nan", "a: expected a finite number, got nan"),
        (b"a: 1e-300", "expected 0, or a number between"),
        (b"a: 99999999999999999999", r"below 2\*\*63"),
        (b"a: !!binary aGk=", "got bytes"),
        (b"a: !!set {x}", "expected text, a number, a list or a mapping"),
        (b"a: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        (b'a: "\\0"', "printable"),
        (b'a: "\\ud800"', "invalid Unicode"),
        (b"a: &a [*a]", "aliases repeat them"),
        (LAUGHS.encode(), "aliases repeat them"),
        (b"#" * (MOST_BYTES + 1), "at most 1000000 bytes"),
    ],
)
def test_a_file_that_is_no_settings(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "p.yaml").write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        read_yaml(tmp_path / "p.yaml")
    refused(read_yaml, tmp_path / "p.yaml")


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read: Is a directory" in refused(read_yaml, tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    assert "cannot be read: Too many" in refused(read_yaml, tmp_path / "loop")


def test_nesting_is_bounded() -> None:
    refused(parse_yaml, "[" * 100_000 + "]" * 100_000, "p")


def test_a_mark_in_front_and_windows_line_ends_are_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + PARAMS.replace("\n", "\r\n").encode())
    assert load_settings(path).seed == 2026


@given(st.text())
def test_any_text_is_values_or_one_line(text: str) -> None:
    one_line_or(lambda: check_plain(parse_yaml(text, "p"), "p"))


def leaves(values: Any, way: tuple[Any, ...] = ()) -> Any:
    """The keys of every value that holds no others."""
    if not isinstance(values, dict | list):
        yield way
        return
    for key, value in values.items() if isinstance(values, dict) else enumerate(values):
        yield from leaves(value, (*way, key))


def put(values: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    pairs = values.items() if isinstance(values, dict) else enumerate(values)
    changed = dict(pairs)
    changed[way[0]] = put(changed.get(way[0], {}), way[1:], new)
    return changed if isinstance(values, dict) else [*changed.values()]


VALUES = YAML(typ="safe").load(PARAMS)


@pytest.mark.parametrize("bad", [math.inf, 2**63, -1, 10**9, "x", [], {}])
def test_no_number_takes_what_would_fail_later(bad: Any) -> None:
    """At every place with a number or a text: refused in one line, or a value like any other."""
    for way in leaves(VALUES):
        settings = one_line_or(lambda way=way: validate(put(VALUES, way, bad), "p"))
        assert settings is None or bad in (-1, 10**9, "x", [], {}), way


# ends of what is searched, and names of classes, which may be whole numbers
LABELS = {
    ("Range", "low"),
    ("Range", "high"),
    ("Stream", "lists"),
    ("NoneOfThese", "out_of_scope"),
}


def test_every_whole_number_has_an_upper_bound() -> None:
    """One that has none asks for the memory or the time of ever."""
    schema = TypeAdapter(Settings).json_schema()
    for name, model in {"Settings": schema, **schema["$defs"]}.items():
        for key, field in model.get("properties", {}).items():
            for kind in kinds(field):
                bounded = {"maximum", "exclusiveMaximum", "enum", "const"} & kind.keys()
                free = (name, key) in LABELS or name == "ClassLists"
                assert bounded or free, f"{name}.{key}"


def kinds(field: Any) -> Any:
    if field.get("type") == "integer":
        yield field
    for below in (*field.get("anyOf", ()), field.get("items"), field.get("additionalProperties")):
        if isinstance(below, dict):
            yield from kinds(below)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("learners.maml.training.clip", math.inf, "training.clip: expected a finite number"),
        ("learners.protonet.encoder.widths", [10**9], r"widths\.0: .*less than or equal to 8192"),
        ("learners.maml.seeds", 10**9, "less than or equal to 100"),
        ("feature_maps.zz.repetitions", 10**9, "less than or equal to 1000"),
        ("datasets.digits.episodes.n_test", 1, r"n_test: expected 2 test episodes or more"),
        ("datasets.digits.episodes.n_test", 10**6, "expected at most 50000000 rows"),
        ("evaluation.resamples", 10**9, "less than or equal to"),
        ("evaluation.resamples", 10**6, "do not fit into memory; expected at most 83333"),
        ("datasets.digits.split.validation", [1000.0], "a class is text or a whole number; quote"),
        ("datasets.digits.split.validation", [True], "a class is text or a whole number; quote"),
        ("datasets.digits.rotations", {0: [0, 0]}, "0 more than once"),
        ("datasets.digits.rotations", {11: [0]}, "less than or equal to 9"),
        ("evaluation.devices.shots.layout", [1, 1], "layout names a qubit twice"),
        ("baselines.svm_cost", [1.0, 1.0], "1.0 more than once"),
        ("seed", 2**63, r"below 2\*\*63"),
        ("learners.maml.per_arm", {"twin": {"inner_lr": math.inf}}, "twin.inner_lr: .* finite"),
        ("learners.maml", None, "learners.maml: "),
        ("learners.maml.per_arm", {"twin": {"training": {1: 2}}}, r"training\.1: unknown key"),
        ("learners.maml.kind", ["maml"], "learners.maml: "),
        ("datasets.digits.source", "a\nb", "unknown kind 'a"),
        ("learners.maml", {"kind": "mammal"}, "unknown kind 'mammal'; known: 'protonet'"),
        ("run.learners", [1], "valid string, got 1; quote it"),
    ],
)
def test_what_would_die_after_the_work_is_refused_before(key: str, value: Any, said: str) -> None:
    way = tuple(key.split("."))
    with pytest.raises(SettingsError, match=said):
        validate(put(VALUES, way, value), "p")
    refused(validate, put(VALUES, way, value), "p")


@pytest.mark.parametrize("section", ["baselines", "evaluation", "run", "datasets", "seed"])
def test_a_section_that_dvc_watches_is_not_left_out(section: str) -> None:
    rest = {key: value for key, value in VALUES.items() if key != section}
    assert f"p: {section}: missing" in refused(validate, rest, "p")
    assert validate({**VALUES, "baselines": {}, "evaluation": {}}, "p").evaluation.resamples == 2000
