"""Read the TOML file that tells a night what to do."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import schema, templates
from ...errors import SourceError, UsageError
from ...labels import language_of
from .records import Aim, Config, Facts

PATTERN = frozenset("*?[")
OWN = {"name", "at", "until", "every_minutes", "catch_up_days", "tries", "ledger", "pages", "model", "language"}
TABLES = {"facts", "book", "mail", "messages"}
"""Tables of the file; `mail` and `messages` belong to whoever sends the messages."""
OF_BOOK = {"path", "name", "where", "owner", "mail", "sheets"}
OF_FACTS = {"book", "sheet", "map", *schema.DELIVERABLE}


def load_config(path: Path) -> Config:
    """Read a night's file. Paths in it start at its own folder.

    Raises:
        UsageError: the file is missing or no TOML; a word in it is not known, or its value will not do.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UsageError("night.no_config", path=path, example=templates.folder() / "night.toml") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError("night.bad_config", path=path.name, reason=problem) from problem
    return config_of(told, path)


def config_of(told: Mapping[str, Any], path: Path) -> Config:
    """The night a parsed file describes."""
    _refuse_strangers(told, OWN | TABLES, path, "")
    folder = path.absolute().parent
    books = told.get("book", [])
    if not isinstance(books, list) or not books:
        raise UsageError("night.no_books", path=path.name)
    aims = tuple(_aim(each, folder, path) for each in books)
    _refuse_twice([aim.key for aim in aims], path)
    _refuse_twice([aim.name for aim in aims if aim.name], path)
    default = Config(())
    return Config(
        aims=aims,
        facts=_facts(told["facts"], folder, path) if "facts" in told else None,
        name=_text(told, "name", path) or path.stem,
        at=hour_of(told.get("at", default.at), "at", path),
        until=hour_of(told.get("until", default.until), "until", path),
        every=_whole(told, "every_minutes", default.every, path, least=1),
        catch_up=_whole(told, "catch_up_days", default.catch_up, path, least=0),
        tries=_whole(told, "tries", default.tries, path, least=1),
        ledger=_ledger(_text(told, "ledger", path), folder),
        pages=folder / Path(_text(told, "pages", path)).expanduser() if told.get("pages") else None,
        model=_text(told, "model", path),
        language=language_of(_text(told, "language", path)) if told.get("language") else None,
        source=path.absolute(),
        sends_mail=bool({"mail", "messages"} & set(told)),
    )


def books_only(books: Sequence[Path]) -> Config:
    """The night of books named on the command line: each is scored by the facts in it."""
    return Config(tuple(Aim(book) for book in dict.fromkeys(books)))


def found_files(facts: Facts) -> dict[str, Path]:
    """Table -> the file that delivers it tonight. Of several that fit a pattern, the last by name.

    Raises:
        SourceError: nothing fits a pattern.
    """
    found = {}
    for table, path in facts.files.items():
        if not PATTERN & set(path.name):
            found[table] = path
            continue
        fits = sorted(each for each in path.parent.glob(path.name) if each.is_file() and each.name[0] not in ".~")
        if not fits:
            raise SourceError("night.nothing_fits", table=schema.DELIVERABLE[table].name, pattern=path)
        found[table] = fits[-1]
    return found


def hour_of(value: object, key: str, path: Path) -> dt.time:
    """An hour as people write it: "02:00", or TOML's own 02:00:00."""
    if isinstance(value, dt.time):
        return value.replace(second=0, microsecond=0)
    try:
        return dt.time.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise UsageError("night.bad_value", path=path.name, key=key, value=value, wanted='"02:00"') from None


def _aim(told: object, folder: Path, path: Path) -> Aim:
    if not isinstance(told, dict) or not _text(told, "path", path):
        raise UsageError("night.bad_value", path=path.name, key="[[book]] path", value=told, wanted='"客户.xlsx"')
    _refuse_strangers(told, OF_BOOK, path, "book.")
    mail = told.get("mail", True)
    if not isinstance(mail, bool):
        raise UsageError("night.bad_value", path=path.name, key="mail", value=mail, wanted="true, false")
    return Aim(
        folder / Path(told["path"]).expanduser(),
        _text(told, "name", path),
        _text(told, "where", path),
        _words(told, "owner", path, '["张伟", "李娜"]'),
        mail,
        _sheets(told, path),
    )


def _words(told: Mapping[str, Any], key: str, path: Path, wanted: str) -> tuple[str, ...]:
    """One word or a list of them."""
    value = told.get(key, ())
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, list | tuple) or not all(isinstance(each, str) for each in words):
        raise UsageError("night.bad_value", path=path.name, key=key, value=value, wanted=wanted)
    return tuple(each.strip() for each in words if each.strip())


def _sheets(told: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    words = _words(told, "sheets", path, '["分层", "任务"]')
    if words:
        from ...publish.chosen import chosen_of

        chosen_of(words)
    return words


def _facts(told: object, folder: Path, path: Path) -> Facts:
    if not isinstance(told, dict):
        raise UsageError("night.bad_value", path=path.name, key="facts", value=told, wanted="[facts]")
    _refuse_strangers(told, OF_FACTS, path, "facts.")
    files = {
        table: folder / Path(_text(told, table, path)).expanduser() for table in schema.DELIVERABLE if table in told
    }
    book = _text(told, "book", path)
    mapping = told.get("map", [])
    if not isinstance(mapping, list) or not all(isinstance(each, str) for each in mapping):
        raise UsageError("night.bad_value", path=path.name, key="map", value=mapping, wanted='["amount=金额"]')
    return Facts(folder / Path(book).expanduser() if book else None, files, _text(told, "sheet", path), tuple(mapping))


def _ledger(word: str, folder: Path) -> str:
    return word if not word or "://" in word else str(folder / Path(word).expanduser())


def _text(told: Mapping[str, Any], key: str, path: Path) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise UsageError("night.bad_value", path=path.name, key=key, value=value, wanted='"…"')
    return value.strip()


def _whole(told: Mapping[str, Any], key: str, default: int, path: Path, *, least: int) -> int:
    value = told.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise UsageError("night.bad_value", path=path.name, key=key, value=value, wanted=f">= {least}")
    return value


def _refuse_strangers(told: Mapping[str, Any], known: Collection[str], path: Path, lead: str) -> None:
    strangers = sorted(set(told) - set(known))
    if strangers:
        raise UsageError(
            "night.unknown_key", path=path.name, key=f"{lead}{strangers[0]}", known=" ".join(sorted(known))
        )


def _refuse_twice(words: Sequence[str], path: Path) -> None:
    twice = sorted({word for word in words if words.count(word) > 1})
    if twice:
        raise UsageError("night.named_twice", path=path.name, word=twice[0])
