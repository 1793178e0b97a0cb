"""会员积分: grades with their benefits, redemptions that are refused, and every member's account.

Written only when somebody asks for it; a refresh leaves it as it is.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..labels import Language, text
from ..loyalty import Program, Refusal, Statement
from ..loyalty.program import ONCE
from ..schema import CUSTOMERS
from . import theme
from .blocks import Blocks
from .book import Book
from .columns import Column
from .records import Report
from .tables import HEADER_ROW, allow_digits_as_text, body_looks, name_table, put_header
from .titled import titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (15.0, 30.0, 14.0, 11.0, 13.0, 12.0, 13.0, 12.0, 11.0, 11.0, 11.0, 13.0, 10.0)
REFUSED_SHOWN = 200
GRADE = 4
"""Where the members' table says the grade."""
CENTS = 100


def add_members_sheet(book: Book, report: Report, *, statement: Statement, program: Program) -> None:
    language = book.language
    points = sum(member.balance for member in statement.members)
    hint = text(
        "loyalty.hint", language, members=f"{len(statement.members):,}", points=f"{points:,}",
        yuan=f"{program.cents_per_point / CENTS:g}", order=program.order_points, months=program.valid_months or "∞",
        grade_months=program.grade_months,
    )  # fmt: skip
    title = f"{text('loyalty.title', language)} · {report.stamp.as_of.isoformat()}"
    sheet = titled_sheet(book, "members", hint, title=title)
    blocks = Blocks(book, sheet, WIDTHS, HEADER_ROW)
    blocks.heading(text("loyalty.grades_heading", language))
    _grades(blocks, sheet, book, statement, program)
    if statement.refused:
        blocks.heading(text("loyalty.refused_heading", language))
        rows = [[one.customer_id, refused_words(one, language), one.row] for one in statement.refused[:REFUSED_SHOWN]]
        blocks.table("RefusedRedemptions", _refused_columns(language), rows)
    blocks.heading(text("loyalty.members_heading", language))
    _members(book, sheet, report, statement, program, blocks.row)


def refused_words(one: Refusal, language: Language) -> str:
    value = f"{int(one.value):,}" if one.check == "too_few_points" else one.value
    return text(f"loyalty.refused_{one.check}", language, value=value)


def _said(language: Language, *keys: str) -> list[str]:
    return [text(f"loyalty.{key}", language) for key in keys]


def _grades(blocks: Blocks, sheet: Worksheet, book: Book, statement: Statement, program: Program) -> None:
    """The highest grade on top, with how many have it and what it gives."""
    counts = Counter(member.grade for member in statement.members)
    points: Counter[str] = Counter()
    for member in statement.members:
        points[member.grade] += member.balance
    grade, benefits, floor, members, share, outstanding = _said(
        book.language, "grade", "benefits", "floor", "members", "share", "outstanding"
    )
    columns = [
        Column("grade", grade, "text", bold=True), Column("benefits", benefits, "long"),
        Column("floor", floor, "count"), Column("members", members, "count"), Column("share", share, "percent"),
        Column("outstanding", outstanding, "count"),
    ]  # fmt: skip
    total = len(statement.members)
    rows: list[list[object]] = [
        [one.name, one.benefits, one.floor, counts[one.name], counts[one.name] / total if total else None,
         points[one.name]]
        for one in reversed(program.grades)
    ]  # fmt: skip
    if program.has_factors:
        columns.append(Column("factor", text("loyalty.factor", book.language), "ratio"))
        rows = [[*row, one.factor / ONCE] for row, one in zip(rows, reversed(program.grades), strict=True)]
    first, last = blocks.table("MemberGrades", columns, rows)
    _shade(book, sheet, first, 0, last, program)


def _refused_columns(language: Language) -> list[Column]:
    row, reason = _said(language, "row", "reason")
    customer = CUSTOMERS.column("customer_id").name.of(language)
    return [Column("customer_id", customer, "id"), Column("reason", reason, "long"), Column("row", row, "count")]


def member_columns(language: Language) -> list[Column]:
    def said(key: str) -> str:
        return text(f"loyalty.{key}", language)

    customer = {key: CUSTOMERS.column(key).name.of(language) for key in ("customer_id", "name", "owner")}
    counts = {key: Column(key, said(key), "count") for key in
              ("qualifying", "to_next", "earned", "redeemed", "expired", "expiring")}  # fmt: skip
    return [
        Column("customer_id", customer["customer_id"], "id"),
        Column("name", customer["name"], "text", bold=True),
        Column("owner", customer["owner"], "text"),
        Column("balance", said("balance"), "count", bold=True),
        Column("grade", said("grade"), "choice"),
        counts["qualifying"], counts["to_next"], counts["earned"], counts["redeemed"], counts["expired"],
        counts["expiring"],
        Column("expires", said("expires"), "date"),
        Column("owed", said("owed"), "count", said("owed_note")),
    ]  # fmt: skip


def _members(book: Book, sheet: Worksheet, report: Report, statement: Statement, program: Program, header: int) -> None:
    """The highest grade first, then the most points; the table fills the sheet downwards."""
    columns = member_columns(book.language)
    rank = {grade.name: place for place, grade in enumerate(program.grades)}
    people = {customer: (name, owner) for customer, name, owner in report.engine.rows(
        "SELECT customer_id, name, owner FROM results")}  # fmt: skip
    rows: list[list[object]] = []
    for one in sorted(statement.members, key=lambda each: (-rank[each.grade], -each.balance, each.customer_id)):
        name, owner = people.get(one.customer_id, (None, None))
        told = {"name": name, "owner": owner, "owed": one.owed or None, "expiring": one.expiring or None}
        rows.append([told[key] if key in told else getattr(one, key) for key in (column.key for column in columns)])
    plain, quoted = body_looks(book, columns)
    put_header(book, sheet, header, columns, "ours", WIDTHS)
    name_table(sheet, book, "Members", header, 1, columns, "ours")
    book.long_rows(sheet, header + 2, plain, quoted, rows, table="Members", header_row=header + 1)
    last = header + max(len(rows), 1)
    _shade(book, sheet, header + 1, GRADE, last, program)
    allow_digits_as_text(sheet, len(columns))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last, len(columns) - 1)


def _shade(book: Book, sheet: Worksheet, first: int, column: int, last: int, program: Program) -> None:
    """Each grade in its colour, the highest in gold."""
    names = [grade.name for grade in reversed(program.grades)]
    for name, shade in zip(names, theme.shades(len(names)), strict=True):
        sheet.conditional_format(
            first, column, last, column,
            {"type": "cell", "criteria": "==", "value": '"' + name.replace('"', '""') + '"',
             "format": book.formats.rule(bg_color=shade.paper, font_color=shade.ink, bold=True)},
        )  # fmt: skip
