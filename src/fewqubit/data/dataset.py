"""Settings that every data set has, whatever its source: split, features, episodes."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, NonNegativeFloat, PositiveFloat, model_validator

from fewqubit.base.values import Fraction, Many, Section, Some, Width

MOST_ROWS = 50_000_000  # of int32, a few times over
SEVERAL = Field(min_length=1, max_length=20)  # to choose from


class Episodes(Section):
    """The shape and number of the frozen episodes on which every learner is tested.

    ``n_way``: classes of a task; 1 for regression, which has no classes.
    ``within_group``: a task's classes belong together (phases of one chain, wards of one hospital).
    ``repeat_queries``: a class with too few rows for ``n_query`` repeats some of its queries, so
    that classes weigh the same; otherwise such a class is refused.
    """

    n_way: Annotated[int, Field(ge=1, le=10_000)]
    n_shot: Some
    n_query: Some
    n_validation: Many
    n_test: Many
    within_group: bool = False
    repeat_queries: bool = False

    @model_validator(mode="after")
    def _fits_in_memory(self) -> Self:
        rows = self.n_way * (self.n_shot + self.n_query)
        if (most := rows * max(self.n_validation, self.n_test)) > MOST_ROWS:
            raise ValueError(
                f"expected at most {MOST_ROWS} rows in all validation or test episodes, got {most}:"
                f" {rows} in each; lower n_validation, n_test or n_query"
            )
        return self


class Features(Section):
    """The transform from raw rows to features, fitted on meta-train classes only.

    ``whiten`` is the shrinkage of the whitening of variation within classes, before ``pca``.
    ``between`` is the weight of the directions in which the means of whitened classes differ,
    ``contrast`` that of directions learned to tell their rows apart. From a list of any of the
    three, the value with the best validation accuracy is chosen.
    """

    scale: Literal["none", "minmax", "standard"] = "none"
    whiten: PositiveFloat | Annotated[list[PositiveFloat], SEVERAL] | None = None
    between: NonNegativeFloat | Annotated[list[NonNegativeFloat], SEVERAL] = 0.0
    contrast: NonNegativeFloat | Annotated[list[NonNegativeFloat], SEVERAL] = 0.0
    pca: Width | None = None
    flatten: bool = False

    @model_validator(mode="after")
    def _weighs_whitened_rows(self) -> Self:
        asked = {"between": self.between, "contrast": self.contrast}
        for name, value in asked.items():
            if self.whiten is None and value != 0.0:
                raise ValueError(
                    f"expected whiten beside {name}, got {name}: {value} alone; set whiten, such "
                    f"as 3.0, or leave {name} out"
                )
        return self


def _class_name(value: Any) -> Any:
    """Refuse floats and booleans as class names: YAML reads 1e3 and true as such."""
    if isinstance(value, bool | float) or value is None:
        raise ValueError("a class is text or a whole number; quote its name")
    return value


ClassName = Annotated[int | str, BeforeValidator(_class_name)]


class ClassLists(Section):
    """A split that names its classes (or groups of classes: base digits)."""

    meta_train: list[ClassName] = Field(min_length=1)
    validation: list[ClassName] = Field(min_length=1)
    meta_test: list[ClassName] = Field(min_length=1)

    @model_validator(mode="after")
    def _disjoint(self) -> Self:
        everything = [*self.meta_train, *self.validation, *self.meta_test]
        twice = sorted({str(name) for name in everything if everything.count(name) > 1})
        if twice:
            raise ValueError(f"a class belongs to one split only; in several: {', '.join(twice)}")
        return self


class ClassFiles(Section):
    """A split whose classes are listed in text files, one on a line, like published folds."""

    files: tuple[str, str, str]  # of meta-train, validation and meta-test

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("files"), list):
            return {**value, "files": tuple(value["files"])}
        return value


class Fractions(Section):
    """A random split of the classes by share, drawn from the named stream of the data set.

    ``assign``: ``draw`` shuffles all classes and cuts the list, so that the parts have exactly the
    rounded shares, but a new class moves others. ``name`` draws the part of each class by a hash of
    its name, so that a new class moves no other, but the shares hold only approximately.
    """

    fractions: tuple[Fraction, Fraction, Fraction] = (0.6, 0.2, 0.2)
    assign: Literal["draw", "name"] = "draw"

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and isinstance(value.get("fractions"), list):
            return {**value, "fractions": tuple(value["fractions"])}
        return value

    @model_validator(mode="after")
    def _check_sum(self) -> Self:
        if abs(sum(self.fractions) - 1) > 1e-6:
            raise ValueError(f"fractions sum to 1; these sum to {sum(self.fractions):g}")
        return self


class NoneOfThese(Section):
    """Queries of none of a task's classes, for models that may answer "none of these".

    ``recall`` is the share of a task's own queries that are accepted; the threshold for it is set
    on validation episodes. It is tested on queries of other test classes and, separately, on
    queries of the classes ``out_of_scope``, which are in no part of the split.
    """

    recall: Fraction = 0.95
    out_of_scope: list[ClassName] = Field(default=[])


class Dataset(Section):
    """Settings of every data set, whatever its source.

    ``duplicates``: how tasks treat equal rows of a class: all on one side, support or query; only
    the first row is kept (``drop``); or anywhere (``allow``), so that a query may equal a support.
    """

    features: Features = Features()
    duplicates: Literal["one_side", "drop", "allow"] = "one_side"
    none_of_these: NoneOfThese | None = None
    episodes: Episodes

    @property
    def asks_numbers(self) -> bool:
        """Whether a task is regression."""
        return False

    @model_validator(mode="after")
    def _classes_to_choose_among(self) -> Self:
        if (self.episodes.n_way == 1) != self.asks_numbers:
            raise ValueError(
                "expected episodes.n_way: 1 where numbers are asked for (tasks: numbers of a "
                f"table), and 2 or more classes elsewhere, got {self.episodes.n_way}"
            )
        return self
