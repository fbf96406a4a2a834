"""DVC parses settings again only if they have changed."""

from pathlib import Path

import pytest
from dvc.fs import LocalFileSystem
from dvc.utils import serialize

from fewqubit.pipeline.repro import read_once


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that DVC has parsed."""
    paths: list[str] = []
    real = read_once.load_yaml
    monkeypatch.setattr(
        read_once, "load_yaml", lambda path, **how: paths.append(path) or real(path, **how)
    )
    monkeypatch.setitem(serialize.LOADERS, ".yaml", None)
    read_once.read_yaml_once()
    return paths


def test_a_file_is_parsed_again_when_it_has_changed(tmp_path: Path, parsed: list[str]) -> None:
    path = tmp_path / "params.yaml"
    for number in (1, 2):
        path.write_text(f"a: {{b: {number}}}\n" + f"c{number}: d\n")
        for _ in range(3):
            found = serialize.load_path(str(path), LocalFileSystem())
            assert found["a"] == {"b": number}
            found["a"]["b"] = "changed by who got it"
        assert parsed == [str(path)] * number
