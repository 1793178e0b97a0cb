"""What a cell shows in place of an answer.

A function cannot hand Excel a real error through COM: it returns one of these texts, and the add-in's own
code turns them into the error of the same name, so that IFERROR, IFNA and ISNA work.
"""

from __future__ import annotations

UNKNOWN = "#N/A"
"""The scored book has no such customer."""
WRONG = "#VALUE!"
"""An argument is not one of the words or shapes the function takes."""
RANGE = "#NUM!"
"""An id typed as a number of more than 15 digits: Excel has already lost its last digits."""
NO_BOOK = "#REF!"
"""There is no scored book to answer from. Not #N/A: IFNA(..., "new customer") must not take everyone for new."""

CELL_ERRORS = frozenset(
    {UNKNOWN, WRONG, RANGE, NO_BOOK, "#DIV/0!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""Error texts a cell may hand in; an error in gives the same error out."""
