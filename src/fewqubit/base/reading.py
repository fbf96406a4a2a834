"""Read the user's YAML with limits on size and depth; every error is one line."""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from reprlib import Repr
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent

from fewqubit.errors import SettingsError

MOST_BYTES = 1_000_000  # the shipped settings have 6000
DEEPEST = 100
MOST_VALUES = 20_000  # a few aliases of aliases stand for billions
LARGEST, SMALLEST = 3.4e38, 1.2e-38  # of float32, in which everything is computed
_BRIEF = Repr()
_BRIEF.maxstring = _BRIEF.maxother = 120


def read_yaml(path: Path) -> Any:
    """The plain values in ``path``.

    Raises SettingsError: the file is unreadable, too large, no UTF-8 or no YAML, or has a value
    that is neither text, number, boolean, null, list nor mapping.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(f"{path} does not exist; run from the project's top folder") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > MOST_BYTES:
        raise SettingsError(f"{path}: expected at most {MOST_BYTES} bytes, got {len(content)}")
    try:
        return parse_yaml(content.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: expected text in UTF-8, but byte {error.start} is none; save it as UTF-8"
        ) from None


def parse_yaml(text: str, where: str) -> Any:
    """The plain values of YAML ``text``; raises as ``read_yaml`` does."""
    try:
        if _too_deep(text):
            raise SettingsError(f"{where}: lists or mappings are nested more than {DEEPEST} deep")
        values = YAML(typ="safe").load(text)
    except YAMLError as error:
        words = " ".join(str(error).partition("To suppress this check")[0].split())
        words = words.replace('"<unicode string>", ', "")
        if "unexpected ':'" in words:
            words += "; quote what has a colon inside {…}, such as 'own.maps:ladder'"
        raise SettingsError(f"{where} is not valid YAML: {words}") from None
    except (ValueError, TypeError, OverflowError) as error:  # the 32nd of a month, for one
        raise SettingsError(f"{where} is not valid YAML: {' '.join(str(error).split())}") from None
    check_plain(values, where)
    return values


def _too_deep(text: str) -> bool:
    """Whether lists and mappings are nested too deeply; loading 10,000 levels ends the process."""
    depth = 0
    for event in YAML(typ="safe").parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


def check_plain(values: Any, where: str) -> None:
    """Raise SettingsError, in one line, for a value that no setting can have."""
    waiting: list[tuple[str, Any]] = [("", values)]
    count = 0
    while waiting:
        key, value = waiting.pop()
        count += 1
        if count > MOST_VALUES:
            raise SettingsError(f"{where}: more than {MOST_VALUES} values; aliases repeat them")
        if fault := _fault(value):
            raise SettingsError(f"{where}: {shown(key[:-1]) or 'the file'}: {fault}")
        if isinstance(value, Mapping):
            waiting += [(f"{key}{name}.", below) for name, below in value.items()]
            waiting += [(f"{key}{name}.", name) for name in value]
        elif isinstance(value, list):
            waiting += [(f"{key}{place}.", below) for place, below in enumerate(value)]


def one_line(error: ValidationError) -> str:
    """The first error, in one line, and the number of further ones."""
    faults = error.errors(include_url=False)
    first = faults[0]
    key = ".".join(shown(str(part)) for part in _without_tag(first["loc"]))
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    message = f"{fault_message(first)}{more}"
    return on_one_line(f"{key}: {message}" if key else message)


def shown(text: str) -> str:
    """A key or name on one line, whatever characters it has."""
    return text if text.isprintable() and len(text) <= 120 else brief(text)


def brief(value: Any) -> str:
    """A value on one line, cut where it is long."""
    return _BRIEF.repr(value)


def on_one_line(text: str, most: int = 700) -> str:
    """``text`` without what would break the line or move the cursor, cut where it is long."""
    plain = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return plain if len(plain) <= most else f"{plain[:most]}…"


def fault_message(fault: Mapping[str, Any]) -> str:
    """pydantic's error in the words of this software, with the value that came."""
    came, kind = fault["input"], fault["type"]
    if kind == "extra_forbidden":
        return "unknown key; remove it or correct its name"
    if kind == "missing":
        return "missing; every project has it ({} stands for what is usual, where that is enough)"
    if kind == "union_tag_invalid" and isinstance(came, Mapping):
        return f"unknown kind '{fault['ctx']['tag']}'; known: {fault['ctx']['expected_tags']}"
    message = fault["msg"].removeprefix("Value error, ")
    if isinstance(came, Mapping) and fault["type"] == "value_error":
        return message
    quote = "; quote it" if kind == "string_type" and isinstance(came, int | float) else ""
    return f"{message}, got {brief(came)}{quote}"


def _without_tag(place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """A place without the branch of a union that pydantic adds: learners.maml.(maml.)inner_lr."""
    place = tuple(part for part in place if part != "[key]")
    return place[:2] + place[3:] if place[:1] in (("datasets",), ("learners",)) else place


def _fault(value: Any) -> str:
    """What is wrong with one value, or nothing."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"expected a finite number, got {value}"
    if isinstance(value, float) and value and not SMALLEST <= abs(value) <= LARGEST:
        return f"expected 0, or a number between {SMALLEST} and {LARGEST}, got {value}"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return f"expected a whole number below 2**63, got {brief(value)}"
    if isinstance(value, str) and not _is_text(value):
        return f"expected text of at most 4096 printable characters, got {brief(value)}"
    if isinstance(value, date):
        return f"YAML reads {value} as a date; quote it"
    if not isinstance(value, str | int | float | list | Mapping | None):
        return f"expected text, a number, a list or a mapping, got {type(value).__name__}"
    return ""


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a pair of code points
        return False
    return len(value) <= 4096 and "\0" not in value
