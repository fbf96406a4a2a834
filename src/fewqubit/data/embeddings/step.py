"""The feature step: embed raw examples with a frozen encoder, each content once, and cache it."""

import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from jaxtyping import Float

from fewqubit.base.io.progress import Progress
from fewqubit.base.registry import look_up
from fewqubit.base.usercode import OwnCode
from fewqubit.data.embeddings.adapter import Adapter, tuned_checksum
from fewqubit.data.embeddings.cache import Part, content, key, read_part, write_part
from fewqubit.data.embeddings.libraries import LIBRARIES, TOKENS, Loaded
from fewqubit.data.embeddings.model_files import (
    folder_checksum,
    function_checksum,
    model_folder,
    own_function,
)
from fewqubit.data.embeddings.settings import Embed
from fewqubit.data.embeddings.tuning.lora import adapted
from fewqubit.data.embeddings.vision import IMAGES
from fewqubit.errors import DataError, OwnCodeError

CACHE = Path(".cache/embeddings")  # git does not see it; it may be deleted at any time
What = Literal["texts", "tokens", "images"]
READERS = {"texts": LIBRARIES, "tokens": TOKENS, "images": IMAGES}
BY_CHECKSUM = {"model", "batch", "revision", "tune"}  # in the checksum, or without effect
PART = 1024  # examples that are embedded and cached at a time


class FrozenEncoder(NamedTuple):
    """An encoder that has been found; its weights are not loaded yet.

    embed:     its settings
    checksum:  of its weights, or of the module of the user's function
    load:      loads it into memory, once
    frozen:    the encoder as it came, if its vectors stand before those of the fine-tuned one
    """

    embed: Embed
    checksum: str
    load: Callable[[], Loaded]
    frozen: "FrozenEncoder | None" = None

    @classmethod
    def of(cls, embed: Embed, what: What = "texts", adapter: Adapter | None = None) -> Self:
        """Find the encoder of ``embed``; its weights are read when they are first needed.

        ``adapter`` is what fine-tuning added to the weights; None: they are used unchanged.

        Raises DataError, SettingsError or MissingExtraError: the encoder is not there.
        """
        if embed.is_own:
            function = own_function(embed)
            checksum = function_checksum(function)
            return cls(embed, checksum, lambda: Loaded(_own(function, embed)))
        extra, _ = look_up(embed.library, READERS[what], f"library of frozen encoders of {what}")
        folder = model_folder(embed, extra)
        checksum = folder_checksum(folder)
        frozen = cls(embed, checksum, lambda: _loaded(folder, embed, what, None))
        if adapter is None:
            return frozen
        assert embed.tune is not None
        tuned = tuned_checksum(checksum, adapter)
        before = frozen if embed.tune.with_frozen else None
        return cls(embed, tuned, lambda: _loaded(folder, embed, what, adapter), before)


def vectors(
    examples: Sequence[Any],
    embed: Embed,
    what: str = "embed",
    cache: Path | None = CACHE,
    encoder: FrozenEncoder | None = None,
) -> Float[np.ndarray, "N d"]:
    """float32 vectors of raw examples (texts, images); equal examples have equal vectors.

    what:     prefix of progress lines and notes on stderr
    cache:    folder of cached vectors; None: nothing is cached
    encoder:  the encoder, if it has been found already

    Raises DataError: no such model, vectors that are not finite or not of one width;
    MissingExtraError; OwnCodeError for the user's own function.
    """
    encoder = encoder or FrozenEncoder.of(embed)
    if encoder.frozen is not None:
        both = (encoder.frozen, encoder._replace(frozen=None))
        halves = [vectors(examples, embed, what, cache, one) for one in both]
        return np.concatenate(halves, axis=1) / np.float32(np.sqrt(2) if embed.normalize else 1)
    contents = [content(one) for one in examples]
    first: dict[bytes, int] = {}
    places = [first.setdefault(one, len(first)) for one in contents]
    distinct = dict(zip(places, examples, strict=True))
    found = _in_parts([distinct[n] for n in range(len(first))], [*first], encoder, what, cache)
    rows = np.concatenate([part.vectors for part in found])
    return rows[places]


def token_vectors(
    sentences: Sequence[Sequence[str]],
    embed: Embed,
    what: str = "embed",
    cache: Path | None = CACHE,
    encoder: FrozenEncoder | None = None,
) -> list[Float[np.ndarray, "words d"]]:
    """A vector for each word of each sentence, in the context of its sentence.

    The user's own function gets a list of sentences (lists of words), and returns one array
    [words, d] for each. Raises what ``vectors`` raises.
    """
    encoder = encoder or FrozenEncoder.of(embed, "tokens")
    contents = [content(list(one)) for one in sentences]
    found = _in_parts(sentences, contents, encoder, what, cache)
    return [row for part in found for row in np.split(part.vectors, np.cumsum(part.lengths)[:-1])]


def _in_parts(
    examples: Sequence[Any],
    contents: Sequence[bytes],
    encoder: FrozenEncoder,
    what: str,
    cache: Path | None,
) -> list[Part]:
    """Every part, from the cache or from the encoder; reports how many examples were cut."""
    if not len(examples):
        raise DataError(f"{what}: expected examples to embed, got none")
    whole = encoder.embed.precision == "float32"  # as parts were named when there was no other
    without = BY_CHECKSUM | encoder.embed.plain | ({"precision"} if whole else set())
    asked = [encoder.checksum, encoder.embed.model_dump(exclude=without)]
    progress, parts = Progress(f"{what}: embedding", len(examples), "example"), []
    for start in range(0, len(examples), PART):
        some = examples[start : start + PART]
        name = key(asked, contents[start : start + PART])
        part = read_part(cache, name, len(some)) if cache else None
        if part is None:
            part = _embedded(some, encoder)
            if cache:
                write_part(cache, name, part)
                progress.update(start + len(some))
        parts.append(part)
    _check_width(parts, encoder.embed)
    if n_cut := sum(part.cut for part in parts):
        sys.stderr.write(
            f"{what}: {n_cut} of {len(examples)} examples are longer than what the model reads; "
            "it has not seen the rest of them\n"
        )
    return parts


def _embedded(examples: Sequence[Any], encoder: FrozenEncoder) -> Part:
    loaded = encoder.load()
    given = loaded.encode(examples)
    if len(given) != len(examples):
        raise DataError(f"{encoder.embed.model}: gave {len(given)} rows for {len(examples)}")
    if isinstance(given, list):
        lengths, rows = [len(one) for one in given], np.concatenate(given)
    else:
        lengths, rows = [1] * len(examples), np.asarray(given)
    rows = rows.astype(np.float32)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise DataError(
            f"embed.model: expected a vector of finite numbers for each example from "
            f"{encoder.embed.model}, got an array {list(rows.shape)}"
        )
    if encoder.embed.normalize:
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-12))
    return Part(rows, np.array(lengths, np.int32), loaded.cut(examples))


def _check_width(parts: Sequence[Part], embed: Embed) -> None:
    widths = sorted({part.vectors.shape[1] for part in parts})
    if len(widths) > 1:
        raise DataError(f"{embed.model}: gave vectors of {widths} numbers; expected one width")


def _own(function: Callable[..., Any], embed: Embed) -> Callable[[Sequence[Any]], Any]:
    """The user's function, called in batches; its exceptions become one line."""

    def encode(examples: Sequence[Any]) -> Any:
        starts = range(0, len(examples), embed.batch)
        with OwnCode(f"frozen encoder '{embed.model}'"):
            given = [
                function(list(examples[start : start + embed.batch]), **embed.options)
                for start in starts
            ]
            if isinstance(given[0], list):
                return [np.asarray(one) for batch in given for one in batch]
            arrays = [np.asarray(batch) for batch in given]
        if any(array.ndim != 2 or array.dtype.kind not in "fiu" for array in arrays):
            raise OwnCodeError(
                f"frozen encoder '{embed.model}': expected an array [n, d] of numbers for a list "
                f"of n examples, got {arrays[0].dtype} {list(arrays[0].shape)}"
            )
        return np.concatenate(arrays)

    return encode


@lru_cache(maxsize=2)
def _loaded(folder: Path, embed: Embed, what: What, adapter: Adapter | None) -> Loaded:
    """The loaded encoder; all callers share one in memory."""
    _, load = READERS[what][embed.library]
    loaded = load(folder, embed)
    return loaded if adapter is None else adapted(loaded, adapter)
