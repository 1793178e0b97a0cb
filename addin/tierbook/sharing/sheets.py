"""The sheets a copy has more than its original: the hidden ones its formulas look into, and one to ask from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import Language, text
from ..publish import theme
from ..publish.book import Book
from ..publish.tables import put_heading
from .answers import Answers
from .extra import ANSWERS, WORDS, Extra
from .names import column_ref
from .plain import Plain

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ASK_ROW, HEAD_ROW = 3, 5
"""Rows, from 0, of the cell to type an id into and of the head above the answers."""
_ASKED = "$B$4"
_PICKS = "F"
"""Column of `_tierbook_words` that lists the indicators by name."""


@dataclass(frozen=True)
class Line:
    """A line of the look-up sheet: what it says, the formula, how its value looks."""

    label: str
    formula: str
    kind: str = "text"
    shown: bool = True
    """Whether the formula is one to show people."""


def donor_of(answers: Answers, extra: Extra, look_up: str, *, explain: bool) -> tuple[bytes, list[str]]:
    """A donor with the sheets, and their names.

    Args:
        look_up: name of the sheet to ask from; "" for none.
        explain: show the formulas beside the answers.
    """
    book = Book(answers.language, title=text("publish.book_title", answers.language))
    _add_answers(book, extra)
    _add_words(book, answers, extra)
    names = [ANSWERS, WORDS]
    if look_up:
        _LookUp(book, answers, extra, look_up, explain=explain).add()
        names.append(look_up)
    return book.to_donor(), names


def asked_first(answers: Answers) -> str:
    """The customer the sheet shows at first: the one with the highest score."""
    scores = answers.results.columns.get("score", [""])
    ranked = [(score, place) for place, score in enumerate(scores) if isinstance(score, float)]
    return answers.results.ids[max(ranked, key=lambda one: (one[0], -one[1]))[1] if ranked else 0]


def _add_answers(book: Book, extra: Extra) -> None:
    sheet = book.hidden_sheet(ANSWERS)
    sheet.write_string(0, 0, "customer_id")
    sheet.write_string(0, 1, "next")
    book.long_rows(sheet, 2, [None, None], [None, None], extra.rows, blank_row=False)


def _add_words(book: Book, answers: Answers, extra: Extra) -> None:
    sheet = book.hidden_sheet(WORDS)
    for column, head in enumerate(("word", "meaning", "", "stamp", "", "indicators")):
        if head:
            sheet.write_string(0, column, head)
    sheet.write_string(1, 3, answers.stamped)
    for row, name in enumerate(indicator_names(answers), start=1):
        sheet.write_string(row, 5, name)
    for row, (word, meaning) in enumerate(extra.words, start=1):
        sheet.write_string(row, 0, word)
        if isinstance(meaning, str):
            sheet.write_string(row, 1, meaning)
        else:
            sheet.write_number(row, 1, meaning)


def indicator_names(answers: Answers) -> Sequence[str]:
    """Names of the indicators in the book's language, in the order of the rules."""
    lead = "name.indicator."
    place = {"zh-CN": 0, "zh-TW": 1, "en": 2}[answers.language]
    named = [
        value.split("|") for key, value in answers.stamp.items()
        if key.startswith(lead) and key.removeprefix(lead) in answers.results.columns
    ]  # fmt: skip
    return [names[min(place, len(names) - 1)] for names in named]


class _LookUp:
    """The sheet on which one asks about a customer: an id at the top, the answers below."""

    def __init__(self, book: Book, answers: Answers, extra: Extra, name: str, *, explain: bool) -> None:
        self._book = book
        self._answers = answers
        self._extra = extra
        self._name = name
        self._explain = explain

    def _say(self, key: str, **values: object) -> str:
        return text(f"share.{key}", self._answers.language, **values)

    def add(self) -> None:
        sheet = self._book.sheet(self._name, "guide")
        title = f"{self._say('look_up_title')} · {self._answers.stamp.get('as_of', '')}"
        put_heading(self._book, sheet, title, self._say("look_up_hint"))
        for column, width in enumerate((24, 52, 44)):
            sheet.set_column(column, column, width)
        self._ask(sheet)
        row = self._lines(sheet)
        row = self._pick(sheet, row)
        sheet.write_formula(row + 1, 0, "=CUST_STAMP()", self._book.formats.hint(), self._answers.stamped)
        sheet.write_string(row + 2, 0, self._say("protected_view"), self._book.formats.hint())
        sheet.print_area(0, 0, row + 2, 2)
        sheet.fit_to_pages(1, 1)
        sheet.set_landscape()
        sheet.set_selection(ASK_ROW, 1, ASK_ROW, 1)

    def _ask(self, sheet: Worksheet) -> None:
        formats = self._book.formats
        ids = column_ref(self._answers.results, "customer_id")
        sheet.set_row(ASK_ROW, 26)
        sheet.write_string(ASK_ROW, 0, self._say("customer_id"), formats.get(bold=True, font_size=12))
        look = formats.get(bold=True, font_size=12, bg_color=theme.YOURS, border=1, border_color=theme.YOURS_HEAD,
                           align="left", indent=1)  # fmt: skip
        first = asked_first(self._answers)
        if first.isdigit() and not first.startswith("0") and len(first) <= 15:
            sheet.write_number(ASK_ROW, 1, int(first), look)
        else:
            sheet.write_string(ASK_ROW, 1, first, look)
        sheet.write_string(ASK_ROW, 2, self._say("type_here"), formats.hint())
        sheet.data_validation(ASK_ROW, 1, ASK_ROW, 1, {"validate": "list", "source": f"={ids}", "show_error": False})

    def _lines(self, sheet: Worksheet) -> int:
        formats = self._book.formats
        heads = [self._say("head_what"), self._say("head_answer"), self._say("head_formula") if self._explain else ""]
        for column, head in enumerate(heads):
            if head:
                sheet.write_string(HEAD_ROW, column, head, formats.head(theme.NAVY, align="left"))
        row = HEAD_ROW + 1
        for line in self._all_lines():
            sheet.write_string(row, 0, line.label, formats.body("text", bold=True))
            look = formats.body(line.kind, wrap=line.kind == "long", align="left", indent=1)
            sheet.write_formula(row, 1, f"={line.formula}", look, "")
            if self._explain and line.shown:
                sheet.write_string(row, 2, f"={line.formula.replace('$', '')}", formats.body("text", quote_prefix=True,
                                   font_color=theme.MUTED))  # fmt: skip
            if line.kind == "long":
                sheet.set_row(row, 34)
            row += 1
        return row

    def _all_lines(self) -> list[Line]:
        results, stamp = self._answers.results.columns, self._answers.stamp
        lines = []
        if "name" in results:
            name = Plain(self._answers, self._extra).column("name", _ASKED)  # has no function of its own
            lines.append(Line(self._say("name"), name, shown=False))
        for function, column, kind in (
            ("CUST_TIER", "tier", "text"), ("CUST_SCORE", "score", "score"), ("CUST_RFM", "rfm", "text"),
            ("CUST_SEGMENT", "segment", "text"), ("CUST_STAGE", "stage", "text"), ("CUST_TAGS", "tags", "long"),
            ("CUST_OWNER", "owner", "text"), ("CUST_CLV", "clv", "money"), ("CUST_CHURN", "churn_risk", "percent"),
        ):  # fmt: skip
            if column in results:
                lines.append(Line(self._say(function.lower()), f"{function}({_ASKED})", kind))
        if self._answers.gap:
            lines.append(Line(self._say("cust_gap"), f"CUST_GAP({_ASKED})", "long"))
        if self._answers.actions is not None:
            lines.append(Line(self._say("cust_next"), f"CUST_NEXT({_ASKED})", "long"))
        for family, function, prefix, main, kind in (
            ("scale", "CUST_TIER", "tier_", "main_scale", "text"), ("card", "CUST_SCORE", "score_", "main_card", "score"),
        ):  # fmt: skip
            for key in [key for key in results if key.startswith(prefix) and key != prefix + stamp.get(main, "")]:
                word = key.removeprefix(prefix)
                names = stamp.get(f"name.{family}.{word}", word).split("|")
                label = names[min(("zh-CN", "zh-TW", "en").index(self._answers.language), len(names) - 1)]
                lines.append(Line(label, f'{function}({_ASKED},"{word}")', kind))
        return lines

    def _pick(self, sheet: Worksheet, row: int) -> int:
        """A line with a drop-down of all indicators; the row below it."""
        names = indicator_names(self._answers)
        if not names:
            return row
        formats = self._book.formats
        chosen = f"$A${row + 1}"
        sheet.write_string(row, 0, names[0], formats.body("text", bold=True, bg_color=theme.YOURS))
        look = formats.body("number", align="left", indent=1)
        sheet.write_formula(row, 1, f"=CUST_METRIC({_ASKED},{chosen})", look, "")
        shown = f"=CUST_METRIC({_ASKED},{chosen})".replace("$", "") if self._explain else ""
        words = "  ".join(part for part in (shown, self._say("pick_one")) if part)
        sheet.write_string(row, 2, words, formats.body("text", quote_prefix=True, font_color=theme.MUTED))
        source = f"={WORDS}!${_PICKS}$2:${_PICKS}${len(names) + 1}"
        sheet.data_validation(row, 0, row, 0, {"validate": "list", "source": source, "show_error": False})
        return row + 1


def look_up_name(language: Language) -> str:
    return text("share.look_up_sheet", language)
