"""Fine-tuning of a text encoder on the meta-train classes of a planned data set."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import PRNGKeyArray

from fewqubit.base.keys import stream
from fewqubit.config import Dataset, Text
from fewqubit.data.embeddings import FrozenEncoder, vectors
from fewqubit.data.embeddings.embedding import Embedding
from fewqubit.data.embeddings.tuning.episodes import Texts
from fewqubit.data.embeddings.tuning.learn import tuned
from fewqubit.stages.plan import Plan


class Refined(NamedTuple):
    """A plan whose rows are vectors of the fine-tuned encoder, and a record of the tuning.

    summary:  steps, accuracies, checksum; None if nothing was to be fine-tuned
    """

    planned: Plan
    summary: dict[str, Any] | None


def refined(name: str, planned: Plan, settings: Dataset, key: PRNGKeyArray) -> Refined:
    """``planned`` with rows from a fine-tuned encoder; unchanged without ``embed.tune``.

    The encoder is trained on texts of meta-train classes and stopped early by those of validation
    classes. All other texts are only embedded, afterwards.
    """
    if not isinstance(settings, Text) or settings.embed.tune is None:
        return Refined(planned, None)
    raw, embed, what = planned.raw, settings.embed, f"prepare {name}"
    assert raw.examples is not None
    taught, asked = (_texts(planned, part) for part in ("meta_train", "validation"))
    seed = np.asarray(jax.random.key_data(stream(key, "tune"))).tolist()
    adapter, summary = tuned(taught, asked, embed, seed, what)
    encoder = FrozenEncoder.of(embed, adapter=adapter)
    x = vectors(raw.examples, embed, what, encoder=encoder)
    embedding = Embedding(settings.text, embed, encoder.checksum, adapter)
    return Refined(planned._replace(raw=raw._replace(x=x, embedding=embedding)), summary)


def _texts(planned: Plan, part: str) -> Texts:
    """The distinct texts of the classes of ``part``; a text with two labels gets the first one."""
    raw, ids = planned.raw, getattr(planned.split, part)
    examples: Sequence[str] = raw.examples or []
    of: dict[str, int] = {}
    for row in np.flatnonzero(np.isin(raw.y, ids)).tolist():
        of.setdefault(examples[row], int(raw.y[row]))
    return Texts([*of], np.array([*of.values()], np.int64))
