"""tierbook's own settings.toml: a few lines at its top are changed, everything else keeps its letters."""

from __future__ import annotations

import json
import re
import tomllib

_FIRST_TABLE = re.compile(r"(?m)^[ \t]*\[")


def with_key(before: str, key: str, value: str) -> str:
    """The settings with `key = "value"` at their top level; a line that sets the key is replaced.

    Raises:
        ValueError: the text is not valid TOML, before or after.
    """
    tomllib.loads(before)
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    head, tables = _parted(before)
    found = _line_of(key).search(head)
    if found:
        head = head[: found.start()] + line + head[found.end() :]
    else:
        head = f"{head.rstrip()}\n{line}\n" if head.strip() else f"{line}\n"
        head += "\n" if tables else ""
    after = head + tables
    if tomllib.loads(after).get(key) != value:
        raise ValueError(f"{key} is set in a way that cannot be changed here")
    return after


def without_key(before: str, key: str) -> str:
    """The settings without the top-level line that sets a key."""
    head, tables = _parted(before)
    found = _line_of(key).search(head)
    if not found:
        return before
    return head[: found.start()] + head[found.end() :].removeprefix("\n") + tables


def value_of(words: str, key: str) -> object:
    """A top-level value; None where it is missing.

    Raises:
        ValueError: the text is not valid TOML.
    """
    return tomllib.loads(words).get(key)


def _parted(words: str) -> tuple[str, str]:
    first = _FIRST_TABLE.search(words)
    return (words[: first.start()], words[first.start() :]) if first else (words, "")


def _line_of(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?m)^[ \t]*{re.escape(key)}[ \t]*=.*$")
