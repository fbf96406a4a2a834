"""The command that prints a learned start: angles, and a circuit for a device."""

from pathlib import Path
from typing import Annotated

import typer

from fewqubit.cli.root import commands, console, say


@commands.command()
def start(
    problem: Annotated[
        Path, typer.Option(metavar="FILE", help="JSON: a graph, or the family's parameters.")
    ],
    problems: Annotated[
        str | None,
        typer.Option(
            "--of",
            metavar="NAME",
            help="Problems it was trained on.",
            show_default="the first of run.problems",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="NAME",
            help="Of params.yaml.",
            show_default="the first of run.starts",
        ),
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(metavar="NAME", help="Names come from this recipe.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The circuit, as .qasm (OpenQASM 3) or .qpy.")
    ] = Path("start.qasm"),
) -> None:
    """Print the angles that a trained start proposes for a problem, and write its circuit."""
    from fewqubit.base.keys import root_key, stream
    from fewqubit.base.registry import look_up
    from fewqubit.errors import SettingsError
    from fewqubit.pipeline.overrides import layered_settings
    from fewqubit.stages.starts.propose import propose, write_circuit

    settings = layered_settings(Path.cwd(), recipe=recipe)
    first = [*settings.run.problems, None][0], [*settings.run.starts, None][0]
    of, which = problems or first[0], name or first[1]
    if of is None or which is None:
        raise SettingsError(
            "no start is described: give --of and --start, or a --recipe such as maxcut whose "
            "`run.problems` and `run.starts` name some"
        )
    look_up(of, settings.problems, "set of problems")
    look_up(which, settings.starts, "start")
    key = stream(root_key(settings.seed), "propose")
    folders = Path("artifacts/problems") / of, Path("artifacts/starts") / of / which
    found = propose(problem, *folders, key)
    write_circuit(out, found.circuit)
    console.print("\n".join(f"θ[{k}] = {angle:+.6f}" for k, angle in enumerate(found.angles)))
    say(f"{of}/{which}: {found.circuit.num_qubits} qubits, {len(found.angles)} angles; {out}")
    if found.beyond:
        say(f"beyond what it was trained on: {', '.join(found.beyond)}")
