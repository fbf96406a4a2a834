"""What settings lead to, in own/ and among the tables."""

import shutil
from pathlib import Path

import pytest

from fewqubit.pipeline.overrides import edit_settings
from fewqubit.pipeline.watched import WATCHED, checksums, write_watched

PARAMS = Path(__file__).parents[2] / "params.yaml"
FILES = {
    "own/README.md": "for people",
    "own/maps.py": "from own.shapes import ring\nfrom .deep import steps\n",
    "own/shapes.py": "import numpy as np\n",
    "own/deep/__init__.py": "from . import inner\n",
    "own/deep/steps.py": "def later():\n    import own.late\n",
    "own/deep/inner.py": "",
    "own/late.py": "",
    "own/other.py": "",
    "own/broken.py": "def f(:\n",
    "own/data/weights.npy": "numbers",
    "own/ring.qasm": "OPENQASM 3.0;",
    "data/tables/a.csv": "label,x\n",
    "data/tables/b.csv": "label,x\n",
    "data/images/birds/wren/1.png": "1",
    "data/images/birds/list.csv": "file,label\n",
    "data/images/fish/eel/1.png": "2",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copy(PARAMS, tmp_path / "params.yaml")
    return tmp_path


BESIDE = {"own/data/weights.npy", "own/ring.qasm"}  # what code may open


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"kind": "zz", "n_qubits": 3}, set()),
        ({"kind": "own.other:f"}, {"own/other.py", *BESIDE}),
        ({"kind": "own.broken:f"}, {"own/broken.py", *BESIDE}),
        ({"kind": "own.missing:f"}, BESIDE),
        ({"circuit": {"feature_map": "own/ring.qasm"}}, {"own/ring.qasm"}),
        ({"path": "data/tables/b.csv"}, {"data/tables/b.csv"}),
        ({"path": "data/images/fish"}, {"data/images/fish/eel/1.png"}),
        (  # a list, and the files beside it
            {"path": "data/images/birds/list.csv"},
            {"data/images/birds/list.csv", "data/images/birds/wren/1.png"},
        ),
        ({"options": {"files": ["own/other.py"]}}, {"own/other.py"}),
        (
            {"circuit": {"bagged": ["angle", "own.maps:f"]}},
            {
                *("own/maps.py", "own/shapes.py", "own/late.py"),
                *("own/deep/__init__.py", "own/deep/inner.py", "own/deep/steps.py"),
                *BESIDE,
            },
        ),
    ],
)
def test_a_part_of_the_settings_leads_to_these_files(
    project: Path, entry: dict, found: set[str]
) -> None:
    assert checksums(project, entry).keys() == found


def test_only_what_changed_is_written_again(project: Path) -> None:
    (project / "own/other.py").write_text("def ladder(): ...\n")
    edit_settings(project, ["feature_maps.zz.kind=own.other:ladder"])
    write_watched(project)
    zz, maml = (project / WATCHED / name for name in ("feature_maps/zz.json", "learners/maml.json"))
    before = zz.read_text(), maml.stat().st_mtime_ns
    (project / "own/other.py").write_text("def ladder(): pass\n")
    (project / WATCHED / "learners/gone.json").write_text("{}")
    write_watched(project)
    assert zz.read_text() != before[0]
    assert maml.stat().st_mtime_ns == before[1]
    assert not (project / WATCHED / "learners/gone.json").exists()
