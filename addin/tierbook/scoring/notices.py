"""What a run says aloud: bands nobody is in, groups that hold too many, tags nobody has. Nothing is blocked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from ..engine import Runner, quoted
from ..labels import Language, text
from ..model.types import Model
from .display import Named, names
from .records import Notice
from .rfm import LETTERS


def notices_of(engine: Runner, model: Model, customers: int, language: Language) -> list[Notice]:
    """All notices on the relations of the last run, in a fixed order. Values are words in the run's language."""
    tiers, segments = _group_counts(engine, model, language)
    tags = _tag_counts(engine, model, language)
    return [
        *_empty_bands(engine, model, language),
        *_large("scoring.large_tiers", tiers, customers, model, language),
        *_large("scoring.large_segments", segments, customers, model, language),
        *_large("scoring.large_tags", tags, customers, model, language),
        *_silent(tags, language),
        *_worth(engine, model),
    ]


def _empty_bands(engine: Runner, model: Model, language: Language) -> Iterable[Notice]:
    """Scores 1 to N that no buyer has, per letter; ties leave bands empty because equal values score equally."""
    bands: dict[str, set[int]] = {letter: set() for letter in LETTERS}
    for letter, score in engine.rows("SELECT DISTINCT letter, score FROM rfm_bands"):
        bands[letter].add(int(score))
    if not any(bands.values()):
        yield Notice("scoring.no_buyers", {})
        return
    for letter, held in bands.items():
        empty = [str(score) for score in range(1, model.rfm.levels + 1) if score not in held]
        if empty:
            yield Notice("scoring.empty_bands", {"letter": letter.upper(), "bands": _joined(empty, language)})


def _group_counts(engine: Runner, model: Model, language: Language) -> tuple[dict[str, int], dict[str, int]]:
    """Customers per tier of the main scale, and per own segment and RFM class, in the model's order."""
    scale = model.scale(model.main_scale)
    tier = quoted(f"tier_{scale.key}")
    found = {
        (kind, key): count
        for kind, key, count in engine.rows(
            f"SELECT 'tier', {tier}, COUNT(*) FROM tiers GROUP BY {tier}"
            " UNION ALL SELECT 'own', custom_segment, COUNT(*) FROM segments GROUP BY custom_segment"
            " UNION ALL SELECT 'class', segment, COUNT(*) FROM rfm GROUP BY segment"
        )
    }

    def counted(kind: str, things: Iterable[Named]) -> dict[str, int]:
        return {name: found.get((kind, key), 0) for key, name in names(things, language).items()}

    tiers = counted("tier", reversed(scale.tiers))
    return tiers, {**counted("own", model.segments), **counted("class", model.rfm.classes)}


def _tag_counts(engine: Runner, model: Model, language: Language) -> dict[str, int]:
    """Customers per tag that is a rule; a tag that is a value (行业) says what is, so there is nothing to review."""
    rules = [rule for rule in model.tags if rule.enabled and not rule.value_of]
    if not rules:
        return {}
    sums = ", ".join(f"SUM({quoted('tag_' + rule.key)})" for rule in rules)
    counts = engine.rows(f"SELECT {sums} FROM tags")[0]
    return {rule.name.of(language): int(count or 0) for rule, count in zip(rules, counts, strict=True)}


def _large(key: str, counts: Mapping[str, int], customers: int, model: Model, language: Language) -> Iterable[Notice]:
    """Groups that hold more than `big_share` of all customers."""
    limit = Decimal(model.param("big_share"))
    large = [f"{name} {100 * count / customers:.0f}%" for name, count in counts.items() if count > limit * customers]
    if large:
        yield Notice(key, {"names": _joined(large, language), "limit": f"{100 * limit:.0f}%"})


def _silent(tags: Mapping[str, int], language: Language) -> Iterable[Notice]:
    """Tags nobody has: perhaps a rule nobody can meet, perhaps data nobody delivered."""
    silent = [name for name, count in tags.items() if not count]
    if silent:
        yield Notice("scoring.silent_tags", {"names": _joined(silent, language)})


def _worth(engine: Runner, model: Model) -> Iterable[Notice]:
    """How much of the revenue comes from customers worth more than the mean: they should bring most of it."""
    if not {"clv", "amount_12m"} <= {each.key for each in model.indicators} or "clv_share" not in model.params:
        return
    customers, above, money, theirs = engine.rows(
        "SELECT COUNT(*) AS customers, COUNT(CASE WHEN clv > mean THEN 1 END) AS above, SUM(amount_12m) AS money,"
        " SUM(CASE WHEN clv > mean THEN amount_12m ELSE 0 END) AS theirs FROM indicators CROSS JOIN"
        " (SELECT SUM(clv) // NULLIF(COUNT(clv), 0) AS mean FROM indicators) AS worth WHERE clv IS NOT NULL"
    )[0]
    if above and money > 0:
        goal, share = Decimal(model.param("clv_share")), Decimal(int(theirs)) / Decimal(int(money))
        told = {"customers": f"{above:,}", "share": f"{100 * above / customers:.0f}%"}
        key = "scoring.clv_share" if share >= goal else "scoring.clv_share_low"
        yield Notice(key, {**told, "money": f"{100 * share:.0f}%", "goal": f"{100 * goal:.0f}%"})


def _joined(words: Iterable[str], language: Language) -> str:
    return text("scoring.between_tags", language).join(words)
