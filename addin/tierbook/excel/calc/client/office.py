"""One LibreOffice's desk: the functions and words the build wrote down, and the helper process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .cells import shown, table
from .desk import Argument, Desk, Function
from .document import Document
from .helper import Helper
from .interpreter import interpreter


def _made() -> dict[str, Any]:
    """What the build wrote down; empty where these files lie in tierbook itself."""
    path = Path(__file__).with_name("made.json")
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def functions_of(made: Mapping[str, Any]) -> Mapping[str, Function]:
    """Method name -> worksheet function."""
    return {
        method: Function(
            told["name"],
            [Argument(one["name"], one["kind"], one["day"]) for one in told["arguments"]],
            told["per_customer"],
            told["in_words"],
        )
        for method, told in made.get("functions", {}).items()
    }


_MADE = _made()
METHODS = functions_of(_MADE)


class Office:
    """Args: language: of LibreOffice's own menus, such as zh-CN."""

    def __init__(self, language: str) -> None:
        self.helper = Helper(lambda: interpreter(_MADE["python"]))
        self._desk = Desk(self.helper.ask, _MADE["sentences"][language_of(language)])

    def answer(self, document: Document, method: str, values: Sequence[Any]) -> Any:
        """What Calc takes: a text, a number (an error is one too), or rows of both."""
        answer = self._desk.answer(document, METHODS[method], values)
        return table(answer) if isinstance(answer, list) else shown(answer)


def language_of(locale: str) -> str:
    """zh-CN, zh-TW or, for the menus of any other language, English."""
    if not locale.startswith("zh"):
        return "en"
    return "zh-TW" if locale.startswith(("zh-TW", "zh-HK", "zh-MO", "zh-Hant")) else "zh-CN"
