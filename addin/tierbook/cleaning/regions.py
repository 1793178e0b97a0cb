"""Where a customer is: region, province and city from whatever of them people wrote, and from the address.

What is written wins over what is found. A name that may be two places is narrowed by what stands beside it; what
stays open is reported and left as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .places import MUNICIPALITIES, Place, gazetteer, places_in


class Written(NamedTuple):
    """A customer's cells about places, as tidied texts. `region`: the region's key where its cell names one."""

    region: str | None = None
    region_text: str | None = None
    province: str | None = None
    city: str | None = None
    address: str | None = None


class Standing(NamedTuple):
    """Region key, province and city; `*_from`: the column that told what was blank ('' where nothing was filled);
    `check_key` and
    `column_key`: the doubt to report ('' where there is none)."""

    region: str | None
    province: str | None
    city: str | None
    region_from: str = ""
    province_from: str = ""
    city_from: str = ""
    check_key: str = ""
    column_key: str = ""


def standing(written: Written) -> Standing:
    """Where a customer is, by everything that was written."""
    found = _Found(written)
    place, region = found.place, written.region or found.region()
    province = place.province or written.province
    city = found.city_name()
    check, column = found.doubt(region)
    return Standing(
        region, province, city,
        "" if written.region or not region else found.told_by,
        "" if written.province or not province else found.told_by,
        "" if written.city or not city else found.city_told_by,
        check, column,
    )  # fmt: skip


def candidates(column: str, text: str) -> tuple[Place, ...]:
    """What a doubtful cell may mean, for the people who decide."""
    return places_in(text, alone=column != "address", city=column == "city")


class _Found:
    """What the cells say together. `place`: what is sure of it, its city '' where that is open."""

    def __init__(self, written: Written) -> None:
        self.written = written
        self.told = {
            "province": places_in(written.province, alone=True),
            "city": places_in(written.city, alone=True, city=True),
            "region": places_in(written.region_text, alone=True) if written.region_text else (),
            "address": (),
        }
        if not (self.told["city"] and _one(place.city for place in self.told["city"])):
            self.told["address"] = places_in(written.address, alone=False)
        self.open: dict[str, tuple[Place, ...]] = {}
        self.conflict = False
        self.told_by, self.city_told_by = "", ""
        self.place = self._decided()

    def _decided(self) -> Place:
        """Cell by cell, the surest first; each narrows what the next may mean."""
        place = Place("")
        for column in ("province", "city", "address", "region"):
            meant = self._narrowed(column, place)
            if not meant:
                continue
            province, city = _one(one.province for one in meant), _one(one.city for one in meant)
            if province and not place.province:
                place, self.told_by = place._replace(province=province), column
            if city and not place.city:
                place, self.city_told_by = place._replace(city=city), column
                if len(set(meant)) == 1:
                    place = place._replace(name=meant[0].name)
            elif not city and len(meant) > 1:
                self.open[column] = meant
        if place.province in MUNICIPALITIES and not place.city:
            place, self.city_told_by = place._replace(city=place.province), self.told_by
        return place

    def _narrowed(self, column: str, place: Place) -> tuple[Place, ...]:
        meant = self.told[column]
        if place.province and meant:
            within = tuple(one for one in meant if one.province == place.province)
            self.conflict |= column == "city" and not within
            return within
        for other in ("city", "address", "region"):
            beside = {one.province for one in self.told[other]} if other != column else set()
            if narrower := tuple(one for one in meant if one.province in beside):
                meant = narrower
        if self.written.region:
            regions = gazetteer().regions
            meant = tuple(one for one in meant if regions[one.province] == self.written.region) or meant
        return meant

    def region(self) -> str | None:
        """The region of the place, or the one in which all lie that it may be."""
        regions = gazetteer().regions
        if self.place.province:
            return regions[self.place.province]
        for meant in self.open.values():
            if region := _one(regions[one.province] for one in meant):
                self.told_by = next(iter(self.open))
                return region
        return None

    def city_name(self) -> str | None:
        """The city: as written, in its full name where that is clear; else the one found."""
        if not self.written.city:
            return self.place.city or None
        meant = {one.name for one in self.told["city"] if one.province == self.place.province and one.name}
        if self.place.province in MUNICIPALITIES and not meant and self.told["city"]:
            return self.place.city
        return meant.pop() if len(meant) == 1 and not self.conflict else self.written.city

    def doubt(self, region: str | None) -> tuple[str, str]:
        """The one thing to report: two cells against each other, a name of two places, a name of none."""
        if self.conflict:
            return "place_conflict", "city"
        for column, meant in self.open.items():
            if not self.place.city and len({one.city for one in meant}) > 1:
                return "place_ambiguous", column
        if region is None:
            for column in ("province", "city"):
                if getattr(self.written, column):
                    return "place_unknown", column
        return "", ""


def _one(values: Iterable[str]) -> str:
    """The value that all share, '' where they differ or there are none."""
    different = set(values)
    return different.pop() if len(different) == 1 else ""


def region_keys(texts: Sequence[str]) -> dict[str, str]:
    """Text of a region cell -> region key, for those that name a place in one region: 杭州, 粤, Guangdong."""
    regions = gazetteer().regions
    found = {text: _one(regions[place.province] for place in places_in(text, alone=True)) for text in texts}
    return {text: region for text, region in found.items() if region}
