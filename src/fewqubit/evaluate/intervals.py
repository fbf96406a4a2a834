"""Intervals of the mean accuracy over new training seeds, new episodes, and new classes.

Every seed is tested on the same episodes, so results are a crossed table, seed × episode:

    value[s, e] = mean + seed_s + episode_e + rest[s, e]

A bootstrap that resamples episodes within seeds treats the shared episodes as independent
(68 % coverage where 95 % is claimed, when episodes differ most). Resampling five seeds
underestimates their spread (87 %, when seeds differ most; docs/decisions/intervals.md).
Therefore the two levels are treated separately. The hundreds of episodes are resampled. Seeds are
drawn from Student's t with S − 1 degrees of freedom, since their spread is itself an estimate.
Classes are drawn in the same way, if there are enough of them to estimate their spread
(``evaluate/classes.py``).
"""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray
from scipy.special import ndtri, stdtr, stdtrit

from fewqubit.evaluate.classes import ClassSpread

STEPS = 60  # of the search for a quantile, at most; a fourth are bisections
EXACT = 1e-8  # tolerance of a normal score
MIN_SEEDS, MIN_EPISODES = 3, 30  # with fewer there are means, but no verdict


class Distribution(NamedTuple):
    """Confidence distribution of a mean: a Student t around each resampled mean; axes lead.

        P(mean ≤ x) = average over j of T_df((x − centres_j) / scale)

    centres:  mean of each resample of the episodes
    scale:    standard error due to the training seeds; 0 for one seed, where it is unknown
    df:       degrees of freedom of ``scale``: seeds − 1
    """

    estimate: Float[np.ndarray, "..."]
    centres: Float[np.ndarray, "... resamples"]
    scale: Float[np.ndarray, "..."]
    df: Float[np.ndarray, "..."]


def episode_resamples(
    key: PRNGKeyArray, n_episodes: int, n_resamples: int
) -> Float[np.ndarray, "resamples episodes"]:
    """Weights of the episodes in each resample (with replacement), minus 1/n_episodes.

    All comparisons on the same episodes share one table, which also pairs their resamples.
    """
    random = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    drawn = random.integers(n_episodes, size=(n_resamples, n_episodes))
    drawn += n_episodes * np.arange(n_resamples)[:, None]
    counts = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
    return (counts - 1) / n_episodes


def distribution(
    values: Float[np.ndarray, "... seeds episodes"],
    resamples: Float[np.ndarray, "resamples episodes"],
    classes: ClassSpread | None = None,
) -> Distribution:
    """Confidence distribution of the mean of a seed × episode table, from its mean squares.

        scale²       = MS_seed / (S·E)                 estimates  σ²_seed/S + σ²_rest/(S·E)
        Var centres  = (MS_episode − MS_rest) / (S·E)  estimates  σ²_episode/E
        df           = S − 1

    ``rest`` is counted once, with the seeds. Needs at least two episodes. With ``classes`` the
    centres also get the variance over classes, by Student's t with (number of classes − 1) degrees
    of freedom; variance shared by episodes and classes is counted once.
    Source: the crossed analysis of readers × cases, Hillis (2007), Stat. Med. 26, 596, for the
    mean squares. Deviation: Hillis uses one t distribution instead of the mixture; its degrees of
    freedom grow as the estimated share of the seeds falls. It undercovers, because seeds that agree
    by luck then give a narrow interval. The mixture is the Behrens–Fisher distribution, which is
    conservative (docs/decisions/intervals.md).
    """
    n_seeds, n_episodes = values.shape[-2:]
    estimate = values.mean((-2, -1))
    seed = values.mean(-1) - estimate[..., None]
    episode = values.mean(-2) - estimate[..., None]
    rest = values - estimate[..., None, None] - seed[..., None] - episode[..., None, :]
    free = max(n_seeds - 1, 1)
    ms_seed = n_episodes * (seed**2).sum(-1) / free
    ms_episode = n_seeds * (episode**2).sum(-1) / (n_episodes - 1)
    ms_rest = (rest**2).sum((-2, -1)) / (free * (n_episodes - 1))
    ms_shared = np.maximum(ms_episode - ms_rest, 0)
    if classes is not None:
        ms_shared = np.maximum(ms_shared - n_seeds * n_episodes * classes.overlap, 0)
    shrink = np.sqrt(_ratio(ms_shared, ms_episode) * n_episodes / (n_episodes - 1))
    resampled = np.einsum(
        "...e,je->...j", episode, resamples
    )  # not BLAS, whose sums depend on threads
    centres = estimate[..., None] + shrink[..., None] * resampled
    if classes is not None:
        shares = (np.arange(len(resamples)) + 0.5) / len(resamples)
        centres += np.sqrt(classes.variance)[..., None] * stdtrit(classes.n - 1, shares)
    scale = np.sqrt(ms_seed / (n_seeds * n_episodes))
    return Distribution(estimate, centres, scale, np.full(scale.shape, float(free)))


def too_few(n_seeds: int, n_episodes: int) -> str:
    """Why there is no verdict: ``2 training seeds, where a verdict takes 3``; else empty."""
    counts = (n_seeds, MIN_SEEDS, "training seed"), (n_episodes, MIN_EPISODES, "test episode")
    lacking = [
        f"{n} {what}{'s' * (n != 1)}, where a verdict takes {least}"
        for n, least, what in counts
        if n < least
    ]
    return "; ".join(lacking)


def below(mean: Distribution, x: float | Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """P(mean ≤ x); if the distribution has no spread, ties count half."""
    distance = np.asarray(x)[..., None] - mean.centres
    with np.errstate(divide="ignore", invalid="ignore"):
        z = distance / mean.scale[..., None]
    return stdtr(mean.df[..., None], np.where(distance == 0, 0.0, z)).mean(-1)


def quantile(mean: Distribution, q: float) -> Float[np.ndarray, "..."]:
    """The x with P(mean ≤ x) = q, which lies between the quantiles of the components.

    False position on the scale of normal scores, where the distribution is nearly linear. Every
    fourth step is a bisection, so that jumps of a resampled distribution are found too.
    """
    offset, score = mean.scale * stdtrit(mean.df, q), ndtri(q)
    low, high = mean.centres.min(-1) + offset, mean.centres.max(-1) + offset
    under, over = _score(mean, low) - score, _score(mean, high) - score
    middle, before = (low + high) / 2, np.zeros(np.shape(low))
    for step in range(STEPS):
        share = 0.5 if step % 4 == 3 else np.clip(_ratio(-under, over - under), 0.001, 0.999)
        middle = low + share * (high - low)
        error = _score(mean, middle) - score
        if (np.abs(error) < EXACT).all():
            break
        side = np.sign(error)
        stuck = np.where(side == before, 0.5, 1.0)  # the Illinois rule
        low, under = np.where(side < 0, middle, low), np.where(side < 0, error, stuck * under)
        high, over = np.where(side < 0, high, middle), np.where(side < 0, stuck * over, error)
        before = side
    return middle


def _score(mean: Distribution, x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """P(mean ≤ x) as a normal score."""
    return ndtri(np.clip(below(mean, x), 1e-15, 1 - 1e-15))


def interval(
    mean: Distribution, confidence: float
) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    """Lower and upper end of the central interval with the given ``confidence``, e.g. 0.95."""
    tail = (1 - confidence) / 2
    return quantile(mean, tail), quantile(mean, 1 - tail)


def seed_share(mean: Distribution) -> Float[np.ndarray, "..."]:
    """Share of the variance of the mean that is due to the training seeds, not the episodes."""
    return _ratio(mean.scale**2, mean.scale**2 + mean.centres.var(-1))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole; 0 where the whole is 0."""
    part, whole = np.asarray(part), np.asarray(whole)
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)
