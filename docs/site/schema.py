"""The settings of params.yaml as tables, from their JSON schema."""

from typing import Any

from fewqubit.config import Settings

Schema = dict[str, Any]
NUMBERS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
WORDS = {
    "number": "number",
    "integer": "whole number",
    "boolean": "`true`, `false`",
    "string": "text",
    "null": "`null`",
}
LARGE = 2**31  # a bound beyond says nothing to a reader


def settings_tables() -> str:
    """The whole file, then a heading, a description and a table for each section."""
    schema = Settings.model_json_schema()
    sections = {"params.yaml": schema, **schema["$defs"]}
    return "\n\n".join(_section(name, section) for name, section in sections.items())


def _section(name: str, schema: Schema) -> str:
    rows = [
        f"| `{key}` | {_values(value)} | {_default(value)} |"
        for key, value in schema.get("properties", {}).items()
    ]
    table = "\n".join(["| setting | values | default |", "|---|---|---|", *rows])
    text = schema.get("description", "").replace("``", "`")
    return f"## {name}\n\n{text}\n\n{table}" if text else f"## {name}\n\n{table}"


def _default(schema: Schema) -> str:
    if "const" in schema:
        return f"`{_yaml(schema['const'])}`"
    if "default" not in schema:
        return "must be given"
    text = _yaml(schema["default"])
    return f"`{text}`" if "$ref" not in schema else "that of each setting there"


def _values(schema: Schema) -> str:
    """What a setting may be, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(dict.fromkeys(_values(each) for each in schema[choice]))
    if "const" in schema or "enum" in schema:
        return ", ".join(f"`{_yaml(value)}`" for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if kind == "array":
        parts = schema.get("prefixItems") or [schema.get("items", {})]
        return f"list of {', '.join(dict.fromkeys(_values(each) for each in parts))}"
    if kind == "object":
        inner = schema.get("additionalProperties") or {}
        return f"by name: {_values(inner)}" if isinstance(inner, dict) and inner else "by name"
    return f"{WORDS.get(kind or '', 'any')}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    known = [
        f"{sign} {schema[name]:g}"
        for name, sign in NUMBERS.items()
        if name in schema and abs(schema[name]) < LARGE
    ]
    return f" {', '.join(known)}" if known else ""


def _yaml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)
