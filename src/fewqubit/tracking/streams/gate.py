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
from fewqubit.errors import ArtifactError
from fewqubit.evaluate.gate import Contender, decide
from fewqubit.evaluate.paired import Sample
from fewqubit.stages.streams.walked import load_walk
from fewqubit.tracking.registered.gate import champion_of, costs_of, enthrone, keep, refused
from fewqubit.tracking.streams.write import ANSWERS, ASKED, BEFORE

WALKER = ("learner", "arm", "way")


def challenge_all(client: MlflowClient, name: str, asked: str, gate: Gate) -> list[str]:
    """Put every version that answered ``asked`` to the gate, the oldest first; lines.

    There is no validation part that could choose a challenger, so each of them is one.
    """
    found = client.search_model_versions(f"name = '{name}'")
    now = [one for one in found if one.tags.get(ASKED) == asked]
    lines = []
    for version in sorted(now, key=lambda one: int(one.version)):
        lines += _challenge(client, name, client.get_model_version(name, version.version), gate)
    return lines


def _challenge(client: MlflowClient, name: str, own: ModelVersion, gate: Gate) -> list[str]:
    champion = champion_of(client, name)
    if champion is not None and champion.version == own.version:
        return []
    known = champion and _contender(client, champion, own.tags)
    if champion is None or known is None:
        enthrone(client, name, own, champion, "the first that is known on these groups")
        return [f"{name}: version {own.version} is champion, the first known on these groups"]
    challenger = _contender(client, own, own.tags)
    if challenger is None:
        raise ArtifactError(f"{name}: version {own.version} has no run with its answers")
    decision = decide(challenger, known, gate)
    keep(client, own, champion, decision)
    if not decision.promoted:
        return [refused(client, name, own, champion, decision.reason).line]
    enthrone(client, name, own, champion, decision.reason)
    return [f"{name}: version {own.version} is champion: {decision.reason}"]


def _contender(
    client: MlflowClient, version: ModelVersion, asked: dict[str, str]
) -> Contender | None:
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


def _run(client: MlflowClient, version: ModelVersion, asked: dict[str, str]) -> Run | None:
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
