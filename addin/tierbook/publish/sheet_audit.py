"""抽样核对: a random sample to compare with the original documents, and what its errors prove."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import schema
from ..engine import date_literal, text_literal
from ..labels import Language, text
from . import theme
from .book import Book
from .cells import Formula
from .columns import Column
from .numbers import PURCHASE
from .proof import CONFIDENCE, least_checked
from .records import AuditRow, Report
from .tables import (
    FIRST_ROW,
    HEADER_ROW,
    allow_digits_as_text,
    body_looks,
    name_table,
    put_header,
    put_value,
    set_widths,
)
from .titled import print_wide, stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FORESEEN = 20
"""Errors up to which the sheet knows how many checked fields would prove the limit."""
SUMMARY_COLUMN = 9
SYSTEM, DOCUMENT, SAME = "E", "F", "G"


@dataclass(frozen=True)
class Sampled:
    """One value to check against a document."""

    customer_id: str
    name: str
    record: str
    field: str
    value: object


def needs_new_sample(rows: Sequence[AuditRow]) -> bool:
    """Whether the sample may be drawn anew: nobody has written into the old one yet."""
    return not any(row.document not in (None, "") or row.remark for row in rows)


def sample_size(customers: int, share: float, least: int) -> int:
    """Customers to check: the share, at least so many, or all there are."""
    return min(customers, max(math.ceil(customers * share - 1e-9), least))


def sampled_ids(ids: Sequence[str], size: int, seed: int) -> list[str]:
    """A random choice that depends on the seed and the ids alone, in order of id."""

    def lot(one: str) -> bytes:
        return hashlib.blake2b(f"{seed}:{one}".encode(), digest_size=8).digest()

    return sorted(sorted(ids, key=lot)[:size])


def with_held(ids: Sequence[str], size: int, seed: int, held: Sequence[str]) -> list[str]:
    """A sample that goes on with the customers already in it, filled up or cut by lot, in order of id."""
    among = set(ids)
    stay = set(sampled_ids([one for one in held if one in among], size, seed))
    others = sampled_ids([one for one in ids if one not in stay], size - len(stay), seed)
    return sorted([*stay, *others])


def draw_sample(report: Report) -> list[Sampled]:
    """Name, phone and the last order (date, amount) of each sampled customer, where there is a value to check.

    The sample a book already holds goes on, until somebody draws a new one.
    """
    model, language = report.model, report.language
    ids = [row[0] for row in report.engine.rows("SELECT customer_id FROM results")]
    size = sample_size(len(ids), float(str(model.param("audit_share"))), model.whole("audit_min"))
    held = dict.fromkeys(row.customer_id for row in report.kept.audit)
    chosen = with_held(ids, size, model.whole("audit_seed"), list(held))
    if not chosen:
        return []
    listed = ", ".join(text_literal(one) for one in chosen)
    cards = {row[0]: row[1:] for row in report.engine.rows(
        f"SELECT customer_id, name, phone FROM customers WHERE customer_id IN ({listed})")}  # fmt: skip
    orders = last_orders(report, listed)
    sample = []
    for one in chosen:
        name, phone = cards.get(one, (None, None))
        order, day, amount = orders.get(one, (None, None, None))
        told: list[tuple[str, str, object]] = [
            ("", _customer("name", language), name), ("", _customer("phone", language), phone),
            (order or "", _order("date", language), day), (order or "", _order("amount", language), amount),
        ]  # fmt: skip
        sample += [Sampled(one, name or "", record, field, value) for record, field, value in told if value is not None]
    return sample


def last_orders(report: Report, listed: str) -> dict[str, tuple[str, dt.date, float]]:
    """Customer -> (order id, date, amount) of the latest order; of several on a day the one with the highest id."""
    rows = report.engine.rows(
        "SELECT customer_id, CAST(order_id AS VARCHAR) AS order_id, MAX(date) AS day, SUM(amount) AS amount "
        f"FROM orders WHERE customer_id IN ({listed}) AND {PURCHASE} AND order_id IS NOT NULL "
        f"AND date <= {date_literal(report.stamp.as_of)} GROUP BY customer_id, order_id ORDER BY day, order_id"
    )
    return {customer: (order, day, float(amount) / 100) for customer, order, day, amount in rows}


def _customer(key: str, language: Language) -> str:
    return schema.CUSTOMERS.column(key).name.of(language)


def _order(key: str, language: Language) -> str:
    return schema.ORDERS.column(key).name.of(language)


def audit_columns(language: Language) -> list[Column]:
    def title(key: str) -> str:
        return text(f"publish.{key}", language)

    return [
        Column("customer_id", _customer("customer_id", language), "id"),
        Column("name", _customer("name", language), "text", bold=True, width=30.0),
        Column("record", _order("order_id", language), "id", width=16.0),
        Column("field", title("audit_field"), "text", width=13.0),
        Column("system", title("audit_system"), "text", width=28.0),
        Column("document", title("audit_document"), "text", title("audit_document_note"), fill="yours", width=26.0),
        Column("same", title("audit_same"), "choice", width=10.0),
        Column("remark", title("audit_remark"), "text", fill="yours", width=20.0),
    ]


def add_audit_sheet(book: Book, report: Report) -> None:
    sample = draw_sample(report)
    customers = len({one.customer_id for one in sample})
    words = text("publish.audit_hint", book.language, customers=f"{customers:,}", fields=f"{len(sample):,}")
    sheet = titled_sheet(book, "audit", words, title=stamped_title("audit", report))
    columns = audit_columns(book.language)
    widths = set_widths(sheet, columns, [], [None] * len(columns))
    put_header(book, sheet, HEADER_ROW, columns, "ours", widths)
    name_table(sheet, book, "Audit", HEADER_ROW, len(sample), columns, "ours")
    put_sample(book, sheet, columns, sample)
    everybody = customers == report.engine.value("SELECT COUNT(*) AS customers FROM results")
    put_summary(book, sheet, report, FIRST_ROW + 1, FIRST_ROW + max(len(sample), 1), everybody=everybody)
    allow_digits_as_text(sheet, len(columns))
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.print_area(0, 0, FIRST_ROW + max(len(sample), 1) - 1, SUMMARY_COLUMN + 1)
    print_wide(sheet)


def put_sample(book: Book, sheet: Worksheet, columns: Sequence[Column], sample: Sequence[Sampled]) -> None:
    plain, quoted = body_looks(book, columns)
    by_kind = {kind: book.formats.body(kind, align="left", indent=1) for kind in ("date", "money", "text", "id")}
    mine = {kind: book.formats.body(kind, align="left", indent=1, bg_color=theme.YOURS) for kind in by_kind}
    for offset, one in enumerate(sample or [Sampled("", "", "", "", None)]):
        row = FIRST_ROW + offset
        kind = "date" if isinstance(one.value, dt.date) else "money" if isinstance(one.value, float) else "id"
        for place, value in enumerate((one.customer_id, one.name, one.record, one.field)):
            put_value(sheet, row, place, value, plain[place], quoted[place])
        put_value(sheet, row, 4, one.value, by_kind[kind], quoted[4])
        sheet.write_blank(row, 5, None, mine["text" if kind == "id" else kind])
        system, document = f"{SYSTEM}{row + 1}", f"{DOCUMENT}{row + 1}"
        test = (
            f'IF(AND(ISNUMBER({system}),ISNUMBER({document})),ABS({system}-{document})<0.005,{system}&""={document}&"")'
        )
        same = Formula(f'IF({document}="","",IF({test},"✓","✗"))', "")
        put_value(sheet, row, 6, same, plain[6], quoted[6])
        sheet.write_blank(row, 7, None, plain[7])
    last = FIRST_ROW + max(len(sample), 1) - 1
    for mark, colour in (("✓", theme.GOOD), ("✗", theme.BAD)):
        sheet.conditional_format(FIRST_ROW, 6, last, 6, {"type": "cell", "criteria": "==", "value": f'"{mark}"',
                                 "format": book.formats.rule(font_color=colour, bold=True)})  # fmt: skip


def put_summary(book: Book, sheet: Worksheet, report: Report, first: int, last: int, *, everybody: bool) -> None:
    """Checked, wrong, rate, upper bound, how many would prove the limit, verdict, as people write.

    Args:
        first, last: rows of the sample, counted from 1.
        everybody: the sample holds every customer. Once all of it is checked, the rate is known, not bounded.
    """
    language = book.language
    limit = float(str(report.model.param("audit_max_error")))
    label, value = SUMMARY_COLUMN, SUMMARY_COLUMN + 1
    checked, wrong, rate, bound, needed = (f"$K${HEADER_ROW + 2 + place}" for place in range(5))
    complete = f"{checked}={last - first + 1}" if everybody else "FALSE"
    upper = f"IF({wrong}>={checked},1,BETAINV({CONFIDENCE},{wrong}+1,{checked}-{wrong}))"
    sizes = ",".join(str(least_checked(errors, limit)) for errors in range(FORESEEN + 1))

    def words(key: str) -> str:
        return f'"{text(key, language)}"'

    unproven = f'{words("quality.audit_unproven")}&IF({needed}="","",{words("quality.audit_at_least")}&{needed})'
    verdict = (
        f"IF({checked}=0,{words('publish.audit_not_begun')},IF({rate}>{limit},{words('publish.audit_failed')},"
        f"IF({complete},{words('quality.audit_passed_all')},IF({bound}<={limit},{words('publish.audit_passed')},"
        f"{unproven}))))"
    )
    not_begun = text("publish.audit_not_begun", language)
    formulas: list[tuple[str, str, str, str | float]] = [
        ("audit_checked", f"COUNTA({DOCUMENT}{first}:{DOCUMENT}{last})", "#,##0", 0),
        ("audit_wrong", f'COUNTIF({SAME}{first}:{SAME}{last},"✗")', "#,##0", 0),
        ("audit_rate", f'IF({checked}=0,"",{wrong}/{checked})', "0.00%", ""),
        ("audit_bound", f'IF({checked}=0,"",IF({complete},{rate},{upper}))', "0.00%", ""),
        ("audit_needed", f'IF({wrong}>{FORESEEN},"",CHOOSE({wrong}+1,{sizes}))', "#,##0", least_checked(0, limit)),
        ("audit_verdict", verdict, "General", not_begun),
    ]  # fmt: skip
    sheet.set_column(label - 1, label - 1, 3)
    sheet.set_column(label, label, 26)
    sheet.set_column(value, value, 40)
    title = text("publish.audit_summary", language, limit=f"{limit:.0%}")
    head = book.formats.head(theme.NAVY, align="left")
    sheet.merge_range(HEADER_ROW, label, HEADER_ROW, value, title, head)
    for place, (key, formula, number, shown) in enumerate(formulas, start=1):
        room = "quality" if key == "audit_needed" else "publish"
        sheet.write_string(HEADER_ROW + place, label, text(f"{room}.{key}", language), book.formats.body("text"))
        look = book.formats.body("text", num_format=number, bold=True, text_wrap=key == "audit_verdict")
        put_value(sheet, HEADER_ROW + place, value, Formula(formula, shown), look, look)
    sheet.set_row(HEADER_ROW + len(formulas), 32)  # the verdict may take two lines
