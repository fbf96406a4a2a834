"""What params.yaml describes, as tables for the terminal."""

from rich.table import Table

from fewqubit.config import Settings


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


def datasets_table(settings: Settings) -> Table:
    """A row for each data set; a tick where it is computed."""
    table = Table("data set", "source", "features", "episodes", "test episodes", "run")
    for name, dataset in settings.datasets.items():
        shape, features = dataset.episodes, dataset.features
        table.add_row(
            name,
            dataset.source,
            f"scale {features.scale}" + (f", pca {features.pca}" if features.pca else ""),
            f"{shape.n_way}-way {shape.n_shot}-shot, {shape.n_query} queries",
            str(shape.n_test),
            _tick(name in settings.run.datasets),
        )
    return table


def _tick(yes: bool) -> str:
    return "✓" if yes else ""
