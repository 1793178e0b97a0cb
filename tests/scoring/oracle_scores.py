"""RFM, scorecards, tiers, tags and stages in plain Python with fractions; see `oracle`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction as F
from typing import Any

from tierbook.model.types import Linear, Model, Percentile, Rfm, Scale, ScoreLine, Steps

Values = Mapping[str, Mapping[str, Any]]


# -- RFM ---------------------------------------------------------------------------------------------------------


def percentile_inc(values: Sequence[F], share: F) -> F:
    """Excel's PERCENTILE.INC: linear interpolation at (n - 1) x share."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = place.__floor__()
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def quantile_score(value: F, values: Sequence[F], levels: int) -> int:
    return 1 + sum(value > percentile_inc(values, F(k, levels)) for k in range(1, levels))


def rank_score(value: F, values: Sequence[F], levels: int) -> int:
    return 1 + (levels * F(sum(other < value for other in values), len(values))).__floor__()


def fixed_score(value: F, breaks: Sequence[Decimal], closed: str) -> int:
    return 1 + sum(value > F(edge) if closed == "right" else value >= F(edge) for edge in breaks)


def rfm(values: Values, model: Model) -> dict[str, dict[str, Any]]:
    """Customer -> r, f, m, rfm_total, rfm_grade, segment (key), for buyers in the window."""
    rules = model.rfm
    buyers = {customer: each for customer, each in values.items() if each["rfm_orders"]}
    raw = {
        customer: {"r": F(each["recency_days"]), "f": each["frequency"], "m": each["monetary"]}
        for customer, each in buyers.items()
    }
    found: dict[str, dict[str, Any]] = {customer: {} for customer in raw}
    for letter in "rfm":
        worth = {customer: -each["r"] if letter == "r" else each[letter] for customer, each in raw.items()}
        for customer in raw:
            found[customer][letter] = _letter_score(letter, raw[customer][letter], worth[customer], worth, rules)
    totals = {customer: F(each["r"] + each["f"] + each["m"]) for customer, each in found.items()}
    for customer, each in found.items():
        each["rfm_total"] = int(totals[customer])
        each["rfm_grade"] = quantile_score(totals[customer], list(totals.values()), rules.levels)
        code = tuple(int(_is_high(letter, customer, raw, each, rules)) for letter in "rfm")
        each["segment"] = next((k.key for k in rules.classes if (k.r, k.f, k.m) == code), None)
    return found


def _letter_score(letter: str, value: F, worth: F, all_worth: Mapping[str, F], rules: Rfm) -> int:
    if rules.method == "quantile":
        return quantile_score(worth, list(all_worth.values()), rules.levels)
    if rules.method == "rank":
        return rank_score(worth, list(all_worth.values()), rules.levels)
    band = fixed_score(value, rules.breaks[letter], rules.closed)
    return len(rules.breaks[letter]) + 2 - band if letter == "r" else band


def _is_high(letter: str, customer: str, raw: Values, scores: Mapping[str, int], rules: Rfm) -> bool:
    if rules.cut == "score":
        return scores[letter] >= rules.high_score
    everybody = [each[letter] for each in raw.values()]
    line = percentile_inc(everybody, F(1, 2)) if rules.cut == "median" else sum(everybody, F(0)) / len(everybody)
    value = raw[customer][letter]
    return value <= line if letter == "r" else value > line


# -- scorecards --------------------------------------------------------------------------------------------------


def share(line: ScoreLine, value: F | None, everybody: Sequence[F]) -> F | None:
    """Between 0 and 1, rounded to billionths, halves up; None for no data."""
    if value is None:
        return None
    low_better = line.better == "low"
    if isinstance(line.curve, Linear):
        lo, hi = F(line.curve.lo), F(line.curve.hi)
        part = (value - lo) / (hi - lo)
        found = max(F(0), min(F(1), 1 - part if low_better else part))
    elif isinstance(line.curve, Steps):
        steps = line.curve.steps
        reached = [s for t, s in steps if value >= F(t)][-1:] if not low_better else [s for t, s in steps if value <= F(t)][:1]
        found = F(reached[0]) if reached else F(0)
    elif isinstance(line.curve, Percentile):
        worse = sum(other > value if low_better else other < value for other in everybody)
        found = (worse + F(everybody.count(value), 2)) / len(everybody)
    else:
        found = F(int((value > 0) != low_better))
    return F((found * 10**9 + F(1, 2)).__floor__(), 10**9)


def scores(values: Values, model: Model) -> dict[str, dict[str, Any]]:
    """Customer -> score_<card> (points, exact to millionths), coverage_<card>, and `points`: line by line of the main one."""
    found: dict[str, dict[str, Any]] = {customer: {} for customer in values}
    for card in model.scorecards:
        columns = []
        for line in card.lines:
            known = {c: F(each[line.indicator]) for c, each in values.items() if each[line.indicator] is not None}
            column = {c: share(line, known.get(c), list(known.values())) for c in values}
            columns.append(_filled(line, column))
        for customer in values:
            _add_score(found[customer], card.key, card.lines, [column[customer] for column in columns])
            if card.key == model.main:
                found[customer]["points"] = found[customer].pop("lines")
            else:
                found[customer].pop("lines")
    return found


def _filled(line: ScoreLine, column: Mapping[str, F | None]) -> dict[str, tuple[F | None, bool]]:
    """Customer -> (the share that counts, whether there was data)."""
    known = [each for each in column.values() if each is not None]
    stand_in = None
    if line.missing == "zero":
        stand_in = F(0)
    elif line.missing == "mean" and known:
        stand_in = F((sum(known, F(0)) / len(known) * 10**9 + F(1, 2)).__floor__(), 10**9)
    return {c: (stand_in if each is None else each, each is not None) for c, each in column.items()}


def _add_score(
    found: dict[str, Any], key: str, lines: Sequence[ScoreLine], shares: Sequence[tuple[F | None, bool]]
) -> None:
    weights = [F(line.weight) for line in lines]
    counting = sum((w for w, (each, _) in zip(weights, shares, strict=True) if each is not None), F(0))
    running, points, before = F(0), [], F(0)
    for weight, (each, _) in zip(weights, shares, strict=True):
        if each is None:
            points.append(None)
            continue
        running += weight * each
        upto = F((100 * running / counting * 10**6 + F(1, 2)).__floor__(), 10**6)
        points.append(upto - before)
        before = upto
    known = sum((w for w, (_, data) in zip(weights, shares, strict=True) if data), F(0))
    found[f"score_{key}"] = before
    found[f"coverage_{key}"] = known / sum(weights)
    found["lines"] = points


def tier(scale: Scale, score: F, potential: F | None) -> str:
    """The key of the highest tier whose floor is reached; a potential score at its floor lifts."""
    place = max(number for number, each in enumerate(scale.tiers) if score >= F(each.floor))
    if scale.lifted and place < len(scale.tiers) - 1 and potential is not None and potential >= F(scale.potential_floor):
        place = max(place, [each.key for each in scale.tiers].index(scale.lifted))
    return scale.tiers[place].key


# -- tags and stages: the default table, in words ----------------------------------------------------------------


def stage(v: Mapping[str, Any]) -> str:
    """First match from the riskiest end."""
    recency = v["recency_days"]
    if not v["orders_all"]:
        return "prospect"
    if recency > 365:
        return "lost"
    if recency > 90 or (v["overdue_ratio"] is not None and v["overdue_ratio"] >= 2 and v["orders_all"] >= 3):
        return "at_risk"
    if v["return_gap_days"] is not None and v["return_gap_days"] > 365:
        return "returned"
    if (v["repurchase_rate"] or 0) >= F(6, 10) and recency <= 90 and v["tenure_days"] >= 365:
        return "loyal"
    if v["tenure_days"] <= 90 and v["orders_all"] <= 2:
        return "new"
    return "active"


def tags(values: Values, customers: Mapping[str, Mapping[str, Any]], scored: Values) -> dict[str, set[str]]:
    """Customer -> keys of the default tags that are rules."""
    active = [F(v["orders_6m"]) for v in values.values() if v["orders_6m"]]
    spent = [v["aov"] for v in values.values() if v["aov"] is not None]
    often = sum(active, F(0)) / len(active) if active else None
    ticket = sum(spent, F(0)) / len(spent) if spent else None
    found = {}
    for customer, v in values.items():
        held: set[str] = set()
        if v["orders_6m"] is not None:
            held.add(f"frequency_{_level(F(v['orders_6m']), often)}")
        if v["aov"] is not None:
            held.add(f"ticket_{_level(v['aov'], ticket)}")
        held |= _recency_tags(v) | _other_tags(v, customers.get(customer, {}), ticket, scored[customer])
        found[customer] = held
    return found


def _level(value: F, mean: F | None) -> str:
    if mean is not None and value >= F(3, 2) * mean:
        return "high"
    return "low" if mean is not None and value < F(1, 2) * mean else "middle"


def _recency_tags(v: Mapping[str, Any]) -> set[str]:
    recency, rate = v["recency_days"], v["repurchase_rate"]
    held = set()
    if recency is not None:
        held.add("recency_recent" if recency <= 30 else "recency_middle" if recency <= 90 else "recency_long")
    if rate is not None:
        held.add("loyalty_high" if rate >= F(6, 10) else "loyalty_middle" if rate >= F(3, 10) else "loyalty_low")
    return held


def _other_tags(v: Mapping[str, Any], row: Mapping[str, Any], ticket: F | None, scored: Mapping[str, Any]) -> set[str]:
    held = set()
    if v["new_product_12m"] is not None:
        held.add("upsell_high" if v["new_product_12m"] >= 1 else "upsell_low")
    large_ticket = v["aov"] is not None and ticket is not None and v["aov"] >= F(3, 2) * ticket
    if v["orders_6m"] and v["orders_6m"] >= 5 and large_ticket:
        held.add("high_value")
    maker = "制造" in (row.get("industry") or "") and row.get("size") == "large"
    if maker and v["recency_days"] is not None and v["recency_days"] <= 30:
        held.add("key_company")
    if stage(v) in ("at_risk", "lost"):
        held.add("churn_risk")
    if stage(v) == "new" and (scored["score_potential"] >= 60 or large_ticket):
        held.add("promising_new")
    return held
