"""Settings fitted to tables of any shape: what is written can be run, or the table is refused."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from fewqubit.base.keys import root_key, stream
from fewqubit.config import Settings, load_settings, validate
from fewqubit.data.read import read_raw
from fewqubit.errors import DataError, FewqubitError
from fewqubit.pipeline.overrides import _lay, _parse
from fewqubit.pipeline.projects.fitted import fit_table
from fewqubit.stages.plan import plan

PARAMS = Path(__file__).parents[3] / "params.yaml"
SHIPPED = load_settings(PARAMS)


def table(folder: Path, rows: list[int], columns: int, name: str = "some.csv") -> Path:
    """A table with a class of ``rows[i]`` rows for each i."""
    numbers = np.random.default_rng(0).normal(size=(sum(rows), columns))
    lines = [",".join(["kind", *(f"c{i}" for i in range(columns))])]
    labels = [f"k{i}" for i, count in enumerate(rows) for _ in range(count)]
    lines += [",".join([k, *map(str, row)]) for k, row in zip(labels, numbers, strict=True)]
    path = folder / name
    path.write_text("\n".join(lines))
    return path


def laid(overrides: list[str]) -> Settings:
    values = YAML(typ="safe").load(PARAMS)
    for override in overrides:
        _lay(values, *_parse(override))
    return validate(values, "fitted")


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.integers(1, 14), min_size=1, max_size=30), columns=st.integers(1, 10))
def test_a_table_is_fitted_so_that_it_can_be_run_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[int], columns: int
) -> None:
    path = table(tmp_path_factory.mktemp("fitted"), rows, columns)
    try:
        found = laid(fit_table(path, "kind", SHIPPED).overrides)
    except FewqubitError:
        assert len(rows) < 6 or min(rows) < 2
        return
    dataset = found.datasets["some"].model_copy(update={"path": str(path)})
    key = stream(root_key(found.seed), "prepare", "some")
    planned = plan("some", dataset, read_raw(dataset), key)
    assert dataset.episodes.n_query == min(10, min(rows) - 1)
    assert dataset.episodes.n_way <= min(5, *map(len, planned.split))
    if dataset.split.assign == "draw":
        assert dataset.episodes.n_way == min(5, *map(len, planned.split))
    for name in found.run.learners:
        training = found.learners[name].model_dump().get("training") or {}
        assert (training.get("n_query") or 0) <= max(dataset.episodes.n_query, 0)
    assert len(planned.split.meta_train) >= len(planned.split.meta_test)
    assert all(found.feature_maps[name].n_qubits <= columns for name in found.run.feature_maps)


def test_what_fits_is_as_wide_as_classes_and_rows_allow(tmp_path: Path) -> None:
    path = table(tmp_path, [40] * 26, 16, "My Letters.csv")
    found = laid(fit_table(path, "kind", SHIPPED).overrides)
    dataset = found.datasets["my-letters"]
    assert dataset.path == "data/tables/my-letters.csv"
    assert (dataset.episodes.n_way, dataset.episodes.n_query) == (5, 10)
    assert dataset.features.scale == "standard"
    assert found.run.datasets == ["my-letters"]
    assert found.run.feature_maps == SHIPPED.run.feature_maps
    assert found.learners == SHIPPED.learners


@pytest.mark.parametrize(
    ("rows", "label", "line"),
    [
        ([9] * 5, "kind", r"expected 6 classes or more.*column 'kind' has 5"),
        ([9] * 8, "sort", r"no label column 'sort'; the columns.* 'kind', 'c0'"),
        ([9] * 8 + [1], "kind", r"k8"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, rows: list[int], label: str, line: str
) -> None:
    with pytest.raises(DataError, match=line):
        fit_table(table(tmp_path, rows, 3), label, SHIPPED)
