"""What the mean accuracy would be with new training seeds, new episodes, and new classes.

Every seed is tested on the same episodes, so results are a crossed table, seed × episode:

    value[s, e] = mean + seed_s + episode_e + rest[s, e]

A bootstrap that resamples episodes within seeds treats the shared episodes as independent
(68 % coverage where 95 % is claimed, when episodes differ most); resampling five seeds repeats
them and misses their spread (87 %, when seeds differ most; docs/decisions/intervals.md).
Therefore the two levels are treated separately: episodes, of which there are hundreds, are
resampled; seeds are drawn from Student's t with S − 1 degrees of freedom, since their spread is
itself an estimate. Classes, where there are enough of them to tell their spread, are drawn in the
same way (``evaluate/classes.py``).
"""

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float, PRNGKeyArray
from scipy.special import ndtri, stdtr, stdtrit

from fewqubit.evaluate.classes import ClassSpread

STEPS = 60  # at most towards a quantile; a fourth of them halve its bracket
EXACT = 1e-8  # of a normal score
MIN_SEEDS, MIN_EPISODES = 3, 30  # below them there are means, and no verdict


class Distribution(NamedTuple):
    """Confidence distribution of a mean: a Student t around each resampled mean; axes lead.

        P(mean ≤ x) = average over j of T_df((x − centres_j) / scale)

    centres:  mean of each resample of the episodes
    scale:    standard error that the training seeds cause; 0 for one seed, where it is unknown
    df:       degrees of freedom of ``scale``: seeds − 1
    """

    estimate: Float[np.ndarray, "..."]
    centres: Float[np.ndarray, "... resamples"]
    scale: Float[np.ndarray, "..."]
    df: Float[np.ndarray, "..."]


def episode_resamples(
    key: PRNGKeyArray, n_episodes: int, n_resamples: int
) -> Float[np.ndarray, "resamples episodes"]:
    """Weights of the episodes in each resample (with replacement), less 1/n_episodes.

    One table serves every comparison on the same episodes, which also pairs their resamples.
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
    centres are spread by their variance too, as Student's t with one degree of freedom less than
    there are classes, and what episodes and classes both hold is counted once.
    Source: the crossed analysis of readers × cases, Hillis (2007), Stat. Med. 26, 596, for the
    mean squares. Deviation: there one t distribution, with more degrees of freedom the smaller the
    share of the seeds is estimated, takes the place of the mixture. It covers too rarely, since
    seeds that agree by luck are then believed. The mixture is the distribution of Behrens and
    Fisher, which errs on the wide side (docs/decisions/intervals.md).
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
    )  # not BLAS, whose sums vary by thread
    centres = estimate[..., None] + shrink[..., None] * resampled
    if classes is not None:
        shares = (np.arange(len(resamples)) + 0.5) / len(resamples)
        centres += np.sqrt(classes.variance)[..., None] * stdtrit(classes.n - 1, shares)
    scale = np.sqrt(ms_seed / (n_seeds * n_episodes))
    return Distribution(estimate, centres, scale, np.full(scale.shape, float(free)))


def too_few(n_seeds: int, n_episodes: int) -> str:
    """Why there is no verdict: ``2 training seeds, where a verdict takes 3``; else nothing."""
    counts = (n_seeds, MIN_SEEDS, "training seed"), (n_episodes, MIN_EPISODES, "test episode")
    lacking = [
        f"{n} {what}{'s' * (n != 1)}, where a verdict takes {least}"
        for n, least, what in counts
        if n < least
    ]
    return "; ".join(lacking)


def below(mean: Distribution, x: float | Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """P(mean ≤ x); ties of a distribution without spread count half."""
    distance = np.asarray(x)[..., None] - mean.centres
    with np.errstate(divide="ignore", invalid="ignore"):
        z = distance / mean.scale[..., None]
    return stdtr(mean.df[..., None], np.where(distance == 0, 0.0, z)).mean(-1)


def quantile(mean: Distribution, q: float) -> Float[np.ndarray, "..."]:
    """The x with P(mean ≤ x) = q; it lies between the quantiles of the parts.

    By false position on the scale of normal scores, where the distribution is nearly straight;
    every third step halves, so that steps of a resampled distribution are found too.
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
        stuck = np.where(side == before, 0.5, 1.0)  # the end that stays has too large a say
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
    """Lower and upper end of the central interval, e.g. ``confidence`` 0.95."""
    tail = (1 - confidence) / 2
    return quantile(mean, tail), quantile(mean, 1 - tail)


def seed_share(mean: Distribution) -> Float[np.ndarray, "..."]:
    """Share of the variance of the mean that more training seeds, not more episodes, would cut."""
    return _ratio(mean.scale**2, mean.scale**2 + mean.centres.var(-1))


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """part / whole, and 0 where the whole is 0."""
    part, whole = np.asarray(part), np.asarray(whole)
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)
