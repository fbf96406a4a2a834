"""The losses of fine-tuning, of the vectors of one episode: ``tune.loss`` names one."""

from collections.abc import Callable
from typing import Any


def of_queries(x: Any, n_shot: int, temperature: float) -> Any:
    """Cross-entropy of the queries over their cosines to the class means, divided by τ.

    Prototypical networks (Snell et al. 2017, arXiv 1703.05175) with a cosine.

    x:  [n_way, rows, d], of length 1; the first ``n_shot`` rows of a class are its support
    """
    from torch import arange
    from torch.nn.functional import cross_entropy, normalize

    means = normalize(x[:, :n_shot].mean(dim=1), dim=-1)
    logits = x[:, n_shot:].flatten(0, 1) @ means.T / temperature
    labels = arange(len(x), device=x.device).repeat_interleave(x.shape[1] - n_shot)
    return cross_entropy(logits, labels)


def contrastive(x: Any, n_shot: int, temperature: float) -> Any:
    """Each text against all others: −mean over i and p ∈ P(i) of log softmax_{a ≠ i}(zᵢ·zₐ / τ)_p.

    P(i) are the other texts of the class of i: the supervised contrastive loss (Khosla et al. 2020,
    arXiv 2004.11362, eq. 2), as a mean instead of a sum. Support and queries are treated alike.

    x:  [n_way, rows, d], of length 1
    """
    from torch import arange, eye

    del n_shot
    z = x.flatten(0, 1)
    itself = eye(len(z), device=z.device).bool()
    labels = arange(len(x), device=z.device).repeat_interleave(x.shape[1])
    same = (labels[:, None] == labels) & ~itself
    logits = (z @ z.T / temperature).masked_fill(itself, -1e9)
    return -logits.log_softmax(dim=1)[same].mean()


LOSSES: dict[str, Callable[[Any, int, float], Any]] = {
    "episodes": of_queries,
    "contrastive": contrastive,
}
