"""What the words mean, for every department alike: figures, tiers, classes, stages, tags, indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...labels import text
from ...model.rule_text import in_language
from ...model.types import Model, Rule
from ...model.words import Vocabulary
from ..records import Report
from .records import TARGETS, Definition
from .targets import goal_of

FIGURES = ("customers", "active", "orders", "revenue", "revenue_share", *TARGETS)
"""Key figures whose meaning is told; targets stand beside those that have one."""


def definitions_of(report: Report) -> list[Definition]:
    """Every word a report of ours uses, with its meaning and the value in force."""
    return [*_figures(report), *_tiers(report), *_weights(report), *_classes(report), *_rules(report),
            *_indicators(report)]  # fmt: skip


def _say(report: Report, key: str, **values: object) -> str:
    return text(f"review.{key}", report.language, **values)


def _figures(report: Report) -> Iterator[Definition]:
    family = _say(report, "family_figure")
    for figure in FIGURES:
        goal = goal_of(report, figure, "") if figure in TARGETS else None
        shown = _say(report, "target_is", value=shown_goal(figure, goal)) if goal is not None else ""
        yield Definition(family, _say(report, f"figure_{figure}"), _say(report, f"meaning_{figure}"), shown, "")


def shown_goal(figure: str, goal: float) -> str:
    """A target or figure as people read it."""
    if figure in {"csat"}:
        return f"{goal:.2f}"
    return f"{goal:.0f}" if figure == "nps" else f"{goal:.1%}"


def _tiers(report: Report) -> Iterator[Definition]:
    scale = report.scale
    for tier in reversed(scale.tiers):
        lifted = tier.key == scale.lifted and scale.potential_card
        meaning = _say(
            report, "tier_floor", floor=f"{tier.floor:f}", card=report.model.main_card.name.of(report.language)
        )
        if lifted:
            card = report.model.scorecard(scale.potential_card).name.of(report.language)
            meaning += _say(report, "tier_lifted", card=card, floor=f"{scale.potential_floor:f}")
        yield Definition(_say(report, "family_tier"), tier.name.of(report.language), meaning,
                         f"≥ {tier.floor:f}", report.model.source)  # fmt: skip


def _weights(report: Report) -> Iterator[Definition]:
    card = report.model.main_card
    whole = sum(line.weight for line in card.lines)
    for line in card.lines:
        indicator = report.model.indicator(line.indicator)
        yield Definition(_say(report, "family_weight"), indicator.name.of(report.language),
                         indicator.about.of(report.language), f"{line.weight:f} / {whole:f}", card.source)  # fmt: skip


def _classes(report: Report) -> Iterator[Definition]:
    rfm = report.model.rfm
    cut = _say(report, f"cut_{rfm.cut}", score=rfm.high_score)
    for one in rfm.classes:
        marks = " ".join(
            f"{letter}{'↑' if high else '↓'}" for letter, high in (("R", one.r), ("F", one.f), ("M", one.m))
        )
        yield Definition(_say(report, "family_class"), one.name.of(report.language), cut, marks, "")


def _rules(report: Report) -> Iterator[Definition]:
    model = report.model
    families: list[tuple[str, Iterable[Rule]]] = [
        ("family_stage", model.stages), ("family_tag", model.tags), ("family_segment", model.segments),
    ]  # fmt: skip
    names = Vocabulary.of(model)
    for family, rules in families:
        for rule in rules:
            if rule.enabled:
                yield Definition(_say(report, family), rule.name.of(report.language), _rule(report, model, rule, names),
                                 rule.group_name.of(report.language), rule.source)  # fmt: skip


def _rule(report: Report, model: Model, rule: Rule, names: Vocabulary) -> str:
    if rule.value_of:
        column = names.names[rule.value_of].of(report.language) if rule.value_of in names.names else rule.value_of
        return _say(report, "rule_value_of", column=column)
    return in_language(rule.when, names, report.language) or _say(report, "rule_rest")


def _indicators(report: Report) -> Iterator[Definition]:
    model, weighed = report.model, {line.indicator for line in report.model.main_card.lines}
    for one in model.indicators:
        if one.key not in weighed:
            yield Definition(_say(report, "family_indicator"), one.name.of(report.language),
                             one.about.of(report.language), one.unit.of(report.language), "")  # fmt: skip
    for param in model.params.values():
        yield Definition(_say(report, "family_param"), param.name.of(report.language), param.source,
                         str(param.value), f"{param.key} · {param.start.isoformat()}")  # fmt: skip
