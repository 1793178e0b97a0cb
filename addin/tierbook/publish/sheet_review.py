"""复盘: are the rules still good? Shares of every group, rules that never fire, empty bands, migration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..engine import quoted
from ..labels import text
from . import theme
from .blocks import Blocks
from .book import Book
from .columns import Column
from .numbers import by_group
from .records import Report
from .tables import HEADER_ROW
from .titled import stamped_title, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..model.types import Rule

WIDTHS = (16.0, 28.0, 13.0, 13.0, 13.0, 30.0, 13.0, 13.0)
COUNT = "#,##0"
LARGE, SILENT, EMPTY, FINE = "review_large", "review_silent", "review_empty", "review_fine"


def add_review_sheet(book: Book, report: Report) -> None:
    rows = review_rows(report)
    verdicts = Counter(row[5] for row in rows)
    words = text("publish.review_hint", book.language, share=f"{_line(report):.0%}",
                 large=_count(report, verdicts, LARGE), silent=_count(report, verdicts, SILENT))  # fmt: skip
    sheet = titled_sheet(book, "review", words, title=stamped_title("review", report))
    blocks = Blocks(book, sheet, WIDTHS, HEADER_ROW)
    first, last = blocks.table("Review", review_columns(report), rows)
    _mark(book, sheet, first, last)
    blocks.heading(text("publish.migration_heading", book.language))
    if not report.kept.previous:
        blocks.line(text("publish.moves_none_yet", book.language))
    blocks.table("Migration", migration_columns(report), migration_rows(report))
    if report.scored.notices:
        blocks.heading(text("publish.notices_heading", book.language))
        for notice in report.scored.notices:
            blocks.line("• " + text(notice.key, book.language, **notice.values))
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    blocks.finish()


def _count(report: Report, verdicts: Counter[object], key: str) -> str:
    return f"{verdicts[text(f'publish.{key}', report.language)]:,}"


def _line(report: Report) -> float:
    """The share above which a group is looked at again."""
    return float(str(report.model.param("big_share"))) if "big_share" in report.model.params else 1.0


def review_columns(report: Report) -> list[Column]:
    def title(key: str) -> str:
        return text(f"publish.{key}", report.language)

    return [
        Column("family", title("family"), "text", bold=True),
        Column("name", title("name"), "text"),
        Column("customers", title("customers"), "count"),
        Column("share", title("share"), "percent"),
        Column("money", title("money_share"), "percent"),
        Column("verdict", title("verdict"), "text"),
    ]


def review_rows(report: Report) -> list[list[object]]:
    """Family, name, customers, share, share of 12 months' money, verdict: for everything that groups customers."""
    language = report.language
    model = report.model
    families: list[tuple[str, list[str], dict[str, tuple[int, float]]]] = [
        ("tier", report.tier_names, _grouped(report, "tier")),
        ("segment", [one.name.of(language) for one in model.rfm.classes], _grouped(report, "segment")),
        ("custom_segment", _names(report, model.segments), _grouped(report, "custom_segment")),
        ("stage", _names(report, model.stages), _grouped(report, "stage")),
        ("tag", [], tagged(report)),
    ]
    everyone = report.scored.customers or 1
    money = float(report.engine.value("SELECT COALESCE(SUM(amount_12m), 0) AS amount FROM results") or 0)
    rows: list[list[object]] = []
    for family, names, found in families:
        for name in dict.fromkeys([*names, *found]):
            customers, amount = found.get(name, (0, 0.0))
            verdict = _verdict(family, customers / everyone, _line(report))
            rows.append([text(f"publish.{family}", language), name, customers, customers / everyone,
                         amount / money if money else None, text(f"publish.{verdict}", language)])  # fmt: skip
    return rows + band_rows(report, everyone)


def _names(report: Report, rules: Iterable[Rule]) -> list[str]:
    return [rule.name.of(report.language) for rule in rules if rule.enabled]


def _verdict(family: str, share: float, line: float) -> str:
    """Stages say what is, so neither a large nor an empty one asks for another rule."""
    if family == "stage":
        return FINE
    if share > line:
        return LARGE
    return SILENT if share == 0 and family in {"tag", "custom_segment"} else FINE


def _grouped(report: Report, column: str) -> dict[str, tuple[int, float]]:
    return {name: (customers, amount) for name, customers, amount in by_group(report, column)}


def tagged(report: Report) -> dict[str, tuple[int, float]]:
    """Tag -> (customers, money of 12 months), in the model's order. A customer counts under each of its tags.

    A tag that is a value (行业, 区域) is no rule, so there is nothing to review.
    """
    rules = [rule for rule in report.model.tags if rule.enabled and not rule.value_of]
    if not rules:
        return {}
    sums = ", ".join(
        f"COALESCE(SUM({held}), 0), CAST(COALESCE(SUM(CASE WHEN {held} = 1 THEN amount_12m END), 0) AS DOUBLE)"
        for held in (quoted(f"tag_{rule.key}") for rule in rules)
    )
    found = report.engine.rows(f"SELECT {sums} FROM tags JOIN results ON results.customer_id = tags.customer_id")[0]
    return {
        rule.name.of(report.language): (int(found[2 * place]), found[2 * place + 1]) for place, rule in enumerate(rules)
    }


def band_rows(report: Report, everyone: int) -> list[list[object]]:
    """How many customers each R, F and M score has; ties may leave a band empty, and then the row says so."""
    rows: list[list[object]] = []
    for letter in "rfm":
        found = dict(
            report.engine.rows(
                f"SELECT {letter} AS band, COUNT(*) AS n FROM results WHERE {letter} IS NOT NULL GROUP BY {letter}"
            )
        )
        for band in range(report.model.rfm.levels, 0, -1):
            customers = found.get(band, 0)
            verdict = FINE if customers or not found else EMPTY
            rows.append([text("publish.bands", report.language), f"{letter.upper()} = {band}", customers,
                         customers / everyone, None, text(f"publish.{verdict}", report.language)])  # fmt: skip
    return rows


def migration_columns(report: Report) -> list[Column]:
    language = report.language
    return [
        Column("family", text("publish.tier_before", language), "text", bold=True),
        Column("all", text("publish.customers", language), "flag", number=COUNT),
        *(Column(f"to_{place}", f"→ {name}", "flag", number=COUNT) for place, name in enumerate(report.tier_names)),
        Column("new", text("publish.gone", language), "flag", number=COUNT),
    ]


def migration_rows(report: Report) -> list[list[object]]:
    """From each tier of the last refresh into each tier of this one; the last column left the book."""
    if not report.kept.previous:
        return []
    now = dict(report.engine.rows("SELECT customer_id, tier FROM results"))
    steps = Counter((before[0], now.get(customer)) for customer, before in report.kept.previous.items())
    came = Counter(tier for customer, tier in now.items() if customer not in report.kept.previous)
    rows = [_migration_row(name, [steps[(name, to)] for to in report.tier_names], steps[(name, None)])
            for name in report.tier_names]  # fmt: skip
    new = _migration_row(text("publish.new_customers", report.language), [came[to] for to in report.tier_names], None)
    return [*rows, new]


def _migration_row(name: str, counts: Iterable[int], gone: int | None) -> list[object]:
    told = list(counts)
    return [name, sum(told) + (gone or 0), *told, gone]


def _mark(book: Book, sheet: Worksheet, first: int, last: int) -> None:
    for key, colour in ((LARGE, theme.AMBER), (SILENT, theme.BAD), (EMPTY, theme.BAD)):
        sheet.conditional_format(
            first, 5, last, 5,
            {"type": "cell", "criteria": "==", "value": f'"{text(f"publish.{key}", book.language)}"',
             "format": book.formats.rule(font_color=colour, bold=True)},
        )  # fmt: skip
    sheet.conditional_format(
        first, 3, last, 3,
        {"type": "data_bar", "bar_solid": True, "bar_color": "#BFD2E6", "min_type": "num", "max_type": "num",
         "min_value": 0, "max_value": 1, "bar_border_color": "#BFD2E6", "data_bar_2010": True},
    )  # fmt: skip
