"""Numbers people write: 1,234.50  1.2万  (120.00)  1 234,50  ¥12  12元  CNY 12  12件.

What a text says is read in two layers, so that plain numbers stay cheap: `split` gives the parts of texts
that are not plain numbers, `number` and `mark` read the value and the currency mark from them.
"""

from __future__ import annotations

from ..engine import text_literal
from .shapes import Shape

EXACT = "DECIMAL(18,6)"
"""Numbers inside are exact to a millionth, up to a million million."""

_NUMBER = (
    r"[0-9]{1,3}(?:[,' ][0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?:[. ][0-9]{3})+,[0-9]{1,2}|[0-9]+,[0-9]{1,2}"
    r"|[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
)
_MARK = r"[A-Z]{0,3}\p{Sc}|[A-Z]{3}|RM|\p{Han}{0,3}(?:元|圆|圓|币|幣|镑|鎊|円|块)"
_UNIT = r"整|[件个個箱套台只盒袋次张張本]|PCS?"
PATTERN = (
    rf"^(\()?\s*([-+])?\s*({_MARK})?\s*([-+])?\s*(\()?\s*({_NUMBER})\s*([万萬千亿億])?\s*({_MARK})?\s*(?:{_UNIT})?\s*(\))?"
    r"\s*([万萬千亿億])?(-)?$"
)
PARTS = ("o1", "s1", "m1", "s2", "o2", "n", "k1", "m2", "c", "k2", "s3")
DECIMAL_COMMA = r"[0-9],[0-9]{1,2}[^0-9]*$"
DECIMAL_DOT = r"\.[0-9]{1,2}[^0-9]*$"


def plain(column: str) -> str:
    """SQL for texts that are plain numbers: the value, else NULL."""
    return f"TRY_CAST({column} AS {EXACT})"


def split(column: str) -> str:
    """SQL for the parts of a text that is not a plain number; all parts are '' where it is no number at all."""
    text = f"replace(upper({column}), '−', '-')"
    names = ", ".join(text_literal(name) for name in PARTS)
    return (
        f"CASE WHEN {column} IS NOT NULL AND {plain(column)} IS NULL "
        f"THEN regexp_extract({text}, {text_literal(PATTERN)}, [{names}]) END"
    )


def number(column: str, parts: str, *, comma: bool) -> str:
    """SQL for the value of a text as DECIMAL, NULL where it is no number.

    Args:
        parts: the column made by `split`.
        comma: the column's decimals stand after a comma, so that 1.234 is one thousand.
    """
    first = plain(column)
    if comma:
        grouped = f"regexp_matches({column}, '^-?[0-9]{{1,3}}(\\.[0-9]{{3}})+$')"
        first = f"CASE WHEN {grouped} THEN TRY_CAST(replace({column}, '.', '') AS {EXACT}) ELSE {first} END"
    n = f"{parts}.n"
    digits = (
        f"CASE WHEN regexp_matches({n}, ',[0-9]{{1,2}}$') THEN replace(translate({n}, '. ', ''), ',', '.') "
        f"ELSE translate({n}, ','' ', '') END"
    )
    sign = (
        f"CASE WHEN {parts}.o1 || {parts}.o2 <> '' OR contains({parts}.s1 || {parts}.s2 || {parts}.s3, '-') "
        "THEN -1 ELSE 1 END"
    )
    fold = (
        f"CASE {parts}.k1 || {parts}.k2 WHEN '' THEN 1 WHEN '千' THEN 1000 WHEN '万' THEN 10000 WHEN '萬' THEN 10000 "
        "WHEN '亿' THEN 100000000 WHEN '億' THEN 100000000 END"
    )
    closed = f"(({parts}.o1 || {parts}.o2 = '') = ({parts}.c = ''))"
    slow = (
        f"CASE WHEN {n} <> '' AND {closed} "
        f"THEN TRY_CAST(CAST(TRY_CAST({digits} AS {EXACT}) AS DECIMAL(38,6)) * {fold} * {sign} AS {EXACT}) END"
    )
    return f"COALESCE({first}, {slow})"


def mark(parts: str) -> str:
    """SQL for the currency mark beside a number, upper case, NULL where there is none."""
    return f"nullif(COALESCE(nullif({parts}.m1, ''), {parts}.m2), '')"


def exact(column: str, shape: Shape) -> str:
    """SQL for a number delivered as a number: DECIMAL, NULL where it is not finite or beyond the range."""
    return f"TRY_CAST({column} AS {EXACT})" if shape != "flag" else f"CAST(CAST({column} AS INTEGER) AS {EXACT})"
