"""What a share copy's formulas need and no hidden sheet of a refresh holds: next actions, words, the stamp in a line.

`_tierbook_answers`: a row per customer in the order of the results. `_tierbook_words`: what people may type for a
scale, a scorecard, an indicator, a tag or a condition (`scale:four`), and the column, tag or value it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .answers import Answers

ANSWERS, WORDS = "_tierbook_answers", "_tierbook_words"
NEXT_COLUMN = "next"
_LONGEST_KEY = 255
"""Letters of a text Excel can look up."""


@dataclass(frozen=True)
class Extra:
    """The content of the two sheets, and where it stands."""

    answers: Answers

    @cached_property
    def words(self) -> Sequence[tuple[str, str | float, str]]:
        """What may be typed, in lower case with its family in front; the number of a result column, or a tag; and the
        value CUST_COUNT looks for in that column (`in_tier:vip`).
        """
        results = self.answers.results
        found: list[tuple[str, str | float, str]] = []
        for (family, word), key in self.answers.words.items():
            found.append((f"{family}:{word}", float(results.number(key)), ""))
        for word, tag in self.answers.tag_words.items():
            found.append((f"tag:{word}", tag, ""))
        for (kind, word), (column, value) in self.answers.conditions.items():
            if kind != "tag":
                found.append((f"in_{kind}:{word}", float(results.number(column)), value))
        return [one for one in found if len(one[0]) <= _LONGEST_KEY]

    @property
    def rows(self) -> Sequence[Sequence[object]]:
        """The rows of `_tierbook_answers`."""
        actions = self.answers.actions or {}
        return [[customer, actions.get(customer)] for customer in self.answers.results.ids]

    @property
    def words_ref(self) -> str:
        return f"{WORDS}!$A$2:$A${len(self.words) + 1}"

    @property
    def meanings_ref(self) -> str:
        return f"{WORDS}!$B$2:$B${len(self.words) + 1}"

    @property
    def looked_for_ref(self) -> str:
        return f"{WORDS}!$C$2:$C${len(self.words) + 1}"

    @property
    def stamp_ref(self) -> str:
        return f"{WORDS}!$E$2"

    def column_ref(self, key: str) -> str:
        letter = {"customer_id": "A", NEXT_COLUMN: "B"}[key]
        return f"{ANSWERS}!${letter}$2:${letter}${len(self.answers.results.ids) + 1}"
