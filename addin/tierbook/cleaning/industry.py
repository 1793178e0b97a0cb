"""Industry codes of GB/T 4754: what people call a trade, as section and division, or as a doubt with suggestions.

Only a name that means one thing is coded. A trade in somebody's own words (做服装的工厂) is left to a person, who
gets the divisions that it most likely is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from .simplified import simplified


class Industry(NamedTuple):
    """A section (C) or a division (C18). `sure`: other names of it; `hints`: words that suggest it."""

    code: str
    name: str
    en: str
    sure: Sequence[str]
    hints: Sequence[str]


@dataclass(frozen=True)
class Catalogue:
    """`of`: code -> entry; `named`: how a name is looked up -> code; `sections`: figures of a division -> section."""

    of: Mapping[str, Industry]
    named: Mapping[str, str]
    sections: Mapping[str, str]


class Coded(NamedTuple):
    """A customer's code and industry, where a blank was filled from ('' where not), and the doubt to report."""

    industry_code: str | None
    industry: str | None
    industry_code_from: str = ""
    industry_from: str = ""
    check_key: str = ""
    column_key: str = ""


UNNAMED = ("其他", "其它", "未知", "不详", "待定", "暂无", "无", "未分类", "other", "others", "unknown", "misc", "none")
"""What people write who do not know: neither a code nor a doubt."""
ENDINGS = ("行业", "产业", "领域", "企业", "公司", "业", "类", "industry", "sector", "company")
CODE = re.compile(r"([A-T])?[-. ]?(\d{2,4})|([A-T])")
CODE_FIRST = re.compile(r"([A-T]?\d{2,4}|[A-T])(?:[\s:：、_|-]+|(?=[\u4e00-\u9fff]))(.+)")
ZERO_LOST = re.compile(r"\d(?:\.0)?|\d{2,4}\.0")
"""A code that a spreadsheet took for a number: 1 for 01, 18.0 for 18."""


@cache
def catalogue() -> Catalogue:
    from importlib.resources import files
    from tomllib import loads

    data = loads((files(__package__) / "gbt4754.toml").read_text(encoding="utf-8"))
    entries = [Industry(e["code"], e["name"], e["en"], e["sure"], e.get("hints", ()))
               for e in (*data["section"], *data["division"])]  # fmt: skip
    named: dict[str, str] = {}
    for entry in entries:  # a division comes after its section: where both have one name, it is the division's
        for word in (entry.name, entry.en, *entry.sure):
            named[key_of(word)] = entry.code
    sections = {entry.code[1:]: entry.code[0] for entry in entries if len(entry.code) > 1}
    return Catalogue({entry.code: entry for entry in entries}, named, sections)


def key_of(text: str) -> str:
    """How a name is looked up: simplified, lower case, without what joins its parts (、 和 与 及 and &)."""
    plain = simplified(unicodedata.normalize("NFKC", text)).lower()
    return re.sub(r"\band\b|[\s、,/&·.;|+_()-]|和|与|及", "", plain)


def code_in(text: str) -> str | None:
    """The valid code that a text is: C, C18, 18, C-18, C1811, 1811, 18.0; None where it is none.

    Groups and classes (three and four figures) are taken on trust; their division must exist and bear the letter.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if ZERO_LOST.fullmatch(plain):
        plain = plain.removesuffix(".0").zfill(2)
    found = CODE.fullmatch(plain)
    if not found:
        return None
    letter, figures, section = found.groups()
    if section:
        return str(section)
    right = catalogue().sections.get(figures[:2])
    return f"{right}{figures}" if right and letter in (None, right) else None


@lru_cache(maxsize=4096)
def code_named(text: str) -> str | None:
    """The code that a name of a trade means for sure, None where people must decide."""
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    if code := code_in(plain):
        return code
    if (led := CODE_FIRST.fullmatch(plain)) and (code := code_in(led[1])):
        return code
    named = catalogue().named
    return next((named[key] for key in _spellings(key_of(text)) if key in named), None)


def _spellings(key: str) -> Iterator[str]:
    """A name and the name without 行业, 业, 公司 … behind it."""
    yield key
    for ending in ENDINGS:
        if key.endswith(ending) and len(key) > len(ending) + 1:
            yield key.removesuffix(ending)
            yield key.removesuffix(ending) + "业"
    yield key + "业"


def coded(industry: str | None, code: str | None) -> Coded:
    """What a customer's two cells say together. A code that was given wins over the name."""
    given = code_in(code) if code else None
    if given:
        name = industry or catalogue().of[given[:3]].name
        meant = code_named(industry) if industry else None
        if meant and meant[0] != given[0]:
            return Coded(given, industry, check_key="industry_mismatch", column_key="industry_code")
        return Coded(given, name, industry_from="" if industry else "industry_code")
    meant = code_named(industry) if industry else None
    filled = "industry" if meant and not code else ""
    if code:
        return Coded(meant, industry, filled, check_key="industry_code_wrong", column_key="industry_code")
    if industry and not meant and key_of(industry) not in UNNAMED:
        return Coded(None, industry, check_key="industry_doubt", column_key="industry")
    return Coded(meant, industry, filled)


MAKING = re.compile("厂|制造|生产|加工|做|工业|factory|maker|manufactur|plant")
SELLING = {"F51": re.compile("批发|贸易|商贸|经销|代理|进出口|wholesale|trading|distribut"),
           "F52": re.compile("店|卖|零售|销售|商场|shop|store|retail|sell")}  # fmt: skip
GENERAL = frozenset(
    (
        "生产",
        "制造",
        "造业",
        "加工",
        "服务",
        "务业",
        "其他",
        "制品",
        "品业",
        "供应",
        "应业",
        "和其",
        "工业",
        "业和",
        "相关",
        "关服",
    )
)
"""Pairs of letters in many divisions' names."""
REPAIRING = re.compile("维修|修理|保养|repair")


def suggestions(text: str, most: int = 3) -> list[Industry]:
    """The divisions that a trade in somebody's own words most likely is, the likeliest first.

    Long words count more than short ones, words of a division's own name once more. Who makes something is looked
    for in manufacturing, who sells it in trade.
    """
    key, points = key_of(text), {}
    for entry in catalogue().of.values():
        if len(entry.code) == 1:
            continue
        own = sum(_weight(word) for word in {*entry.hints, *entry.sure} if _says(key, word))
        pairs = {entry.name[at : at + 2] for at in range(len(entry.name) - 1)} - GENERAL
        own += 2 * sum(pair in key for pair in pairs)
        if own and entry.code[0] == "C":
            own *= 2 if MAKING.search(key) else 1
        points[entry.code] = own
    total = max(points.values(), default=0)
    for code, words in SELLING.items():
        if words.search(key):
            points[code] += total // 2 + 1
    if REPAIRING.search(key):
        points["O81"] += total
    ranked = sorted((-own, code) for code, own in points.items() if own)
    return [catalogue().of[code] for _, code in ranked[:most]]


def _says(key: str, hint: str) -> bool:
    """Whether a text holds a hint; Latin ones of three letters or fewer must stand between other letters."""
    word = key_of(hint)
    if word.isascii() and len(word) < 4:
        return bool(re.search(f"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", key))
    return word in key


def _weight(hint: str) -> int:
    return len(hint) ** 2 if not hint.isascii() else len(hint)
