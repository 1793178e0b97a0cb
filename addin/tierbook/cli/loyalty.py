"""The verb `loyalty`: points of members, and one member's account."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..labels import Language, text
from .line import CommandLine, request

if TYPE_CHECKING:
    from ..jobs.loyalty import LoyaltyReport


def register(line: CommandLine) -> None:
    made = line.verb("loyalty", run_loyalty, room="loyalty")
    line.book(made)
    made.add_argument("--customer", default="", metavar="ID", help=line.speaker("loyalty")("customer"))
    line.scoring(made)
    line.history(made)
    line.dry_run(made)


def run_loyalty(options: argparse.Namespace, language: Language) -> int:
    from .. import screen
    from ..jobs.loyalty import loyalty

    asked = request(options, language, options.book)
    report = loyalty(asked, dry_run=options.dry_run or bool(options.customer))
    if options.customer:
        return show_account(report, options.customer, language, as_json=options.json)
    if options.json:
        return screen.print_json(loyalty_json(report, language, dry_run=options.dry_run))
    show_grades(report, language, as_of=asked.as_of.isoformat())
    return screen.print_outcome(report, language, dry_run=options.dry_run)


def show_grades(report: LoyaltyReport, language: Language, *, as_of: str) -> None:
    from ..screen import table

    program, members = report.program, report.statement.members
    assert program is not None
    print(text(
        "loyalty.head", language, as_of=as_of, members=f"{len(members):,}", days=program.notice_days,
        points=f"{sum(one.balance for one in members):,}", expiring=f"{sum(one.expiring for one in members):,}",
    ))  # fmt: skip
    counts = Counter(member.grade for member in members)
    points: Counter[str] = Counter()
    for member in members:
        points[member.grade] += member.balance
    heads = [text(f"loyalty.{key}", language) for key in ("grade", "floor", "members", "outstanding", "benefits")]
    rows = [
        [grade.name, f"{grade.floor:,}", f"{counts[grade.name]:,}", f"{points[grade.name]:,}", grade.benefits]
        for grade in reversed(program.grades)
    ]
    print(table([heads, *rows], right=range(1, 4)))


def show_account(report: LoyaltyReport, customer_id: str, language: Language, *, as_json: bool) -> int:
    """Every line of one customer, the latest first. Nothing is written.

    Raises:
        UsageError: nobody of that id has an account.
    """
    from ..jobs.loyalty import lines_of
    from ..model.words import nearest
    from ..screen import print_json, table

    member = next((one for one in report.statement.members if one.customer_id == customer_id), None)
    if member is None:
        near = nearest(customer_id, [one.customer_id for one in report.statement.members])
        raise UsageError("loyalty.unknown_member", customer=customer_id, near=near or "?")
    lines = lines_of(report, customer_id)
    if as_json:
        return print_json({**asdict(member), "lines": [one._asdict() for one in lines]})
    name = report.names.get(customer_id) or ""
    print(text("loyalty.account_head", language, customer=f"{customer_id} {name}".strip(), grade=member.grade,
               points=f"{member.balance:,}"))  # fmt: skip
    heads = [text(f"loyalty.{key}", language) for key in ("day", "kind", "points", "about")]
    rows = [
        [one.day.isoformat(), text(f"loyalty.kind_{one.kind}", language), f"{one.points:+,}", one.about]
        for one in lines
    ]
    print(table([heads, *rows], right=(2,)))
    return 0


def loyalty_json(report: LoyaltyReport, language: Language, *, dry_run: bool) -> dict[str, Any]:
    from ..screen import outcome_json

    program = report.program
    assert program is not None
    return {
        **outcome_json(report, language, dry_run=dry_run),
        "grades": [asdict(grade) for grade in program.grades],
        "members": [asdict(member) for member in report.statement.members],
        "refused": [asdict(one) for one in report.statement.refused],
        "added": report.added,
    }
