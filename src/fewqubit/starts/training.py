"""How a learner of starts is trained: the outer loop over problems."""

import optax
from pydantic import PositiveFloat

from fewqubit.base.values import Many, Some, Value


class StartTraining(Value):
    """Adam on the mean loss of ``problems_per_step`` problems, its rate down a cosine to 0."""

    steps: Many = 300
    problems_per_step: Some = 4
    learning_rate: PositiveFloat = 0.01
    clip: PositiveFloat = 1.0

    def optimizer(self) -> optax.GradientTransformation:
        schedule = optax.cosine_decay_schedule(self.learning_rate, self.steps)
        return optax.chain(optax.clip_by_global_norm(self.clip), optax.adam(schedule))
