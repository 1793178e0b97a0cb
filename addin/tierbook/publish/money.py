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
