"""Settings of the plain baselines: grids that are searched on validation episodes."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from fewqubit.config.models import Encoder
from fewqubit.config.section import Section

Baseline = Literal[
    "prototype",
    "cosine",
    "lda",
    "logistic",
    "svm",
    "fourier",
    "free_protonet",
    "pretrained",
    "qsvm",
]

Share = Annotated[float, Field(ge=0, le=1)]


class Baselines(Section):
    """Grids of the plain baselines, searched on validation episodes only.

    ``lda_shrinkage``: how much of the covariance is that of a sphere. ``free_protonet`` and
    ``pretrained`` train each of ``encoders`` with ``embedding`` outputs for ``embedding_steps`` on
    the meta-train classes; ``pretrained`` then moves its cosine head by ``head_steps``. ``qsvm``
    has each of ``qsvm_maps`` on up to ``qsvm_qubits`` qubits.
    """

    lda_shrinkage: list[Share] = Field(default=[0.05, 0.2, 0.5, 1.0], min_length=1)
    logistic_cost: list[PositiveFloat] = Field(default=[0.1, 1.0, 10.0], min_length=1)
    svm_cost: list[PositiveFloat] = Field(default=[1.0, 10.0], min_length=1)
    svm_gamma: list[PositiveFloat] = Field(default=[0.01, 0.1, 1.0], min_length=1)
    fourier_features: PositiveInt = 500
    fourier_gamma: list[PositiveFloat] = Field(default=[0.01, 0.1, 1.0], min_length=1)
    fourier_ridge: list[PositiveFloat] = Field(default=[0.01, 0.1, 1.0], min_length=1)
    encoders: list[Encoder] = Field(
        default=[Encoder(kind="mlp"), Encoder(kind="mlp", widths=[256])], min_length=1
    )
    embedding: PositiveInt = 64
    embedding_steps: PositiveInt = 300
    embedding_rate: PositiveFloat = 0.003
    head_steps: list[NonNegativeInt] = Field(default=[0, 50], min_length=1)
    qsvm_maps: list[str] = Field(default=["zz", "iqp", "angle"], min_length=1)
    qsvm_qubits: Annotated[int, Field(ge=1, le=12)] = 8
    qsvm_repetitions: PositiveInt = 2
    qsvm_bandwidth: list[PositiveFloat] = Field(default=[0.03, 0.1, 0.3, 1.0], min_length=1)
    qsvm_whiten: list[bool] = Field(default=[True, False], min_length=1)
    qsvm_cost: list[PositiveFloat] = Field(default=[1.0, 10.0], min_length=1)
