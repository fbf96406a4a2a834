"""Where runs are kept, what they are called there, and how an address is written for people."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote

KEY_TAG = "dvc.key"
CHAMPION = "champion"
ADAPTED = "-first-task"  # behind a model's name: it has adapted to the first test task
EPISODES = "manifest.validation"  # the tag that says what a version was validated on
SCORE_TAG = "score"  # of an experiment: what its metrics are of
DATABASE = "mlflow.db"
ARTIFACTS = "mlartifacts"
SETTING = "MLFLOW_TRACKING_URI"
_SQLITE = "sqlite:///"
_HIDDEN = "***"


def tracking_uri(root: Path) -> str:
    """``MLFLOW_TRACKING_URI`` where set, else the SQLite file in the project's top folder.

    Absolute, so that a command run from another folder finds the same runs.
    """
    return os.environ.get(SETTING) or sqlite_uri((root / DATABASE).resolve())


def experiment_name(dataset: str) -> str:
    """The experiment, and the registered model, that belong to a data set."""
    return f"fewqubit-{dataset}"


def sqlite_uri(file: Path) -> str:
    """The address of an SQLite file; a name with ``?``, ``#`` or ``%`` is quoted as SQLite wants.

    A plain address would end at the first ``?``, and the runs be in a file beside the project. No
    other name is quoted: MLflow takes a quoted one for a folder, and makes it where it runs.
    """
    plain = file.absolute().as_posix()
    if not set("?#%") & set(plain):
        return f"{_SQLITE}{plain}"
    return f"{_SQLITE}file:{file.absolute().as_uri().removeprefix('file://')}?uri=true"


def sqlite_file(uri: str) -> Path | None:
    """The file behind an SQLite address, or None for any other kind of store."""
    if not uri.startswith(_SQLITE):
        return None
    name, _, query = uri.removeprefix(_SQLITE).partition("?")
    if name.startswith("file:") and "uri" in parse_qs(query):
        return Path(unquote(re.sub("^file:(//)?", "", name)))
    return Path(name)


def is_server(uri: str) -> bool:
    """Whether ``uri`` is a tracking server's, which has pages of its own."""
    return uri.startswith(("http://", "https://"))


def own_database(root: Path) -> Path | None:
    """The project's own database, if that is where runs are kept; it is a mirror and ours to mend.

    A store that the user named may hold the runs of others.
    """
    database, file = (root / DATABASE).resolve(), sqlite_file(tracking_uri(root))
    is_ours = file is not None and file.resolve() == database and database.parent == home(root)
    return database if is_ours else None


def home(root: Path) -> Path:
    """The folder that the database and the models of its runs are in.

    ``root`` may be a view of the project, whose entries are links.
    """
    return (root / ARTIFACTS).resolve().parent


def shown(uri: str) -> str:
    """``uri`` as it may be printed: who logs in, and every value of a query, is hidden."""
    if uri.startswith(_SQLITE):
        return uri
    hidden = re.sub("(?<=://).*@", f"{_HIDDEN}@", uri, count=1, flags=re.DOTALL)
    return re.sub(r"(?<=[?&])([^=&#]+)=[^&#]*", rf"\1={_HIDDEN}", hidden)


def without_secrets(text: str, uri: str) -> str:
    """``text`` with what ``shown`` hides of ``uri`` hidden wherever it occurs."""
    text = re.sub(r"://[^/\s@]*@", f"://{_HIDDEN}@", text.replace(uri, shown(uri)))
    for secret in sorted(_secrets(uri), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def without_login(uri: str) -> str:
    """``uri`` for a browser, which asks for the login by itself."""
    return re.sub("(?<=://).*@", "", uri, count=1, flags=re.DOTALL)


def _secrets(uri: str) -> set[str]:
    """The password, or the token that stands in its place; values of the query; as text and quoted.

    A user's name alone is no secret, and short words would be cut out of the middle of others.
    """
    if uri.startswith(_SQLITE):
        return set()
    login = re.search("(?<=://)(.*)@", uri, flags=re.DOTALL)
    found = {value for _, value in re.findall(r"[?&]([^=&#]+)=([^&#]*)", uri)}
    if login:
        user, colon, password = login[1].partition(":")
        found |= {login[1], password if colon else user}
    # an unquoted @ or / makes a driver take a part of the password for the host, and name it
    found |= {part for secret in found for part in re.split("[@/:?#]", secret)}
    return {form for secret in found for form in (secret, unquote(secret)) if len(form) > 2}


def first_task_name(dataset: str) -> str:
    """The registered model that has adapted to a task of the data set."""
    return f"{experiment_name(dataset)}{ADAPTED}"
