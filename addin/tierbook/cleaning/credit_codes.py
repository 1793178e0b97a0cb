"""Unified social credit codes (GB 32100-2015): 18 letters, the last of which checks the others."""

from __future__ import annotations

from .readings import Reading

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and capitals without I, O, S, V, Z: GB 32100-2015, 4.1."""
LENGTH = 18
WEIGHTS = tuple(pow(3, place, len(LETTERS)) for place in range(LENGTH - 1))
"""GB 32100-2015, 4.5: the weight of place i is 3^(i-1) mod 31."""
_MISREAD = str.maketrans("OISZ", "0152")
"""Letters that no code has, and the digits they are taken for."""
_IGNORED = str.maketrans("", "", " -_.·\u00a0")


def check_letter(body: str) -> str:
    """The 18th letter for the first 17: 31 minus the weighted sum's remainder by 31 (0 where that is 31).

    Raises:
        ValueError: a letter that codes do not have.
    Source: GB 32100-2015, 4.5.
    """
    total = sum(LETTERS.index(letter) * weight for letter, weight in zip(body, WEIGHTS, strict=True))
    return LETTERS[-total % len(LETTERS)]


def is_credit_code(text: str) -> bool:
    """Whether the text is a code with the right check letter."""
    return len(text) == LENGTH and set(text) <= set(LETTERS) and check_letter(text[:-1]) == text[-1]


def credit_code_of(text: str) -> Reading:
    """A code in capitals without blanks; O, I, S and Z, which no code has, are read as 0, 1, 5 and 2,
    a small l as 1.

    Unsure where the check letter does not confirm it.
    """
    code = text.upper().translate(_IGNORED)
    for reading in (code, code.translate(_MISREAD), text.replace("l", "1").upper().translate(_IGNORED)):
        if is_credit_code(reading):
            return Reading(reading, (reading,), sure=True)
    return Reading(text, (), sure=False)


def plain(column: str) -> str:
    """SQL for whether a text is a code with the right check letter: `is_credit_code` for the engine."""
    values = (
        f"(strpos('{LETTERS}', substr({column}, {place}, 1)) - 1) * {weight}"
        for place, weight in enumerate(WEIGHTS, start=1)
    )
    check = f"(31 - ({' + '.join(values)}) % 31) % 31"
    last = f"substr('{LETTERS}', {check} + 1, 1)"
    return f"CASE WHEN regexp_full_match({column}, '[{LETTERS}]{{18}}') THEN {last} = {column}[18] ELSE false END"
