"""Phone numbers as people type them, and the one form in which they are kept.

Kept forms: 13800138000 (mobile), 021-55501234 (landline), 021-55501234-801 (with extension), 400-123-4567,
+1 650-253-0000 (abroad); several numbers of one cell with " / " between them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from .readings import BETWEEN, Reading

PLAIN = r"1[3-9][0-9]{9}(\.0)?"
"""A mobile number that needs no reading, also as a spreadsheet's floating number. A pattern of the engine too."""
LENGTH = 11
"""Digits of a mobile number."""

_MOBILE = re.compile(r"(?:(?:00|\+)?86|0)?(1[3-9][0-9]{9})")
_LOST = re.compile(r"[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_APART = re.compile(
    r"[/、;,|\n\t]+|[或及和&]|\s{2,}|(?<=[0-9]{7})\s+(?=\(?\+?[0-9]{2,4}[)-]?[0-9]{6})"
    r"|(?<=[0-9])(?![转轉分])[\u4e00-\u9fff]{1,6}(?=[0-9(+])"
)
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|extension|ext\.?|x|#)\s*[:.]?\s*([0-9]{1,6})\D*$", re.IGNORECASE)
_DASHED = re.compile(r"((?:\(?0[0-9]{2,3}\)?[- ]?[2-9][0-9]{6,7})|(?:[48]00-?[0-9]{3}-?[0-9]{4}))-([0-9]{1,5})")
_LANDLINE = re.compile(r"(?:(?:\+|00)86)?0?([1-9][0-9]{8,10})")
_SERVICE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
_OTHER = re.compile(r"[^0-9+]")
_LAST_DIGITS = 3
"""A second number given by so many digits at most is the first with another ending: 55501234/5."""
CHINA = 86
TELLING = 5
"""First digits of a landline that tell, with its length, whether there is such a number."""


def phones_of(text: str) -> Reading:
    """Every number in a cell, in the kept form; unsure, and left as it is, where some of it is no complete number.

    Numbers that look alike up to their extension are the same key. Source: GB numbering as in the `phonenumbers`
    metadata; a mobile number is 1, 3 to 9 and nine more digits, whatever ranges are handed out already.
    """
    text = re.sub(r"(?<=[0-9])\.0+$", "", text.strip())
    if _LOST.fullmatch(text):
        return Reading(text, (), sure=False)
    shown: list[str] = []
    keys: list[str] = []
    sure = True
    for part in filter(None, map(str.strip, _APART.split(text))):
        found = _one(_ending(part, keys))
        if found is None:
            sure = sure and not any(letter.isdigit() for letter in part)  # words between numbers: 微信同号
            continue
        number, key = found
        if key not in keys:
            keys.append(key)
            shown.append(number)
    if not keys or not sure:
        return Reading(text, tuple(keys), sure=False)
    return Reading(BETWEEN.join(shown), tuple(keys), sure=True)


def _ending(part: str, before: list[str]) -> str:
    """A part such as 5 after 55501234 is the number before with another ending."""
    if before and part.isdigit() and len(part) <= _LAST_DIGITS:
        return before[-1][: -len(part)] + part
    return part


def _one(part: str) -> tuple[str, str] | None:
    """Kept form and key of the one number in a text, None where it is none."""
    part, extension = _without_extension(part)
    digits = _OTHER.sub("", part)
    if mobile := _MOBILE.fullmatch(digits):
        return mobile[1] + extension, mobile[1]
    if (landline := _LANDLINE.fullmatch(digits)) and (area := _area(landline[1][:TELLING], len(landline[1]))):
        national = landline[1]
        return f"0{national[:area]}-{national[area:]}{extension}", "0" + national
    number = _valid(digits)
    if number is None:
        return None
    if number.country_code != CHINA:
        return _abroad(number) + extension, f"+{number.country_code}{number.national_number}"
    national = str(number.national_number)
    if service := _SERVICE.fullmatch(national):
        return "-".join(service.groups()) + extension, national
    area = _numbers().length_of_geographical_area_code(number)
    shown = f"0{national[:area]}-{national[area:]}" if area else national
    return shown + extension, "0" + national


@cache
def _area(beginning: str, length: int) -> int:
    """Digits of the area code of a Chinese landline that begins so, without its 0; 0 where there is none such.

    The library needs a tenth of a millisecond a number; the first digits and the length decide.
    """
    number = _valid("+86" + beginning + "5" * (length - len(beginning)))
    found: int = _numbers().length_of_geographical_area_code(number) if number else 0
    return found


def _without_extension(part: str) -> tuple[str, str]:
    """The number and "-801", or "" where it has no extension."""
    if found := _EXTENSION.search(part):
        return part[: found.start()], f"-{found[1]}"
    if found := _DASHED.search(part):
        return found[1], f"-{found[2]}"
    return part, ""


def _valid(digits: str) -> Any:
    numbers = _numbers()
    try:
        number = numbers.parse(digits, "CN")
    except numbers.NumberParseException:
        return None
    return number if numbers.is_valid_number(number) else None


def _abroad(number: Any) -> str:
    numbers = _numbers()
    shown: str = numbers.format_number(number, numbers.PhoneNumberFormat.INTERNATIONAL)
    return shown


@cache
def _numbers() -> Any:
    """The library; it is heavy, and plain mobile numbers do not need it."""
    import phonenumbers

    return phonenumbers
