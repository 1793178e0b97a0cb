"""RFM, scorecards, tiers, tags and stages in plain Python with fractions; see `oracle`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tierbook.model.types import Linear, Model, Percentile, Rfm, Scale, ScoreLine, Steps

Values = Mapping[str, Mapping[str, Any]]


# -- RFM ---------------------------------------------------------------------------------------------------------


def percentile_inc(values: Sequence[Fraction], share: Fraction) -> Fraction:
    """Excel's PERCENTILE.INC: linear interpolation at (n - 1) x share."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = place.__floor__()
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def quantile_score(value: Fraction, values: Sequence[Fraction], levels: int) -> int:
    return 1 + sum(value > percentile_inc(values, Fraction(k, levels)) for k in range(1, levels))


def rank_score(value: Fraction, values: Sequence[Fraction], levels: int) -> int:
    return 1 + (levels * Fraction(sum(other < value for other in values), len(values))).__floor__()


def fixed_score(value: Fraction, breaks: Sequence[Decimal], closed: str) -> int:
    return 1 + sum(value > Fraction(edge) if closed == "right" else value >= Fraction(edge) for edge in breaks)


def rfm(values: Values, model: Model) -> dict[str, dict[str, Any]]:
    """Customer -> r, f, m, rfm_total, rfm_grade, segment (key), for buyers in the window."""
    rules = model.rfm
    buyers = {customer: each for customer, each in values.items() if each["rfm_orders"]}
    raw = {
        customer: {"r": Fraction(each["recency_days"]), "f": each["frequency"], "m": each["monetary"]}
        for customer, each in buyers.items()
    }
    found: dict[str, dict[str, Any]] = {customer: {} for customer in raw}
    for letter in "rfm":
        worth = {customer: -each["r"] if letter == "r" else each[letter] for customer, each in raw.items()}
        for customer in raw:
            found[customer][letter] = _letter_score(letter, raw[customer][letter], worth[customer], worth, rules)
    totals = {customer: Fraction(each["r"] + each["f"] + each["m"]) for customer, each in found.items()}
    for customer, each in found.items():
        each["rfm_total"] = int(totals[customer])
        each["rfm_grade"] = quantile_score(totals[customer], list(totals.values()), rules.levels)
        code = tuple(int(_is_high(letter, customer, raw, each, rules)) for letter in "rfm")
        each["segment"] = next((k.key for k in rules.classes if (k.r, k.f, k.m) == code), None)
    return found


def _letter_score(letter: str, value: Fraction, worth: Fraction, all_worth: Mapping[str, Fraction], rules: Rfm) -> int:
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
    line = (
        percentile_inc(everybody, Fraction(1, 2))
        if rules.cut == "median"
        else sum(everybody, Fraction(0)) / len(everybody)
    )
    value = raw[customer][letter]
    return value <= line if letter == "r" else value > line


# -- scorecards --------------------------------------------------------------------------------------------------


def share(line: ScoreLine, value: Fraction | None, everybody: Sequence[Fraction]) -> Fraction | None:
    """Between 0 and 1, rounded to billionths, halves up; None for no data."""
    if value is None:
        return None
    low_better = line.better == "low"
    if isinstance(line.curve, Linear):
        lo, hi = Fraction(line.curve.lo), Fraction(line.curve.hi)
        part = (value - lo) / (hi - lo)
        found = max(Fraction(0), min(Fraction(1), 1 - part if low_better else part))
    elif isinstance(line.curve, Steps):
        steps = line.curve.steps
        if low_better:
            reached = [earned for threshold, earned in steps if value <= Fraction(threshold)][:1]
        else:
            reached = [earned for threshold, earned in steps if value >= Fraction(threshold)][-1:]
        found = Fraction(reached[0]) if reached else Fraction(0)
    elif isinstance(line.curve, Percentile):
        worse = sum(other > value if low_better else other < value for other in everybody)
        found = (worse + Fraction(everybody.count(value), 2)) / len(everybody)
    else:
        found = Fraction(int((value > 0) != low_better))
    return Fraction((found * 10**9 + Fraction(1, 2)).__floor__(), 10**9)


def scores(values: Values, model: Model) -> dict[str, dict[str, Any]]:
    """Customer -> score_<card> (points, to millionths), coverage_<card>; `points` of the main card, line by line."""
    found: dict[str, dict[str, Any]] = {customer: {} for customer in values}
    for card in model.scorecards:
        columns = []
        for line in card.lines:
            known = {
                c: Fraction(each[line.indicator]) for c, each in values.items() if each[line.indicator] is not None
            }
            column = {c: share(line, known.get(c), list(known.values())) for c in values}
            columns.append(_filled(line, column))
        for customer in values:
            _add_score(found[customer], card.key, card.lines, [column[customer] for column in columns])
            if card.key == model.main:
                found[customer]["points"] = found[customer].pop("lines")
            else:
                found[customer].pop("lines")
    return found


def _filled(line: ScoreLine, column: Mapping[str, Fraction | None]) -> dict[str, tuple[Fraction | None, bool]]:
    """Customer -> (the share that counts, whether there was data)."""
    known = [each for each in column.values() if each is not None]
    stand_in = None
    if line.missing == "zero":
        stand_in = Fraction(0)
    elif line.missing == "mean" and known:
        stand_in = Fraction((sum(known, Fraction(0)) / len(known) * 10**9 + Fraction(1, 2)).__floor__(), 10**9)
    return {c: (stand_in if each is None else each, each is not None) for c, each in column.items()}


def _add_score(
    found: dict[str, Any], key: str, lines: Sequence[ScoreLine], shares: Sequence[tuple[Fraction | None, bool]]
) -> None:
    weights = [Fraction(line.weight) for line in lines]
    counting = sum((w for w, (each, _) in zip(weights, shares, strict=True) if each is not None), Fraction(0))
    running, points, before = Fraction(0), [], Fraction(0)
    for weight, (each, _) in zip(weights, shares, strict=True):
        if each is None:
            points.append(None)
            continue
        running += weight * each
        upto = Fraction((100 * running / counting * 10**6 + Fraction(1, 2)).__floor__(), 10**6)
        points.append(upto - before)
        before = upto
    known = sum((w for w, (_, data) in zip(weights, shares, strict=True) if data), Fraction(0))
    found[f"score_{key}"] = before
    found[f"coverage_{key}"] = known / sum(weights)
    found["lines"] = points


def tier(scale: Scale, score: Fraction, potential: Fraction | None) -> str:
    """The key of the highest tier whose floor is reached; a potential score at its floor lifts."""
    place = max(number for number, each in enumerate(scale.tiers) if score >= Fraction(each.floor))
    promising = potential is not None and potential >= Fraction(scale.potential_floor)
    if scale.lifted and promising and place < len(scale.tiers) - 1:
        place = max(place, [each.key for each in scale.tiers].index(scale.lifted))
    return scale.tiers[place].key


# -- tags and stages: the default table, in words ----------------------------------------------------------------


def stage(v: Mapping[str, Any]) -> str:
    """First match from the riskiest end."""
    recency, overdue, gap = v["recency_days"], v["overdue_ratio"], v["return_gap_days"]
    if not v["orders_all"]:
        return "prospect"
    out_of_rhythm = overdue is not None and overdue >= 2 and v["orders_all"] >= 3
    faithful = (v["repurchase_rate"] or 0) >= Fraction(6, 10) and recency <= 90 and v["tenure_days"] >= 365
    found = {
        "lost": recency > 365 or (v["orders_all"] >= 2 and v["return_chance"] < 0.05),
        "at_risk": recency > 90 or out_of_rhythm,
        "returned": gap is not None and gap > 365,
        "loyal": faithful,
        "new": v["tenure_days"] <= 90 and v["orders_all"] <= 2,
    }
    return next((name for name, holds in found.items() if holds), "active")


def tags(values: Values, customers: Mapping[str, Mapping[str, Any]], scored: Values) -> dict[str, set[str]]:
    """Customer -> keys of the default tags that are rules."""
    active = [Fraction(v["orders_6m"]) for v in values.values() if v["orders_6m"]]
    spent = [v["aov"] for v in values.values() if v["aov"] is not None]
    often = sum(active, Fraction(0)) / len(active) if active else None
    ticket = sum(spent, Fraction(0)) / len(spent) if spent else None
    lives = [v["clv"] for v in values.values() if v["clv"] is not None]
    worth = sum(lives) / len(lives) * (1 + 1e-9) if lives else None  # a hair above, so that equals are not above
    found = {}
    for customer, v in values.items():
        held: set[str] = set()
        if v["orders_6m"] is not None:
            held.add(f"frequency_{_level(Fraction(v['orders_6m']), often)}")
        if v["aov"] is not None:
            held.add(f"ticket_{_level(v['aov'], ticket)}")
        if worth is not None and v["clv"] is not None and v["clv"] > worth:
            held.add("clv_high")
        if v["orders_all"] and v["orders_all"] >= 2 and v["churn_risk"] >= 0.8 and v["recency_days"] <= 365:
            held.add("churn_chance")
        held |= _recency_tags(v) | _other_tags(v, customers.get(customer, {}), ticket, scored[customer])
        found[customer] = held
    return found


def _level(value: Fraction, mean: Fraction | None) -> str:
    if mean is not None and value >= Fraction(3, 2) * mean:
        return "high"
    return "low" if mean is not None and value < Fraction(1, 2) * mean else "middle"


def _recency_tags(v: Mapping[str, Any]) -> set[str]:
    recency, rate = v["recency_days"], v["repurchase_rate"]
    held = set()
    if recency is not None:
        held.add("recency_recent" if recency <= 30 else "recency_middle" if recency <= 90 else "recency_long")
    if rate is not None:
        held.add(
            "loyalty_high"
            if rate >= Fraction(6, 10)
            else "loyalty_middle"
            if rate >= Fraction(3, 10)
            else "loyalty_low"
        )
    return held


def _other_tags(
    v: Mapping[str, Any], row: Mapping[str, Any], ticket: Fraction | None, scored: Mapping[str, Any]
) -> set[str]:
    held = set()
    if v["new_product_12m"] is not None:
        held.add("upsell_high" if v["new_product_12m"] >= 1 else "upsell_low")
    large_ticket = v["aov"] is not None and ticket is not None and v["aov"] >= Fraction(3, 2) * ticket
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


def tag_text(model: Model, held: set[str], known: Mapping[str, Any]) -> str:
    """The names of the tags held; a group stands where its first rule stands."""
    places: dict[str, int] = {}
    shown: list[tuple[int, str]] = []
    for place, rule in enumerate(model.tags):
        if rule.value_of:
            value = known.get(rule.value_of)
            if value:
                shown.append((place, CHOICES.get(rule.value_of, {}).get(value, value)))
            continue
        at = places.setdefault(rule.group or rule.key, place)
        if rule.key in held:
            shown.append((at, rule.name.zh))
    return "、".join(name for _, name in sorted(shown))


CHOICES = {
    "preferred_channel": {"phone": "电话", "online": "在线", "mail": "邮件"},
    "top_topic": {"product": "产品使用", "repair": "售后维修", "cooperation": "合作咨询"},
    "size": {"large": "大型", "small": "小型"},
    "kind": {"retail": "零售", "enterprise": "企业", "channel": "渠道"},
    "region": {"east": "华东", "overseas": "港澳台及海外"},
}


def segment(v: Mapping[str, Any], row: Mapping[str, Any], held: set[str]) -> str | None:
    """The first own segment that holds."""
    maker = "制造" in (row.get("industry") or "") and row.get("size") == "large"
    if maker and v["recency_days"] is not None and v["recency_days"] <= 30:
        return "key_company"
    if {"frequency_low", "ticket_high"} <= held:
        return "rare_but_large"
    return "channel_partner" if row.get("kind") == "channel" else None
