"""The stages of starts, from drawn problems to a page and a circuit, as small as they can be."""

from pathlib import Path

import numpy as np
import pytest
from qiskit import qasm3

from fewqubit.base.io.files import write_json
from fewqubit.base.keys import root_key
from fewqubit.config.starts import ProblemSet
from fewqubit.errors import ArtifactError, DataError
from fewqubit.report.starts.page import figures, study_of, write_report
from fewqubit.stages.starts.descents import PATHS, evaluate_and_save, load_entry, train_and_save
from fewqubit.stages.starts.problems import PROBLEMS, draw_and_save, load_problems
from fewqubit.stages.starts.propose import propose, write_circuit
from fewqubit.starts.settings.contest import Contest, Instances
from fewqubit.starts.settings.starters import MamlStart, RampStart, StartTraining

KEY = root_key(3)
CONTEST = Contest(
    train=Instances([4], 2),
    validation=Instances([4], 2),
    test=Instances([6], 3),
    target=0.2,
    steps=3,
    gradient_rates=[0.1],
    adam_rates=[0.03],
    resamples=50,
)
STARTERS = {"maml": MamlStart(training=StartTraining(steps=2), inner_steps=1), "ramp": RampStart()}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every stage but the report, run once."""
    place = tmp_path_factory.mktemp("starts")
    described = ProblemSet.model_validate(
        {
            "family": {"kind": "maxcut", "graph": "random"},
            "ansatz": {"kind": "qaoa", "depth": 1},
            "contest": CONTEST.model_dump(),
        },
        strict=False,
    )
    draw_and_save("graphs", described, KEY, place / "problems")
    for name, starter in STARTERS.items():
        train_and_save(name, starter, CONTEST, place / "problems", KEY, place / name)
        evaluate_and_save(CONTEST, place / "problems", place / name, KEY, place / name)
    return place


def test_what_is_stored_becomes_a_page_with_every_start(work: Path, tmp_path: Path) -> None:
    prepared = load_problems(work / "problems")
    entries = {name: load_entry(work / name) for name in STARTERS}
    study = study_of("graphs", CONTEST, entries, prepared.costs, prepared.instances, KEY, 0.05)
    write_report(study, tmp_path)
    starts = figures(study)["starts"]
    assert isinstance(starts, dict)
    assert list(starts) == ["maml", "ramp"]
    assert all(0 < row["success 0"] <= 1 and 0 < row["success end"] <= 1 for row in starts.values())
    assert "Goemans" in (tmp_path / "graphs.md").read_text()
    assert "<svg" in (tmp_path / "graphs.html").read_text()


def test_paths_that_are_stored_are_those_that_are_read(work: Path) -> None:
    entry, learned = load_entry(work / "maml")
    assert learned
    (way,) = entry.paths
    assert way.errors.shape == (3, 3, 4)
    stored = np.load(work / "maml" / PATHS, allow_pickle=False)
    np.testing.assert_array_equal(stored["errors_0"], way.errors)


def test_where_the_energy_is_not_diagonal_nothing_is_said_of_success(tmp_path: Path) -> None:
    described = ProblemSet.model_validate(
        {
            "family": {"kind": "ising"},
            "ansatz": {"kind": "ising_layers", "depth": 1},
            "contest": CONTEST.model_dump(),
        },
        strict=False,
    )
    draw_and_save("rings", described, KEY, tmp_path / "problems")
    train_and_save("ramp", RampStart(), CONTEST, tmp_path / "problems", KEY, tmp_path / "ramp")
    evaluate_and_save(CONTEST, tmp_path / "problems", tmp_path / "ramp", KEY, tmp_path / "ramp")
    (way,) = load_entry(tmp_path / "ramp")[0].paths
    assert np.isfinite(way.errors).all()
    assert np.isnan(way.success).all()


def test_a_trained_start_becomes_a_circuit_for_a_larger_graph(work: Path, tmp_path: Path) -> None:
    write_json(tmp_path / "graph.json", {"edges": [[i, (i + 1) % 9] for i in range(9)]})
    found = propose(tmp_path / "graph.json", work / "problems", work / "ramp", KEY)
    assert len(found.angles) == 2
    write_circuit(tmp_path / "start.qasm", found.circuit)
    assert qasm3.loads((tmp_path / "start.qasm").read_text()).num_qubits == 9
    assert "nodes/10 0.9 (trained at 0.4)" in found.beyond
    (tmp_path / "graph.json").write_text("[]")
    with pytest.raises(DataError, match=r"graph\.json: a graph: expected"):
        propose(tmp_path / "graph.json", work / "problems", work / "ramp", KEY)


def test_damaged_problems_are_one_line(work: Path, tmp_path: Path) -> None:
    card = (work / "problems" / PROBLEMS).read_text()
    (tmp_path / PROBLEMS).write_text(card.replace("0.5", "0.25", 1))
    with pytest.raises(ArtifactError):
        load_problems(tmp_path)
