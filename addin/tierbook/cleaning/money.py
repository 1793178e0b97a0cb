"""Money in cents of the book's currency.

Rounding is half away from zero, once, at the end. Currencies are known by code, sign and name; rates come
from the model (`rate.USD` = units of the book's currency for one of that currency).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ..engine import text_literal
from .shapes import Shape

LARGEST_RATE = 1_000_000
LARGEST = 1_000_000_000_000
"""Amounts beyond a million million are typing errors: they would also break exact sums."""

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "CNY": ("RMB", "人民币", "人民幣", "人民币元", "CN¥", "¥", "¥", "CNH"),
    "USD": ("US$", "USD$", "美元", "美金", "$"),
    "EUR": ("€", "欧元", "歐元"),
    "HKD": ("HK$", "港币", "港元", "港幣", "港圆", "港圓"),
    "TWD": ("NT$", "NTD", "新台币", "新臺幣", "台币", "臺幣", "台幣"),
    "JPY": ("JP¥", "日元", "日圆", "日圓", "円"),
    "GBP": ("£", "英镑", "英鎊"),
    "KRW": ("₩", "韩元", "韓元"),
    "SGD": ("S$", "SG$", "新加坡元", "新元", "新币"),
    "AUD": ("A$", "AU$", "澳元", "澳币"),
    "CAD": ("C$", "CA$", "加元", "加币"),
    "MOP": ("MOP$", "澳门元", "澳門元", "澳门币"),
    "MYR": ("RM", "马币", "林吉特"),
    "THB": ("฿", "泰铢", "泰币"),
    "INR": ("₹", "印度卢比"),
    "VND": ("₫", "越南盾"),
    "RUB": ("₽", "卢布"),
    "CHF": ("瑞士法郎",),
}
OWN_WORDS = ("元", "圆", "圓", "块", "YUAN", "本币", "本幣")
"""Words that mean the book's own currency."""
DOLLARS = ("USD", "HKD", "TWD", "SGD", "AUD", "CAD")
YUAN_SIGNS = ("¥", "¥")
"""U+00A5 and its full-width form, which NFKC already turns into the first."""


def spellings(book: str) -> dict[str, str]:
    """Upper-case spelling -> code. A bare $ or ¥ is the book's own where that currency bears the sign."""
    found = {word.upper(): code for code, words in SPELLINGS.items() for word in (code, *words)}
    found |= {word.upper(): book for word in (*OWN_WORDS, book)}
    if book in DOLLARS:
        found["$"] = book
    if book == "JPY":
        found |= dict.fromkeys(YUAN_SIGNS, book)
    return found


def rate_of(mark: str, book: str, rates: Mapping[str, Decimal], daily: str = "") -> str:
    """SQL for the rate that belongs to a currency mark (SQL, upper case): 1 without a mark, NULL where unknown.

    Args:
        daily: a relation (code, day, rate) whose rate of the row's `date` goes before that of `rates`.
    """
    one = "CAST(1 AS DECIMAL(16,10))"
    branches = [f"WHEN {mark} IS NULL OR {mark} IN ({_listed(book, book)}) THEN {one}"]
    branches += [
        f"WHEN {mark} IN ({_listed(code, book)}) THEN CAST({rate:f} AS DECIMAL(16,10))"
        for code, rate in rates.items()
        if code != book
    ]
    if not daily:
        return f"CASE {' '.join(branches)} END"
    codes = {code for code in spellings(book).values() if code != book}
    named = " ".join(f"WHEN {mark} IN ({_listed(code, book)}) THEN {text_literal(code)}" for code in sorted(codes))
    of_day = f"(SELECT d.rate FROM {daily} AS d WHERE d.day = date AND d.code = CASE {named} ELSE {mark} END)"
    return f"CASE {branches[0]} ELSE COALESCE({of_day}, CASE {' '.join(branches)} END) END"


def _listed(code: str, book: str) -> str:
    """SQL list of a currency's spellings."""
    words = sorted(word for word, meant in spellings(book).items() if meant == code) or [code]
    return ", ".join(text_literal(word) for word in words)


def cents(number: str, shape: Shape, rate: str | None = None) -> str:
    """SQL for a number of currency units as whole cents, NULL where it is beyond `LARGEST`.

    Args:
        shape: "float" numbers are rounded by FLOOR(ABS(x) * 100 + 0.5); all others are exact decimals.
        rate: SQL for the exchange rate, None where every number is in the book's currency.
    """
    if rate is None and shape == "float":
        size = f"CAST(floor(abs({number}) * 100 + 0.5) AS BIGINT)"
        return f"CASE WHEN abs({number}) < {LARGEST} THEN CASE WHEN {number} < 0 THEN -{size} ELSE {size} END END"
    if rate is None and shape == "whole":
        return f"CASE WHEN {number} BETWEEN -{LARGEST} AND {LARGEST} THEN CAST({number} AS BIGINT) * 100 END"
    amount = number if rate is None else f"CAST({number} AS DECIMAL(28,12)) * {rate}"
    return f"TRY_CAST(TRY(round({amount}, 2)) * 100 AS BIGINT)"


def line_amount(unit_price: str, quantity: str) -> str:
    """SQL for unit price x quantity, exact (both to a millionth)."""
    return f"TRY(CAST({unit_price} AS DECIMAL(38,6)) * CAST({quantity} AS DECIMAL(18,6)))"
