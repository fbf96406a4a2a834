"""Settings of the plain baselines: grids that are searched on validation episodes."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PositiveFloat, model_validator

from fewqubit.base.values import Many, Section, Some, distinct
from fewqubit.circuits.bounds import check_fixed, check_map
from fewqubit.circuits.circuit import FeatureMap
from fewqubit.config.names import Name
from fewqubit.models.settings import AnyEncoder, Mlp

Baseline = Literal[
    "prototype",
    "nearest",
    "cosine",
    "lda",
    "logistic",
    "svm",
    "fourier",
    "free_protonet",
    "pretrained",
    "qsvm",
    "mean",
    "ridge",
    "kernel_ridge",
    "pooled",
]

OF_NUMBERS = ("mean", "ridge", "kernel_ridge", "pooled")  # all others predict classes

Grid = Annotated[list[PositiveFloat], Field(min_length=1, max_length=100), AfterValidator(distinct)]
Share = Annotated[float, Field(ge=0, le=1)]


class Baselines(Section):
    """Grids of the plain baselines, searched on validation episodes only.

    ``ridge_penalty`` is used by ``ridge``, ``kernel_ridge`` and ``pooled``; ``svm_gamma`` by
    ``svm`` and ``kernel_ridge``. ``lda_shrinkage`` is the weight of a spherical covariance.
    ``free_protonet`` and ``pretrained`` train each of ``encoders`` with ``embedding`` outputs for
    ``embedding_steps`` on the meta-train classes; ``pretrained`` then trains its cosine head for
    ``head_steps``. ``qsvm`` tries each of ``qsvm_maps`` on up to ``qsvm_qubits`` qubits. If
    ``qsvm_feature_map`` names a map of the section ``feature_maps``, only that map is tried, at its
    own bandwidth and at each of ``qsvm_bandwidth``.
    """

    lda_shrinkage: list[Share] = Field(default=[0.05, 0.2, 0.5, 1.0], min_length=1)
    logistic_cost: Grid = [0.1, 1.0, 10.0]
    svm_cost: Grid = [1.0, 10.0]
    svm_gamma: Grid = [0.01, 0.1, 1.0]
    fourier_features: Some = 500
    fourier_gamma: Grid = [0.01, 0.1, 1.0]
    fourier_ridge: Grid = [0.01, 0.1, 1.0]
    ridge_penalty: Grid = [0.01, 0.1, 1.0, 10.0]
    encoders: list[AnyEncoder] = Field(default=[Mlp(), Mlp((256,))], min_length=1)
    embedding: Some = 64
    embedding_steps: Many = 300
    embedding_rate: PositiveFloat = 0.003
    head_steps: list[Annotated[int, Field(ge=0, le=10_000)]] = Field(default=[0, 50], min_length=1)
    qsvm_feature_map: Name | None = None
    qsvm_maps: list[str] = Field(default=["zz", "iqp", "angle"], min_length=1)
    qsvm_qubits: Annotated[int, Field(ge=1, le=12)] = 8
    qsvm_repetitions: Annotated[int, Field(ge=1, le=20)] = 2
    qsvm_bandwidth: Grid = [0.03, 0.1, 0.3, 1.0]
    qsvm_whiten: list[bool] = Field(default=[True, False], min_length=1)
    qsvm_cost: Grid = [1.0, 10.0]

    @model_validator(mode="after")
    def _maps_mean_what_they_say(self) -> Self:
        for name in self.qsvm_maps:
            check_fixed(name)
            for bandwidth in self.qsvm_bandwidth:
                check_map(name, self.qsvm_repetitions, bandwidth)
        return self

    def with_map(self, feature_maps: Mapping[str, FeatureMap]) -> "Baselines":
        """The grids with only the map that ``qsvm_feature_map`` names; unchanged if it is None."""
        chosen = feature_maps.get(self.qsvm_feature_map or "")
        if chosen is None:
            return self
        others = [value for value in self.qsvm_bandwidth if value != chosen.bandwidth]
        return self.model_copy(
            update={
                "qsvm_maps": [chosen.kind],
                "qsvm_qubits": chosen.n_qubits,
                "qsvm_repetitions": chosen.repetitions,
                "qsvm_bandwidth": [chosen.bandwidth, *others],
            }
        )
