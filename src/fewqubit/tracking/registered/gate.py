"""The alias ``champion`` moves through a gate; every decision is kept with its numbers.

A version that validated better than the champion is its challenger. The gate compares the two on
the frozen test episodes that both have answered, read from their runs' files; a person may ask it
about any version, go past it, or go back (``promote``, ``rollback``).
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from fewqubit.config.gate import Gate
from fewqubit.errors import ArtifactError, SettingsError
from fewqubit.evaluate.gate import Decision, decide
from fewqubit.tasks.scores import ACCURACY, SCORES
from fewqubit.tracking.address import ADAPTED, CHAMPION, EPISODES, SCORE_TAG, experiment_name
from fewqubit.tracking.registered.contenders import (
    contender,
    contender_of_run,
    run_name,
)
from fewqubit.tracking.registered.registry import DISMISSED, best_version

CHALLENGER = "challenger"
BEFORE, FOUND = "gate.before", "gate.decision"  # tags of a version: champion before it, and why
TESTED = "manifest.test"


class Outcome(NamedTuple):
    """Who is champion now, and a line that says why; no line where nothing was asked."""

    champion: ModelVersion
    line: str = ""


Ask = Callable[[MlflowClient, str, ModelVersion, ModelVersion, Gate], Outcome]


def contest(client: MlflowClient, name: str, episodes: str, gate: Gate) -> Outcome:
    """Put the version that validated best on ``episodes`` to the gate, if it is not champion yet.

    Without a champion of these episodes there is nothing to beat: the best becomes champion.
    """
    best, champion = best_version(client, name, episodes), champion_of(client, name)
    if champion is None or _of_other_data(champion, best):
        enthrone(client, name, best, champion, "the first of these data")
        return Outcome(best)
    if champion.version == best.version:
        return Outcome(champion)
    return challenge(client, name, best, champion, gate)


def challenge(
    client: MlflowClient, name: str, challenger: ModelVersion, champion: ModelVersion, gate: Gate
) -> Outcome:
    """Ask the gate, keep its decision with the challenger's run, and move an alias."""
    try:
        decision = decided(client, challenger, champion, gate)
    except ArtifactError as error:
        return refused(client, name, challenger, champion, f"cannot be compared: {error}")
    return settle(client, name, challenger, champion, decision)


def settle(
    client: MlflowClient,
    name: str,
    challenger: ModelVersion,
    champion: ModelVersion,
    decision: Decision,
) -> Outcome:
    """Do what the gate decided, and keep its numbers."""
    keep(client, challenger, champion, decision)
    if not decision.promoted:
        return refused(client, name, challenger, champion, decision.reason)
    enthrone(client, name, challenger, champion, decision.reason)
    return Outcome(
        challenger, f"{name}: version {challenger.version} is champion: {decision.reason}"
    )


def decided(
    client: MlflowClient, challenger: ModelVersion, champion: ModelVersion, gate: Gate
) -> Decision:
    """The gate's decision. Raises ArtifactError: they have not answered the same episodes."""
    tested = [one.tags.get(TESTED) for one in (challenger, champion)]
    if tested[0] != tested[1] or tested[0] is None:
        raise ArtifactError(
            f"version {champion.version} was tested on other episodes than version "
            f"{challenger.version}"
        )
    return decide(contender(client, challenger), contender(client, champion), gate)


def promote(
    client: MlflowClient,
    name: str,
    version: str | None,
    gate: Gate,
    anyway: bool,
    ask: Ask = challenge,
) -> str:
    """Put a version (the challenger, if none is named) to the gate; a line on what came of it.

    ``ask`` is the gate of its kind of model. ``anyway``: without asking. Raises SettingsError:
    there is no such version.
    """
    chosen = _version(client, name, version) if version else _alias(client, name, CHALLENGER)
    if chosen is None:
        raise SettingsError(f"{name}: expected a version to promote; there is no challenger")
    champion = champion_of(client, name)
    if champion is not None and champion.version == chosen.version:
        return f"{name}: version {chosen.version} is champion already"
    if champion is None or anyway:
        enthrone(client, name, chosen, champion, "by hand, past the gate")
        return f"{name}: version {chosen.version} is champion, by hand"
    return ask(client, name, chosen, champion, gate).line


def rollback(client: MlflowClient, name: str) -> str:
    """Give the alias back to the champion before; a line.

    Whoever is dismissed challenges no more by itself, only by ``promote``. Raises SettingsError:
    there was no champion before.
    """
    champion = champion_of(client, name)
    before = None if champion is None else champion.tags.get(BEFORE)
    if champion is None or not before:
        raise SettingsError(f"{name}: expected a champion that had one before it; there is none")
    again = _version(client, name, before)
    client.set_registered_model_alias(name, CHAMPION, again.version)
    client.set_registered_model_alias(name, CHALLENGER, champion.version)
    client.set_model_version_tag(name, champion.version, DISMISSED, f"for version {before}")
    follow(client, name, again)
    return f"{name}: version {before} is champion again, version {champion.version} its challenger"


def enthrone(
    client: MlflowClient, name: str, new: ModelVersion, old: ModelVersion | None, why: str
) -> None:
    """Move the alias, and tell the new champion who was before it."""
    if old is not None:
        client.set_model_version_tag(name, new.version, BEFORE, old.version)
    client.set_model_version_tag(name, new.version, FOUND, why)
    if DISMISSED in new.tags:
        client.delete_model_version_tag(name, new.version, DISMISSED)
    client.set_registered_model_alias(name, CHAMPION, new.version)
    follow(client, name, new)
    challenger = _alias(client, name, CHALLENGER)
    if challenger is not None and challenger.version == new.version:
        client.delete_registered_model_alias(name, CHALLENGER)


def follow(client: MlflowClient, name: str, champion: ModelVersion) -> None:
    """The model that has adapted to the first task is the champion's too, where it has one."""
    adapted = f"{name}{ADAPTED}"
    for version in client.search_model_versions(f"name = '{adapted}'"):
        if version.run_id == champion.run_id:
            client.set_registered_model_alias(adapted, CHAMPION, version.version)


def champion_of(client: MlflowClient, name: str) -> ModelVersion | None:
    """The version with the alias ``champion``, or None."""
    return _alias(client, name, CHAMPION)


def refused(
    client: MlflowClient, name: str, challenger: ModelVersion, champion: ModelVersion, why: str
) -> Outcome:
    """The champion stays; the other gets the alias ``challenger``, and is told why."""
    client.set_model_version_tag(name, challenger.version, FOUND, why)
    client.set_registered_model_alias(name, CHALLENGER, challenger.version)
    line = (
        f"{name}: version {champion.version} stays champion, {challenger.version} challenges: {why}"
    )
    return Outcome(champion, line)


def _alias(client: MlflowClient, name: str, alias: str) -> ModelVersion | None:
    found = client.search_registered_models(f"name = '{name}'")
    version = found[0].aliases.get(alias) if found else None
    return None if version is None else client.get_model_version(name, str(version))


def _version(client: MlflowClient, name: str, version: str) -> ModelVersion:
    known = [one.version for one in client.search_model_versions(f"name = '{name}'")]
    if version not in map(str, known):
        listed = ", ".join(sorted(map(str, known), key=int)) or "none"
        raise SettingsError(f"{name}: expected one of its versions, {listed}; got '{version}'")
    return client.get_model_version(name, version)


def _of_other_data(champion: ModelVersion, best: ModelVersion) -> bool:
    """A version of ours that was validated on other episodes; a person's own has no such tag."""
    return champion.tags.get(EPISODES) not in (None, best.tags.get(EPISODES))


def baseline_ahead(client: MlflowClient, dataset: str, gate: Gate) -> list[str]:
    """A line if a plain baseline, which is no model to serve, is better than the champion.

    The best by its score on the same test episodes. The champion's tag ``gate.baseline`` says it.
    """
    name = experiment_name(dataset)
    champion, experiment = champion_of(client, name), client.get_experiment_by_name(name)
    if champion is None or experiment is None or TESTED not in champion.tags:
        return []
    same = f"tags.arm = 'baseline' and tags.`{TESTED}` = '{champion.tags[TESTED]}'"
    score = SCORES[experiment.tags.get(SCORE_TAG, ACCURACY.name)]
    order = [f"metrics.`eval/{score.key}` DESC"]
    found = client.search_runs([experiment.experiment_id], same, order_by=order, max_results=1)
    if not found:
        return []
    try:
        plain = contender_of_run(client, found[0], run_name(found[0]), random=False)
        decision = decide(plain, contender(client, champion), gate)
    except ArtifactError:
        return []  # a version of somebody's own: there is nothing to compare
    ahead = decision.verdict.word == "better"
    client.set_model_version_tag(
        name, champion.version, "gate.baseline", decision.reason if ahead else ""
    )
    return [f"{name}: a plain baseline is ahead: {decision.reason}"] if ahead else []


def keep(
    client: MlflowClient, challenger: ModelVersion, champion: ModelVersion, decision: Decision
) -> None:
    """The decision as a file of the challenger's run, and its figures as metrics."""
    record = {"challenger": challenger.version, "champion": champion.version, **decision.as_dict()}
    text = json.dumps(record, indent=2, sort_keys=True)
    client.log_text(challenger.run_id, text, f"gate/against-version-{champion.version}.json")
    for name in ("difference", "low", "high"):
        client.log_metric(challenger.run_id, f"gate/{name}", float(record[name]))
