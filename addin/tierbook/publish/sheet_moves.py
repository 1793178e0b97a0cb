"""变动: who rose or fell since the refresh of an earlier day, and which indicator did it."""

from __future__ import annotations

from .. import schema
from ..engine import quoted, text_literal
from ..labels import text
from . import theme
from .book import Book
from .columns import Column
from .records import MoveLike, Report
from .sheet_tiers import ARROWS, SIGNED, colour_changes
from .titled import last_row, long_sheet, place_of, shade_by_value, stamped_title, titled_sheet

POINT = 1_000_000


def move_columns(report: Report) -> list[Column]:
    language = report.language

    def title(key: str) -> str:
        return text(f"publish.{key}", language)

    customer = {column.key: column.name.of(language) for column in schema.CUSTOMERS.columns}
    return [
        Column("customer_id", customer["customer_id"], "id"),
        Column("name", customer["name"], "text", bold=True, width=34.0),
        Column("owner", customer["owner"], "text"),
        Column("before", title("tier_before"), "choice", width=12.0),
        Column("after", title("tier_after"), "choice", width=12.0),
        Column("tier_change", title("tier_change"), "choice", width=9.0, number=ARROWS),
        Column("score_before", title("score_before"), "score", width=11.0),
        Column("score_after", title("score_after"), "score", width=11.0),
        Column("score_change", title("score_change"), "score", width=11.0, number=SIGNED),
        Column("driver", title("driver"), "long", width=40.0),
    ]


def add_moves_sheet(book: Book, report: Report) -> None:
    """The moves as given (falls and rises, largest steps first), with owner and main driver looked up."""
    owners = owners_of(report, [move.customer_id for move in report.moves])
    drivers = drivers_of(report, [move.customer_id for move in report.moves])
    rows = [move_row(move, owners, drivers) for move in report.moves]
    rose = sum(move.rank_change > 0 for move in report.moves)
    since = report.kept.since.isoformat() if report.kept.since else ""
    words = (
        text("publish.moves_hint", book.language, since=since, rose=f"{rose:,}", fell=f"{len(rows) - rose:,}")
        if report.kept.previous
        else text("publish.moves_none_yet", book.language)
    )
    sheet = titled_sheet(book, "moves", words, title=stamped_title("moves", report))
    columns = long_sheet(book, sheet, move_columns(report), rows, table="Moves")
    last = last_row(rows)
    shades = theme.shades(len(report.tier_names))
    for key in ("before", "after"):
        shade_by_value(book, sheet, place_of(columns, key), last, report.tier_names, shades)
    for key in ("tier_change", "score_change"):
        colour_changes(book, sheet, place_of(columns, key), last)


def move_row(move: MoveLike, owners: dict[str, str], drivers: dict[str, str]) -> list[object]:
    return [
        move.customer_id, move.name, owners.get(move.customer_id), move.before, move.after, move.rank_change,
        move.score_before, move.score_after, move.score_after - move.score_before, drivers.get(move.customer_id),
    ]  # fmt: skip


def owners_of(report: Report, ids: list[str]) -> dict[str, str]:
    if not ids:
        return {}
    listed = ", ".join(text_literal(one) for one in ids)
    return dict(report.engine.rows(f"SELECT customer_id, owner FROM results WHERE customer_id IN ({listed})"))


def drivers_of(report: Report, ids: list[str]) -> dict[str, str]:
    """For each customer the indicator whose points changed most, with the change: `近12个月金额 −12.0`.

    A customer whose earlier points are not in the book has no driver.
    """
    keys = [line.indicator for line in report.model.main_card.lines]
    known = [one for one in ids if one in report.kept.points]
    if not known:
        return {}
    listed = ", ".join(text_literal(one) for one in known)
    rows = report.engine.rows(
        f"SELECT customer_id, {', '.join(quoted(key) for key in keys)} FROM why_points WHERE customer_id IN ({listed})"
    )
    found = {}
    for customer_id, *points in rows:
        before = report.kept.points[customer_id]
        changes = [(now or 0) - before.get(key, 0) for key, now in zip(keys, points, strict=True)]
        most = max(range(len(keys)), key=lambda place: (abs(changes[place]), -place))
        if changes[most]:
            found[customer_id] = f"{report.indicator_title(keys[most])} {changes[most] / POINT:+.1f}"
    return found
