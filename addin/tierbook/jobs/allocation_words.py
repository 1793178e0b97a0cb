"""What a proposal of owners brings, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..followup.allocation import Client, Proposal
from ..labels import Language, text
from .intake import Run
from .request import Note

ORPHANS = ("no_owner", "unknown_owner")
NAMED = 5
"""So many words or customers are named in a note."""


def lines_of(run: Run, proposal: Proposal, scratch: int, clients: Sequence[Client]) -> list[str]:
    """What the proposal brings, in sentences."""
    language = run.language
    if not proposal.shifts:
        lines = [text("allocation.nothing", language)]
    else:
        moved = sum(round(shift.client.revenue * 100) for shift in proposal.shifts) / 100
        everyone = sum(round(one.revenue * 100) for one in clients) / 100
        lines = [
            text("allocation.effect_moves", language, moves=f"{len(proposal.shifts):,}", customers=f"{len(clients):,}",
                 share=percent(len(proposal.shifts) / len(clients)), scratch=f"{scratch:,}"),
            text("allocation.effect_fit", language, before=percent(proposal.fit_before),
                 after=percent(proposal.fit_after)),
            text("allocation.effect_money", language, revenue=f"{moved:,.0f}",
                 share=percent(moved / everyone if everyone else 0)),
        ]  # fmt: skip
        if orphans := sum(shift.why in ORPHANS for shift in proposal.shifts):
            lines.append(text("allocation.effect_orphans", language, count=f"{orphans:,}"))
    if proposal.unplaced:
        tiers = [tier.name.of(language) for tier in run.model.scale(run.model.main_scale).tiers]
        counted = Counter(one.tier for one in proposal.unplaced)
        listed = "、".join(f"{tiers[tier]} {count:,}" for tier, count in sorted(counted.items(), reverse=True))
        lines.append(text("allocation.effect_room", language, count=f"{len(proposal.unplaced):,}", tiers=listed))
    return lines


def hint_of(proposal: Proposal, scratch: int, language: Language) -> str:
    if not proposal.shifts:
        return text("allocation.nothing", language)
    return text(
        "allocation.hint", language, moves=f"{len(proposal.shifts):,}", scratch=f"{scratch:,}",
        before=percent(proposal.fit_before), after=percent(proposal.fit_after),
        revenue=f"{sum(shift.client.revenue for shift in proposal.shifts):,.0f}",
    )  # fmt: skip


def percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def notes_of(proposal: Proposal, unknown: Sequence[str]) -> list[Note]:
    """What a person must put right for a better proposal."""
    notes: list[Note] = []
    if unknown:
        notes.append(("allocation.unknown_seniority", {"words": "、".join(unknown[:NAMED])}))
    if proposal.unplaced:
        notes.append(("allocation.no_room", {"count": len(proposal.unplaced)}))
    beyond = [rep.name for rep in proposal.reps if rep.capacity is not None and proposal.after[rep.name] > rep.capacity]
    if beyond:
        notes.append(("allocation.decided_beyond", {"names": "、".join(beyond)}))
    return notes
