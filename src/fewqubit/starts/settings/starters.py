"""Starters as settings; ``build`` imports the module of the algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat

from fewqubit.base.values import AS_LIST, Many, Some, Value, Width
from fewqubit.starts.settings.contest import Steps

if TYPE_CHECKING:
    import optax

    from fewqubit.starts.contract import StartLearner, World

Widths = Annotated[tuple[Width, ...], Field(max_length=8, strict=False), AS_LIST]


class StartTraining(Value):
    """Adam on the mean loss of ``problems_per_step`` problems, with a cosine schedule to rate 0.

    ``restarts``: trainings of each seed; the one with the lowest loss on the validation problems is
    kept. Landscapes have many valleys, and a single training starts in one of them.
    """

    steps: Many = 300
    problems_per_step: Some = 4
    learning_rate: PositiveFloat = 0.01
    clip: PositiveFloat = 1.0
    restarts: Annotated[int, Field(ge=1, le=100)] = 1

    def optimizer(self) -> optax.GradientTransformation:
        from fewqubit.starts.training import optimizer

        return optimizer(self)


class Starter(Value):
    """A method that proposes starts.

    learned:  it is meta-learned; otherwise it is an opponent
    random:   its starts depend on the seed
    measures: it measures energies of the problem before it proposes a start
    """

    learned: ClassVar[bool] = False
    random: ClassVar[bool] = False
    measures: ClassVar[bool] = False
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def build(self, world: World) -> StartLearner:
        """The learner for these problems. Raises SettingsError: it does not support them."""
        raise NotImplementedError

    def start_training(self) -> StartTraining | None:
        """Settings of its training; None: it is not trained."""
        return None


class ByDescent(Starter):
    """Learns through ``inner_steps`` of plain gradient descent.

    ``inner_rate``: its rate; by default the World's, tuned for descents from the ramp.

    The loss of a problem is E/u: ``last`` takes it at the end of the descent, ``path`` averages it
    along the descent. Training begins at the ramp, or at the published angles (``FixedAngles``),
    plus noise of deviation ``spread``.
    """

    learned: ClassVar[bool] = True
    random: ClassVar[bool] = True
    inner_steps: Annotated[int, Field(ge=0, le=100)] = 5
    inner_rate: PositiveFloat | None = None
    loss: Literal["last", "path"] = "path"
    begin: Literal["ramp", "fixed_angles"] = "ramp"
    spread: NonNegativeFloat = 0.05
    training: StartTraining = StartTraining()

    def start_training(self) -> StartTraining:
        return self.training


class MamlStart(ByDescent):
    """MAML (Finn et al. 2017, arXiv 1703.03400), where a task is a Hamiltonian.

        min_θ mean_k E_k(θ_5),    θ_{t+1} = θ_t − α ∇E_k(θ_t),    θ_0 = θ

    The outer gradient includes the derivative of the inner gradients, unless ``first_order``
    (§5.2). ``learn_rates`` also learns a rate for each angle (Meta-SGD, Li et al. 2017, arXiv
    1707.09835).
    """

    first_order: bool = False
    learn_rates: bool = False
    kind: Literal["maml"] = "maml"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.maml import build

        return build(self, world)


class ReptileStart(ByDescent):
    """Reptile (Nichol et al. 2018, arXiv 1803.02999): mean_k (θ − θ_k) replaces the gradient.

    θ_k is the end of ``inner_steps`` on problem k. Deviation: Adam applies the outer step. ``loss``
    is not used.
    """

    kind: Literal["reptile"] = "reptile"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.reptile import build

        return build(self, world)


class EncoderStart(ByDescent):
    """θ_0 = θ + W_k tanh(… tanh(W_1 z + b_1)), z the standardised descriptors.

    With ``inner_steps`` 0 it is Meta-VQE with a network (Cervera-Lierta et al. 2020, arXiv
    2009.13545); with more, Q-MAML's learned encoder (arXiv 2501.05906), trained through the
    descent. The last layer is initialised at 0: training begins with one start for all problems.
    """

    widths: Widths = (16,)
    kind: Literal["encoder"] = "encoder"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.encoder import build

        return build(self, world)


class LstmStart(Starter):
    """(θ_{t+1} − θ_t, h, c) = LSTM(E(θ_t)/u, θ_t − θ_0; h, c) for ``proposals`` steps.

    Verdon et al. 2019, arXiv 1907.05415. Deviations: the network gets and returns changes of the
    angles, and the loss is the mean energy. Each proposal costs one energy and no gradient. The
    start is the best of the proposals and θ_0, which costs one energy more.
    """

    learned: ClassVar[bool] = True
    random: ClassVar[bool] = True
    measures: ClassVar[bool] = True
    proposals: Annotated[int, Field(ge=1, le=100)] = 5
    width: Width = 16
    spread: NonNegativeFloat = 0.05
    training: StartTraining = StartTraining()
    kind: Literal["lstm"] = "lstm"

    def start_training(self) -> StartTraining:
        return self.training

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.optimiser import build

        return build(self, world)


class RandomStart(Starter):
    """Angles uniform in (−π, π): the best of ``candidates``, whose energies are measured."""

    random: ClassVar[bool] = True
    measures: ClassVar[bool] = True
    candidates: Annotated[int, Field(ge=1, le=10_000)] = 1
    kind: Literal["random"] = "random"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.untrained import random

        return random(self, world)


class RampStart(Starter):
    """A linear annealing schedule, with its two factors tuned on the training problems.

    If the ansatz has no schedule, all angles are 0.
    """

    kind: Literal["ramp"] = "ramp"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.untrained import ramp

        return ramp(world)


class Transfer(Starter):
    """Every training problem is solved by Adam from ``restarts`` starts; the best end is kept.

    The starts are the ramp plus noise of deviation ``spread``. Solutions of two problems are then
    not mirror images of each other, so they can be averaged.
    """

    random: ClassVar[bool] = True
    steps: Steps = 200
    rate: PositiveFloat = 0.03
    restarts: Annotated[int, Field(ge=1, le=100)] = 3
    spread: NonNegativeFloat = 0.05


class MeanStart(Transfer):
    """The mean, or the median, of the training problems' best angles."""

    of: Literal["mean", "median"] = "mean"
    kind: Literal["mean"] = "mean"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.transfer import mean

        return mean(self, world)


class NearestStart(Transfer):
    """The best angles of the training problem whose standardised descriptors are nearest."""

    kind: Literal["nearest"] = "nearest"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.transfer import nearest

        return nearest(self, world)


class FixedAngles(Starter):
    """The angles of the fixed-angle conjecture for 3-regular graphs, p = 1 to 4, and 7.

    Wurtz & Lykov 2021, arXiv 2107.00677; the numbers are those of the authors' repository
    danlkv/fixed-angle-QAOA, to five digits; for p = 2 shifted by whole periods. p = 1 is
    (arctan(1/√2), π/8). On other graphs the ansatz divides each γ by ``stretch``;
    the conjecture does not cover this.
    """

    kind: Literal["fixed_angles"] = "fixed_angles"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.fixed_angles import build

        return build(world)
