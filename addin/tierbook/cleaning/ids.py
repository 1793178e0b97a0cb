"""Ids: text, digit for digit."""

from __future__ import annotations

from .shapes import Shape

SCIENTIFIC = r"^[0-9](\.[0-9]+)?[eE]\+[0-9]+$"
EXACT_WHOLE = 9007199254740992
"""Above 2^53 a floating number no longer holds every whole number, so digits are lost."""


def may_need_care(text: str) -> str:
    """SQL for whether a text could be an id in another guise: a dot, a plus, or a first letter such as ' and =.

    False for nearly all ids, and cheap.
    """
    return f"contains({text}, '.') OR contains({text}, '+') OR {text} < '(' OR ({text} >= '=' AND {text} < '>')"


def id_of(column: str, shape: Shape, *, odd: bool = True) -> str:
    """SQL for the id in a tidied column: VARCHAR, or NULL where digits were lost.

    "1001.0" and 1001.0 are "1001"; leading zeros stay; ="007" and '007 (spreadsheets' ways to say "text") are
    "007". Scientific notation such as 1.23E+15 has lost its digits and cannot be read.

    Args:
        odd: some value of the column may need care.
    """
    if shape == "whole":
        return f"CAST({column} AS VARCHAR)"
    if shape == "float":
        whole = f"{column} = floor({column}) AND abs({column}) < {EXACT_WHOLE}"
        return f"CASE WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) END"
    if shape == "text" and not odd:
        return column
    text = column if shape == "text" else f"CAST({column} AS VARCHAR)"
    return (
        f"CASE WHEN NOT ({may_need_care(text)}) THEN {text} "
        f"WHEN regexp_matches({text}, '^-?[0-9]+\\.0+$') THEN regexp_extract({text}, '^-?[0-9]+') "
        f"WHEN regexp_matches({text}, '{SCIENTIFIC}') THEN NULL "
        f"WHEN left({text}, 1) IN ('=', '''') "
        f"THEN nullif(regexp_replace({text}, '^=?[\"'']?(.*?)\"?$', '\\1'), '') "
        f"ELSE {text} END"
    )


def never_unreadable(shape: Shape) -> bool:
    """Whether every value of the shape gives an id."""
    return shape in ("whole", "date", "stamp", "flag")
