"""The sheet on which one asks about a customer: an id at the top, the answers below, each one call of a function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import LANGUAGES, Language, text
from ..publish import theme
from ..publish.book import Book
from ..publish.tables import put_heading
from .answers import Answers
from .extra import WORDS, Extra
from .names import column_ref
from .plain import Plain
from .table import Value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ASK_ROW, HEAD_ROW = 3, 5
"""Rows, from 0, of the cell to type an id into and of the head above the answers."""
WIDTHS = (24, 56, 52)
HEIGHTS = {"long": 48, "sentence": 32}
"""Points of lines that may be long: three lines, two lines."""
_ASKED = "$B$4"
_PICKS = "G"
"""Column of `_tierbook_words` that lists the indicators by name."""
_FUNCTIONS = (
    ("CUST_TIER", "tier", "text"), ("CUST_SCORE", "score", "score"), ("CUST_RFM", "rfm", "text"),
    ("CUST_SEGMENT", "segment", "text"), ("CUST_STAGE", "stage", "text"), ("CUST_TAGS", "tags", "long"),
    ("CUST_OWNER", "owner", "text"), ("CUST_CLV", "clv", "money"), ("CUST_CHURN", "churn_risk", "percent"),
)  # fmt: skip
_FAMILIES = (
    ("scale", "CUST_TIER", "tier_", "main_scale", "text"),
    ("card", "CUST_SCORE", "score_", "main_card", "score"),
)


@dataclass(frozen=True)
class Line:
    """A line of the sheet: what it says, the formula, how its value looks.

    `value`: what a formula shows that calls no function of ours; those of the others are found with all cells.
    """

    label: str
    formula: str
    kind: str = "text"
    value: Value | None = None


def look_up_name(language: Language) -> str:
    return text("share.look_up_sheet", language)


def asked_first(answers: Answers) -> str:
    """The customer the sheet shows at first: the one with the highest score."""
    scores = answers.results.columns.get("score", [""])
    ranked = [(score, -place) for place, score in enumerate(scores) if isinstance(score, float)]
    return answers.results.ids[-max(ranked)[1] if ranked else 0]


def indicator_names(answers: Answers) -> Sequence[str]:
    """Names of the indicators in the book's language, in the order of the rules; without days, which one cell cannot
    show as days and everything else as numbers.
    """
    lead = "name.indicator."
    return [
        _in_language(value, answers.language) for key, value in answers.stamp.items()
        if key.startswith(lead) and key.removeprefix(lead) in answers.results.columns and not key.endswith("_date")
    ]  # fmt: skip


def _in_language(names: str, language: Language) -> str:
    """Of a name in three languages (or one, if all are alike) the one in the book's."""
    each = names.split("|")
    return each[min(LANGUAGES.index(language), len(each) - 1)]


class LookUp:
    """Writes the sheet into a book.

    Args:
        explain: show the formulas beside the answers.
    """

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
        for column, width in enumerate(WIDTHS):
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
        """The answers; the row below them."""
        formats = self._book.formats
        head = formats.get(bold=True, font_color=theme.PAPER, bg_color=theme.NAVY, align="left", indent=1)
        for column, key in enumerate(("head_what", "head_answer", "head_formula")[: 3 if self._explain else 2]):
            sheet.write_string(HEAD_ROW, column, self._say(key), head)
        row = HEAD_ROW + 1
        for line in self._all_lines():
            sheet.write_string(row, 0, line.label, formats.body("text", bold=True))
            kind = "long" if line.kind in HEIGHTS else line.kind
            look = formats.body(kind, wrap=kind == "long", align="left", indent=1)
            sheet.write_formula(row, 1, f"={line.formula}", look, line.value or "")
            if self._explain and line.value is None:
                shown = f"={line.formula.replace('$', '')}"
                sheet.write_string(row, 2, shown, formats.body("text", quote_prefix=True, font_color=theme.MUTED))
            if line.kind in HEIGHTS:
                sheet.set_row(row, HEIGHTS[line.kind])
            row += 1
        return row

    def _all_lines(self) -> Iterator[Line]:
        answers = self._answers
        results = answers.results.columns
        if "name" in results:  # has no function of its own: a plain formula in either kind of copy
            name = results["name"][answers.results.places[asked_first(answers)]]
            yield Line(self._say("name"), Plain(answers, self._extra).column("name", _ASKED), value=name)
        for function, column, kind in _FUNCTIONS:
            if column in results:
                yield Line(self._say(function.lower()), f"{function}({_ASKED})", kind)
        if answers.gap:
            yield Line(self._say("cust_gap"), f"CUST_GAP({_ASKED})", "sentence")
        if answers.actions is not None:
            yield Line(self._say("cust_next"), f"CUST_NEXT({_ASKED})", "sentence")
        for family, function, prefix, main, kind in _FAMILIES:
            for key in [key for key in results if key.startswith(prefix)]:
                word = key.removeprefix(prefix)
                if word != answers.stamp.get(main):
                    names = answers.stamp.get(f"name.{family}.{word}", word)
                    yield Line(_in_language(names, answers.language), f'{function}({_ASKED},"{word}")', kind)

    def _pick(self, sheet: Worksheet, row: int) -> int:
        """A line with a drop-down of all indicators; the row below it."""
        names = indicator_names(self._answers)
        if not names:
            return row
        formats = self._book.formats
        chosen = f"$A${row + 1}"
        sheet.write_string(row, 0, names[0], formats.body("text", bold=True, bg_color=theme.YOURS))
        look = formats.body("text")
        sheet.write_formula(row, 1, f"=CUST_METRIC({_ASKED},{chosen})", look, "")
        shown = f"=CUST_METRIC({_ASKED},{chosen})".replace("$", "") if self._explain else ""
        words = "  ".join(part for part in (shown, self._say("pick_one")) if part)
        sheet.write_string(row, 2, words, formats.body("text", quote_prefix=True, font_color=theme.MUTED))
        source = f"={WORDS}!${_PICKS}$2:${_PICKS}${len(names) + 1}"
        sheet.data_validation(row, 0, row, 0, {"validate": "list", "source": source, "show_error": False})
        return row + 1
