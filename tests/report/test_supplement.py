"""Devices, feature maps and chosen settings stand in text as they do on the page."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from fewqubit.base.io.files import read_json
from fewqubit.config import Device
from fewqubit.report.build import build_report
from fewqubit.report.costs import kernel_choices
from fewqubit.report.supplement import chosen_line, supplement, supplement_markdown
from fewqubit.report.terminal.console import print_verdicts


@pytest.fixture(scope="module")
def reports(project, settings, tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    build_report(project / "artifacts", reports, settings)
    return reports


def printed(reports, width):
    text = io.StringIO()
    print_verdicts(reports, Console(file=text, width=width))
    return " ".join(text.getvalue().split())


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_terminal_and_the_table_say_what_a_device_did(reports, width):
    for text in (printed(reports, width), (reports / "verdicts.md").read_text()):
        for word in (
            "shots",
            "81.2 %",
            "83.0 %",
            "+1.8",
            "+0.4 to +3.1",
            "10\N{NARROW NO-BREAK SPACE}240",
        ):
            assert word in text.replace("10 240", "10\N{NARROW NO-BREAK SPACE}240"), word


def test_they_say_what_was_chosen_and_what_feature_maps_promise(reports):
    figures = read_json(reports / "metrics.json")["beside"]["digits"]
    assert figures["feature_maps"]
    for text in (printed(reports, 100), (reports / "verdicts.md").read_text()):
        flat = " ".join(text.split())
        for lines in figures["feature_maps"].values():
            assert all(line in flat for line in lines)
        assert chosen_line(figures) in flat


def test_what_was_not_run_is_not_mentioned():
    assert supplement_markdown(supplement([], [])) == []


def test_arms_measured_beside_the_quantum_one_keep_their_own_rows():
    class Row:
        learner, metrics, card = "kernel", {}, {"searched": {"values": {"C": 0.5, "k": [1, 2]}}}

        def __init__(self, arm):
            self.arm, self.devices = arm, {"shots": {"accuracy": 0.5, "all": [1]}}
            self.name = f"kernel {arm}"

    figures = supplement([Row("quantum"), Row("separable")], [])
    assert [*figures["devices"]] == ["kernel", "kernel/separable"]
    assert figures["devices"]["kernel"]["shots"] == {"accuracy": 0.5}
    assert (
        chosen_line(figures) == "kernel quantum C 0.5, k [1, 2]; kernel separable C 0.5, k [1, 2]"
    )


def test_kernels_that_seeds_took_are_told_with_what_choosing_costs():
    kernels = ["fidelity bandwidth 1", "projected gamma 1 bandwidth 1"]
    choice = {"kernels": kernels, "chosen": [1, 0, 1], "alignment": [[0.1, 0.3], [0.4, 0.2]] * 2}
    choice["alignment"].pop()

    card = {"kernel_choice": choice, "circuit_evaluations": {"choose": 210}}
    of_arm = {"learner": "kernel", "arm": "quantum", "name": "kernel quantum"}
    row = SimpleNamespace(**of_arm, metrics={}, devices={}, card=card)
    told = "projected gamma 1 bandwidth 1 (2 of 3 seeds, alignment 0.27), fidelity bandwidth 1 ("
    assert told in chosen_line(supplement([row], []))
    [line] = kernel_choices(SimpleNamespace(learners=[row]), Device(backend="shots", shots=10))
    assert line.startswith(f"kernel quantum took, of 2 kernels, {told}1 of 3 seeds")
    assert "210 circuits, 2\N{NARROW NO-BREAK SPACE}100 shots, once" in line
