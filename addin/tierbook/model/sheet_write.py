"""A model as the rows of the six 模型 sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from ..labels import Language, name
from .rule_text import in_language
from .sheet_columns import RFM_SETTINGS, SHEETS, choices, param_choices, setting_choices
from .types import Linear, Model, Param, ParamValue, Percentile, Rule, ScoreLine, Steps, YesNo
from .units import unit_name
from .version import plain
from .words import Use, Vocabulary

Row = dict[str, object]
CURVES = {Linear: "linear", Steps: "steps", Percentile: "percentile", YesNo: "yes_no"}


def to_grids(model: Model, language: Language) -> dict[str, list[list[object]]]:
    """Sheet key -> rows, the first of them the header; blank cells are None.

    Numbers are int or float, dates `date`, everything else text; names and conditions are in `language`.
    """
    writer = _Writer(model, language)
    rows: dict[str, Callable[[], Iterator[Row]]] = {
        "model_scorecard": writer.scorecards,
        "model_tiers": writer.tiers,
        "model_tags": writer.tags,
        "model_segments": writer.segments,
        "model_playbook": writer.playbook,
        "model_params": writer.params,
    }
    grids = {}
    for sheet, columns in SHEETS.items():
        header: list[object] = [column.title.of(language) for column in columns]
        body = [[_cell(row.get(column.key)) for column in columns] for row in rows[sheet]()]
        grids[sheet] = [header, *body]
    return grids


def _cell(value: object) -> object:
    """An empty text is a blank cell."""
    return None if value == "" else value


def number(value: int | Decimal) -> int | float:
    """A number as a cell holds it."""
    return int(value) if value == int(value) else float(value)


class _Writer:
    def __init__(self, model: Model, language: Language) -> None:
        self.model = model
        self.language = language
        self.names = Vocabulary.of(model)

    def choice(self, which: str, key: str) -> str:
        return choices(which)[key].of(self.language) if key else ""

    def rule(self, rule: str, use: Use) -> str:
        return in_language(rule, self.names.for_use(use), self.language)

    def scorecards(self) -> Iterator[Row]:
        indicators = {indicator.key: indicator for indicator in self.model.indicators}
        for card in self.model.scorecards:
            for line in card.lines:
                indicator = indicators[line.indicator]
                yield {
                    "card": card.name.of(self.language),
                    "indicator": indicator.name.of(self.language),
                    "weight": number(line.weight),
                    **self.curve(line),
                    "better": self.choice("better", line.better),
                    "missing": self.choice("missing", line.missing),
                    "group": self.choice("group", line.group),
                    "about": indicator.about.of(self.language),
                    "source": card.source,
                    "key": card.key,
                }

    def curve(self, line: ScoreLine) -> Row:
        curve = line.curve
        row: Row = {"curve": self.choice("curve", CURVES[type(curve)])}
        if isinstance(curve, Linear):
            row |= {"lo": number(curve.lo), "hi": number(curve.hi)}
        if isinstance(curve, Steps):
            row["steps"] = steps_text(curve)
        return row

    def tiers(self) -> Iterator[Row]:
        """The highest tier first, as people read."""
        cards = {card.key: card.name.of(self.language) for card in self.model.scorecards}
        for scale in self.model.scales:
            for tier in reversed(scale.tiers):
                lifted = scale.lifted == tier.key
                yield {
                    "scale": scale.name.of(self.language),
                    "tier": tier.name.of(self.language),
                    "floor": number(tier.floor),
                    "potential_card": cards[scale.potential_card] if lifted else None,
                    "potential_floor": number(scale.potential_floor) if lifted else None,
                    "key": f"{scale.key}.{tier.key}",
                }

    def tags(self) -> Iterator[Row]:
        for rule in self.model.tags:
            value_of = self.names.names[rule.value_of].of(self.language) if rule.value_of else None
            yield {
                "tag_group": rule.group_name.of(self.language),
                "tag": rule.name.of(self.language),
                "value_of": value_of,
                **self.rule_cells(rule, "tags"),
            }

    def rule_cells(self, rule: Rule, use: Use) -> Row:
        return {
            "when": self.rule(rule.when, use),
            "enabled": self.choice("flag", "yes" if rule.enabled else "no"),
            "source": rule.source,
            "key": rule.key,
        }

    def segments(self) -> Iterator[Row]:
        """The eight classes, the stages in their order, then the book's own segments."""
        high, low = (name(f"model.{word}").of(self.language) for word in ("high", "low"))
        gap = " " if self.language == "en" else ""
        for each in self.model.rfm.classes:
            bits = zip("RFM", (each.r, each.f, each.m), strict=True)
            yield {
                "sort": self.choice("sort", "class"),
                "name": each.name.of(self.language),
                "when": " ".join(f"{letter}{gap}{high if bit else low}" for letter, bit in bits),
                "enabled": self.choice("flag", "yes"),
                "key": each.key,
            }
        lists: tuple[tuple[str, Use, tuple[Rule, ...]], ...] = (
            ("stage", "stages", self.model.stages),
            ("segment", "segments", self.model.segments),
        )
        for sort, use, rules in lists:
            for rule in rules:
                yield {"sort": self.choice("sort", sort), "name": rule.name.of(self.language),
                       **self.rule_cells(rule, use)}  # fmt: skip

    def playbook(self) -> Iterator[Row]:
        for play in self.model.playbook:
            rules = choices("owner")
            owner = rules[play.owner].of(self.language) if play.owner in rules else play.owner
            yield {
                "enabled": self.choice("flag", "yes" if play.enabled else "no"),
                "trigger": self.rule(play.when, "playbook"),
                "action": play.action.of(self.language),
                "reason": play.reason.of(self.language),
                "channel": self.choice("channel", play.channel),
                "due_days": play.due_days,
                "priority": play.priority,
                "cool_down_days": play.cool_down_days,
                "owner": owner,
                "key": play.key,
            }

    def params(self) -> Iterator[Row]:
        """The model's own settings first, then the parameters."""
        model, start = self.model, self.model.start
        named = setting_choices(model)
        yield {"param": "model", "name": model.name.of(self.language), "value": model.key,
               "source": model.source, "start": start}  # fmt: skip
        yield self.setting("version", model.version)
        yield self.setting("main", named["main"][model.main].of(self.language))
        yield self.setting("main_scale", named["main_scale"][model.main_scale].of(self.language))
        for entry in RFM_SETTINGS:
            yield self.setting(f"rfm.{entry}", self.rfm_value(entry))
        for param in model.params.values():
            yield {
                "param": param.key,
                "name": param.name.of(self.language),
                "value": self.param_value(param),
                "unit": unit_name(param.unit).of(self.language),
                "source": param.source,
                "start": param.start,
            }

    def setting(self, key: str, value: object) -> Row:
        title = name(f"model.setting_{key.replace('.', '_')}").of(self.language)
        return {"param": key, "name": title, "value": value, "source": name("model.setting_source").of(self.language)}

    def rfm_value(self, entry: str) -> object:
        rfm = self.model.rfm
        if entry.startswith("breaks."):
            return ", ".join(map(plain, rfm.breaks.get(entry.removeprefix("breaks."), ())))
        value = getattr(rfm, entry)
        closed = setting_choices(self.model).get(f"rfm.{entry}")
        return closed[value].of(self.language) if closed else value

    def param_value(self, param: Param) -> object:
        value: ParamValue = param.value
        if param.choices:
            return param_choices(param)[str(value)].of(self.language)
        if isinstance(value, bool):
            return self.choice("flag", "yes" if value else "no")
        return number(value) if isinstance(value, int | Decimal) else value


def steps_text(curve: Steps) -> str:
    """Thresholds and shares as people type them: 1: 30%; 5: 100%."""
    return "; ".join(f"{plain(threshold)}: {plain(share * 100)}%" for threshold, share in curve.steps)
