"""What stands in each cell of the 客户画像 page: the formula that looks it up, and what it comes to.

The page looks into the hidden sheets by the typed id or name. It uses nothing newer than Excel 2007 and no array
formulas, finds columns by their heads, and so stays right whatever a later refresh adds to those sheets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..labels import Language, text
from ..scoring.portrait_texts import title_of
from .cells import Formula
from .hidden_tasks import TASKS
from .sheet_hidden import GAP, RESULTS, STAMP
from .sheet_portrait_rows import PORTRAITS

Source = Literal["results", "portraits", "gap", "tasks"]
SHEET: Mapping[Source, str] = {"results": RESULTS, "portraits": PORTRAITS, "gap": GAP, "tasks": TASKS}
INPUT = "$B$4"
INPUT_ROW, INPUT_COLUMN = 3, 1
MEMO_ROW, MEMO_COLUMN = 2, 4
"""Where the page remembers its layout and the customer we put on it."""
FOUND: Mapping[Source, str] = {"results": "$A$3", "portraits": "$B$3", "gap": "$C$3", "tasks": "$D$3"}
"""Cells in the narrow row above the input: in which row of each sheet the customer stands; 0 for nowhere."""
NONE = "–"
NUMBERS = {
    "score": "0.0", "coverage": "0%", "tenure_days": "#,##0", "last_order_date": "yyyy-mm-dd", "orders_12m": "#,##0",
    "amount_12m": "#,##0", "aov": "#,##0", "repurchase_rate": "0%",
}  # fmt: skip
"""Number formats of results."""
LINES_OF = {"next_why": 2, "complaints": 2, "habit": 2}
"""Lines of the page that a line of a portrait may need."""


@dataclass(frozen=True)
class Field:
    """One value on the page. `number` is its format; `wide`: over the whole width, as many `lines` high."""

    source: Source
    key: str
    title: str
    number: str = "General"
    wide: bool = False
    lines: int = 1


def found_row(source: Source) -> str:
    """Where the customer stands: by id, else by name, else by a part of the name; other sheets by the id found."""
    if source != "results":
        same = f"INDEX({_column('results', 'customer_id')},{FOUND['results']})"
        return f'IF({FOUND["results"]}=0,0,IFERROR(MATCH({same}&"",{_column(source, "customer_id")},0),0))'
    typed = f'TRIM({INPUT}&"")'
    for wild in ("~", "*", "?"):
        typed = f'SUBSTITUTE({typed},"{wild}","~{wild}")'
    ids, names = _column("results", "customer_id"), _column("results", "name")
    part = f'IFERROR(MATCH("*"&{typed}&"*",{names},0),0)'
    return f'IF(TRIM({INPUT}&"")="",0,IFERROR(MATCH({typed},{ids},0),IFERROR(MATCH({typed},{names},0),{part})))'


def _column(source: Source, key: str) -> str:
    sheet = SHEET[source]
    return f'INDEX({sheet}!$A:$ZZ,0,MATCH("{key}",{sheet}!$1:$1,0))'


def looked_up(field: Field, shown: object) -> Formula:
    """The value, a dash where there is none; nothing while no customer is found."""
    sheet, row = SHEET[field.source], FOUND[field.source]
    value = f'INDEX({sheet}!$A:$ZZ,{row},MATCH("{field.key}",{sheet}!$1:$1,0))'
    formula = f'IF({FOUND["results"]}=0,"",IF({row}=0,"{NONE}",IFERROR(IF({value}="","{NONE}",{value}),"{NONE}")))'
    held = shown if isinstance(shown, str | float | int) and shown != "" else NONE
    return Formula(formula, held)


def stamped(title: str, as_of: str) -> Formula:
    """`客户画像 · 2026-08-31`, by the stamp of the last refresh."""
    day = f'INDEX({STAMP}!$B:$B,MATCH("as_of",{STAMP}!$A:$A,0))'
    return Formula(f'"{title} · "&{day}', f"{title} · {as_of}")


def said_of_search(language: Language) -> Formula:
    """What to do, or that nobody is found."""
    ask, nobody = (text(f"customer_card.{key}", language) for key in ("ask", "nobody"))
    return Formula(f'IF(TRIM({INPUT}&"")="","{ask}",IF({FOUND["results"]}=0,"{nobody}",""))', "")


def sections(language: Language, titles: Mapping[str, str]) -> Sequence[tuple[str, Sequence[Field]]]:
    """Heading and fields of each part of the page. `titles`: key of a result -> what the sheets call it."""

    def results(*keys: str) -> list[Field]:
        return [Field("results", key, titles[key], NUMBERS.get(key, "General")) for key in keys if key in titles]

    def lines(*keys: str) -> list[Field]:
        return [Field("portraits", key, title_of(key, language), wide=True, lines=LINES_OF.get(key, 1)) for key in keys]

    def say(key: str) -> str:
        return text(f"customer_card.{key}", language)

    tags = Field("results", "tags", titles["tags"], wide=True, lines=3)
    by_hand = [Field("results", key, titles[key], wide=True) for key in ("manual_tier", "manual_tags") if key in titles]
    gap = Field("gap", "text", say("gap"), wide=True, lines=2)
    return [
        (say("basics"), results("customer_id", "owner", "kind", "size", "industry", "region", "tenure_days",
                                "last_order_date")),
        (say("standing"), [*results("tier", "score", "stage", "rfm", "segment", "coverage"), gap, tags, *by_hand]),
        (say("money"), [*results("amount_12m", "orders_12m", "aov", "repurchase_rate"), *lines("worth", "risk")]),
        (say("needs"), lines("needs", "next", "next_why")),
        (say("behaviour"), lines("order_channel", "rhythm", "habit", "contact")),
        (say("pains"), lines("topics", "complaints", "satisfaction")),
        (say("task"), [Field("tasks", "action", say("action"), wide=True), Field("tasks", "owner", titles["owner"]),
                       Field("tasks", "due", say("due"), "yyyy-mm-dd")]),
    ]  # fmt: skip
