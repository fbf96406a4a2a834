"""Sources of rows by their name in params.yaml; a user's own source by import path."""

from collections.abc import Callable

from fewqubit.base.registry import resolve
from fewqubit.base.usercode import OwnCode
from fewqubit.data.raw import RawData, checked
from fewqubit.data.settings import AnyDataset, Custom
from fewqubit.data.sources.controls import read_coset, read_linear
from fewqubit.data.sources.digits import read_digits
from fewqubit.data.sources.glyphs import read_glyphs
from fewqubit.data.sources.images import read_images
from fewqubit.data.sources.manifold import read_hidden_manifold
from fewqubit.data.sources.omniglot import read_omniglot
from fewqubit.data.sources.phases import read_phases
from fewqubit.data.sources.table import read_table
from fewqubit.data.sources.text import read_text
from fewqubit.data.sources.tokens import read_tokens

SOURCES: dict[str, Callable[..., RawData]] = {
    "digits": read_digits,
    "glyphs": read_glyphs,
    "omniglot": read_omniglot,
    "table": read_table,
    "images": read_images,
    "text": read_text,
    "tokens": read_tokens,
    "phases": read_phases,
    "coset": read_coset,
    "linear": read_linear,
    "hidden_manifold": read_hidden_manifold,
}


def read_raw(settings: AnyDataset) -> RawData:
    """The rows of a data set, checked.

    A source of this package gets its settings. A user's own ``module:function`` is called with
    the data set's ``options`` by name and returns a RawData. Raises DataError or
    SettingsError, and OwnCodeError for what the function raises.
    """
    source = resolve(settings.source, SOURCES, "data source")
    if not isinstance(settings, Custom):
        return checked(source(settings), settings.source)
    with OwnCode(f"data source '{settings.source}'"):
        raw = source(**settings.options)
        return checked(raw, settings.source)
