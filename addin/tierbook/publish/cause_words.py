"""What changed in the facts of a customer, and which indicators it moved, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..labels import Language, text
from ..model.types import Model
from ..scoring.causes import Cause

POINT = 1_000_000


def causes_text(causes: Iterable[Cause], language: Language) -> str:
    """`新订单 2 笔（+12,400）；新互动 1 次`."""
    return text("moves.between", language).join(cause_text(cause, language) for cause in causes)


def cause_text(cause: Cause, language: Language) -> str:
    return text(
        f"moves.{cause.key}", language,
        count=f"{cause.count:,}", money=f"{cause.cents / 100:+,.0f}", amount=f"{abs(cause.cents) / 100:,.0f}",
    )  # fmt: skip


def cause_words(causes: Iterable[Cause], language: Language, count: int = 2) -> str:
    """The first causes in a word each: `新订单、退货`."""
    words = [text(f"moves.word_{cause.key}", language) for cause in causes][:count]
    return text("moves.list_between", language).join(words)


def common_causes(moves: Iterable[Sequence[Cause]], language: Language, count: int = 3) -> str:
    """The kinds of change most customers share, with how many: `新订单 5 位、新互动 3 位`; "" without any."""
    found = Counter(cause.key for causes in moves for cause in causes)
    ranked = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:count]
    told = (text("moves.common_one", language, cause=text(f"moves.word_{key}", language), count=f"{customers:,}")
            for key, customers in ranked)  # fmt: skip
    return text("moves.list_between", language).join(told)


def driver_text(drivers: Sequence[tuple[str, int]], model: Model, language: Language) -> str:
    """The indicator whose points changed most: `近12个月金额 -12.0`; "" where nobody can say.

    Rules may have dropped an indicator that an earlier day knew: those are passed over.
    """
    known = {one.key: one.name.of(language) for one in model.indicators}
    return next((f"{known[key]} {points / POINT:+.1f}" for key, points in drivers if key in known), "")
