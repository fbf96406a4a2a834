"""What the report concluded of a result, as metrics and tags of its run."""

from fewqubit.base.io.files import write_json
from locked_project import Project
from tracking.recorded import figures, record

ANSWER = {
    "difference": -0.042,
    "low_holm": -0.06,
    "high_holm": -0.02,
    "p_holm": 0.003,
    "verdict": "worse",
    "opponents": {"twin": {}, "mlp": {}},
}
MEASURED = {
    "accuracy": 0.8,
    "accuracy_exact": 0.83,
    "lost": 0.03,
    "lost_low": None,
    "lost_high": None,
    "adapt": None,
    "answer": {"circuits": 5, "shots": 5120, "depth": None, "two_qubit_gates": None},
}


def concluded(project: Project, answer: dict) -> None:
    figures = {
        "told": {"digits": {"protonet": "The circuit hurt."}},
        "headlines": {"digits": "On these 3 …"},
        "results": {"digits": {"protonet": {"answer": answer}}},
        "beside": {
            "digits": {
                "devices": {"protonet": {"shots": MEASURED}},
                "feature_maps": {"zz": ["alignment 0.47", "effective rank 107"]},
            }
        },
    }
    write_json(project.root / "reports/metrics.json", figures)
    project.report()


def test_verdict_difference_and_devices_are_metrics_and_tags(project: Project):
    project.learner()
    project.learner(arm="twin")
    concluded(project, ANSWER)
    one = record(project, "protonet")
    metrics = figures(one)
    assert metrics["verdict/difference", 0] == -0.042
    assert (metrics["verdict/low", 0], metrics["verdict/high", 0]) == (-0.06, -0.02)
    assert metrics["verdict/p", 0] == 0.003
    assert metrics["device/shots/lost", 0] == 0.03
    assert metrics["device/shots/shots_per_query", 0] == 5120
    assert ("device/shots/lost_low", 0) not in metrics
    assert one.tags["verdict"] == "worse"
    assert one.tags["verdict.against"] == "twin mlp"
    assert one.tags["verdict.difference"] == "-4.2 points"
    assert "Feature map zz: alignment 0.47; effective rank 107." in one.tags["mlflow.note.content"]
    twin = record(project, "protonet-twin")
    assert "verdict" not in twin.tags
    assert ("verdict/difference", 0) not in figures(twin)


def test_no_verdict_has_a_difference_and_no_interval(project: Project):
    project.learner()
    concluded(project, {"difference": 0.01, "verdict": "no verdict", "too_few": "2 seeds"})
    one = record(project, "protonet")
    assert one.tags["verdict"] == "no verdict"
    assert ("verdict/difference", 0) in figures(one)
    assert ("verdict/p", 0) not in figures(one)
