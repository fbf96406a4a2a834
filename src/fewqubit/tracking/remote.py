"""What a store is asked through MLflow, and what MLflow raises as one line."""

from collections.abc import Iterator
from contextlib import contextmanager

from mlflow import MlflowClient
from mlflow.entities import Experiment, Run, ViewType
from mlflow.exceptions import MlflowException
from requests import RequestException
from sqlalchemy.exc import SQLAlchemyError

from fewqubit.errors import PipelineError
from fewqubit.tracking.address import (
    CHAMPION,
    EPISODES,
    KEY_TAG,
    SETTING,
    experiment_name,
    shown,
    without_secrets,
)

MESSAGE = 300  # some servers answer with a whole page


@contextmanager
def speaking_to(uri: str) -> Iterator[None]:
    """Turn what MLflow raises into one line: a server that is down, an address of no known kind.

    The line holds no secret, nor does a traceback: what was raised below is not chained to it.
    """
    try:
        yield
    # ImportError: the driver of a database is not installed; OSError: no place for the files
    except (MlflowException, SQLAlchemyError, RequestException, ImportError, OSError) as error:
        words = " ".join(without_secrets(str(error), uri).split())
        reason = words if len(words) <= MESSAGE else f"{words[:MESSAGE]} …"
        raise PipelineError(
            f"MLflow at {shown(uri)}: {reason}; results are kept and the next `fewqubit track` "
            f"mirrors them; check {SETTING}"
        ) from None


def remote_keys(uri: str) -> frozenset[str]:
    """``known_keys`` for a store that only MLflow can read, such as a server."""
    with speaking_to(uri):
        finished = runs_of(MlflowClient(uri), "attributes.status = 'FINISHED'", ViewType.ALL)
        return frozenset(run.data.tags[KEY_TAG] for run in finished)


def remote_experiments(uri: str) -> dict[str, str]:
    """Name and id of every active experiment of ours on a server."""
    with speaking_to(uri):
        found = experiments_of(MlflowClient(uri), ViewType.ACTIVE_ONLY)
        return {experiment.name: experiment.experiment_id for experiment in found}


def remote_champions(uri: str) -> dict[str, str]:
    """Registered model of ours → what its champion on a server was validated on."""
    with speaking_to(uri):
        client, found = MlflowClient(uri), {}
        for model in client.search_registered_models(f"name LIKE '{experiment_name('')}%'"):
            if CHAMPION in model.aliases:
                champion = client.get_model_version_by_alias(model.name, CHAMPION)
                found[model.name] = champion.tags.get(EPISODES, "")
        return {name: episodes for name, episodes in found.items() if episodes}


def runs_of(client: MlflowClient, condition: str, view: int) -> Iterator[Run]:
    """All runs that mirror a result, in whichever experiment of ours."""
    ids = [experiment.experiment_id for experiment in experiments_of(client, ViewType.ALL)]
    condition, token = f"{condition} and tags.`{KEY_TAG}` != ''", None
    while ids:
        page = client.search_runs(ids, condition, view, 1000, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def experiments_of(client: MlflowClient, view: int) -> list[Experiment]:
    return list(
        client.search_experiments(view, filter_string=f"name LIKE '{experiment_name('')}%'")
    )
