"""``compare``: tests whether the circuit helps, against classical opponents on the same tasks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np
from jaxtyping import Int, PRNGKeyArray
from numpy.typing import ArrayLike
from pydantic import ValidationError

from fewqubit.base.arithmetic import fixed
from fewqubit.base.keys import stream
from fewqubit.base.reading import one_line
from fewqubit.config import Arm, Episodes, Evaluation, Features, Fractions, Memory, of_arm
from fewqubit.config.baselines import Baseline
from fewqubit.config.names import check_name
from fewqubit.errors import DataError, SettingsError
from fewqubit.meta.settings.learner import Learner
from fewqubit.meta.settings.own import check_arm
from fewqubit.predict.door import asked, key_of, with_seeds
from fewqubit.predict.examples import features_of, raw_data
from fewqubit.predict.inputs import has_parts
from fewqubit.report.findings import find
from fewqubit.report.gather import Classes, Study
from fewqubit.stages.features import Prepared, prepared
from fewqubit.stages.plan import plan
from fewqubit.study.compared import Compared, Reading
from fewqubit.study.jobs import Job, Tasks, baseline_results, results
from fewqubit.tasks.inputs import feature_shape_of, shape_as_json

DATASET = "data"
PLAIN = ("prototype", "logistic", "svm")
Learners = Sequence[Learner] | Mapping[str, Learner]


def compare(
    learners: Learners,
    data: tuple[ArrayLike, ArrayLike],
    *,
    arms: Sequence[str] = ("quantum", "twin"),
    baselines: Sequence[str] | None = None,
    n_way: int = 5,
    n_shot: int = 1,
    n_query: int = 5,
    seeds: int = 5,
    split: tuple[float, float, float] = (0.6, 0.2, 0.2),
    n_validation: int = 100,
    n_test: int = 600,
    margin: float = 0.02,
    confidence: float = 0.95,
    random_state: int = 0,
    folder: str | Path | None = None,
    verbose: bool = True,
) -> Compared:
    """Does the circuit help? Every learner in every arm, on the same tasks of unseen classes.

    learners:  several, or a name for each
    data:      rows, or several arrays by name, and their labels, of many classes
    arms:      "quantum", "twin", and others that may be better opponents, such as "mlp"
    baselines: plain classifiers, tuned on the validation tasks; None: prototype, logistic and svm,
               or none if data are several arrays, since baselines take rows
    seeds:     training runs of each; a verdict needs 3
    split:     shares of the classes to train on, to validate, and to test
    n_test:    test tasks; a verdict needs 30
    margin:    a difference below it does not matter
    folder:    where finished pieces are stored; the same call resumes from them

    Raises DataError: rows or labels are invalid, classes are too few or too small; SettingsError:
    an argument is out of range; HonestyError: the results of a learner cannot be trusted.
    """
    if n_way == 1:
        raise SettingsError("n_way: expected 2 classes or more, got 1")
    jobs, names = _jobs(_named(learners), arms, seeds), _baselines(baselines, data)
    key = key_of(random_state)
    try:
        episodes = Episodes(
            n_way=n_way, n_shot=n_shot, n_query=n_query, n_validation=n_validation, n_test=n_test
        )
        reading = Evaluation(margin=margin, confidence=confidence)
        shares = Fractions.model_validate({"fractions": split})
    except ValidationError as error:
        raise SettingsError(one_line(error)) from None
    with asked(), fixed():
        tasks = Tasks(DATASET, _prepared(data, episodes, shares, key), episodes, key)
        place = None if folder is None else Path(folder)
        rows = [*results(jobs, tasks, reading, verbose, place)]
        plain = [*baseline_results(names, tasks, reading, place)]
        summary = tasks.made.summary | tasks.made.asked
        study = Study(DATASET, summary, rows, plain, [], _classes(tasks.made))
        found = find(study, reading, stream(key, "evaluate", DATASET))
    return Compared(study, found, Reading(reading, random_state))


def _prepared(
    data: tuple[ArrayLike, ArrayLike], episodes: Episodes, shares: Fractions, key: PRNGKeyArray
) -> Prepared:
    """The data set as the stage ``prepare`` would make it."""
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise DataError(f"data: expected rows and their labels, (X, y), got {type(data).__name__}")
    raw, _ = raw_data(*data)
    parts = raw.x if has_parts(raw.x) else None
    rows = raw.x if parts is None else _byte_rows(parts)
    features = features_of(rows.shape[1:]) if parts is None else Features()
    settings = Memory(episodes=episodes, split=shares, features=features)
    key = stream(key, "prepare", DATASET)
    made = prepared(plan(DATASET, settings, raw._replace(x=rows), key), settings, key)
    if parts is None:
        return made
    summary = made.summary | {"feature_shape": shape_as_json(feature_shape_of(parts))}
    return made._replace(features=parts, summary=summary)


def _byte_rows(parts: Mapping[str, np.ndarray]) -> Int[np.ndarray, "N bytes"]:
    """Each example as bytes, to split classes and draw episodes by; 0 and −0 are equal."""
    flat = [(part + 0 if part.dtype.kind == "f" else part) for part in parts.values()]
    rows = [np.ascontiguousarray(part).reshape(len(part), -1).view(np.uint8) for part in flat]
    return np.concatenate(rows, axis=1)


def _classes(made: Prepared) -> Classes:
    raw, ids = made.planned.raw, np.asarray(made.manifests["manifest_test"].class_ids)
    names, members = np.unique(raw.groups, return_inverse=True)
    return Classes(ids, members[ids], raw.names, names.tolist())


def _named(learners: Learners) -> dict[str, Learner]:
    """A name for each learner: its kind, with a number from the second of a kind on."""
    if isinstance(learners, Mapping):
        return dict(learners)
    if not isinstance(learners, Sequence) or isinstance(learners, str):
        raise SettingsError(f"learners: expected a list of them, got {learners!r:.60}")
    kinds = [getattr(one, "kind", type(one).__name__).rpartition(":")[2] for one in learners]
    counts = [kinds[: n + 1].count(kind) for n, kind in enumerate(kinds)]
    names = [kind if n == 1 else f"{kind}_{n}" for kind, n in zip(kinds, counts, strict=True)]
    return dict(zip(names, learners, strict=True))


def _baselines(names: Sequence[str] | None, data: object) -> list[Baseline]:
    known, rows = get_args(Baseline), not (isinstance(data, tuple | list) and has_parts(data[0]))
    if names is None:
        names = PLAIN if rows else []
    if len(names) and not rows:
        raise SettingsError("baselines: expected none, since they take rows, not several arrays")
    if isinstance(names, str) or not set(names) <= set(known):
        raise SettingsError(
            f"baselines: expected a list of some of {', '.join(known)}; got {names!r:.80}"
        )
    return [name for name in known if name in names]


def _jobs(named: Mapping[str, Learner], arms: Sequence[str], seeds: int) -> list[Job]:
    """Every learner in every arm. Raises SettingsError: a name, arm or number is invalid."""
    if not named:
        raise SettingsError("learners: expected one at least, got none")
    known = get_args(Arm)
    if not {"quantum", "twin"} <= set(arms) or not set(arms) <= set(known):
        raise SettingsError(
            f"arms: expected quantum, twin and further ones of {', '.join(known[2:])}; got "
            f"{', '.join(map(str, arms))}"
        )
    jobs = []
    for name, one in named.items():
        try:
            seeded = with_seeds(one, seeds)
            for arm in arms:
                check_arm(seeded.kind, arm)
            jobs += [Job(check_name(name), arm, of_arm(seeded, arm)) for arm in dict.fromkeys(arms)]
        except ValueError as error:
            raise SettingsError(f"learners, {name}: {error}") from None
    return jobs
