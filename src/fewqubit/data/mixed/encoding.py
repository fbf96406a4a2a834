"""Coded rows to features, fitted on meta-train rows: fill and flag gaps, one-hot encode categories.

scikit-learn's ColumnTransformer is fitted. What it learned is stored as plain numbers, so that
neither pickle nor scikit-learn is needed to apply it.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from fewqubit.data.mixed.schema import Schema, packed, unpacked


class Encoding(NamedTuple):
    """features = (amounts with gaps filled; 1 for each gap; one-hot categories).

    Amounts are numbers, dates and yes/no; the rest are choices.

    schema:   what the numbers of a raw row mean
    fills:    for each amount, its median in meta-train
    flagged:  indices of the amounts that have gaps in meta-train
    seen:     for each choice, its codes in meta-train, with NaN if it has gaps
    """

    schema: Schema
    fills: tuple[float, ...]
    flagged: tuple[int, ...]
    seen: tuple[tuple[float, ...], ...]

    @property
    def width(self) -> int:
        """How many features there are."""
        return len(self.fills) + len(self.flagged) + sum(map(len, self.seen))


def fit_encoding(rows: Float[np.ndarray, "N d"], schema: Schema) -> Encoding:
    """What ColumnTransformer learns from ``rows``: medians, gaps, categories."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder

    filler = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    spread = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    amounts, choices = _places(schema)
    parts = (("amounts", filler, amounts), ("choices", spread, choices))
    fitted = ColumnTransformer([part for part in parts if part[2]]).fit(rows)
    known = fitted.named_transformers_
    filled, spread_out = known.get("amounts"), known.get("choices")
    return Encoding(
        schema,
        tuple(filled.statistics_.tolist()) if filled else (),
        tuple(filled.indicator_.features_.tolist()) if filled else (),
        tuple(tuple(one.tolist()) for one in spread_out.categories_) if spread_out else (),
    )


def encode(encoding: Encoding, rows: Float[np.ndarray, "*n d"]) -> Float[np.ndarray, "*n D"]:
    """Features of coded rows. A category that is not ``seen`` has zeros for all known ones."""
    amounts, choices = _places(encoding.schema)
    known = rows[..., amounts]
    gaps = np.isnan(known)
    parts = [np.where(gaps, encoding.fills, known), gaps[..., list(encoding.flagged)]]
    for place, seen in zip(choices, encoding.seen, strict=True):
        code, one = rows[..., place, None], np.array(seen)
        parts.append((code == one) | (np.isnan(code) & np.isnan(one)))
    return np.concatenate(parts, axis=-1, dtype=np.float64)


def packed_encoding(encoding: Encoding) -> dict[str, Any]:
    """An encoding for JSON, null for NaN."""
    seen = [[None if np.isnan(code) else code for code in one] for one in encoding.seen]
    return encoding._asdict() | {"schema": packed(encoding.schema), "seen": seen}


def unpacked_encoding(values: dict[str, Any]) -> Encoding:
    """The inverse of ``packed_encoding``."""
    seen = (tuple(np.nan if code is None else code for code in one) for one in values["seen"])
    fills, flagged = tuple(values["fills"]), tuple(values["flagged"])
    return Encoding(unpacked(values["schema"]), fills, flagged, tuple(seen))


def _places(schema: Schema) -> tuple[list[int], list[int]]:
    """Places of the amounts, and of the choices, in a raw row."""
    choice = [column.kind == "category" for column in schema.columns]
    return np.flatnonzero(~np.array(choice)).tolist(), np.flatnonzero(choice).tolist()
