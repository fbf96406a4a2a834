"""How a learner of starts is trained: the outer loop over problems."""

import optax

from fewqubit.starts.settings.starters import StartTraining


def optimizer(training: StartTraining) -> optax.GradientTransformation:
    """Adam on clipped gradients."""
    schedule = optax.cosine_decay_schedule(training.learning_rate, training.steps)
    return optax.chain(optax.clip_by_global_norm(training.clip), optax.adam(schedule))
