"""The documents name only what is there: links, files, settings, commands, names, running code."""

import pkgutil
import re
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest
from docs.site.lists import current
from ruamel.yaml import YAML

import fewqubit
from fewqubit.cli.main import commands
from fewqubit.compiler.compiled import compile_circuit
from fewqubit.config import Circuit, Settings, load_settings, validate
from fewqubit.meta.settings.own import OwnLearner
from fewqubit.meta.settings.training import Training
from fewqubit.models.settings import Mlp
from fewqubit.pipeline.overrides import lay_recipe

TOP = Path(__file__).parents[1]
PAGES = [*TOP.glob("*.md"), *sorted((TOP / "docs").rglob("*.md"))]
ROOMS = {path.stem for path in (TOP / "src/fewqubit").iterdir()} - {"__pycache__"}
FILE_ENDINGS = (
    *(".conll", ".csv", ".db", ".html", ".json", ".lock", ".md", ".npz", ".parquet", ".png", ".py"),
    *(".safetensors", ".toml", ".txt", ".yaml"),
)
OUTSIDE = {  # words before a dot that are neither settings nor rooms
    *("benchmarks", "dvc", "git", "jax", "lax", "mlflow", "own", "qiskit", "verdict"),
}
UNKNOWN_TO_DVC = (
    *("artifacts/journal", "artifacts/checkpoints", "artifacts/searches", "artifacts/compiled"),
    "artifacts/studies",
    *("reports/run.log", "reports/times.md"),
)

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)


def spans(page: Path) -> list[str]:
    """Code within a line, code blocks apart."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", text)


def code_lines(page: Path) -> list[str]:
    text = page.read_text("utf-8")
    fenced = "\n".join(re.findall(r"^```\n(.*?)^```", text, re.M | re.S))
    return [*spans(page), *re.findall(r"^ {4}\s*(.+)$", text + fenced, re.M)]


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def setting(path: str) -> Any:
    """The value of a dotted key of params.yaml, or of a learner's settings."""
    settings = load_settings(TOP / "params.yaml")
    first, *rest = path.split(".")
    value = getattr(
        settings if first in Settings.model_fields else settings.learners["maml"], first
    )
    for name in rest:
        value = value[name] if isinstance(value, dict) else getattr(value, name)
    return value


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#?([^)\s]*)\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            place = page.parent / target if target else page
            assert place.exists(), target
            assert not anchor or anchor in anchors(place), f"{target}#{anchor}"


@every_page
def test_files_and_artefacts_are_there(page: Path) -> None:
    stages = (TOP / "dvc.yaml").read_text("utf-8")
    for span in spans(page):
        if re.fullmatch(r"(src|docs|tests|pipelines|flows|benchmarks)(/[\w./-]*)?", span):
            assert (TOP / span).exists(), span
        elif re.fullmatch(r"\w+/\w+\.py", span):
            assert (TOP / "src/fewqubit" / span).exists(), span
        elif re.fullmatch(r"(artifacts|reports)/[\w./<>-]*", span):
            pattern = re.sub(r"<\w+>", r"\${item\\.\\w+}", span)
            folder = pattern.rpartition("/")[0]  # an output that is a folder, and a file in it
            known = re.search(pattern, stages) or re.search(f"{folder}:?$", stages, re.M)
            assert span.startswith(UNKNOWN_TO_DVC) or known, span


@every_page
def test_settings_and_names_exist(page: Path) -> None:
    sections = {*Settings.model_fields, "encoder", "circuit", "training"}
    for span in spans(page):
        if not re.fullmatch(r"[a-z_]+(\.\w+)+", span) or span.endswith(FILE_ENDINGS):
            continue
        name = span.removeprefix("fewqubit.")
        if name.startswith("fq."):
            assert name.split(".")[1] in fewqubit.__all__, span
        elif name.split(".")[0] in sections and name == span:
            setting(name)
        elif name.split(".")[0] not in OUTSIDE:
            assert name.split(".")[0] in ROOMS, span
            assert pkgutil.resolve_name(f"fewqubit.{name}") is not None


@every_page
def test_lists_are_those_of_the_registries(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == current(text), "write them anew: python -m docs.site.lists"


@every_page
def test_commands_exist(page: Path) -> None:
    known = {command.name or command.callback.__name__ for command in commands.registered_commands}
    makefiles = (TOP / name for name in ("Makefile", "project.mk"))
    targets = [one for file in makefiles for one in re.findall(r"^(\w+):", file.read_text(), re.M)]
    for line in code_lines(page):
        for command in re.findall(r"^fewqubit (\w+)", line):
            assert command in known, line
        for target in re.findall(r"^make (\w+)(?!\w*=)", line):
            assert target in targets, line
        for module in re.findall(r"^python -m ((?:benchmarks|docs|flows|pipelines)[.\w]+)", line):
            place = TOP / module.replace(".", "/")
            assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), line
        for recipe in re.findall(r"--recipe (\w+)", line):
            assert (TOP / f"recipes/{recipe}.yaml").exists(), line
        for override in re.findall(r"(?:--set|-S) '?([\w.]+)=", line):
            setting(override)


@every_page
def test_settings_in_blocks_are_valid(page: Path) -> None:
    """Each block as a recipe, laid over the settings."""
    for block in blocks(page, "yaml"):
        params = YAML(typ="safe").load(TOP / "params.yaml")
        lay_recipe(params, YAML(typ="safe").load(block))
        validate(params, page.name)


@every_page
def test_python_in_blocks_runs(page: Path) -> None:
    for block in blocks(page, "python"):
        code = compile(block, page.name, "exec")
        if "artifacts/" not in block:
            exec(code, {"__name__": "docs"})


def test_the_feature_map_of_the_docs_compiles() -> None:
    names: dict[str, Any] = {}
    shown = blocks(TOP / "docs/learners.md", "python")
    exec(next(block for block in shown if "def ladder" in block), names)
    assert compile_circuit(names["ladder"](3, 2, 0.5)).n_inputs == 3


@pytest.mark.parametrize("arm", ["quantum", "twin"])
def test_the_learner_of_the_readme_learns_and_knows_nothing_before(arm: str) -> None:
    names: dict[str, Any] = {"__name__": "docs"}
    exec(blocks(TOP / "README.md", "python")[0], names)
    settings = OwnLearner(
        kind="own.matching:matching",
        encoder=Mlp(),
        circuit=Circuit(feature_map="hardware_efficient", n_qubits=2, repetitions=2),
        training=Training(steps=1),
    )
    learner = names["matching"](settings, arm, (4,), 3)
    params = jax.jit(learner.init)(jax.random.key(0)).params
    adapt, predict = jax.jit(learner.adapt), jax.jit(learner.predict)
    x, y = jax.random.normal(jax.random.key(1), (6, 4)), jnp.arange(3).repeat(2)
    before = predict(adapt(params, x[:0], y[:0]), x)
    after = predict(adapt(params, x, y), x)
    assert (before == before[:, :1]).all()
    assert (jnp.take_along_axis(after, y[:, None], 1) >= after.mean(1, keepdims=True)).all()
