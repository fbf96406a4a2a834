"""The line of the report about foreign queries: every arm in it, only where any were asked."""

from types import SimpleNamespace
from typing import Any

from fewqubit.report.foreign import foreign_lines


def result(name: str, **metrics: float) -> Any:
    return SimpleNamespace(name=name, metrics={"accuracy": 0.9, **metrics})


def test_each_kind_has_a_line_with_all_arms_that_met_it():
    own = {"own_recall": 0.951, "foreign_auroc": 0.9, "foreign_false_alarms": 0.25}
    outside = {"out_of_scope_auroc": 0.99, "out_of_scope_false_alarms": 0.02}
    rows = [result("protonet quantum", **own, **outside), result("protonet twin", **own)]
    study: Any = SimpleNamespace(results=[*rows, result("maml quantum")])
    first, second = foreign_lines(study)
    assert first == (
        "None of these, against other test classes: protonet quantum AUROC 90.0 %, 25.0 % false "
        "alarms at 95.1 % recall; protonet twin AUROC 90.0 %, 25.0 % false alarms at 95.1 % recall."
    )
    assert "classes out of scope: protonet quantum AUROC 99.0 %" in second
    assert "twin" not in second


def test_where_none_were_asked_nothing_is_said():
    study: Any = SimpleNamespace(results=[result("protonet quantum")])
    assert not [*foreign_lines(study)]
