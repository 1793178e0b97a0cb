"""Units of indicators and parameters, in three languages. A unit nobody listed is shown as written."""

from __future__ import annotations

from ..labels import Name

UNITS: dict[str, Name] = {
    "": Name("", "", ""),
    "yuan": Name("元", "元", "yuan"),
    "day": Name("天", "天", "days"),
    "month": Name("个月", "個月", "months"),
    "workday": Name("工作日", "工作日", "working days"),
    "hour": Name("点", "點", "o'clock"),
    "order": Name("单", "單", "orders"),
    "time": Name("次", "次", "times"),
    "piece": Name("件", "件", "pieces"),
    "person": Name("人", "人", "people"),
    "row": Name("行", "列", "rows"),
    "task": Name("个任务", "個任務", "tasks"),
    "kind": Name("类", "類", "kinds"),
    "ratio": Name("%", "%", "%"),
    "fold": Name("倍", "倍", "x"),
    "point": Name("分", "分", "points"),
    "date": Name("日期", "日期", "date"),
    "choice": Name("选项", "選項", "choice"),
    "shape": Name("形状", "形狀", "shape"),
    "seed": Name("种子数", "種子數", "seed"),
    "rate": Name("本币/外币", "本幣/外幣", "book currency per unit"),
}


def unit_name(unit: str) -> Name:
    """The unit's name; one we do not list is its own name in every language."""
    return UNITS.get(unit) or Name(unit, unit, unit)
