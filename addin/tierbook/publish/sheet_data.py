"""The sheets people fill with facts: 客户, 订单, 互动, 反馈, 续约, 转介绍, 人员, and 手工调整."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from .. import schema
from ..labels import Language, text
from .book import Book
from .columns import Column, Kind
from .tables import LAST_ROW, add_drop_downs, allow_digits_as_text, column_looks, name_table, put_header, set_widths

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..model.types import Model

Rows = Iterable[Mapping[str, object] | Sequence[object]]

TABLE_NAME = {
    "customers": "Customers", "orders": "Orders", "interactions": "Interactions", "feedback": "Feedback",
    "renewals": "Renewals", "referrals": "Referrals", "people": "People", "overrides": "Overrides",
    "member_grades": "Grades", "redemptions": "Redemptions",
}  # fmt: skip

_KIND: dict[schema.Kind, Kind] = {
    "id": "id", "text": "text", "choice": "choice", "date": "date", "money": "money", "quantity": "quantity",
    "number": "number", "count": "count", "flag": "choice",
}  # fmt: skip
_DIGITS_AS_TEXT = frozenset({"phone", "credit_code", "industry_code", "birthday_lunar"})
"""Text columns whose digits must stay as typed."""
NARROW, WIDE = 6, 12
"""Columns up to which a sheet prints upright, and on one page's width."""
_WIDTH = {"name": 28.0, "note": 40.0, "text": 40.0, "email": 26.0, "credit_code": 23.0, "phone": 19.0,
          "product": 22.0, "order_id": 16.0}  # fmt: skip


def data_columns(table: schema.Table, language: Language) -> list[Column]:
    """The columns of a fact sheet, in the schema's order."""
    return [_column(table, column, language) for column in table.columns]


def _column(table: schema.Table, column: schema.Column, language: Language) -> Column:
    need = text("publish_columns.required" if column.required else "publish_columns.optional", language)
    choices = tuple(choice.name.of(language) for choice in column.choices)
    if column.kind == "flag":
        choices = (text("publish.yes", language), text("publish.no", language))
    return Column(
        key=column.key,
        title=column.name.of(language),
        kind="id" if column.key in _DIGITS_AS_TEXT else _KIND[column.kind],
        note=need + text(f"publish_columns.{table.key}_{column.key}", language),
        choices=choices,
        fill="required" if column.required else "optional",
        width=_WIDTH.get(column.key),
        strict=False,
    )


def add_data_sheet(book: Book, key: str, facts: Rows = ()) -> None:
    """A fact sheet: named table, typed columns, drop-downs; with rows where facts are given."""
    language = book.language
    columns = data_columns(schema.TABLES[key], language)
    _fill(book, key, columns, in_order(facts, [column.key for column in columns]))


def override_columns(model: Model, language: Language) -> list[Column]:
    """Columns of 手工调整."""
    note = {key: text(f"publish_columns.overrides_{key}", language) for key in
            ("customer_id", "what", "value", "owner", "reason", "expires")}  # fmt: skip
    main = model.scale(model.main_scale)
    names = [tier.name.of(language) for tier in reversed(main.tiers)]
    title = {column.key: column.name.of(language) for column in schema.OVERRIDES.columns}
    others = [scale.name.of(language) for scale in model.scales if scale.key != main.key]
    kinds = (text("publish.tier", language), text("publish.tag", language), *others)
    return [
        Column("customer_id", title["customer_id"], "id", note["customer_id"], fill="required"),
        Column("what", title["what"], "choice", note["what"], kinds, fill="required", width=14, strict=False),
        Column("value", title["value"], "choice", note["value"], names, fill="required", width=22, strict=False),
        Column("owner", title["owner"], "text", note["owner"], fill="required", width=14),
        Column("reason", title["reason"], "text", note["reason"], fill="required", width=46),
        Column("expires", title["expires"], "date", note["expires"], fill="optional"),
    ]


def add_overrides_sheet(book: Book, model: Model, facts: Rows = ()) -> None:
    columns = override_columns(model, book.language)
    _fill(book, "overrides", columns, in_order(facts, [column.key for column in columns]))


def add_people_sheet(book: Book, key: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
    """A sheet for people to fill that is none of facts: as `add_data_sheet`, with these columns."""
    _fill(book, key, columns, rows)


def in_order(facts: Rows, keys: Sequence[str]) -> list[list[object]]:
    """Rows in column order, whether they come as mappings by key or as sequences already in order."""
    rows: list[list[object]] = []
    for fact in facts:
        if isinstance(fact, Mapping):
            rows.append([fact.get(key) for key in keys])
        else:
            rows.append([*fact, *[None] * (len(keys) - len(fact))])
    return rows


def _fill(book: Book, key: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
    sheet = book.sheet(text(f"sheets.{key}", book.language), "data", gridlines=True)
    plain = column_looks(book, columns)
    quoted = [book.formats.get(**_quoted(column)) for column in columns]
    widths = set_widths(sheet, columns, rows, plain)
    put_header(book, sheet, 0, columns, "data", widths)
    name_table(sheet, book, TABLE_NAME[key], 0, 1, columns, "data", style="Table Style Light 1")
    add_drop_downs(book, sheet, 1, LAST_ROW, columns)
    book.long_rows(sheet, 2, plain, quoted, rows, table=TABLE_NAME[key], header_row=1)
    allow_digits_as_text(sheet, len(columns))
    _print_set_up(sheet, columns)


def _quoted(column: Column) -> dict[str, object]:
    from .formats import body_look

    return {**body_look(column.kind), "quote_prefix": True}


def _print_set_up(sheet: Worksheet, columns: Sequence[Column]) -> None:
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    if len(columns) <= NARROW:
        sheet.set_portrait()
    else:
        sheet.set_landscape()
    if len(columns) <= WIDE:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.fit_to_pages(2, 0)
        sheet.repeat_columns(0, 1)
