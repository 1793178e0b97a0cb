"""会员等级 and 兑换: what people write about members. `tierbook loyalty` adds them once and then only reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from .. import templates
from ..errors import ModelError
from ..labels import LANGUAGES, Language, text
from ..loyalty import Grade, Redemption
from ..loyalty.program import ONCE
from ..model.cells import number_of
from ..schema import CUSTOMERS
from ..typed import NO_ID, id_text
from .book import Book
from .columns import Column
from .held import SEARCHED, Rows, records, text_of
from .records import Report
from .sheet_data import add_people_sheet
from .written_overrides import day_of

GRADES, REDEMPTIONS = "member_grades", "redemptions"
MOST = 100
"""Times the plain rate beyond which a factor is a slip."""


def grade_columns(language: Language) -> list[Column]:
    def said(key: str) -> str:
        return text(f"loyalty.{key}", language)

    return [
        Column("grade", said("grade"), "text", said("grade_note"), fill="required", width=16.0),
        Column("floor", said("floor"), "count", said("floor_note"), fill="required", width=12.0),
        Column("benefits", said("benefits"), "text", said("benefits_note"), fill="optional", width=80.0),
        Column("factor", said("factor"), "ratio", said("factor_note"), fill="optional", width=11.0),
    ]


def redemption_columns(language: Language) -> list[Column]:
    def said(key: str) -> str:
        return text(f"loyalty.{key}", language)

    return [
        Column("customer_id", CUSTOMERS.column("customer_id").name.of(language), "id", said("customer_note"),
               fill="required", width=16.0),
        Column("day", said("day"), "date", said("day_note"), fill="required"),
        Column("points", said("points"), "count", said("points_note"), fill="required", width=11.0),
        Column("gift", said("gift"), "text", said("gift_note"), fill="optional", width=30.0),
    ]  # fmt: skip


def add_grades_sheet(book: Book, report: Report) -> None:
    """The shipped grades, for people to change."""
    rows = [[one.name, one.floor, one.benefits, one.factor / ONCE] for one in shipped_grades(report.language)]
    add_people_sheet(book, GRADES, grade_columns(book.language), rows)


def add_redemptions_sheet(book: Book, _: Report) -> None:
    add_people_sheet(book, REDEMPTIONS, redemption_columns(book.language), [])


def shipped_grades(language: Language) -> list[Grade]:
    """The grades of workbook_templates/loyalty.toml."""
    from tomllib import loads

    told = loads((templates.folder() / "loyalty.toml").read_text(encoding="utf-8"))["grade"]
    place = LANGUAGES.index(language)
    return [
        Grade(one["name"][place], one["floor"], one["benefits"][place], round(one.get("factor", 1) * ONCE))
        for one in told.values()
    ]


def told_in(rows: Rows, columns_of: Callable[[Language], list[Column]]) -> Iterator[tuple[int, dict[str, object]]]:
    """The rows below the header by key, whatever language its titles are in: the sheet stays as it is."""
    seen = {text_of(cell).strip() for row in rows[:SEARCHED] for cell in row}
    known = {language: len(seen & {column.title for column in columns_of(language)}) for language in LANGUAGES}
    return records(rows, columns_of(max(LANGUAGES, key=lambda language: known[language])))


def written_grades(rows: Rows, where: str) -> list[Grade]:
    """The rows of 会员等级 that name a grade.

    Raises:
        ModelError: a floor is no whole number from 0, a factor no number above 0.
    """
    found = []
    for number, record in told_in(rows, grade_columns):
        name = text_of(record["grade"]).strip()
        if not name:
            continue
        floor = whole_of(record["floor"])
        if floor is None or floor < 0:
            raise ModelError("loyalty.bad_floor", where=where, row=number, value=text_of(record["floor"]))
        factor = factor_of(record["factor"])
        if factor is None:
            raise ModelError("loyalty.bad_factor", where=where, row=number, value=text_of(record["factor"]))
        found.append(Grade(name, floor, text_of(record["benefits"]).strip(), factor))
    return found


def written_redemptions(rows: Rows, merged: Mapping[str, str]) -> list[Redemption]:
    """The rows of 兑换 that hold anything, with their number on the sheet.

    Args:
        merged: id -> the id under which that customer counts.
    """
    found = []
    for number, record in told_in(rows, redemption_columns):
        told = {key: text_of(value).strip() for key, value in record.items()}
        if not any(told.values()):
            continue
        typed = id_text(record["customer_id"])
        customer = told["customer_id"] if typed in NO_ID else typed
        day, points = day_of(record["day"]), whole_of(record["points"])
        unread = told["day"] if day is None else told["points"] if points is None else ""
        found.append(Redemption(number, merged.get(customer, customer), day, points, told["gift"], unread))
    return found


def factor_of(cell: object) -> int | None:
    """What a grade's orders earn in hundredths of the plain rate: 1.5, `1.5倍`, 150%; blank is once.

    None for anything else, and beyond a hundred times.
    """
    words = text_of(cell).strip()
    number = number_of(words.removesuffix("倍").removesuffix("x")) if words else Decimal(1)
    return round(number * ONCE) if number is not None and 0 < number <= MOST else None


def whole_of(cell: object) -> int | None:
    """A whole number, typed as a number or as text; None for anything else."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if float(cell).is_integer() else None
    plain = text_of(cell).strip().replace(",", "").replace("，", "")
    return int(plain) if plain.removeprefix("-").isdecimal() else None


def missing_inputs(present: Iterable[str]) -> Sequence[str]:
    """Marks of these sheets that a book does not have; `present` are the marks it has."""
    there = set(present)
    return [mark for mark in (GRADES, REDEMPTIONS) if mark not in there]


BUILDERS = {GRADES: add_grades_sheet, REDEMPTIONS: add_redemptions_sheet}
