"""Build the template books that ship with tierbook, one per language.

    python scripts/build_templates.py

Equal sources give equal bytes on one machine; a test rebuilds the books and compares every part.
"""

from __future__ import annotations

from pathlib import Path

from tierbook import templates
from tierbook.jobs.intake import named_model
from tierbook.labels import LANGUAGES
from tierbook.publish import template_book


def main() -> None:
    model = named_model("general")
    for language in LANGUAGES:
        path: Path = templates.folder() / f"tierbook-{language}.xlsx"
        path.write_bytes(template_book(model, language))
        print(path)


if __name__ == "__main__":
    main()
