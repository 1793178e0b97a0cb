"""What the jobs say of themselves in a line or two: for the terminal and for the message behind a button."""

from __future__ import annotations

from collections.abc import Sequence

from ..cleaning import Cleaned
from ..labels import Language, text
from .checks import AuditReport
from .listing import ExportReport
from .recording import Doubtful, RecordReport
from .rules import Preview

LISTED = 30
"""Cells named one by one."""


def moved_line(found: Preview, language: Language) -> str:
    """How many customers a change of rules would move."""
    moved = len(found.moves)
    return text(
        "rules.preview_head", language, as_of=found.as_of, customers=f"{found.customers:,}", rose=f"{found.rose:,}",
        fell=f"{found.fell:,}", moved=f"{moved:,}", share=f"{moved / max(found.customers, 1):.1%}",
    )  # fmt: skip


def money_line(found: Preview, language: Language) -> str:
    """How much money those customers stand for."""
    share = found.revenue_moved / found.revenue if found.revenue else 0
    return text(
        "rules.preview_money", language, moved=f"{found.revenue_moved:,.2f}", total=f"{found.revenue:,.2f}",
        share=f"{share:.1%}",
    )  # fmt: skip


def checked_line(cleaned: Cleaned, language: Language) -> str:
    """Rows delivered, kept, set aside and merged, over all tables."""
    every = cleaned.accounts.values()
    return text(
        "rules.checked", language, delivered=f"{sum(one.delivered for one in every):,}",
        kept=f"{sum(one.kept for one in every):,}", aside=f"{sum(sum(one.set_aside.values()) for one in every):,}",
        merged=f"{sum(sum(one.merged.values()) for one in every):,}",
        notices=f"{sum(sum(one.notices.values()) for one in every):,}",
    )  # fmt: skip


def drawn_line(report: AuditReport, language: Language) -> str:
    return text("rules.drawn", language, customers=f"{report.customers:,}", fields=f"{report.fields:,}")


def exported_line(report: ExportReport, language: Language) -> str:
    key = "rules.exported_dry" if report.dry_run else "rules.exported"
    return text(
        key, language, customers=f"{report.customers:,}", of=f"{report.of:,}", as_of=report.as_of, path=report.out
    )


def record_lines(report: RecordReport, language: Language, *, listed: int = LISTED) -> list[str]:
    """Tasks by status, then what is unclear and what is missing, cell by cell."""
    from ..publish.sheet_tasks import status_names

    names = status_names(language)
    counts = text("screen.between", language).join(
        text("rules.recorded_count", language, status=name, count=f"{report.counts.get(key, 0):,}")
        for key, name in names.items()
    )
    known = "、".join(names.values())

    def lines(key: str, found: Sequence[Doubtful]) -> list[str]:
        told = [text(f"rules.{key}", language, **vars(one), known=known) for one in found[:listed]]
        rest = len(found) - listed
        return [*told, text("rules.and_more", language, count=f"{rest:,}")] if rest > 0 else told

    return [
        text("rules.recorded", language, counts=counts),
        *("  ! " + line for line in lines("unknown_status", report.unknown)),
        *("  · " + line for line in lines("silent_result", report.silent)),
    ]
