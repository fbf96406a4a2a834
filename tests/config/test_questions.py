import pytest

from fewqubit.config import load_settings, validate
from fewqubit.config.questions import place
from fewqubit.errors import SettingsError


def asked(*places):
    values = load_settings().model_dump()
    values["evaluation"]["questions"] = {"mine": [*places]}
    return validate(values, "test")


@pytest.mark.parametrize(
    "places",
    [("kernel", "maml"), ("kernel/twin", "svm"), ("kernel@shots", "kernel"), ("kernel", "svm")],
)
def test_results_of_the_run_can_be_compared(places):
    assert asked(*places).evaluation.questions["mine"] == [*places]


@pytest.mark.parametrize(
    ("places", "message"),
    [
        (
            ("kernel", "kernal"),
            "expected two results of this run, got 'kernal'; it gives protonet,",
        ),
        (("kernel", "kernel/frozen"), "got 'kernel/frozen'"),
        (("kernel@paris", "kernel"), "got 'kernel@paris'"),
        (("maml@shots", "maml"), "got 'maml@shots'"),  # evaluation.device_learners has kernel alone
        (("svm@shots", "kernel"), "got 'svm@shots'"),
        (("kernel/twin@shots", "kernel"), "got 'kernel/twin@shots'"),
        (("kernel", "kernel/quantum"), "two different results, got kernel twice"),
        (("kernel",), "at least 2"),
        (("kernel", "maml", "svm"), "at most 2"),
        (("", "maml"), "got ''"),
        (("kernel/", "kernel"), "two different results"),
    ],
)
def test_other_questions_are_refused_in_one_line(places, message):
    with pytest.raises(SettingsError, match=message):
        asked(*places)


def test_places_are_written_as_briefly_as_read():
    for text in ("kernel", "kernel/twin", "svm", "kernel@shots"):
        assert str(place(text, ["kernel"])) == text
