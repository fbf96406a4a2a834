"""A hook of mkdocs: runs every notebook in docs/tutorials and makes a page of it, with pictures.

Notebooks are committed without outputs. A run is kept in .cache/notebooks under a checksum of the
notebook and of the package, so that only what changed runs again.
"""

import base64
import hashlib
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbclient import NotebookClient
from nbformat import NotebookNode

TOP = Path(__file__).parents[2]
KEPT = TOP / ".cache/notebooks"
TIMEOUT = 300  # seconds for one cell
COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PICTURES = {"image/svg+xml": "svg", "image/png": "png"}  # the first that an output has is shown


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page, and its pictures, for each notebook."""
    paths = sorted(Path(config.docs_dir, "tutorials").glob("*.ipynb"))
    with ThreadPoolExecutor(2) as pool:
        for path, notebook in zip(paths, pool.map(run, paths), strict=True):
            text, pictures = page(notebook, path.stem)
            files.append(File.generated(config, f"tutorials/{path.stem}.md", content=text))
            for name, content in pictures.items():
                files.append(File.generated(config, f"tutorials/{name}", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links to notebooks, which a repository shows, lead to their pages on the site."""
    del page, config, files
    return re.sub(r"(\]\([\w./]+)\.ipynb\)", r"\1.md)", markdown)


def run(path: Path) -> NotebookNode:
    """The notebook at ``path`` with its outputs, run in an empty folder.

    Raises CellExecutionError for a cell that raises: the site is not built then.
    """
    kept = KEPT / f"{path.stem}-{_checksum(path)}.ipynb"
    if not kept.exists():
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            place = {"metadata": {"path": folder}}
            client = NotebookClient(
                notebook, timeout=TIMEOUT, resources=place, coalesce_streams=True
            )
            client.execute()
        _check_commands(path, notebook)
        KEPT.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, kept)
    return nbformat.read(kept, as_version=4)


def _check_commands(path: Path, notebook: NotebookNode) -> None:
    """Raise RuntimeError for an error that a ``!command`` printed: its cell raises none."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if found := re.search(r"^.*\wError: .*$", output.get("text", ""), re.M):
                raise RuntimeError(f"{path}: {found[0]}")


def page(notebook: NotebookNode, name: str) -> tuple[str, dict[str, bytes]]:
    """Markdown of a notebook that was run, and its pictures by file name."""
    pictures: dict[str, bytes] = {}
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        parts += [shown for output in cell.outputs if (shown := _shown(output, name, pictures))]
    link = f'<a href="{name}.ipynb" download>{name}.ipynb</a>'
    parts.append(f"*This page is a notebook that was run: {link}.*")
    return "\n\n".join(parts) + "\n", pictures


def _shown(output: Any, name: str, pictures: dict[str, bytes]) -> str:
    if output.output_type == "stream":
        return _block(output.text) if output.name == "stdout" else ""
    data = output.get("data", {})
    for kind, ending in PICTURES.items():
        if kind in data:
            file = f"{name}-{len(pictures) + 1}.{ending}"
            content = data[kind]
            pictures[file] = content.encode() if ending == "svg" else base64.b64decode(content)
            return f"![]({file})"
    if "text/html" in data:
        return f'<div class="output" markdown="0">\n{data["text/html"]}\n</div>'
    return _block(data.get("text/plain", ""))


def _block(text: str) -> str:
    text = COLOUR.sub("", text)
    return f"```text\n{text.rstrip()}\n```" if text.strip() else ""


def _checksum(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes())
    for source in sorted((TOP / "src").rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
