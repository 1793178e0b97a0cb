"""What the verbs around the rules print: words for people, or the same as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..jobs import AuditReport, CheckReport, ExportReport, Preview, RecordReport
from ..jobs.wording import checked_line, drawn_line, exported_line, money_line, moved_line, record_lines
from ..labels import Language, text
from ..screen import accounts_json, outcome_json, print_accounts, print_json, print_outcome, table

if TYPE_CHECKING:
    from ..model.versions import Version

SHOWN = 30
"""Customers and cells a terminal lists; JSON has all."""


def show_preview(found: Preview, language: Language, *, as_json: bool) -> int:
    if as_json:
        return print_json(preview_json(found))

    def say(key: str, **values: object) -> str:
        return text(f"rules.{key}", language, **values)

    print(moved_line(found, language))
    if found.same_rules:
        print(say("preview_same"))
        return 0
    print(money_line(found, language))
    if found.against == "results":
        print(say("preview_against_results"))
    elif found.version:
        print(say("preview_version", version=found.version))
    rows = [[name, *(f"{found.matrix.get((name, to), 0):,}" for to in found.after)] for name in found.before]
    print(table([[say("preview_from_to"), *found.after], *rows], right=range(1, len(found.after) + 1)))
    print_moves(found, language)
    print_shifts(found, language)
    if found.large:
        groups = text("screen.between", language).join(f"{name} {share:.1%}" for _, name, share in found.large)
        print(say("preview_large", line=f"{found.large_line:.0%}", groups=groups))
    return 0


def print_moves(found: Preview, language: Language) -> None:
    if not found.moves:
        return
    head = [text(f"rules.preview_{key}", language) for key in ("customer", "before", "after", "score", "revenue")]
    rows = [
        [f"{move.customer_id} {move.name}", move.before, move.after,
         f"{move.score_before:.2f} → {move.score_after:.2f}", f"{move.revenue:,.2f}"]
        for move in found.moves[:SHOWN]
    ]  # fmt: skip
    print(table([head, *rows], right=(3, 4)))
    if len(found.moves) > SHOWN:
        print("  " + text("rules.preview_more", language, count=f"{len(found.moves) - SHOWN:,}"))


def print_shifts(found: Preview, language: Language) -> None:
    """Groups beside the tiers: a rule may move nobody's tier and yet everybody's class."""
    if not found.shifts:
        return
    print(text("rules.preview_shifts", language))
    keys = ("group", "was", "is", "joined", "left", "share")
    head = [text(f"rules.preview_{key}", language) for key in keys]
    rows = [
        [f"{text(f'publish.{one.family}', language)} {one.name}", f"{one.before:,}", f"{one.after:,}",
         f"{one.joined:,}", f"{one.left:,}", f"{one.share:.1%}"]
        for one in found.shifts[:SHOWN]
    ]  # fmt: skip
    print(table([head, *rows], right=range(1, len(head))))
    if len(found.shifts) > SHOWN:
        print("  " + text("rules.preview_more_groups", language, count=f"{len(found.shifts) - SHOWN:,}"))


def show_versions(book: Path, versions: Sequence[Version], language: Language, *, as_json: bool) -> int:
    if as_json:
        keys = ("number", "label", "since", "applied_by", "applied_on", "note", "fingerprint")
        return print_json({"book": str(book), "versions": [{key: getattr(one, key) for key in keys}
                                                           for one in versions]})  # fmt: skip
    if not versions:
        print(text("rules.versions_none", language, book=book.name))
        return 0
    head = [text(f"rules.versions_{key}", language) for key in ("label", "since", "on", "by", "note", "fingerprint")]
    first = text("rules.versions_first", language)
    rows = [
        [one.label, one.since.isoformat(), one.applied_on.isoformat() if one.applied_on else "-",
         one.applied_by or first, one.note, one.fingerprint]
        for one in versions
    ]  # fmt: skip
    print(table([head, *rows]))
    return 0


def preview_json(found: Preview) -> dict[str, Any]:
    return {
        "book": str(found.book),
        "as_of": found.as_of,
        "against": found.against,
        "same_rules": found.same_rules,
        "version": found.version,
        "customers": found.customers,
        "rose": found.rose,
        "fell": found.fell,
        "moved": len(found.moves),
        "revenue": found.revenue,
        "revenue_moved": found.revenue_moved,
        "matrix": {
            name: {to: found.matrix.get((name, to), 0) for to in found.after} for name in found.before
        },
        "large": [{"family": family, "name": name, "share": round(share, 6)} for family, name, share in found.large],
        "moves": [
            {
                "customer_id": move.customer_id, "name": move.name, "owner": move.owner, "before": move.before,
                "after": move.after, "score_before": move.score_before, "score_after": move.score_after,
                "revenue": move.revenue, "rank_change": move.rank_change,
            }
            for move in found.moves
        ],
        "shifts": [vars(one) for one in found.shifts],
        "regrouped": [vars(one) for one in found.regrouped],
    }  # fmt: skip


def show_check(report: CheckReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    from ..publish.check_quality import quality_json, quality_lines

    cleaned = report.accounts
    assert cleaned is not None
    whole = bool(report.book.name)
    if as_json:
        book = outcome_json(report, language, dry_run=dry_run) if whole else {}
        return print_json({**book, "accounts": accounts_json(cleaned), **quality_json(report.quality)})
    print_accounts(cleaned, language)
    for line in quality_lines(report.quality, language):
        print(line)
    print(checked_line(cleaned, language))
    return print_outcome(report, language, dry_run=dry_run) if whole else 0


def show_record(report: RecordReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    if as_json:
        return print_json(
            {**outcome_json(report, language, dry_run=dry_run), "counts": dict(report.counts),
             "unknown": [vars(one) for one in report.unknown], "silent": [vars(one) for one in report.silent]}
        )  # fmt: skip
    for line in record_lines(report, language):
        print(line)
    return print_outcome(report, language, dry_run=dry_run)


def show_audit(report: AuditReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    if as_json:
        return print_json(
            {**outcome_json(report, language, dry_run=dry_run), "customers": report.customers, "fields": report.fields,
             "entries_put_aside": report.entries}
        )  # fmt: skip
    print(drawn_line(report, language))
    return print_outcome(report, language, dry_run=dry_run)


def show_export(report: ExportReport, language: Language, *, as_json: bool) -> int:
    if as_json:
        return print_json(
            {"out": str(report.out), "customers": report.customers, "of": report.of, "as_of": report.as_of,
             "dry_run": report.dry_run}
        )  # fmt: skip
    print(exported_line(report, language))
    return 0
