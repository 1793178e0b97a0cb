"""Places of China as people write them: full and short names, traditional and Latin ones, alone or in an address.

A name that belongs to two places is never guessed: all of them come back, and what stands beside it decides or
a person does. 朝阳 is a city in 辽宁 and districts of 北京 and 长春; Suzhou is 苏州 and 宿州.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from .simplified import simplified


class Place(NamedTuple):
    """`city` is the prefecture-level one ('' for a province alone), `name` what was named, at its own level."""

    province: str
    city: str = ""
    name: str = ""


@dataclass(frozen=True)
class Gazetteer:
    """Spelling (simplified, lower case, without spaces) -> what it may mean.

    `letters`: one-letter names of provinces, which count only where they stand alone; `cities`: cities by any name,
    smaller places by their full one; `short`: smaller places without 市, 区 or 县.
    """

    regions: Mapping[str, str]
    provinces: Mapping[str, str]
    letters: Mapping[str, str]
    cities: Mapping[str, tuple[Place, ...]]
    short: Mapping[str, tuple[Place, ...]]


ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
"""What may follow a province's short name; the longest first."""
CITY_ENDINGS = re.compile("(?:市|地区|盟|(?:[^自]{1,8}族)*自治州)$")
PEOPLES = ("土家族", "哈尼族", "布依族", "朝鲜族", "蒙古族", "景颇族", "傈僳族", "柯尔克孜", "哈萨克", "傣族", "苗族",
           "侗族", "藏族", "羌族", "彝族", "壮族", "白族", "回族", "蒙古")  # fmt: skip
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
COUNTRY = re.compile(r"^(?:中国|中华人民共和国|p\.?r\.?\s*china|china)[\s,.·-]*")
ROAD = re.compile("^[东南西北中]?[一二三四五六七八九十]?(?:路|街|大街|道|大道|大厦|广场|巷|银行|大学)")
"""What follows a place's name that is only the name of a street or a house: 南京东路, 北京路, 上海大厦."""
BETWEEN = " -_/\\·.,，、|>:：;；()"
SMALLER = "区县旗"
LONGEST = 11


@cache
def gazetteer() -> Gazetteer:
    from importlib.resources import files
    from tomllib import loads

    data = loads((files(__package__) / "places.toml").read_text(encoding="utf-8"))
    unclear = [key_of(name) for name in data.pop("unclear")["names"]]
    made = _Making()
    for province, entry in data.items():
        made.add_province(province, entry)
    for name in unclear:
        made.cities[name] = [*made.cities[name], *made.short[name]]
    return Gazetteer(
        {province: entry["region"] for province, entry in data.items()},
        made.provinces,
        made.letters,
        {name: tuple(dict.fromkeys(places)) for name, places in made.cities.items()},
        {name: tuple(dict.fromkeys(places)) for name, places in made.short.items() if name not in made.cities},
    )


@dataclass
class _Making:
    provinces: dict[str, str] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    cities: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    short: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))

    def add_province(self, province: str, entry: Mapping[str, object]) -> None:
        short = short_province(province)
        for word in (province, short, *_words(entry)):
            (self.letters if len(word) == 1 else self.provinces)[key_of(word)] = province
        for line in str(entry["cities"]).strip().splitlines():
            self._add_city(province, line)

    def _add_city(self, province: str, line: str) -> None:
        head, _, rest = line.partition(":")
        city, _, latin = head.partition(" ")
        place = Place(province, city, city)
        short = short_city(city)
        for word in (city, short, *([f"{short}州"] if city.endswith("州") else []), *filter(None, latin.split("/"))):
            self.cities[key_of(word)].append(place)
        for small in rest.split():
            whole = small if small.endswith(("区", "市", "县")) else f"{small}市"
            within = Place(province, city, whole)
            self.cities[key_of(whole)].append(within)
            if len(whole) > 2:
                self.short[key_of(whole[:-1])].append(within)


def _words(entry: Mapping[str, object]) -> Iterable[str]:
    words = entry["words"]
    assert isinstance(words, list)
    return words


def short_province(province: str) -> str:
    """广西壮族自治区 -> 广西, 上海市 -> 上海."""
    return next((province.removesuffix(end) for end in ENDINGS if province.endswith(end)), province)


def short_city(city: str) -> str:
    """苏州市 -> 苏州, 延边朝鲜族自治州 -> 延边, 喀什地区 -> 喀什."""
    short = CITY_ENDINGS.sub("", city)
    if city.endswith("自治州"):
        short = city.removesuffix("自治州")
        while any(short.endswith(people) and len(short) > len(people) + 1 for people in PEOPLES):
            short = next(short.removesuffix(people) for people in PEOPLES if short.endswith(people))
    return short if len(short) > 1 else city


def key_of(text: str) -> str:
    """How a name is looked up: simplified, lower case, without accents, spaces and apostrophes."""
    plain = text if text.isascii() else simplified(unicodedata.normalize("NFKC", text))
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return re.sub(r"[\s'’·.-]", "", bare).lower()


LATIN_ENDING = re.compile(r"(?:province|prefecture|municipality|autonomousregion|city|sheng|shi)$")


@lru_cache(maxsize=8192)
def places_in(text: str | None, *, alone: bool, city: bool = False) -> tuple[Place, ...]:
    """Every place that a text may mean; () where it names none we know, one where it is clear.

    Args:
        alone: the text is the content of a province, city or region cell; else it is an address, where a bare name
            counts only at its beginning and not where it is the name of a street.
        city: the cell is for a city: 吉林 is the city of 吉林省 there, 海南 may be the province or a prefecture.
    """
    if not text:
        return ()
    book, key = gazetteer(), key_of(COUNTRY.sub("", text.strip().lower()))
    if alone:
        for name in (key, LATIN_ENDING.sub("", key)):
            province = book.provinces.get(name) or book.letters.get(name)
            cities = book.cities.get(name, ()) if city or not province else ()
            if province and all(place.province != province for place in cities):
                cities = (Place(province), *cities)
            if found := cities or book.short.get(name):
                return found
    if key.isascii():
        return () if alone and "," not in text else _latin(text)
    return _leading(key, alone=alone)


def _leading(key: str, *, alone: bool) -> tuple[Place, ...]:
    """The places that a text begins with: province, then city; a city, a district."""
    rest = key.lstrip(BETWEEN)
    name, found = _longest(rest, "", alone=alone)
    rest = rest[len(name) :]
    if not name or (not alone and not _has_ending(name) and ROAD.match(rest)):
        return ()
    if isinstance(found, tuple):
        return found
    rest = _without_ending(rest, name).lstrip(BETWEEN)
    name, within = _longest(rest, found, alone=alone)
    street = not _has_ending(name) and ROAD.match(rest[len(name) :])
    return within if name and not street and isinstance(within, tuple) else (Place(found),)


def _longest(text: str, province: str, *, alone: bool) -> tuple[str, str | tuple[Place, ...]]:
    """The longest name that a text begins with, and its province or its places (within `province` where given).

    A short name is none where it goes on as that of something smaller: 中山区 is not in 中山, 沙河口 not in 沙河.
    """
    book = gazetteer()
    for size in range(min(len(text), LONGEST), 1, -1):
        name, rest = text[:size], text[size:]
        if not province and name in book.provinces:
            return name, book.provinces[name]
        places = book.cities.get(name) or (book.short.get(name) if province else None) or ()
        goes_on = rest[:1] in SMALLER if not alone or province else bool(rest)
        if goes_on and rest and not _has_ending(name):
            continue
        if within := tuple(place for place in places if not province or place.province == province):
            return name, within
    return "", ()


def _has_ending(name: str) -> bool:
    return name.endswith(("省", "市", "区", "州", "盟", "县", "旗"))


def _without_ending(rest: str, name: str) -> str:
    if _has_ending(name):
        return rest
    return next((rest[len(end) :] for end in ENDINGS if rest.startswith(end)), rest)


def _latin(text: str) -> tuple[Place, ...]:
    """Places in a Latin address, which names the smaller first: 5 Nanjing Road, Suzhou, Jiangsu, China."""
    book = gazetteer()
    parts = [LATIN_ENDING.sub("", key_of(re.sub(r"\d+", "", part))) for part in text.split(",")]
    provinces = {book.provinces[part] for part in parts if part in book.provinces}
    for part in parts:
        found = book.cities.get(part, ())
        within = tuple(place for place in found if not provinces or place.province in provinces)
        if within:
            return within
    return tuple(Place(province) for province in sorted(provinces)) if len(provinces) == 1 else ()
