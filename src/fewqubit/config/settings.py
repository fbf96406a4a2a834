"""The whole of params.yaml, read and validated at the door."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)
from ruamel.yaml import YAML, YAMLError

from fewqubit.config.arms import check_arms
from fewqubit.config.datasets import AnyDataset, Table
from fewqubit.config.device import Device
from fewqubit.config.learners import AnyLearner, Arm
from fewqubit.config.models import FeatureMap
from fewqubit.config.names import Name, check_distinct, check_stages
from fewqubit.config.search import Search, check_space
from fewqubit.config.section import Fraction, Section
from fewqubit.errors import SettingsError

PARAMS_FILE = Path("params.yaml")
TABLES = Path("data/tables")

Baseline = Literal["prototype", "logistic", "svm", "fourier", "qsvm"]


class Run(Section):
    """The axes of the stage matrix: what ``dvc repro`` computes."""

    datasets: list[Name] = Field(min_length=1)
    feature_maps: list[Name]
    learners: list[Name] = Field(min_length=1)
    arms: list[Arm] = Field(min_length=1)
    baselines: list[Baseline]

    @model_validator(mode="after")
    def _stages_have_names(self) -> Self:
        """One for each place of each matrix of dvc.yaml."""
        for axis, names in self:
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{axis} has {', '.join(twice)} more than once; once is enough")
        check_stages([self.datasets, self.feature_maps])
        check_stages([self.datasets, self.learners, self.arms])
        check_stages([self.datasets, self.baselines])
        return self


class Baselines(Section):
    """Grids of the plain baselines, searched on validation episodes only."""

    logistic_cost: list[PositiveFloat] = Field(default=[0.1, 1.0, 10.0], min_length=1)
    svm_cost: list[PositiveFloat] = Field(default=[1.0, 10.0], min_length=1)
    svm_gamma: list[PositiveFloat] = Field(default=[0.01, 0.1, 1.0], min_length=1)
    fourier_features: PositiveInt = 500
    fourier_gamma: list[PositiveFloat] = Field(default=[0.01, 0.1, 1.0], min_length=1)
    fourier_ridge: list[PositiveFloat] = Field(default=[0.01, 0.1, 1.0], min_length=1)
    qsvm_feature_map: Name = "zz"
    qsvm_cost: list[PositiveFloat] = Field(default=[1.0, 10.0], min_length=1)


class Evaluation(Section):
    """The pre-declared reading of the results, and how much is evaluated beside them.

    Adaptation curves are drawn over the first ``curve_episodes`` test episodes; a trained circuit
    also answers the first ``device_episodes`` on each of ``devices``, adapted by
    gradient in simulation or, for thousands of circuits, there. ``cost_device`` is what depth,
    two-qubit gates and shots are told for; nothing runs there.
    """

    margin: Fraction = 0.02
    confidence: Fraction = 0.95
    resamples: PositiveInt = 2000
    curve_shots: list[PositiveInt] = Field(default=[1, 5], min_length=1)
    curve_episodes: PositiveInt = 100
    devices: dict[Name, Device] = {}
    device_episodes: PositiveInt = 50
    device_adaptation: Literal["simulated", "measured"] = "simulated"
    cost_device: Device = Device(backend="noisy:fake_torino")

    @field_validator("cost_device")
    @classmethod
    def _is_transpiled_to(cls, device: Device) -> Device:
        """Mitigation would change how many circuits there are, which is told without it."""
        known = device.backend.startswith(("noisy:", "ibm:")) or device.backend == "shots:aer"
        if not known or device.mitigation != "none" or device.zero_noise:
            raise ValueError(
                "costs are told for a device without mitigation: noisy:<fake device>, ibm:<name> "
                f"or shots:aer, got '{device.backend}'"
            )
        return device


class Settings(Section):
    """params.yaml: one section for each stage of the way from raw data to verdict."""

    seed: NonNegativeInt
    run: Run
    datasets: dict[Name, AnyDataset]
    feature_maps: dict[Name, FeatureMap]
    learners: dict[Name, AnyLearner]
    baselines: Baselines = Baselines()
    evaluation: Evaluation = Evaluation()
    search: Search = Search()

    @model_validator(mode="after")
    def _names_are_folders(self) -> Self:
        check_distinct("datasets", self.datasets)
        check_distinct("feature_maps", self.feature_maps)
        check_distinct("learners", self.learners)
        return self

    @model_validator(mode="after")
    def _learners_take_it(self) -> Self:
        check_arms(self.learners)
        check_space(self.search, self.learners)
        return self

    @model_validator(mode="after")
    def _run_names_exist(self) -> Self:
        feature_maps = [*self.run.feature_maps]
        if "qsvm" in self.run.baselines:
            feature_maps.append(self.baselines.qsvm_feature_map)
        _known("run.datasets", self.run.datasets, self.datasets)
        _known("run.learners", self.run.learners, self.learners)
        _known("run.feature_maps", feature_maps, self.feature_maps)
        return self

    @model_validator(mode="after")
    def _tables_are_watched(self) -> Self:
        """DVC can only rerun what it watches; a table elsewhere would go stale unnoticed."""
        for name, dataset in self.datasets.items():
            if isinstance(dataset, Table) and TABLES not in Path(dataset.path).parents:
                raise ValueError(
                    f"datasets.{name}.path: expected a file in {TABLES}/, which the pipeline "
                    f"watches for changes, got {dataset.path}; move it there"
                )
        return self


def load_settings(path: Path = PARAMS_FILE) -> Settings:
    """Read and validate ``path``.

    Raises SettingsError: the file is unreadable, a key is unknown or a value is out of range; the
    message names the file, the dotted key, what was expected and what came.
    """
    try:
        values = YAML(typ="safe").load(path.read_text())
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; run from the project's top folder") from None
    except YAMLError as error:
        raise SettingsError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from None
    return validate(values, str(path))


def validate(values: Any, where: str) -> Settings:
    """Settings from plain ``values``; ``where`` names their origin in the error."""
    if not isinstance(values, Mapping):
        raise SettingsError(f"{where}: expected a mapping of sections, got {type(values).__name__}")
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{where}: {_one_line(error)}") from None


def _one_line(error: ValidationError) -> str:
    """The first fault, in one line, and how many more there are."""
    faults = error.errors(include_url=False)
    first = faults[0]
    key = ".".join(_shown(part) for part in _without_tag(first["loc"])) or "settings"
    came = "" if isinstance(first["input"], Mapping) else f", got {_short(repr(first['input']))}"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message, came = "unknown key; remove it or correct its name", ""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{key}: {message}{came}{more}"


def _shown(part: int | str) -> str:
    """A key on one line, whatever it is made of."""
    return _short(str(part) if str(part).isprintable() else repr(part))


def _short(text: str, most: int = 120) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _without_tag(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """pydantic names the branch of a union behind the name: learners.maml.(maml.)inner_lr."""
    return place[:2] + place[3:] if place[:1] in (("datasets",), ("learners",)) else place


def _known(key: str, names: list[str], known: Mapping[str, object]) -> None:
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(
            f"{key} names {', '.join(missing)}, which no section describes; "
            f"described: {', '.join(sorted(known))}"
        )
