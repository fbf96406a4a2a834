"""The gate of a stream: who is served after a new group, on the frozen episodes of all groups.

A champion of the step before has answered the new group as well: R[i, i + 1] of its own walk. So
what was learned from the new group is compared with what was known without it.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion

from fewqubit.config.gate import Gate
from fewqubit.evaluate.gate import Contender, Decision, decide
from fewqubit.evaluate.paired import Sample
from fewqubit.stages.streams.walked import load_walk
from fewqubit.tracking.registered.contenders import costs_of
from fewqubit.tracking.registered.gate import (
    FOUND,
    Outcome,
    challenge,
    champion_of,
    enthrone,
    keep,
    refused,
    settle,
)
from fewqubit.tracking.registered.registry import DISMISSED
from fewqubit.tracking.streams.write import ANSWERS, ASKED, BEFORE

WALKER = ("learner", "arm", "way")
FIRST = "the first that is known on these groups"
Tags = dict[str, str]


def challenge_all(client: MlflowClient, name: str, asked: str, gate: Gate) -> list[str]:
    """Put every version that answered ``asked`` to the gate, the oldest first; lines.

    There is no validation part that could choose a challenger, so each of them is one, but for
    those that a person has dismissed. The alias moves once, when all were asked: whoever was
    champion before them is the one that ``rollback`` returns to.
    """
    found = client.search_model_versions(f"name = '{name}'")
    now = [one for one in found if one.tags.get(ASKED) == asked and DISMISSED not in one.tags]
    before = best = champion_of(client, name)
    lines, why = list[str](), ""
    for version in sorted(now, key=lambda one: int(one.version)):
        own = client.get_model_version(name, version.version)
        if best is not None and best.version == own.version:
            continue
        decision = None if best is None else _decided(client, own, best, own.tags, gate)
        if best is not None and decision is not None:
            keep(client, own, best, decision)
            if not decision.promoted:
                lines.append(refused(client, name, own, best, decision.reason).line)
                continue
        best, why = own, FIRST if decision is None else decision.reason
        client.set_model_version_tag(name, own.version, FOUND, why)
        lines.append(f"{name}: version {own.version} is champion: {why}")
    if best is not None and (before is None or before.version != best.version):
        enthrone(client, name, best, before, why)
    return lines


def ask(
    client: MlflowClient, name: str, own: ModelVersion, champion: ModelVersion, gate: Gate
) -> Outcome:
    """The gate for a version that a person names: of a stream, or else of a data set.

    Walks are compared on the groups that the later one was asked about.
    """
    if ASKED not in own.tags:
        return challenge(client, name, own, champion, gate)
    later = champion if champion.tags.get(BEFORE) == own.tags[ASKED] else own
    decision = _decided(client, own, champion, later.tags, gate)
    if decision is None:
        return refused(client, name, own, champion, "they were asked about other groups")
    return settle(client, name, own, champion, decision)


def _decided(
    client: MlflowClient, own: ModelVersion, champion: ModelVersion, asked: Tags, gate: Gate
) -> Decision | None:
    """The gate's decision on the episodes ``asked``; None: one of them did not answer these."""
    challenger, known = (_contender(client, one, asked) for one in (own, champion))
    return None if challenger is None or known is None else decide(challenger, known, gate)


def _contender(client: MlflowClient, version: ModelVersion, asked: Tags) -> Contender | None:
    """What ``version`` answered of the episodes asked; None: it was not asked all of them."""
    if version.tags.get(ASKED) == asked[ASKED]:
        row, run = -1, _run(client, version, asked)
    elif version.tags.get(ASKED) == asked[BEFORE]:
        row, run = -2, _run(client, version, asked)
    else:
        return None
    if run is None:
        return None
    after = _answers(client, run)[row]
    values = np.moveaxis(after, 1, 0).reshape(after.shape[1], -1)
    sample = Sample(values, None, np.ones(len(values), bool), random=True)
    return Contender(f"{run.info.run_name} (version {version.version})", sample, *costs_of(run))


def _run(client: MlflowClient, version: ModelVersion, asked: Tags) -> Run | None:
    """The walk of the version's learner, arm and way that answered these episodes."""
    own = client.get_run(version.run_id)
    wanted = {name: version.tags[name] for name in WALKER} | {ASKED: asked[ASKED]}
    question = " and ".join(f"tags.`{name}` = '{value}'" for name, value in wanted.items())
    order = ["attributes.start_time DESC"]
    found = client.search_runs([own.info.experiment_id], question, order_by=order, max_results=1)
    return found[0] if found else None


def _answers(client: MlflowClient, run: Run) -> np.ndarray:
    with TemporaryDirectory() as folder:
        path = client.download_artifacts(run.info.run_id, ANSWERS, folder)
        return load_walk(Path(path))[1].after
