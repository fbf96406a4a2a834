"""``compare_starts`` from drawn problems to verdicts, as small as a verdict can be."""

import pandas as pd
import pytest

import fewqubit as fq
from fewqubit.starts.settings.starters import StartTraining
from fewqubit.study.starts import StartsCompared

TRAINING = StartTraining(steps=40, problems_per_step=4)


@pytest.fixture(scope="module")
def found() -> StartsCompared:
    contest = fq.Contest(
        train=fq.Instances([4], 8),
        validation=fq.Instances([4], 4, ranges={"field": [0.6, 1.4]}),
        test=fq.Instances([4], 30),
        target=0.02,
        steps=12,
        gradient_rates=[0.1],
        adam_rates=[0.03],
        resamples=200,
    )
    starters = {"maml": fq.MamlStart(training=TRAINING, inner_steps=2), "random": fq.RandomStart()}
    return fq.compare_starts(fq.Ising(), fq.IsingLayers(2), starters, contest)


def test_a_learned_start_takes_fewer_circuits_than_a_random_one(found: StartsCompared) -> None:
    row = found.verdicts().loc[("maml", "random")]
    assert row["circuits"] == "better"
    assert row["low"] > 2
    assert row["low"] <= row["times fewer circuits"] <= row["high"]
    assert row["steps"] == "better"
    assert 1 < row["steps low"] <= row["times fewer steps"] <= row["steps high"]
    assert "fewer circuits than random" in repr(found)


def test_the_table_has_every_start_with_its_errors_and_bill(found: StartsCompared) -> None:
    table = found.table()
    assert list(table.index) == ["maml", "random"]
    errors = table[["error 0", "error 1", "error 5", "error 10"]]
    assert isinstance(errors, pd.DataFrame)
    assert (errors.loc["maml"] < errors.loc["random"]).all()
    assert table.loc["maml", "arrived"] > 0.9


def test_the_picture_has_a_line_and_a_band_for_each(found: StartsCompared) -> None:
    axes = found.plot().axes[0]
    assert len(axes.collections) == 2
    assert axes.get_xlabel() == "circuits run"
