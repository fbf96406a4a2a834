"""Stages that run in one."""

from hypothesis import given

from fewqubit.pipeline.chains import chains
from pipeline.test_schedule import graphs


def test_training_and_evaluation_are_one_and_so_are_report_and_track() -> None:
    pair = {"train@a": ["prepare"], "train@b": ["prepare"]}
    tests = {f"test@{n}": ["prepare", f"train@{n}"] for n in "ab"}
    end = {"report": [*pair, *tests], "track": [*tests, "report"]}
    assert chains({"prepare": []} | pair | tests | end) == {
        ("prepare",): set(),
        ("train@a", "test@a"): {("prepare",)},
        ("train@b", "test@b"): {("prepare",)},
        ("report", "track"): {("train@a", "test@a"), ("train@b", "test@b")},
    }


@given(graphs())
def test_every_stage_is_in_one_chain_after_all_that_it_reads(
    upstream: dict[str, list[str]],
) -> None:
    found = chains(upstream)
    assert sorted(stage for chain in found for stage in chain) == sorted(upstream)
    for chain, before in found.items():
        assert chain not in before
        for place, stage in enumerate(chain):
            made = {*chain[:place], *(s for earlier in above(found, chain) for s in earlier)}
            assert {*upstream[stage]} <= made


def above(found: dict[tuple[str, ...], set[tuple[str, ...]]], chain: tuple[str, ...]) -> set:
    direct = found[chain]
    return direct.union(*(above(found, before) for before in direct))
