"""The verb `allocate`: propose who looks after whom, and show what that brings."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import schema, templates
from ..engine import Engine
from ..errors import UsageError
from ..followup.allocation import MILLI, Client, Proposal, Shift, Weights, moved_by_rep, propose
from ..followup.reps import Names, reps_of, unknown_words
from ..followup.workload import Workload, people_in, workloads
from ..labels import DEFAULT, Language, text
from ..typed import folded
from .allocation_words import hint_of, lines_of, notes_of
from .checks import report_of
from .intake import DEFAULT_MODEL, Run, language_for, named_model, start_run
from .partial import with_sheets
from .request import Note, Request
from .writing import BookReport, told, written

if TYPE_CHECKING:
    from ..followup import Task
    from ..model.types import Model
    from ..publish.sheet_allocation import Change
    from ..publish.sheet_workload import Pair
    from ..publish.written_allocation import WrittenChange
    from ..workbook import Book

YES = "yes"


@dataclass(frozen=True)
class AllocationReport(BookReport):
    """A proposal and what it brings.

    Args:
        changes: rows of 分配建议, those that people refused last.
        now, then: everybody's desk before, and after the whole proposal.
        scratch: customers an allocation would move that does not care who has them now.
    """

    proposal: Proposal | None = None
    changes: Sequence[Change] = ()
    now: Sequence[Workload] = ()
    then: Sequence[Workload] = ()
    pairs: Sequence[Pair] = ()
    lines: Sequence[str] = ()
    scratch: int = 0
    out: Path | None = None
    language: Language = DEFAULT


@dataclass(frozen=True)
class Decisions:
    """What people wrote into 接受: customer -> rep who shall have it, rows that are refused, and what to tell."""

    held: Mapping[str, str] = field(default_factory=dict)
    refused: Sequence[WrittenChange] = ()
    notes: Sequence[Note] = ()


def allocate(request: Request, *, out: Path | None = None, dry_run: bool = False) -> AllocationReport:
    """Score the facts, propose owners, and write the proposal with its effect on 分配建议 and 人员负荷.

    Nothing else changes: owners are written only by `apply_owners`. Without a book nothing is written but `out`.

    Args:
        out: a .csv or .xlsx that takes the proposal as well.

    Raises:
        UsageError: there is nobody to allocate to, or `out` cannot be written.
    """
    from .listing import check_out

    if out is not None:
        check_out(out)
    book = request.book
    if book is None:
        with Engine(memory_limit=request.memory_limit or None) as engine:
            report = _proposed(request, engine, (), Decisions())[1]
    else:
        asked, path = request, book

        def make(before: Book) -> tuple[bytes, AllocationReport]:
            return _made(asked, path, before)

        report = told(book, make) if dry_run else written(book, make, request.progress, whole=False)
    if out is None:
        return report
    if not dry_run:
        from .allocation_list import write_changes

        write_changes(out, report.changes, report.language, request.as_of)
    return replace(report, out=out)


def _made(request: Request, book: Path, before: Book) -> tuple[bytes, AllocationReport]:
    from ..publish import read_kept
    from ..publish.sheet_allocation import add_allocation_sheet
    from ..publish.sheet_workload import WorkloadShown, add_workload_sheet

    language = language_for(request)
    kept = read_kept(book, language)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run, report = _proposed(replace(request, language=language), engine, kept.tasks, decisions_in(book, language))
        assert report.proposal is not None
        request.progress("jobs.publishing", {})
        shifts = report.proposal.shifts
        shown = WorkloadShown(
            report.now, report.then, report.lines, report.pairs,
            Counter(shift.to for shift in shifts), Counter(shift.client.owner for shift in shifts),
        )  # fmt: skip
        names = [rep.name for rep in report.proposal.reps]
        hint = hint_of(report.proposal, report.scratch, language)
        builders = {
            "allocation": partial(add_allocation_sheet, changes=report.changes, people=names, hint=hint),
            "workload": partial(add_workload_sheet, shown=shown),
        }
        brought = with_sheets(before, report_of(run), builders)
        return brought.data, replace(report, book=book, sheets=brought.sheets, notes=[*report.notes, *brought.notes])


def decisions_in(book: Path, language: Language) -> Decisions:
    """What people wrote into the 接受 of an earlier proposal; blank and yes decide nothing for the next one."""
    from ..publish.written_allocation import read_allocation

    sheet, rows = read_allocation(book, language)
    held: dict[str, str] = {}
    refused, notes = [], []
    for row in rows:
        if row.word == "no":
            refused.append(row)
            held[row.customer_id] = row.owner
        elif row.word not in {"", YES}:
            held[row.customer_id] = row.word
            notes.append(("allocation.unknown_word", {"sheet": sheet, "cell": row.cell, "word": row.word}))
    return Decisions(held, refused, notes)


def _proposed(
    request: Request, engine: Engine, tasks: Sequence[Task], decisions: Decisions
) -> tuple[Run, AllocationReport]:
    run = start_run(request, engine, results_only=True)
    words = allocation_words()
    people = people_in(engine)
    reps = reps_of(people, words["ranks"], words["everywhere"])
    if not reps:
        raise UsageError("allocation.no_people")
    names = [rep.name for rep in reps]
    named, unknown = as_named(decisions, names)
    clients = clients_of(run, names, named)
    weights = weights_of(run.model)
    request.progress("allocation.solving", {"customers": len(clients), "people": len(reps)})
    asked, apart = without_refused(clients, decisions, names)
    proposal = propose(asked, reps, weights)
    scratch = propose(asked, reps, replace(weights, stay=0))
    proposal = replace(proposal, owners={**proposal.owners, **apart})
    now = workloads(engine, run.model, tasks, run.as_of, run.language)
    then = workloads(engine, run.model, tasks, run.as_of, run.language, owners=proposal.owners)
    now, then = alike(now, then)
    report = AllocationReport(
        request.book or Path(), changed=False, backup=None, sheets=(), proposal=proposal, now=now, then=then,
        scratch=len(scratch.shifts), language=run.language,
    )  # fmt: skip
    return run, replace(
        report,
        changes=changes_of(run, proposal, decisions),
        pairs=pairs_of(proposal),
        lines=lines_of(run, proposal, len(scratch.shifts), asked),
        notes=[*run.rules.notes, *unknown, *notes_of(proposal, unknown_words(people, words["ranks"]))],
    )


def allocation_words() -> dict[str, Any]:
    """The words of 级别 and 负责区域, as shipped."""
    return tomllib.loads((templates.folder() / "allocation.toml").read_text(encoding="utf-8"))


def weights_of(model: Model) -> Weights:
    """What things are worth; a model from before this verb takes the shipped numbers."""
    given = {**named_model(DEFAULT_MODEL).params, **model.params}

    def worth(key: str) -> int:
        return round(float(given[key].value) * MILLI)

    return Weights(
        worth("allocate_region"), worth("allocate_seniority"), worth("allocate_stay"), worth("allocate_balance"),
        len(model.scale(model.main_scale).tiers),
    )  # fmt: skip


def clients_of(run: Run, names: Iterable[str], held: Mapping[str, str]) -> list[Client]:
    """Every scored customer as the allocation needs it, by id; owners as `names` spells them."""
    spelled = Names(names)
    rank = {tier.name.of(run.language): place for place, tier in enumerate(run.model.scale(run.model.main_scale).tiers)}
    money = "results.amount_12m" if "amount_12m" in run.engine.columns("results") else "0"
    rows = run.engine.rows(
        "SELECT results.customer_id, results.name, results.tier, results.owner, customers.region, customers.province,"
        f" customers.city, COALESCE(results.score, 0), COALESCE({money}, 0) FROM results"
        " JOIN customers ON customers.customer_id = results.customer_id ORDER BY results.customer_id"
    )
    return [
        Client(
            customer, rank.get(tier, 0), name or "", spelled(owner), region or "", province or "", city or "",
            float(score), float(revenue), held.get(customer, ""),
        )
        for customer, name, tier, owner, region, province, city, score, revenue in rows
    ]  # fmt: skip


def without_refused(
    clients: Sequence[Client], decisions: Decisions, names: Collection[str]
) -> tuple[list[Client], dict[str, str]]:
    """Who is to be allocated, and customer -> owner of those who have nobody of 人员 and are to stay so."""
    refused = {row.customer_id for row in decisions.refused}
    apart = {one.customer_id: one.owner for one in clients if one.customer_id in refused and one.owner not in names}
    return [one for one in clients if one.customer_id not in apart], apart


def as_named(decisions: Decisions, names: Sequence[str]) -> tuple[dict[str, str], list[Note]]:
    """The decisions by the names of 人员, and a note on every word that is none of them."""
    spelled = {folded(name): name for name in names}
    held = {customer: spelled.get(folded(word), "") for customer, word in decisions.held.items()}
    notes: list[Note] = []
    for key, values in decisions.notes:
        if folded(str(values["word"])) not in spelled:
            nearest = "、".join(get_close_matches(str(values["word"]), names, n=1, cutoff=0.0))
            notes.append((key, {**values, "nearest": nearest}))
    return {customer: name for customer, name in held.items() if name}, notes


def alike(now: Sequence[Workload], then: Sequence[Workload]) -> tuple[list[Workload], list[Workload]]:
    """The same people in both: who has nothing any more is still there, with nothing."""

    def empty(one: Workload) -> Workload:
        return replace(one, customers=0, tiers=(0,) * len(one.tiers), revenue=0.0)

    here, there = ({one.person.name: one for one in side} for side in (now, then))
    everybody = {**here, **there}
    known = [name for name, one in everybody.items() if one.known]
    others = sorted((name for name, one in everybody.items() if not one.known), key=lambda name: (not name, name))
    order = [*known, *others]
    return [here.get(name) or empty(everybody[name]) for name in order], [
        there.get(name) or empty(everybody[name]) for name in order
    ]


def changes_of(run: Run, proposal: Proposal, decisions: Decisions) -> list[Change]:
    """The rows of 分配建议: what is proposed, then what people refused, so that it stays refused."""
    from ..publish.sheet_allocation import Change

    language = run.language
    tiers = [tier.name.of(language) for tier in run.model.scale(run.model.main_scale).tiers]
    regions = {choice.key: choice.name.of(language) for choice in schema.REGIONS}
    nobody, yes, no = (text(f"allocation.{key}", language) for key in ("nobody", "yes", "no"))

    def row(one: Client, to: str, why: str, before: float | None, after: float | None, accept: str) -> Change:
        place = " ".join(dict.fromkeys(filter(None, (regions.get(one.region, ""), one.province, one.city))))
        told = text(f"allocation.why_{why}", language, owner=one.owner or nobody, to=to, tier=tiers[one.tier])
        return Change(one.customer_id, one.name, tiers[one.tier], place, one.revenue, one.owner or nobody, to, told,
                      before, after, accept)  # fmt: skip

    shifts: Sequence[Shift] = proposal.shifts
    found = [row(one.client, one.to, one.why, one.fit_before, one.fit_after, yes) for one in shifts]
    moving = {shift.client.customer_id for shift in shifts}
    refused = {one.customer_id: one.to for one in decisions.refused if one.customer_id not in moving}
    kept = clients_of(run, [rep.name for rep in proposal.reps], {}) if refused else []
    return found + [row(one, refused[one.customer_id], "kept", None, None, no) for one in kept
                    if one.customer_id in refused]  # fmt: skip


def pairs_of(proposal: Proposal) -> list[Pair]:
    """From whom to whom, most customers first."""
    from ..publish.sheet_workload import Pair

    money: Counter[tuple[str, str]] = Counter()
    for shift in proposal.shifts:
        money[shift.client.owner, shift.to] += round(shift.client.revenue * 100)
    counted = moved_by_rep(proposal.shifts)
    return [
        Pair(*pair, counted[pair], money[pair] / 100) for pair in sorted(counted, key=lambda one: (-counted[one], one))
    ]
