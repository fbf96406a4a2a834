"""Commands on the champion: the model that users are served."""

from pathlib import Path
from typing import Annotated

import typer

from fewqubit.cli import complete
from fewqubit.cli.root import commands, say

Dataset = Annotated[
    str,
    typer.Argument(
        help="A data set of params.yaml, or stream-NAME of a stream.",
        autocompletion=complete.datasets,
    ),
]


@commands.command()
def promote(
    dataset: Dataset,
    version: Annotated[
        str | None, typer.Argument(help="Of its model.", show_default="the challenger")
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Without asking the gate.")] = False,
) -> None:
    """Make a version the champion of its data set, if the gate lets it pass.

    On the champion's test episodes it must be better, or equivalent and cheaper (`gate` in
    params.yaml). The decision is stored with the version's run in MLflow.
    """
    from fewqubit.tracking import client
    from fewqubit.tracking.address import experiment_name, tracking_uri
    from fewqubit.tracking.registered import gate
    from fewqubit.tracking.store import sole_writer
    from fewqubit.tracking.streams.gate import ask
    from fewqubit.tracking.write import gate_of

    root = Path.cwd()
    uri = tracking_uri(root)
    with sole_writer(root, uri), client.connected(uri) as connection:
        name = experiment_name(dataset)
        say(gate.promote(connection, name, version, gate_of(root), anyway, ask))


@commands.command()
def rollback(dataset: Dataset) -> None:
    """Make the previous champion the champion again."""
    from fewqubit.tracking import client
    from fewqubit.tracking.address import experiment_name, tracking_uri
    from fewqubit.tracking.registered import gate
    from fewqubit.tracking.store import sole_writer

    root = Path.cwd()
    uri = tracking_uri(root)
    with sole_writer(root, uri), client.connected(uri) as connection:
        say(gate.rollback(connection, experiment_name(dataset)))
