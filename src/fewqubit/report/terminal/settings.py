"""What params.yaml describes, as tables for the terminal."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from fewqubit.config import Settings
from fewqubit.data.labels import quoted

if TYPE_CHECKING:  # what surveys the data imports all that computes
    from fewqubit.stages.survey import Survey


def learners_table(settings: Settings) -> Table:
    """A row for each learner; a tick where it is computed."""
    table = Table("learner", "kind", "encoder", "circuit", "qubits", "seeds", "run")
    for name, learner in settings.learners.items():
        circuit = learner.circuit
        parts = [circuit.feature_map, *([circuit.ansatz] if circuit.layers else [])]
        encoder = " ".join([learner.encoder.kind, *map(str, learner.encoder.widths)])
        numbers = map(str, (circuit.n_qubits, learner.seeds))
        running = _tick(name in settings.run.learners)
        table.add_row(name, learner.kind, encoder, "\n".join(parts), *numbers, running)
    return table


def datasets_table(settings: Settings, surveys: Mapping[str, "Survey"]) -> Table:
    """A row for each data set of ``surveys``, with what is in it; a tick where it is computed.

    It fits 80 columns; ``datasets_lines`` has what is too long for it.
    """
    heads = ("data set", "rows", "features", "classes", "fewest", "copies", "tasks", "run")
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for head in heads:
        table.add_column(head, no_wrap=head != "features", overflow="fold")
    for name, found in surveys.items():
        shape = settings.datasets[name].episodes
        cells = (
            name,
            _known(found.rows),
            found.features or "",
            _known(found.classes),
            _known(found.smallest[1] if found.smallest else None),
            _known(found.copies),
            f"{shape.n_way}-way {shape.n_shot}-shot",
            _tick(name in settings.run.datasets),
        )
        table.add_row(*map(Text, cells))  # no markup in names
    return table


def datasets_lines(settings: Settings, surveys: Mapping[str, "Survey"]) -> list[str]:
    """Notes on each data set and reasons why it cannot be prepared, one line each."""
    lines = []
    for name, found in surveys.items():
        if found.smallest is not None:
            label, rows = found.smallest
            source = settings.datasets[name].source
            lines.append(
                f"{name}: of {source}; its smallest class, {quoted(label)}, has {rows} rows"
            )
        lines += [f"{name} cannot be prepared: {problem}" for problem in found.problems]
        lines += [f"{name}: {note}" for note in found.notes]
    return lines


def _known(number: int | None) -> str:
    return "" if number is None else str(number)


def _tick(yes: bool) -> str:
    return "✓" if yes else ""
