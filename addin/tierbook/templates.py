"""Where the shipped files are: template books, model TOMLs, the demo recipe, message templates.

In a checkout they are the folder `workbook_templates/` at the top; the wheel carries the same files inside
the package.
"""

from __future__ import annotations

from pathlib import Path


def folder() -> Path:
    """The folder with the shipped files."""
    inside = Path(__file__).parent / "_templates"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "workbook_templates"


def model_text(name: str) -> str:
    """The TOML of a shipped model; of the general one for a name nobody ships."""
    shipped = {path.stem: path for path in (folder() / "models").glob("*.toml")}
    return shipped.get(name, shipped["general"]).read_text(encoding="utf-8")
