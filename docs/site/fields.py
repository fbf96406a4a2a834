"""An extension of griffe: fields that a docstring names in columns become a list on the site.

circuits:  circuits run        ->        - `circuits`: circuits run
"""

import re
from typing import Any

import griffe

FIELD = re.compile(r"^(\w+(?:, \w+)*):\s+(\S.*)$")


class Fields(griffe.Extension):
    """Rewrites every paragraph that consists of fields."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Called for each module, class and function once its members are known."""
        del kwargs
        if obj.docstring:
            paragraphs = obj.docstring.value.split("\n\n")
            obj.docstring.value = "\n\n".join(map(listed, paragraphs))


def listed(paragraph: str) -> str:
    """The paragraph as a list if each of its lines is a field or goes on with one."""
    items: list[str] = []
    for line in paragraph.strip("\n").split("\n"):
        if found := FIELD.match(line):
            items.append(f"- `{found[1]}`: {found[2]}")
        elif items and line.startswith(" "):
            items.append(f"  {line.strip()}")
        else:
            return paragraph
    return "\n".join(items) if len(items) > 1 else paragraph
