"""Tutorials are notebooks without outputs, which the site runs; here: that they can be."""

import ast
import importlib.util
import re
from pathlib import Path

import nbformat
import pytest
from docs.site import notebooks

import fewqubit

TUTORIALS = sorted((Path(__file__).parents[1] / "docs/tutorials").glob("*.ipynb"))

every_tutorial = pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)


@every_tutorial
def test_outputs_are_not_kept(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.source
            assert cell.execution_count is None, cell.source


def python_of(path: Path) -> str:
    """The Python of a notebook, lines for a terminal and files to be written left out."""
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if is_python(cell)]
    return re.sub(r"^[!%].*$", "", "\n".join(cells), flags=re.M)


def is_python(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code" and not cell.source.startswith("%%")


@every_tutorial
def test_what_is_imported_is_there(path: Path) -> None:
    for node in ast.walk(ast.parse(python_of(path))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fewqubit"):
            module = importlib.import_module(node.module or "")
            assert all(hasattr(module, name.name) for name in node.names), node.module
        elif isinstance(node, ast.Import):
            assert all(importlib.util.find_spec(name.name) for name in node.names)


@every_tutorial
def test_public_names_are_there(path: Path) -> None:
    assert {*re.findall(r"\bfq\.(\w+)", python_of(path))} <= {*fewqubit.__all__}


def test_a_page_is_made_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# Title"),
        nbformat.v4.new_code_cell(
            "from IPython.display import SVG\n"
            "print(1 + 1)\n"
            "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "small.ipynb")
    monkeypatch.setattr(notebooks, "KEPT", tmp_path / "kept")
    text, pictures = notebooks.page(notebooks.run(tmp_path / "small.ipynb"), "small")
    assert text.startswith("# Title\n\n```python\n")
    assert "```text\n2\n```\n\n![](small-1.svg)" in text
    assert pictures["small-1.svg"].startswith(b"<svg")


def test_a_command_that_fails_stops_the_site() -> None:
    output = nbformat.v4.new_output("stream", text="DataError: no such column")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("!false", outputs=[output])]
    )
    with pytest.raises(RuntimeError, match="no such column"):
        notebooks._check_commands(Path("bad.ipynb"), notebook)
