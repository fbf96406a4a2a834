"""A survey of a data set before it is prepared: its contents, and what would stop ``prepare``."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import AnyDataset, Table
from fewqubit.data import RawData, fit
from fewqubit.data.mixed.codes import with_gaps
from fewqubit.data.mixed.kinds import column_of
from fewqubit.data.mixed.schema import KINDS, Column, Dropped
from fewqubit.data.read import read_raw
from fewqubit.data.sources.table import classes, declared_kinds, feature_names, open_table
from fewqubit.errors import FewqubitError
from fewqubit.stages.plan import plan
from fewqubit.stages.possible import possible
from fewqubit.stages.whitening import candidates

SLOW = ("omniglot", "glyphs", "phases")  # downloaded, drawn or solved: half a minute or more
MOST_LINES = 8  # of problems of one kind


class Survey(NamedTuple):
    """What is known of a data set; None means unknown.

    features:  number of columns of each kind, or the shape of an image
    smallest:  the class with the fewest rows, and their number
    copies:    number of rows that repeat an earlier row of their class
    notes:     messages for the user; problems: what would stop ``prepare``
    """

    rows: int | None = None
    features: str | None = None
    classes: int | None = None
    smallest: tuple[str, int] | None = None
    copies: int | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def survey(name: str, settings: AnyDataset, key: PRNGKeyArray) -> Survey:
    """Survey the data set ``name``. Faults of the data are not raised but listed as problems."""
    if settings.source in SLOW:
        return Survey(notes=("not read here, for it takes long; `fewqubit run prepare` reads it",))
    result = _survey_table(settings) if isinstance(settings, Table) else Survey()
    if result.problems:
        return result
    try:
        raw = read_raw(settings)
    except FewqubitError as error:
        return result._replace(problems=(str(error),))
    result = _survey_rows(raw, result)
    try:
        planned = plan(name, settings, raw, stream(key, "prepare", name))
        if settings.features.pca is None:
            taught = np.isin(raw.y, planned.split.meta_train)
            one = next(candidates(settings.features))
            fit(raw.x[taught], one, raw.schema, raw.y[taught])
    except FewqubitError as error:
        enough = possible(raw, settings, stream(key, "prepare", name))
        return result._replace(problems=(str(error),), notes=(*raw.notes, enough))
    return result._replace(copies=planned.repeats.n_copies, notes=tuple(planned.notes))


def _survey_rows(raw: RawData, result: Survey) -> Survey:
    """Counts over rows that could be read."""
    counts = np.bincount(raw.y)
    place = int(np.argmin(counts))
    shape = " × ".join(map(str, raw.x.shape[1:]))
    return result._replace(
        rows=len(raw.y),
        features=result.features or f"{shape} numbers",
        classes=len(raw.names),
        smallest=(raw.names[place], int(counts[place])),
    )


def _survey_table(settings: Table) -> Survey:
    """Survey every column of a table, even if others are unusable."""
    path = Path(settings.path)
    try:
        frame = open_table(settings)
        names = feature_names(frame, settings)
    except FewqubitError as error:
        return Survey(problems=(str(error),))
    problems, found = [], []
    declared = declared_kinds(settings)
    for name in names:
        column = with_gaps(frame[[name]], settings.missing)[name]
        try:
            found.append(column_of(column, declared.get(name), path))
        except FewqubitError as error:
            problems.append(str(error))
    try:
        known, y = classes(frame[settings.label], path)
        result = _survey_rows(RawData(frame[names].to_numpy(), y, known, known), Survey())
    except FewqubitError as error:
        result = Survey(rows=len(frame))
        problems.insert(0, str(error))
    if len(problems) > MOST_LINES:
        problems[MOST_LINES:] = [f"{path}: {len(problems) - MOST_LINES} more columns like these"]
    kinds = [_kind(one, frame[one.name].dtype.kind) for one in found]
    counts = Counter([*kinds, *["unfit"] * (len(names) - len(found))]).most_common()
    words = ", ".join(f"{count} {kind}" for kind, count in counts)
    return result._replace(features=words, problems=tuple(problems))


def _kind(about: Column | Dropped, stored: str) -> str:
    """``numbers``, ``dates``, …; numbers also by how they are ``stored``: yes/no, whole numbers."""
    if isinstance(about, Dropped):
        return "left out"
    sorts = {"b": "yes/no", "i": "whole numbers", "u": "whole numbers"}
    return sorts.get(stored, KINDS[about.kind]) if about.kind == "number" else KINDS[about.kind]
