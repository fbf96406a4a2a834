"""What proposes starts, as values; ``build`` imports the module of the algorithm."""

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
    """Adam on the mean loss of ``problems_per_step`` problems, its rate down a cosine to 0.

    ``restarts``: trainings of each seed, of which the one is kept whose loss is lowest on the
    validation problems. Landscapes have many valleys, and training begins in one of them.
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
    """What proposes starts.

    learned:  it is meta-learned; what is not is an opponent
    random:   another seed gives other starts
    measures: it looks at energies of the problem before it proposes
    """

    learned: ClassVar[bool] = False
    random: ClassVar[bool] = False
    measures: ClassVar[bool] = False
    if TYPE_CHECKING:

        @property
        def kind(self) -> str:
            """Its name in params.yaml: a field of each subclass, the last one."""

    def build(self, world: World) -> StartLearner:
        """The learner for such problems. Raises SettingsError: it does not suit them."""
        raise NotImplementedError

    def start_training(self) -> StartTraining | None:
        """How it is trained step by step; None: it is not."""
        return None


class ByDescent(Starter):
    """Learns through ``inner_steps`` of plain gradient descent.

    ``inner_rate``: its rate; none: the world's, which suits descents from the ramp.

    The loss of a problem is E/u: ``last``, where the descent ends, or ``path``, on average from
    the start on, which also counts what comes before. Training begins ``spread`` around the ramp,
    or around the published angles (``FixedAngles``).
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

    The gradient goes through the inner ones, unless ``first_order`` (§5.2). ``learn_rates`` learns
    a rate for each angle beside the start (Meta-SGD, Li et al. 2017, arXiv 1707.09835).
    """

    first_order: bool = False
    learn_rates: bool = False
    kind: Literal["maml"] = "maml"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.maml import build

        return build(self, world)


class ReptileStart(ByDescent):
    """Reptile (Nichol et al. 2018, arXiv 1803.02999): mean_k (θ − θ_k) stands for the gradient,

    θ_k where ``inner_steps`` down problem k end; here it goes through Adam. ``loss`` is not used.
    """

    kind: Literal["reptile"] = "reptile"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.reptile import build

        return build(self, world)


class EncoderStart(ByDescent):
    """θ_0 = θ + W_k tanh(… tanh(W_1 z + b_1)), z the standardised descriptors.

    With ``inner_steps`` 0 it is Meta-VQE with a network (Cervera-Lierta et al. 2020, arXiv
    2009.13545); with more, Q-MAML's learned encoder (arXiv 2501.05906), trained through the
    descent. The last layer begins at 0: training starts from one start for all.
    """

    widths: Widths = (16,)
    kind: Literal["encoder"] = "encoder"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.learners.encoder import build

        return build(self, world)


class LstmStart(Starter):
    """(θ_{t+1} − θ_t, h, c) = LSTM(E(θ_t)/u, θ_t − θ_0; h, c) for ``proposals`` steps.

    Verdon et al. 2019, arXiv 1907.05415, with the change of the angles in place of the angles, and
    the mean of the energies for the loss. Each proposal costs an energy, no gradient; the
    start is the best of them, and one is measured more than proposed.
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
    """A linear schedule of annealing, its two factors tuned on the training problems.

    Of an ansatz without a schedule all angles are 0.
    """

    kind: Literal["ramp"] = "ramp"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.untrained import ramp

        return ramp(world)


class Transfer(Starter):
    """Every training problem is solved by Adam from ``restarts`` starts around the ramp.

    The best is kept. Descents begin ``spread`` around the ramp, so that angles of two problems are
    not mirror images of each other and can be averaged.
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
    danlkv/fixed-angle-QAOA, to five digits, those of p = 2 moved by whole periods. p = 1 is
    (arctan(1/√2), π/8). On other graphs they are stretched as every angle of the ansatz is, which
    the conjecture does not cover.
    """

    kind: Literal["fixed_angles"] = "fixed_angles"

    def build(self, world: World) -> StartLearner:
        from fewqubit.starts.opponents.fixed_angles import build

        return build(world)
