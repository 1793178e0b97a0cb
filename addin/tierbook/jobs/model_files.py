"""Where models are found: those that ship, TOML files, a folder of them, and the version in force on a day.

`NAME` is the key of a model; several files may hold versions of it, each with its own `start`. `NAME@2026-10-01`
takes the version in force on that day, `NAME` alone the one in force on the day of the run. Files are looked for in
the folder TIERBOOK_MODELS names, else in `models` beside the book, and then among those that ship; of two with one
key and start the first found counts.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .. import templates
from ..errors import ModelError, TierbookError
from ..model.load import load_toml, read_toml

if TYPE_CHECKING:
    from ..model.types import Model

VARIABLE = "TIERBOOK_MODELS"
BESIDE = "models"


@dataclass(frozen=True)
class Found:
    """A file that holds a version of a model; `own` is False for one that ships."""

    path: Path
    model: Model
    own: bool


def named_model(name: str, on: dt.date | None = None, book: Path | None = None) -> Model:
    """A model by name, by `NAME@DATE`, or by the path of its TOML.

    Args:
        on: the day whose version is wanted where the name says none; None: today's rules are the latest ones.
        book: the book beside which models may lie.
    Raises:
        ModelError: no such model or file, no version in force on that day, or the model is not valid.
    """
    key, day = name_and_day(name)
    folder = own_folder(book)
    path = templates.folder() / "models" / f"{key}.toml"
    if folder is None and day is None and path.is_file():
        return read_model(path)
    if Path(name).is_file():
        return read_model(Path(name))
    if Path(key).is_file():
        return in_force([Found(Path(key), read_model(Path(key)), own=True)], key, day, on).model
    versions = versions_of(key, folder)
    if not versions:
        known = dict.fromkeys([*(each.model.key for each in own_models(folder)), *shipped_models()])
        raise ModelError("jobs.no_such_model", name=name, shipped="、".join(known))
    return in_force(versions, key, day, on).model


def name_and_day(name: str) -> tuple[str, dt.date | None]:
    """`general@2026-10-01` in two; a name without a date after its last @ is all name."""
    key, sign, day = name.rpartition("@")
    try:
        return (key, dt.date.fromisoformat(day)) if sign and key else (name, None)
    except ValueError:
        return name, None


def in_force(versions: Sequence[Found], key: str, day: dt.date | None, on: dt.date | None) -> Found:
    """The version that started last on or before the day.

    A day in the name is a demand; for the day of the run the earliest version stands in where none had started yet.

    Raises:
        ModelError: none had started by the day in the name, or two of one folder start on one day.
    """
    wanted = day or on or dt.date.max
    started = [each for each in versions if each.model.start <= wanted]
    if not started and day is not None:
        starts = "、".join(f"{each.model.version}（{each.model.start}）" for each in versions)
        raise ModelError("models.not_started", name=key, day=day, versions=starts)
    start = max(each.model.start for each in started) if started else min(each.model.start for each in versions)
    same = [each for each in versions if each.model.start == start]
    best = [each for each in same if each.own] or same
    if len(best) > 1:
        files = "、".join(each.path.name for each in best)
        raise ModelError("models.same_start", name=key, start=start, files=files)
    return best[0]


def versions_of(key: str, folder: Path | None) -> list[Found]:
    """Every file that holds a version of a model, own ones first, in the order of their start."""
    shipped = templates.folder() / "models" / f"{key}.toml"
    found = [each for each in own_models(folder, key) if each.model.key == key]
    if shipped.is_file():
        found.append(Found(shipped, read_model(shipped), own=False))
    return sorted(found, key=lambda each: (each.model.start, not each.own))


def own_models(folder: Path | None, key: str = "") -> Iterator[Found]:
    """The models of a folder. Of those that are wrong only the one that is asked for by its key is told."""
    for path in sorted(folder.glob("*.toml")) if folder else ():
        try:
            yield Found(path, read_model(path), own=True)
        except TierbookError:
            if key and key in (path.stem, _key_of(path)):
                raise


def own_folder(book: Path | None) -> Path | None:
    """The folder with models of one's own, where there is one.

    Raises:
        ModelError: TIERBOOK_MODELS names no folder.
    """
    chosen = os.environ.get(VARIABLE, "").strip()
    if chosen and not Path(chosen).is_dir():
        raise ModelError("models.no_folder", folder=chosen, variable=VARIABLE)
    folder = Path(chosen) if chosen else book.absolute().parent / BESIDE if book else None
    return folder if folder and folder.is_dir() else None


def shipped_models() -> list[str]:
    """Names of the models that come with tierbook."""
    return sorted(found.stem for found in (templates.folder() / "models").glob("*.toml"))


def read_model(path: Path) -> Model:
    """The model of a TOML file.

    Raises:
        ModelError, SeveralErrors: the file cannot be read, or the model is not valid.
    """
    return load_toml(text_of_file(path), where=path.name, read=partial(read_base, path.parent))


def text_of_file(path: Path) -> str:
    """The text of a TOML file, with or without a byte order mark.

    Raises:
        ModelError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise ModelError("models.unreadable", path=path.name, problem=problem.strerror or problem) from problem
    except UnicodeDecodeError as problem:
        raise ModelError("models.not_utf8", path=path.name) from problem


def read_base(beside: Path, name: str) -> str:
    """The TOML that another one extends: beside it, else a shipped one.

    Raises:
        ModelError: there is none of that name.
    """
    for folder in (beside, templates.folder() / "models"):
        path = folder / f"{name}.toml"
        if path.name == f"{name}.toml" and path.is_file():  # a name, never a path to somewhere else
            return text_of_file(path)
    raise ModelError("jobs.no_base_model", name=name)


def _key_of(path: Path) -> str:
    """The key a file gives its model, wrong as the rest may be."""
    try:
        model, _ = read_toml(text_of_file(path), where=path.name, read=partial(read_base, path.parent))
    except TierbookError:
        return ""
    return model.key
