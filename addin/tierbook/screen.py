"""What a person sees in the terminal: progress lines, summaries, the why table; or the same as JSON."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import TierbookError
from .jobs import BookReport, Explanation, Progress, Summary, UndoReport, silent
from .labels import Language, text

if TYPE_CHECKING:
    from .cleaning import Cleaned
    from .jobs.request import Note
    from .workbook import Copy, Part, Receipt


def progress(language: Language, *, quiet: bool) -> Progress:
    """One line per stage on the error stream, with the seconds since the start."""
    if quiet:
        return silent
    start = time.perf_counter()

    def tell(key: str, values: Mapping[str, object]) -> None:
        shown = {k: f"{v:,}" if isinstance(v, int) else v for k, v in values.items()}
        print(f"{time.perf_counter() - start:6.1f}s  {text(key, language, **shown)} …", file=sys.stderr, flush=True)

    return tell


def columns_of(words: str) -> int:
    """Terminal columns a text takes: full-width letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def table(rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Rows as aligned text; columns named in `right` are right-aligned."""
    held = [list(row) for row in rows]
    widths = [max(columns_of(cell) for cell in column) for column in zip(*held, strict=True)]

    def padded(cell: str, place: int) -> str:
        blank = " " * (widths[place] - columns_of(cell))
        return blank + cell if place in right else cell + blank

    return "\n".join("  " + "  ".join(padded(cell, i) for i, cell in enumerate(row)).rstrip() for row in held)


def show_new(report: BookReport, language: Language, *, as_json: bool) -> int:
    if as_json:
        return print_json({"book": str(report.book), "changed": report.changed, "sheets": list(report.sheets)})
    print(text("screen.made", language, path=report.book))
    print(text("screen.made_next", language, path=report.book.name))
    return 0


def show_book(report: BookReport, language: Language, *, as_json: bool, dry_run: bool = False) -> int:
    if as_json:
        body = {
            **outcome_json(report, language, dry_run=dry_run),
            "new_tasks": report.new_tasks,
            "open_tasks": report.open_tasks,
            "moved": report.moved,
            "summary": summary_json(report.summary, language) if report.summary else None,
        }
        return print_json(body)
    if report.summary:
        print_summary(report.summary)
    print(text("screen.tasks", language, new=report.new_tasks, open=report.open_tasks, moved=report.moved))
    return print_outcome(report, language, dry_run=dry_run)


def print_outcome(report: BookReport, language: Language, *, dry_run: bool) -> int:
    """The end of every verb that writes a book: notes, receipt, where it was saved."""
    for note in report.notes:
        print("  · " + note_words(note, language))
    if dry_run:
        seen = [name for name in report.sheets if not name.startswith("_tierbook")]
        print(text("screen.dry_run", language, sheets=text("screen.between", language).join(seen)))
    if report.receipt and (dry_run or report.changed):
        print_receipt(report.receipt, language)
    if dry_run:
        return 0
    if report.changed:
        print(text("screen.saved", language, path=report.book.absolute()))
        if report.backup:
            print(text("screen.backup", language, path=report.backup))
    else:
        print(text("screen.unchanged", language, path=report.book))
    return 0


def outcome_json(report: BookReport, language: Language, *, dry_run: bool) -> dict[str, Any]:
    """What became of a book, whatever the verb."""
    return {
        "book": str(report.book),
        "changed": report.changed,
        "dry_run": dry_run,
        "backup": str(report.backup) if report.backup else None,
        "sheets": list(report.sheets),
        "notes": [note_words(note, language) for note in report.notes],
        "receipt": receipt_json(report.receipt) if report.receipt else None,
    }


def note_words(note: Note, language: Language) -> str:
    """A note in words; a value that is itself an error or a name is worded too."""
    key, values = note
    return TierbookError(key, **values).words(language)


def print_receipt(receipt: Receipt, language: Language) -> None:
    """One line: how many parts, and which of the sheets people see are among them."""
    between = text("screen.between", language)

    def counted_parts(parts: Sequence[Part]) -> str:
        names = between.join(part.sheet for part in parts if part.sheet and not part.sheet.startswith("_tierbook"))
        return text(f"screen.receipt_{'parts' if names else 'none'}", language, count=len(parts), sheets=names)

    print(
        text(
            "screen.receipt", language, changed=counted_parts(receipt.changed), added=counted_parts(receipt.added),
            removed=counted_parts(receipt.removed), kept=receipt.kept,
        )
    )  # fmt: skip


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    def listed(parts: Sequence[Part]) -> list[dict[str, str]]:
        return [{"part": part.name, "sheet": part.sheet} for part in parts]

    return {
        "changed": listed(receipt.changed),
        "added": listed(receipt.added),
        "removed": listed(receipt.removed),
        "kept": receipt.kept,
    }


def show_undo(report: UndoReport, language: Language, *, as_json: bool) -> int:
    if as_json:
        kept = str(report.kept) if report.kept else None
        return print_json({"book": str(report.book), "restored": str(report.restored), "kept": kept})
    print(text("screen.undone", language, path=report.book.absolute()))
    if report.kept:
        print(text("screen.undone_kept", language, path=report.kept))
    return 0


def show_copies(book: Path, copies: Sequence[Copy], language: Language, *, as_json: bool) -> int:
    if as_json:
        listed = [{"path": str(c.path), "moment": c.moment.isoformat(), "bytes": c.size} for c in copies]
        return print_json({"book": str(book), "copies": listed})
    if not copies:
        print(text("screen.no_copies", language, book=book))
        return 0
    print(text("screen.copies", language, book=book))
    print(
        table([[f"{c.moment:%Y-%m-%d %H:%M:%S}", f"{c.size / 1024:,.0f} KB", str(c.path)] for c in copies], right=(1,))
    )
    return 0


def show_summary(summary: Summary, language: Language, *, as_json: bool, out: Path | None) -> int:
    if as_json:
        return print_json({**summary_json(summary, language), "out": str(out) if out else None})
    print_summary(summary)
    for note in summary.rules:
        print("  · " + note_words(note, language))
    print(text("screen.out", language, path=out) if out else text("screen.no_out", language))
    return 0


def print_summary(summary: Summary) -> None:
    say = summary.language
    print(
        text(
            "screen.headline",
            say,
            as_of=summary.as_of,
            model=summary.model,
            customers=f"{summary.customers:,}",
            buyers=f"{summary.buyers:,}",
            revenue=f"{summary.revenue:,.2f}",
        )
    )
    head = [text(f"screen.{key}", say) for key in ("tier", "customers", "share", "revenue_share")]
    total = max(summary.customers, 1)
    rows = [[name, f"{n:,}", f"{n / total:.1%}", f"{money:.1%}"] for name, n, money in summary.tiers]
    print(table([head, *rows], right=(1, 2, 3)))
    print(
        text(
            "screen.stages", say, stages=text("screen.between", say).join(f"{name} {n:,}" for name, n in summary.stages)
        )
    )
    print_accounts(summary.accounts, say)
    for notice in summary.notices:
        print("  · " + text(notice.key, say, **notice.values))
    if summary.latest_order and summary.latest_order < summary.as_of[:8]:
        print("  · " + text("screen.latest_order", say, date=summary.latest_order))


def print_accounts(cleaned: Cleaned, language: Language) -> None:
    """Every delivered row: kept, set aside for a named reason, or merged into another."""
    from . import schema

    print(text("screen.accounts", language))
    for account in cleaned.accounts.values():
        if not account.delivered:
            continue
        table = schema.table_named(account.table)
        name = table.name.of(language) if table else account.table
        why = counted(account.set_aside, language)
        line = text(
            "screen.account", language, table=name, delivered=f"{account.delivered:,}", kept=f"{account.kept:,}"
        )
        gone = counted(account.merged, language)
        line += text("screen.set_aside", language, reasons=why) if why else ""
        print("  " + line + (text("screen.merged", language, reasons=gone) if gone else ""))
        told = counted(account.notices, language)
        if told:
            print("    " + text("screen.noticed", language, notices=told))


def counted(checks: Mapping[str, int], language: Language) -> str:
    """Findings in words with how many there are."""
    between = text("screen.between_findings", language)
    return between.join(f"{text(f'cleaning.{check}', language)} {n:,}" for check, n in checks.items() if n)


def summary_json(summary: Summary, language: Language) -> dict[str, Any]:
    return {
        "as_of": summary.as_of,
        "model": summary.model,
        "customers": summary.customers,
        "buyers": summary.buyers,
        "revenue": summary.revenue,
        "tiers": {name: {"customers": n, "revenue_share": round(share, 6)} for name, n, share in summary.tiers},
        "stages": dict(summary.stages),
        "accounts": accounts_json(summary.accounts),
        "notices": [text(notice.key, language, **notice.values) for notice in summary.notices],
        "latest_order": summary.latest_order,
        "data_fingerprint": summary.data_fingerprint,
        "rules": [note_words(note, language) for note in summary.rules],
    }


def accounts_json(cleaned: Cleaned) -> dict[str, Any]:
    return {
        key: {
            "delivered": account.delivered,
            "kept": account.kept,
            "set_aside": dict(account.set_aside),
            "merged": dict(account.merged),
            "notices": dict(account.notices),
        }
        for key, account in cleaned.accounts.items()
    }


def show_explanation(found: Explanation, language: Language, *, as_json: bool) -> int:
    """The why table: the points of its lines sum to the score."""
    if as_json:
        lines = [
            {
                "indicator": line.indicator,
                "name": line.name,
                "value": line.value_text,
                "points": line.points,
                "of": line.of,
            }
            for line in found.lines
        ]
        return print_json(
            {
                "customer_id": found.customer_id, "name": found.name, "tier": found.tier, "score": found.score,
                "coverage": found.coverage, "segment": found.segment, "stage": found.stage, "tags": found.tags,
                "why": lines, "portrait": dict(found.portrait),
            }
        )  # fmt: skip
    print(f"{found.customer_id}  {found.name}")
    print(
        text(
            "screen.standing", language, tier=found.tier, score=f"{found.score:.2f}", segment=found.segment or "-",
            stage=found.stage or "-", coverage=f"{float(found.coverage):.0%}",
        )
    )  # fmt: skip
    if found.tags:
        print(text("screen.tags", language, tags=found.tags))
    head = [text(f"screen.{key}", language) for key in ("indicator", "value", "points", "of", "source")]
    rows = [[line.name, line.value_text, f"{line.points:.2f}", f"{line.of:.2f}", line.source] for line in found.lines]
    total = [text("screen.total", language), "", f"{sum(line.points for line in found.lines):.2f}", "100.00", ""]
    print(table([head, *rows, total], right=(2, 3)))
    if found.portrait:
        print(text("screen.portrait", language))
        print(table(found.portrait.items()))
    return 0


def print_json(body: Mapping[str, Any]) -> int:
    def plain(value: object) -> object:
        return float(value) if isinstance(value, Decimal) else str(value)

    print(json.dumps(body, ensure_ascii=False, indent=2, default=plain))
    return 0
