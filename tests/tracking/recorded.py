"""What a run is told of one result of a project."""

from fewqubit.config import load_settings
from fewqubit.tracking.record import Record, gather
from fewqubit.tracking.results import read_stages, results, shared_stages
from locked_project import Project


def record(project: Project, name: str) -> Record:
    stages = read_stages(project.root)
    run = load_settings(project.root / "params.yaml").run
    result = next(result for result in results(stages) if result.name == name)
    return gather(project.root, shared_stages(stages, run), result)


def figures(one: Record) -> dict[tuple[str, int], float]:
    return {(point.name, point.step): point.value for point in one.figures}
