"""Number formats that keep large money short: 万 in Chinese, thousands and millions in English."""

from __future__ import annotations

from ..labels import Language

_TEN_THOUSAND = 1e5
_MILLION = 1e6


def short_money(largest: float, language: Language) -> str:
    """A number format under which amounts up to `largest` read easily; the cell keeps the exact amount."""
    if language == "en":
        if largest >= _MILLION:
            return '#,##0.0,,"M"'
        return '#,##0.0,"k"' if largest >= _TEN_THOUSAND else "#,##0"
    unit = "万" if language == "zh-CN" else "萬"
    return f'#0\\.0,"{unit}"' if largest >= _TEN_THOUSAND else "#,##0"


def amount_text(value: float, language: Language, *, largest: float | None = None) -> str:
    """An amount as text, as short as the number format of the largest beside it would show it."""
    size = abs(value if largest is None else largest)
    if language == "en":
        if size >= _MILLION:
            return f"{value / 1e6:,.1f}M"
        return f"{value / 1e3:,.1f}k" if size >= _TEN_THOUSAND else f"{value:,.0f}"
    unit = "万" if language == "zh-CN" else "萬"
    return f"{value / 1e4:,.1f}{unit}" if size >= _TEN_THOUSAND else f"{value:,.0f}"
