"""Commands that serve: MLflow's pages, the nightly runs, a model as a REST API."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from fewqubit.cli.root import commands, say


@commands.command()
def mlflow(
    port: Annotated[int, typer.Option(min=1, max=65535, help="On 127.0.0.1.")] = 5000,
) -> None:
    """Serve the runs on this machine and say where the comparison page is."""
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.ports import check_free
    from fewqubit.pipeline.process import module
    from fewqubit.pipeline.project import open_project
    from fewqubit.tracking.address import is_server, shown, tracking_uri
    from fewqubit.tracking.database.mend import mend
    from fewqubit.tracking.database.percent import server_path
    from fewqubit.tracking.database.schema import make_current
    from fewqubit.tracking.links import comparison_links

    project, address = open_project(Path.cwd()), f"http://127.0.0.1:{port}"
    uri = tracking_uri(project)
    if not is_server(uri):
        check_free(port, "fewqubit mlflow --port {}")
    for note in (*mend(project), make_current(project)):
        if note:
            say(note)
    links = comparison_links(project, address)
    if is_server(uri):
        say(f"MLflow is served already: {shown(uri)}")
    else:
        say(f"MLflow starts in half a minute; Ctrl-C ends it. {address}")
    for name, link in links.items():
        say(f"compare {name}: {link}")
    if is_server(uri):
        return
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    environment = stage_environment() | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    # by environment: everybody on the machine may read a command line, and a password in it
    environment |= {"MLFLOW_BACKEND_STORE_URI": uri} | server_path()
    os.execve(sys.executable, module("mlflow", "server", *listen), environment)


@commands.command()
def serve(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL",
            help="DATASET/LEARNER/ARM, `best` on validation, or the folder of a saved model.",
            show_default="none: the nightly runs",
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of MODEL.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Where MODEL listens; 0.0.0.0 in a container, whose ports are shut.")
    ] = "127.0.0.1",
    cron: Annotated[
        str | None,
        typer.Option(metavar="CRON", help="When, in UTC.", show_default="0 2 * * *, or $CRON"),
    ] = None,
) -> None:
    """Serve MODEL as a REST API, or, without one, run the experiment every night, by Prefect.

    The API adapts to labelled rows and answers others (docs: A served model).
    """
    if model is not None:
        _serve_model(model, host, port)
        return
    from fewqubit.pipeline.environment import stage_environment
    from fewqubit.pipeline.process import module
    from fewqubit.pipeline.project import open_project

    open_project(Path.cwd())
    environment = stage_environment() | ({"CRON": cron} if cron else {})
    os.execve(sys.executable, module("flows.serve"), environment)


def _serve_model(name: str, host: str, port: int) -> None:
    from fewqubit.pipeline.ports import check_free
    from fewqubit.predict.served import server

    check_free(port, f"fewqubit serve {name} --port {{}}")
    app, title = _app_of(name)
    say(f"{title} is served at http://{host}:{port} (schema: /openapi.json); Ctrl-C ends it")
    server.serve(app, port, host)


def _app_of(name: str) -> tuple[Any, str]:
    """The application that serves what ``name`` says, and its title."""
    from fewqubit.evaluate.entities import served
    from fewqubit.evaluate.entities.finder import EntityFinder
    from fewqubit.pipeline.last_run import last_settings
    from fewqubit.predict.files import choose, of_words
    from fewqubit.predict.served.server import app_of

    if served.is_kept(Path(name)):
        return served.kept_app(Path(name)), name
    if Path(name, "learner.json").is_file() and Path(name, "transform.json").is_file():
        return app_of(Path(name)), name
    best = name == "best"
    run = last_settings(Path.cwd()).run if best else None
    chosen = choose(Path("artifacts"), None if best else name, run)
    if not of_words(chosen.prepared):
        return app_of(chosen.trained, chosen.prepared), chosen.name
    evaluated = Path("artifacts/evaluated") / chosen.name
    finder = EntityFinder.load(chosen.trained, chosen.prepared, evaluated)
    about = dict(zip(("dataset", "learner", "arm"), chosen.name.split("/"), strict=True))
    return served.build_entity_app(served.EntityService(finder), about), chosen.name
