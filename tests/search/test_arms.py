from pathlib import Path

import pytest
from rich.console import Console

from fewqubit.config import load_settings, of_arm, validate
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.pipeline.overrides import edit_settings
from fewqubit.search.arms import (
    best_overrides,
    edge_notes,
    keep_chosen,
    measured_losses,
    works,
)
from fewqubit.search.grover import compare
from fewqubit.search.results import Found, read_trials
from fewqubit.search.run import search
from fewqubit.search.space import grid_points
from fewqubit.search.tables import comparison, outcomes
from fewqubit.search.work import Work
from fewqubit.stages.searched import chosen
from search_work import GRID, AtOnce

PARAMS = Path(__file__).parents[2] / "params.yaml"
BEST = {"training.learning_rate": 1e-05, "encoder.widths": [4]}


def test_every_arm_is_searched_in_its_own_settings() -> None:
    document = load_settings(PARAMS).model_dump()
    document["learners"]["protonet"]["per_arm"] = {"twin": {"training": {"steps": 7}}}
    settings = validate(document, "here")
    steps = {
        work.job.arm: work.job.settings.training.steps
        for work in works(settings, "digits", "protonet", settings.search)
    }
    assert steps == {"quantum": 200, "twin": 7, "bypass": 200}


def test_a_scale_is_searched_where_it_acts_so_that_every_arm_has_as_many_points() -> None:
    document = load_settings(PARAMS).model_dump()
    document["run"]["arms"] = ["quantum", "twin", "separable", "rbf"]
    document["search"]["per_arm"] = {
        "kernel": {"separable": {"circuit.bandwidth": [0.1, 0.2, 0.3, 0.4]}}
    }
    settings = validate(document, "here")
    axes = {
        work.job.arm: work.axes for work in works(settings, "digits", "kernel", settings.search)
    }
    assert set(axes["quantum"]) == {"training.learning_rate", "circuit.bandwidth"}
    assert set(axes["twin"]) == {"training.learning_rate", "circuit.classical.gamma"}
    assert axes["rbf"] == axes["twin"]
    assert len(grid_points(axes["twin"])) == len(grid_points(axes["quantum"])) == 12
    assert axes["separable"]["circuit.bandwidth"] == [0.1, 0.2, 0.3, 0.4]


@pytest.mark.parametrize(
    ("arm", "key"), [("twin", "circuit.bandwidth"), ("quantum", "circuit.classical.gamma")]
)
def test_a_scale_named_for_an_arm_in_which_it_cannot_act_is_one_clear_line(
    arm: str, key: str
) -> None:
    document = load_settings(PARAMS).model_dump()
    document["search"]["per_arm"] = {"kernel": {arm: {key: [0.1]}}}
    with pytest.raises(SettingsError, match=f"kernel.{arm}: {key} changes nothing"):
        validate(document, "here")


def test_a_grid_with_more_points_for_one_arm_is_one_clear_line() -> None:
    document = load_settings(PARAMS).model_dump()
    document["search"]["space"]["kernel"] = {
        "training.learning_rate": [0.01, 0.03],
        "circuit.bandwidth": [0.5, 1.0, 2.0],
    }
    settings = validate(document, "here")
    with pytest.raises(SettingsError, match="the grid gives quantum 6, twin 2, bypass 2"):
        works(settings, "digits", "kernel", settings.search)
    few = settings.search.model_copy(update={"trials": 2})
    assert len(works(settings, "digits", "kernel", few)) == len(settings.run.arms)


def test_the_best_values_become_the_arm_s_own(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_bytes(PARAMS.read_bytes())
    edit_settings(tmp_path, best_overrides("protonet", [Found("twin", BEST, 0.9, 0.8, 4, 1.0)]))
    learner = load_settings(tmp_path / "params.yaml").learners["protonet"]
    twin, quantum = of_arm(learner, "twin"), of_arm(learner, "quantum")
    assert (twin.training.learning_rate, list(twin.encoder.widths)) == (1e-05, [4])
    assert quantum == of_arm(load_settings(PARAMS).learners["protonet"], "quantum").model_copy(
        update={"per_arm": quantum.per_arm}
    )


def test_of_every_arm_as_many_distinct_trials_count(work: Work) -> None:
    """Of the arm that was searched for longer, the trials beyond the other's number do not."""
    settings = load_settings(PARAMS)
    short = work._replace(plan=work.plan.model_copy(update={"trials": 3}))
    other = short._replace(job=work.job._replace(arm="twin"))
    for one in (work, other):
        search(one, AtOnce(), 1)
    paths = keep_chosen([work, other], settings)
    assert [path.as_posix() for path in paths] == [
        "searched/digits/protonet/quantum.json",
        "searched/digits/protonet/twin.json",
    ]
    found = [chosen(path, work.job.settings, settings.datasets["digits"]).summary for path in paths]
    assert [one["trials"] for one in found] == [3, 3]
    _, trials = read_trials(work.folder)
    best = max(trials[:3], key=lambda trial: trial[1])
    assert (found[0]["values"], found[0]["validation_accuracy"]) == best


def test_an_arm_whose_best_lies_at_an_edge_says_so(work: Work) -> None:
    """Best is a rate of 0.3: inside 0.1 … 0.4, at the end of 0.1 … 0.3."""
    assert edge_notes([work], [search(work, AtOnce(), 1)]) == []
    short = work._replace(axes={**GRID, "training.learning_rate": [0.1, 0.2, 0.3]})
    (line,) = edge_notes([short], [search(short, AtOnce(), 1)])
    assert line.startswith("quantum: best at an edge of its space (training.learning_rate 0.3, the")


def test_grover_reads_the_losses_of_a_whole_grid_in_its_order(work: Work) -> None:
    with pytest.raises(ArtifactError, match="no finished search"):
        measured_losses(work.folder, GRID)
    search(work._replace(plan=work.plan.model_copy(update={"trials": 3})), AtOnce(), 1)
    with pytest.raises(ArtifactError, match="loss of all 8 points of the grid, 5 are missing"):
        measured_losses(work.folder, GRID)
    search(work, AtOnce(), 1)
    losses = measured_losses(work.folder, GRID)
    expected = [0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.25, 0.2]
    assert losses == pytest.approx(expected)


def test_tables_show_a_row_for_each_arm() -> None:
    console = Console(width=120)
    with console.capture() as shown:
        console.print(outcomes("digits/protonet", [Found("twin", BEST, 0.9, 0.8, 4, 61.0)]))
        console.print(comparison({"quantum": compare([0.3, 0.1], [0])}))
    text = shown.get()
    assert "90.0%" in text
    assert "training.learning_rate 1e-05, encoder.widths [4]" in text
    assert "quantum" in text
