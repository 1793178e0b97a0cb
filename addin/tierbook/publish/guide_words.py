"""What the guide says of the model: score ranges of tiers, how each indicator counts."""

from __future__ import annotations

from decimal import Decimal

from ..labels import Language, text
from ..model.types import Linear, Model, Percentile, ScoreLine, Steps


def tier_ranges(model: Model, language: Language) -> list[str]:
    """The score range of each tier of the main scale, highest first; a floor belongs to its own tier."""
    tiers = list(reversed(model.scale(model.main_scale).tiers))
    told = []
    for place, tier in enumerate(tiers):
        values = {"floor": number(tier.floor), "ceiling": number(tiers[place - 1].floor) if place else ""}
        kind = "top" if place == 0 else "bottom" if place == len(tiers) - 1 else "middle"
        told.append(text(f"publish_guide.range_{kind}", language, **values))
    return told


def curve_words(model: Model, line: ScoreLine, language: Language) -> str:
    """How a line's value becomes its share, in one sentence."""
    curve, better = line.curve, line.better
    ratio = model.indicator(line.indicator).kind == "ratio"
    if isinstance(curve, Linear):
        return text(f"publish_guide.curve_linear_{better}", language, lo=value(curve.lo, ratio=ratio),
                    hi=value(curve.hi, ratio=ratio))  # fmt: skip
    if isinstance(curve, Steps):
        between = "，" if language != "en" else ", "
        steps = between.join(
            text(f"publish_guide.step_{better}", language, at=value(at, ratio=ratio), share=f"{share:.0%}")
            for at, share in curve.steps
        )
        return text(f"publish_guide.curve_steps_{better}", language, steps=steps)
    kind = "percentile" if isinstance(curve, Percentile) else "yes_no"
    return text(f"publish_guide.curve_{kind}_{better}", language)


def value(amount: Decimal, *, ratio: bool) -> str:
    """A threshold as people say it: ratios in percent, the rest with thousands separated."""
    return f"{number(amount * 100)}%" if ratio else number(amount)


def number(amount: Decimal) -> str:
    whole = amount == amount.to_integral_value()
    return f"{int(amount):,}" if whole else f"{amount.normalize():f}"
