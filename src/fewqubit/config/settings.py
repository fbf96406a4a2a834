"""The whole of params.yaml: reading and validation."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    Field,
    ValidationError,
    model_validator,
)

from fewqubit.base.reading import check_plain, on_one_line, one_line, read_yaml
from fewqubit.base.values import Section, Seed
from fewqubit.circuits.circuit import FeatureMap
from fewqubit.config.arms import check_arms
from fewqubit.config.baselines import OF_NUMBERS, Baseline, Baselines
from fewqubit.config.evaluation import Evaluation
from fewqubit.config.gate import Gate
from fewqubit.config.learners import AnyLearner
from fewqubit.config.names import Name, check_distinct, check_stages
from fewqubit.config.places import (
    IMAGES,
    TABLES,
    check_file,
    check_inside,
    check_names,
    check_there,
)
from fewqubit.config.questions import check_questions
from fewqubit.config.search import Search, check_space
from fewqubit.config.starts import AnyStarter, ProblemSet
from fewqubit.config.streams import Stream
from fewqubit.data.dataset import MOST_ROWS, ClassFiles
from fewqubit.data.settings import AnyDataset, Images, Omniglot, Table, Text, Tokens
from fewqubit.errors import SettingsError
from fewqubit.meta.streams.registry import AnyWay
from fewqubit.models.arm_names import Arm
from fewqubit.starts.settings.families import Family, Portfolio

PARAMS_FILE = Path("params.yaml")
Module = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]


class Run(Section):
    """The axes of the stage matrix: what ``dvc repro`` computes.

    Learners on data sets, starts on problems, or both.
    """

    datasets: list[Name]
    feature_maps: list[Name]
    learners: list[Name] = Field(min_length=1)
    arms: list[Arm] = Field(min_length=1)
    baselines: list[Baseline]
    streams: list[Name] = []
    ways: list[Name] = []
    problems: list[Name] = []
    starts: list[Name] = []

    @model_validator(mode="after")
    def _stages_have_names(self) -> Self:
        """Every entry of each matrix of dvc.yaml gets a unique stage name."""
        for axis, names in self:
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{axis} has {', '.join(twice)} more than once; once is enough")
        check_stages([self.datasets, self.feature_maps])
        check_stages([self.datasets, self.learners, self.arms])
        check_stages([self.datasets, self.baselines])
        check_stages([self.streams, self.learners, self.arms, self.ways])
        check_stages([self.problems, self.starts])
        return self

    @model_validator(mode="after")
    def _there_is_something_to_compute(self) -> Self:
        if not (self.datasets or self.problems):
            raise ValueError("datasets and problems are empty: expected a name in one of them")
        if bool(self.problems) != bool(self.starts):
            given, empty = ("problems", "starts") if self.problems else ("starts", "problems")
            raise ValueError(f"{given} has names, but {empty} is empty: expected names in both")
        return self

    def first_dataset(self) -> str:
        """The default data set of commands. Raises SettingsError: ``datasets`` is empty."""
        if not self.datasets:
            raise SettingsError("run.datasets is empty; name the data set that is meant")
        return self.datasets[0]


class Settings(Section):
    """params.yaml: a section for each part of the pipeline from raw data to verdict."""

    seed: Seed
    run: Run
    datasets: dict[Name, AnyDataset]
    feature_maps: dict[Name, FeatureMap]
    learners: dict[Name, AnyLearner]
    baselines: Baselines  # no default, like evaluation: DVC watches both; {} for the defaults
    evaluation: Evaluation
    problems: dict[Name, ProblemSet] = {}
    starts: dict[Name, AnyStarter] = {}
    search: Search = Search()
    gate: Gate = Gate()
    streams: dict[Name, Stream] = {}
    ways: dict[Name, AnyWay] = {}
    allow: list[Module] = []  # packages, besides own/, whose functions settings may name

    @model_validator(mode="after")
    def _names_are_folders(self) -> Self:
        check_distinct("datasets", self.datasets)
        check_distinct("feature_maps", self.feature_maps)
        check_distinct("learners", self.learners)
        check_distinct("streams", self.streams)
        check_distinct("ways", self.ways)
        check_distinct("problems", self.problems)
        check_distinct("starts", self.starts)
        return self

    @model_validator(mode="after")
    def _learners_take_it(self) -> Self:
        check_arms(self.learners)
        check_space(self.search, self.learners)
        return self

    @model_validator(mode="after")
    def _episodes_can_be_resampled(self) -> Self:
        for name, dataset in self.datasets.items():
            n_test, resamples = dataset.episodes.n_test, self.evaluation.resamples
            if n_test < 2:
                raise ValueError(
                    f"datasets.{name}.episodes.n_test: expected 2 test episodes or more (a verdict "
                    f"needs 30), got {n_test}"
                )
            if n_test * resamples > MOST_ROWS:
                raise ValueError(
                    f"evaluation.resamples: {resamples} of {n_test} test episodes of {name} do not "
                    f"fit into memory; expected at most {MOST_ROWS // n_test}"
                )
        return self

    @model_validator(mode="after")
    def _run_names_exist(self) -> Self:
        _known("run.datasets", self.run.datasets, self.datasets)
        _known("run.learners", self.run.learners, self.learners)
        _known("run.feature_maps", self.run.feature_maps, self.feature_maps)
        _known("evaluation.device_learners", self.evaluation.device_learners or [], self.learners)
        _known("run.streams", self.run.streams, self.streams)
        _known("run.ways", self.run.ways, self.ways)
        for name, one in self.streams.items():
            _known(f"streams.{name}.datasets", one.datasets, self.datasets)
        _known("run.problems", self.run.problems, self.problems)
        _known("run.starts", self.run.starts, self.starts)
        named = self.baselines.qsvm_feature_map
        if named is not None and "qsvm" in self.run.baselines:
            _known("baselines.qsvm_feature_map", [named], self.feature_maps)
        return self

    @model_validator(mode="after")
    def _baselines_answer_what_is_asked(self) -> Self:
        for name in self.run.datasets:
            numbers = self.datasets[name].asks_numbers
            wrong = [one for one in self.run.baselines if (one in OF_NUMBERS) != numbers]
            if wrong:
                raise ValueError(
                    f"run.baselines: {', '.join(wrong)} cannot answer {name}, which asks for "
                    + (f"numbers; take of {', '.join(OF_NUMBERS)}" if numbers else "classes")
                )
        return self

    @model_validator(mode="after")
    def _questions_have_answers(self) -> Self:
        run, reading = self.run, self.evaluation
        devices = {name: reading.devices_of(name) for name in run.learners}
        check_questions(reading.questions, run.learners, run.arms, run.baselines, devices)
        return self

    @model_validator(mode="after")
    def _places_are_watched(self) -> Self:
        """DVC can only rerun what it watches; a table elsewhere would go stale unnoticed."""
        check_names(self.model_dump(), self.allow)
        for key, path, folder in self.data_files():
            try:
                check_inside(path, folder)
            except ValueError as error:
                raise ValueError(f"{key}: {error}, got {path!r}; move it there") from None
        return self

    def data_files(self) -> Iterator[tuple[str, str, str]]:
        """(key, path, folder) of every data file; ``folder`` is where the file must be."""
        for name, dataset in self.datasets.items():
            if isinstance(dataset, Table | Text):
                yield f"datasets.{name}.path", dataset.path, TABLES
                if isinstance(dataset.split, ClassFiles):
                    for file in dataset.split.files:
                        yield f"datasets.{name}.split.files", file, TABLES
            if isinstance(dataset, Tokens):
                yield from ((f"datasets.{name}.path", path, TABLES) for path in dataset.paths)
            if isinstance(dataset, Text | Tokens) and dataset.embed.is_folder:
                yield f"datasets.{name}.embed.model", dataset.embed.model, TABLES
            if isinstance(dataset, Images):
                yield f"datasets.{name}.path", dataset.path, IMAGES
            if isinstance(dataset, Omniglot) and dataset.folder is not None:
                yield f"datasets.{name}.folder", dataset.folder, TABLES
            if isinstance(dataset, Omniglot) and dataset.runs is not None:
                yield f"datasets.{name}.runs", dataset.runs, TABLES
        for name, described in self.problems.items():
            family: Family = described.family
            if isinstance(family, Portfolio) and family.returns is not None:
                yield f"problems.{name}.family.returns", family.returns, TABLES


def load_settings(path: Path = PARAMS_FILE) -> Settings:
    """Read and validate ``path``, and check that the modules and circuits it names exist.

    Raises SettingsError: the file is unreadable, a key is unknown or a value is out of range. The
    message names the file, the dotted key, the expected and the given value.
    """
    settings = validate(read_yaml(path), str(path))
    try:
        check_there(settings.model_dump(), path.parent)
        for key, place, _ in settings.data_files():
            check_file(key, place, path.parent)
    except ValueError as error:
        raise SettingsError(on_one_line(f"{path}: {error}")) from None
    return settings


def validate(values: Any, where: str) -> Settings:
    """Settings from plain ``values``; errors name their origin ``where``."""
    if not isinstance(values, Mapping):
        raise SettingsError(f"{where}: expected a mapping of sections, got {type(values).__name__}")
    check_plain(values, where)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{where}: {one_line(error)}") from None


def _known(key: str, names: list[str], known: Mapping[str, object]) -> None:
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(
            f"{key} names {', '.join(missing)}, which no section describes; "
            f"described: {', '.join(sorted(known))}"
        )
