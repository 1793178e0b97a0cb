"""What a person sees of a proposal of owners in the terminal, or the same as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..jobs.apply_owners import outcome_words
from ..labels import Language, text
from ..screen import note_words, outcome_json, print_json, print_outcome, table

if TYPE_CHECKING:
    from ..followup.workload import Workload
    from ..jobs.allocate import AllocationReport
    from ..jobs.apply_owners import OwnersReport

HEAD = (
    "person",
    "capacity",
    "customers_now",
    "customers_then",
    "comes",
    "goes",
    "use_now",
    "use_then",
    "open",
    "overdue",
)


def show_allocation(report: AllocationReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    if as_json:
        return print_json(allocation_json(report, language, dry_run=dry_run))
    for line in report.lines:
        print(line)
    print_desks(report, language)
    if report.out:
        rows = len(report.proposal.shifts) if report.proposal else 0
        print(text("allocation.written", language, path=report.out, count=rows))
    if not report.sheets:  # without a book nothing was made of it
        for note in report.notes:
            print("  · " + note_words(note, language))
        return 0
    return print_outcome(report, language, dry_run=dry_run)


def print_desks(report: AllocationReport, language: Language) -> None:
    shifts = report.proposal.shifts if report.proposal else ()
    comes, goes = Counter(shift.to for shift in shifts), Counter(shift.client.owner for shift in shifts)
    rows = [[text(f"allocation.{key}", language) for key in HEAD]]
    for now, then in zip(report.now, report.then, strict=True):
        one = now.person
        rows.append([
            one.name or text("allocation.nobody", language), number(one.capacity), number(now.customers),
            number(then.customers), number(comes[one.name]), number(goes[one.name]), percent(now.use),
            percent(then.use), number(now.open), number(now.overdue),
        ])  # fmt: skip
    print(table(rows, right=range(1, len(HEAD))))


def number(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def allocation_json(report: AllocationReport, language: Language, *, dry_run: bool) -> dict[str, object]:
    proposal = report.proposal
    assert proposal is not None
    return {
        **outcome_json(report, language, dry_run=dry_run),
        "out": str(report.out) if report.out else None,
        "moves": [
            {"customer_id": one.client.customer_id, "from": one.client.owner, "to": one.to, "why": one.why,
             "fit_before": one.fit_before, "fit_after": one.fit_after, "revenue": one.client.revenue}
            for one in proposal.shifts
        ],
        "from_scratch": report.scratch,
        "unplaced": [one.customer_id for one in proposal.unplaced],
        "fit_before": proposal.fit_before,
        "fit_after": proposal.fit_after,
        "people": [desk_json(now, then) for now, then in zip(report.now, report.then, strict=True)],
    }  # fmt: skip


def desk_json(now: Workload, then: Workload) -> dict[str, object]:
    one = now.person
    return {
        "name": one.name, "known": now.known, "capacity": one.capacity, "customers": now.customers,
        "customers_then": then.customers, "tiers": list(now.tiers), "tiers_then": list(then.tiers),
        "revenue": now.revenue, "revenue_then": then.revenue, "open": now.open, "overdue": now.overdue,
    }  # fmt: skip


def show_applied(report: OwnersReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    if as_json:
        body = {
            **outcome_json(report, language, dry_run=dry_run),
            "owners": dict(report.owners),
            "already": report.already,
        }
        return print_json(body)
    for line in outcome_words(report, dry_run=dry_run):
        print(line)
    return print_outcome(report, language, dry_run=dry_run)
