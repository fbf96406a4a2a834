"""Cache of embeddings in parts; the key is the content of the encoder and of the examples.

A part is two files, ``KEY.npz`` and its card ``KEY.json``. An interrupted run resumes at the part
where it stopped. A data set that has grown at its end reuses its earlier parts.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

from fewqubit.base.io.cards import read_card, write_card
from fewqubit.base.io.files import read_npz, set_aside, write_npz
from fewqubit.errors import ArtifactError

FORMAT = 1


class Part(NamedTuple):
    """The embeddings of some examples.

    vectors:  float32, of all examples, stacked
    lengths:  how many vectors each example has
    cut:      how many examples were longer than the encoder's input
    """

    vectors: Float[np.ndarray, "n d"]
    lengths: Int[np.ndarray, " examples"]
    cut: int


def content(example: Any) -> bytes:
    """The bytes of a raw example: a text, an array, or a sequence of such."""
    if isinstance(example, str):
        return b"t" + example.encode("utf-8", "surrogatepass")
    if isinstance(example, np.ndarray):
        head = f"a{example.dtype.str}{list(example.shape)}".encode()
        return head + np.ascontiguousarray(example).tobytes()
    inner = [content(one) for one in example]
    return b"s" + b"".join(len(one).to_bytes(8, "big") + one for one in inner)


def key(asked: Any, contents: Sequence[bytes]) -> str:
    """The name of a part: a hash of the request to the encoder and of the examples in order."""
    digest = hashlib.sha256(json.dumps([FORMAT, asked], sort_keys=True).encode())
    for one in contents:
        digest.update(hashlib.sha256(one).digest())
    return digest.hexdigest()[:40]


def read_part(folder: Path, name: str, n_examples: int) -> Part | None:
    """The part ``name``, or None if it is missing; a damaged one is set aside."""
    card_path = folder / f"{name}.json"
    if not card_path.exists():
        return None
    try:
        card = read_card(card_path, [f"{name}.npz"], format=FORMAT)
        arrays = read_npz(folder / f"{name}.npz")
        part = Part(arrays["vectors"], arrays["lengths"], card["cut"])
        if len(part.lengths) != n_examples:
            raise ArtifactError(f"{card_path}: of other examples")
        return part
    except ArtifactError as error:
        set_aside(card_path, error, "these examples are embedded again")
        return None


def write_part(folder: Path, name: str, part: Part) -> None:
    """Store ``part``; its card is written last."""
    write_npz(folder / f"{name}.npz", {"vectors": part.vectors, "lengths": part.lengths})
    write_card(folder / f"{name}.json", {"format": FORMAT, "cut": part.cut}, [f"{name}.npz"])
