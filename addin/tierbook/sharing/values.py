"""What a call of a worksheet function comes to, so that cells of a copy show it before anybody calculates.

The same answers as the add-in's; a test asks both for every customer and every word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from ..typed import CELL_ERRORS, RANGE, UNKNOWN, WRONG, folded, id_text, serial
from .answers import Answers
from .conditions import conditions_of, counted
from .table import Table, Value

NO_ANSWER = "#REF!"
"""The book was refreshed by a version that did not write this yet."""
LAST_SERIAL = 2_958_466
COLUMNS = {"CUST_RFM": "rfm", "CUST_SEGMENT": "segment", "CUST_STAGE": "stage", "CUST_OWNER": "owner"}
ADDED = {"CUST_CLV": "clv", "CUST_CHURN": "churn_risk"}
"""Columns that older refreshes did not write."""
CHOSEN = {"CUST_TIER": ("scale", "tier", "tier_"), "CUST_SCORE": ("card", "score", "score_"),
          "CUST_METRIC": ("indicator", "", "")}  # fmt: skip
"""Function -> family of its word, the column without a word, what the columns begin with."""
PER_CUSTOMER: Mapping[str, int] = {
    "CUST_TIER": 3, "CUST_SCORE": 3, "CUST_RFM": 1, "CUST_SEGMENT": 1, "CUST_STAGE": 1, "CUST_TAGS": 2,
    "CUST_HAS_TAG": 2, "CUST_METRIC": 2, "CUST_CLV": 1, "CUST_CHURN": 1, "CUST_GAP": 1, "CUST_NEXT": 1,
    "CUST_OWNER": 1,
}  # fmt: skip
"""Functions that answer for a customer, and how many arguments they take."""
NEEDS_A_WORD = frozenset({"CUST_HAS_TAG", "CUST_METRIC"})

Refused = str
Column = tuple[Table, str]


def value_of(answers: Answers, function: str, arguments: Sequence[object]) -> Value:
    """The answer of a call whose arguments are values: None for a blank or omitted one, days as dates."""
    if function == "CUST_STAMP":
        return answers.stamped
    if function == "CUST_COUNT":
        met = conditions_of(answers.conditions, arguments)
        return met if isinstance(met, str) else counted(answers.results, met, answers.between_tags)
    customer, first, second = (*arguments, None, None, None)[:3]
    if id_text(customer) == "":
        return ""
    found = column_of(answers, function, first, second)
    place = found if isinstance(found, str) else _place(found[0], customer)
    if isinstance(found, str) or isinstance(place, str):
        return str(place)
    table, key = found
    if function == "CUST_NEXT":
        return (answers.actions or {}).get(table.ids[place], "")
    return _as_asked(answers, function, table.columns[key][place], first)


def _as_asked(answers: Answers, function: str, value: Value, word: object) -> Value:
    """Tags joined as asked, or whether one is among them; any other value as it is."""
    if function == "CUST_TAGS" and word is not None and word != "":
        return str(value).replace(answers.between_tags, word if isinstance(word, str) else _word(word))
    if function == "CUST_HAS_TAG":
        return answers.tag_words[folded(_word(word))] in str(value).split(answers.between_tags)
    return value


def column_of(answers: Answers, function: str, first: object, second: object) -> Column | Refused:
    """Where a call's answer stands, or the error of an argument that is not one the function takes."""
    results = answers.results
    if function in CHOSEN:
        return _chosen(answers, function, first, second)
    if function == "CUST_GAP":
        return (answers.gap, "text") if answers.gap else NO_ANSWER
    if function == "CUST_NEXT":
        return (results, "customer_id") if answers.actions is not None else NO_ANSWER
    refused = first if isinstance(first, str) and first in CELL_ERRORS else ""
    if function == "CUST_HAS_TAG" and not refused and folded(_word(first)) not in answers.tag_words:
        refused = WRONG
    column = {**COLUMNS, **ADDED}.get(function, "tags")
    missing = NO_ANSWER if function in ADDED else WRONG
    return refused or ((results, column) if column in results.columns else missing)


def _chosen(answers: Answers, function: str, word: object, as_of: object) -> Column | Refused:
    """A tier, a score or an indicator that a word names."""
    family, main, prefix = CHOSEN[function]
    if isinstance(word, str) and word in CELL_ERRORS:
        return word
    typed = _word(word)
    key = answers.words.get((family, folded(typed)), "") if typed else main
    if key not in answers.results.columns:
        return WRONG
    return (answers.results, key) if not main else _known_on(answers, (family, main, prefix), key, as_of)


def _known_on(answers: Answers, chosen: tuple[str, str, str], key: str, as_of: object) -> Column | Refused:
    """The newest known state on or before a day; of an earlier day only the main tier and score are known."""
    family, main, prefix = chosen
    day = _day(as_of)
    if isinstance(day, Refused):
        return day
    if day is None or answers.as_of is None or day >= answers.as_of:
        return answers.results, key
    if answers.before is None or answers.since is None or day < answers.since:
        return RANGE
    chief = answers.stamp.get("main_scale" if family == "scale" else "main_card", "")
    return (answers.before, main) if key in (main, prefix + chief) else RANGE


def _day(argument: object) -> float | Refused | None:
    if isinstance(argument, bool):
        return WRONG
    if isinstance(argument, dt.date):
        return float(int(serial(argument)))
    if isinstance(argument, int | float):
        return float(int(argument)) if 1 <= argument < LAST_SERIAL else RANGE
    words = str(argument or "").strip()
    if not words:
        return None
    from ..model.cells import date_of

    found = date_of(words)
    return serial(found) if found else (words if words in CELL_ERRORS else WRONG)


def _place(table: Table, customer: object) -> int | str:
    wanted = id_text(customer)
    return table.places.get(wanted, wanted if wanted in CELL_ERRORS else UNKNOWN)


def _word(argument: object) -> str:
    """An argument as a word, "" for a blank one; a number without decimals, as the cell shows it."""
    words = argument if isinstance(argument, str) else id_text(argument)
    return words if words.strip() else ""
