"""tierbook.xlam and the macro templates, built from source on any machine, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import UsageError, WorkbookError
from ...labels import LANGUAGES, Language, text
from ..buttons.names import BUTTONS
from . import modules

if TYPE_CHECKING:
    from ...publish import Macros

ADDIN = "tierbook.xlam"
TASK_BUTTONS = ("followups", "record")
MODEL_BUTTONS = ("preview", "apply")

Progress = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Built:
    """One file of a build. `state`: new, changed or same."""

    path: Path
    size: int
    state: str


def addin_bytes() -> bytes:
    """tierbook.xlam.

    Raises:
        MacroError, SeveralErrors: modules that Excel would not take.
    """
    from .book import addin_book

    return addin_book()


def template_bytes(language: Language) -> bytes:
    """The macro template in a language, with the general model."""
    from ...jobs.intake import named_model
    from ...publish import template_book

    return template_book(named_model("general"), language, macros=template_macros(language))


def template_macros(language: Language) -> Macros:
    """What `publish.template_book` needs for an .xlsm: project, code names, buttons, words."""
    from ...publish import SHEET_KEYS, Macros, SheetButton

    names = {key: "Sheet" + "".join(word.capitalize() for word in key.split("_")) for key in SHEET_KEYS}

    def button(verb: str) -> SheetButton:
        caption, tip = (text(f"buttons.{part}_{verb}", language) for part in ("caption", "tip"))
        return SheetButton(modules.macro_of(verb), caption, tip)

    placed = {"guide": BUTTONS, "tasks": TASK_BUTTONS}
    placed |= {key: MODEL_BUTTONS for key in SHEET_KEYS if key.startswith("model_")}
    return Macros(
        project=modules.book_project(names.values()),
        workbook=modules.WORKBOOK,
        code_names=names,
        buttons={key: [button(verb) for verb in verbs] for key, verbs in placed.items()},
        heading=text("addin.buttons", language),
        refreshing=text("addin.refreshing", language, button=text("buttons.caption_refresh", language)),
        words=text("addin.no_addin", language),
        words_name=modules.WORDS_NAME,
    )


def build(folder: Path, progress: Progress, *, libreoffice: bool = False, dry_run: bool = False) -> list[Built]:
    """Write the add-in, the macro templates and, if asked for, the LibreOffice extension into a folder.

    A file that holds these bytes already is not touched.

    Raises:
        UsageError: the folder is a file.
        WorkbookError: a file cannot be written, for instance because Excel holds it.
        MacroError, SeveralErrors: modules that Excel would not take.
    """
    if folder.is_file():
        raise UsageError("addin.not_a_folder", path=folder)
    made = []
    for name, content in _files(libreoffice=libreoffice):
        progress("addin.making", {"name": name})
        made.append((folder / name, content()))
    return [_put(path, data, dry_run=dry_run) for path, data in made]


def _files(*, libreoffice: bool) -> Iterator[tuple[str, Callable[[], bytes]]]:
    yield ADDIN, addin_bytes
    for language in LANGUAGES:
        yield f"tierbook-{language}.xlsm", lambda language=language: template_bytes(language)  # type: ignore[misc]
    if libreoffice:
        from ..calc.build import oxt_bytes

        yield "tierbook.oxt", oxt_bytes


def _put(path: Path, data: bytes, *, dry_run: bool) -> Built:
    try:
        before = path.read_bytes() if path.is_file() else None
        state = "new" if before is None else "same" if before == data else "changed"
        if not dry_run and before != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as problem:
        raise WorkbookError("addin.cannot_write", path=path, problem=problem.strerror or problem) from problem
    return Built(path, len(data), state)
