"""Sphinx: `nox -s docs` builds the pages, with warnings as errors."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import docstrings  # noqa: E402  # it lies beside this file
import pictures  # noqa: E402  # as above
import steps  # noqa: E402  # as above
from sphinx.application import Sphinx  # noqa: E402  # as above

import rlog_model  # noqa: E402  # as above
from spec import traceability  # noqa: E402  # as above
from spec.tlc import manifest, page  # noqa: E402  # as above

project = "rlog-model"
author = "the rlog-model authors"
copyright = "the rlog-model authors"
release = version = rlog_model.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "_pictures", "matrix/scenarios"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Two classes of one name, of which a signature names one without its module.
suppress_warnings = ["ref.python"]
copybutton_prompt_text = r">>> |\$ "
copybutton_prompt_is_regexp = True

# Types in signatures: the pages of other projects are not to be asked when these are built, and
# aliases have none.
nitpick_ignore_regex = [("py:.*", r"(?!rlog_model\.).*|.*\.(_\w+|Any[A-Z]\w+|T)")]
autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": False, "show-inheritance": True}

html_theme = "furo"
html_title = "rlog-model"
html_static_path = ["_static"]
html_css_files = ["rlog.css"]
html_extra_path = ["report"]
html_theme_options = {
    "source_repository": "",
    "navigation_with_keys": True,
}


CLAUSE = re.compile(r"^\*\*([A-Z]+-\d+)\*\*", re.MULTILINE)
"""The beginning of a clause."""


def copy_specification() -> None:
    """The specification lies beside docs/: it is read without these pages, too."""
    spec = HERE.parent / "spec"
    for file in (*spec.rglob("*.md"), *spec.rglob("*.schema.json")):
        content = file.read_text(encoding="utf-8")
        # So that links can lead to a clause.
        content = CLAUSE.sub(r'<a id="\1"></a>\g<0>', content)
        for above in ("](../docs/", "](../../docs/"):
            content = content.replace(above, "](/")
        write(HERE / "spec" / file.relative_to(spec), content)
    # Beside the clauses that they lead to, and made of all sources.
    write(HERE / "spec" / "traceability.md", traceability.markdown(traceability.rows()))
    write(HERE / "spec" / "checked.md", page.markdown(manifest.read()))
    for module in (spec / "tla").glob("*.tla"):
        write(
            HERE / "spec" / "tla" / f"{module.stem}.md",
            f"# {module.name}\n\n```text\n{module.read_text(encoding='utf-8')}```\n",
        )


def write(target: Path, content: str) -> None:
    """Write a file that pages are made of, unless it is there already: then none is made anew."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text(encoding="utf-8") != content:
        target.write_text(content, encoding="utf-8")


copy_specification()


def draw(app: Sphinx) -> None:
    """Draw the pictures, and list the steps, by the model as it is now."""
    pictures.write_all(HERE / "_pictures")
    steps.write_all(HERE / "_pictures")


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", docstrings.process)
    app.connect("builder-inited", draw)
