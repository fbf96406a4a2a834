"""``compare_starts``: compares initial angles of a variational circuit on new problems."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from fewqubit.base.arithmetic import fixed
from fewqubit.base.io.files import write_text
from fewqubit.base.keys import stream
from fewqubit.errors import SettingsError
from fewqubit.predict.door import key_of
from fewqubit.report.starts.page import page, study_of
from fewqubit.report.starts.study import (
    StartStudy,
    comparisons,
    contestants,
    figure,
    headline,
)
from fewqubit.starts.descent import costs
from fewqubit.starts.drawn import draw, landscapes, world_of
from fewqubit.starts.enter import enter, trained
from fewqubit.starts.problem import fingerprint
from fewqubit.starts.relaxation import shortfall
from fewqubit.starts.settings.ansatze import Ansatz
from fewqubit.starts.settings.contest import Contest
from fewqubit.starts.settings.families import Family
from fewqubit.starts.settings.starters import Starter


class StartsCompared:
    """Results of starts on the same test problems, and the verdicts."""

    def __init__(self, study: StartStudy) -> None:
        self.study = study

    def table(self) -> pd.DataFrame:
        """A row for each start: errors, the share that reached the target, steps and circuits."""
        return contestants(self.study)

    def verdicts(self) -> pd.DataFrame:
        """A row for each learned start and opponent: the factor of circuits saved, and verdicts.

        ``low`` and ``high`` are the interval of the factor, corrected over all rows (Holm).
        """
        return comparisons(self.study)

    def plot(self) -> Figure:
        """Error against circuits run: the median, and a band between the quartiles."""
        return figure(self.study)

    def to_html(self, path: str | Path) -> None:
        """Write the report as one self-contained page."""
        write_text(path, page(self.study))

    def __repr__(self) -> str:
        return headline(self.study)

    def _repr_html_(self) -> str:
        table = self.table().to_html(float_format="{:.4g}".format)
        return f"<p>{self!r}</p>{table}{self.verdicts().to_html(float_format='{:.3g}'.format)}"


def compare_starts(
    family: Family,
    ansatz: Ansatz,
    starters: Sequence[Starter] | Mapping[str, Starter],
    contest: Contest,
    *,
    random_state: int = 0,
) -> StartsCompared:
    """Which start needs the fewest circuits to solve new problems of ``family``?

    starters:  learned starts and their opponents, as a list or by name
    contest:   problems of each part, the target, and the budget of each descent

    Raises SettingsError: a starter or an ansatz does not suit the problems; DataError: the family
    has no problems of a size; NumbersError: training diverged.
    """
    named = _named(starters)
    key = key_of(random_state)
    with fixed():
        drawn = draw(family, ansatz, contest, stream(key, "problems"))
        world = world_of(ansatz, drawn)
        validation, test = landscapes(drawn.validation), landscapes(drawn.test)
        bills = [[costs(ansatz, problem) for problem in batch] for batch in drawn.test]
        entries = {}
        for name, starter in named.items():
            own_key = stream(key, name)
            made = trained(starter, world, validation, contest, own_key)
            entry = enter(starter, world, made, validation, test, contest, own_key)
            entries[name] = entry, starter.learned
    every = [problem for batch in drawn.test for problem in batch]
    verdict, classical = stream(key, "verdict"), shortfall(every)
    found = fingerprint(every)
    return StartsCompared(study_of(family.kind, contest, entries, bills, found, verdict, classical))


def _named(starters: Sequence[Starter] | Mapping[str, Starter]) -> dict[str, Starter]:
    """A name for each starter: its kind, with a number from the second of a kind on."""
    if isinstance(starters, Mapping):
        return dict(starters)
    kinds = [one.kind for one in starters]
    if not kinds:
        raise SettingsError("starters: expected one at least, got none")
    counts = [kinds[: n + 1].count(kind) for n, kind in enumerate(kinds)]
    names = [kind if n == 1 else f"{kind}_{n}" for kind, n in zip(kinds, counts, strict=True)]
    return dict(zip(names, starters, strict=True))
