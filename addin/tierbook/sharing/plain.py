"""Calls of worksheet functions as INDEX and MATCH over the hidden sheets: for Excel 2010 and later, and WPS.

Only functions those know. What a word means is settled while the copy is made where the formula spells it out, so most
formulas stay short; the same holds for what the ids in the book are like: capitals are compared only where ids have
letters, and `1001.0` is read as 1001 only where all ids are digits. Such a text, and an id with two blanks in a row, is
unknown elsewhere; it never finds another customer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..typed import CELL_ERRORS, RANGE, WRONG
from .answers import Answers
from .calls import Call, constant, is_one_value
from .conditions import KINDS, conditions_of
from .extra import NEXT_COLUMN, Extra
from .names import block_ref, column_ref, has_twins
from .table import Table
from .values import CHOSEN, NEEDS_A_WORD, PER_CUSTOMER, column_of

_DIGITS = re.compile(r"-?[0-9]+")
_NARROW_KANA = re.compile(r"[\u30a1-\u30ff]")


@dataclass(frozen=True)
class _Manner:
    """What the ids of a table are like.

    Args:
        digits: all of them are digits; letters: some have letters; twins: some differ in capitals only.
        kana: some have letters that ASC would make half as wide, and the id another one.
    """

    digits: bool
    letters: bool
    twins: bool
    kana: bool


@dataclass(frozen=True)
class Plain:
    """Makes plain formulas for one book."""

    answers: Answers
    extra: Extra

    def formula(self, call: Call) -> str | None:
        """What stands in a call's place; None where a plain formula cannot do it."""
        if call.function == "CUST_STAMP":
            return self.extra.stamp_ref
        if call.function == "CUST_COUNT":
            return self._count(call)
        if not self._is_per_customer(call):
            return None
        answer = self._answer(call)
        return None if answer is None else self._for_an_id(call.argument(0), answer)

    def _count(self, call: Call) -> str | None:
        """How many customers meet conditions that the formula spells out."""
        spelled = [constant(argument) for argument in call.arguments]
        if len(spelled) > len(KINDS) or not all(known for known, _ in spelled):
            return None
        conditions = conditions_of(self.answers.conditions, [value for _, value in spelled])
        if isinstance(conditions, str):
            return conditions
        results, between = self.answers.results, _quoted(self.answers.between_tags)
        held = [f'({column_ref(results, "customer_id")}<>"")']
        for column, value in conditions:
            cells, wanted = column_ref(results, column), _quoted(value)
            tagged = f"ISNUMBER(FIND({_joined(between, wanted)},{between}&{cells}&{between}))"
            held.append(tagged if column == "tags" else f"({cells}={wanted})")
        return f"SUMPRODUCT({'*'.join([*held, '1'])})"

    def column(self, key: str, customer: str) -> str:
        """A result column for which there is no function, by the same rules."""
        return self._for_an_id(customer, self._from("", self.answers.results, key, customer))

    def _for_an_id(self, customer: str, answer: str) -> str:
        """Blank for a blank id, an error for what cannot be one, else the answer."""
        key = self._key(self.answers.results, customer)
        if answer in CELL_ERRORS:
            return f'IF({key}="","",{answer})'
        number = f"IF(ABS(N({customer}))<1E+15,{answer},{RANGE})"
        return f'IF({key}="","",IF(ISLOGICAL({customer}),{WRONG},{number}))'

    def _is_per_customer(self, call: Call) -> bool:
        most = PER_CUSTOMER.get(call.function, 0)
        least = 2 if call.function in NEEDS_A_WORD else 1
        return least <= len(call.arguments) <= most and all(is_one_value(one) for one in call.arguments)

    def _answer(self, call: Call) -> str | None:
        """The answer for an id that is one."""
        function, customer = call.function, call.argument(0)
        first, second = constant(call.argument(1)), constant(call.argument(2))
        if function == "CUST_HAS_TAG" or (function == "CUST_TAGS" and call.argument(1)):
            return self._tags(call)
        if first[0] and second[0]:
            found = column_of(self.answers, function, first[1], second[1])
            return found if isinstance(found, str) else self._from(function, found[0], found[1], customer)
        if function not in CHOSEN:
            return None
        return self._chosen_later(call, first)

    def _from(self, function: str, table: Table, key: str, customer: str) -> str:
        if function == "CUST_NEXT":
            return self._shown(table, self.extra.column_ref(NEXT_COLUMN), customer, full=False, words=True)
        full, words = table.is_full(key), table.holds_text(key)
        return self._shown(table, column_ref(table, key), customer, full=full, words=words)

    def _shown(self, table: Table, cells: str, customer: str, *, full: bool, words: bool) -> str:
        """The cell of a column in the customer's row; a blank one stays blank."""
        found = f"INDEX({cells},{self._row(table, customer)})"
        if not full:
            found = f'{found}&""' if words else f'IF({found}="","",{found})'
        return self._same_letters(table, customer, found)

    def _same_letters(self, table: Table, customer: str, found: str) -> str:
        """MATCH does not tell c-1 from C-1: where ids have letters, look again."""
        manner = self._manner(table)
        if not manner.letters or manner.twins:
            return found
        ids = column_ref(table, "customer_id")
        return f"IF(EXACT(INDEX({ids},{self._row(table, customer)}),{self._key(table, customer)}),{found},NA())"

    @staticmethod
    def _manner(table: Table) -> _Manner:
        return _manner_of(tuple(table.ids))

    def _row(self, table: Table, customer: str) -> str:
        ids, key = column_ref(table, "customer_id"), self._key(table, customer)
        if self._manner(table).twins:
            return f"MATCH(TRUE,INDEX(EXACT({ids},{key}),0),0)"
        return f"MATCH({_without_wildcards(key)},{ids},0)"

    def _key(self, table: Table, customer: str) -> str:
        """The id as text: half-width letters (in Excel for Chinese or Japanese, and in WPS), no blanks around it."""
        bare = customer
        for unseen, instead in (("\u00a0", " "), ("\u3000", " "), ("\u200b", "")):
            bare = f'SUBSTITUTE({bare},"{unseen}","{instead}")'
        manner = self._manner(table)
        key = f"TRIM({bare if manner.kana else f'ASC({bare})'})"
        if not manner.digits:
            return key
        return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({key}&"|",".00|",".0|"),".0|",""),"|","")'

    def _tags(self, call: Call) -> str | None:
        """CUST_TAGS with a separator, CUST_HAS_TAG."""
        results, between = self.answers.results, _quoted(self.answers.between_tags)
        known, word = constant(call.argument(1))
        found = column_of(self.answers, call.function, word, None) if known else (results, "tags")
        if isinstance(found, str):
            return found
        tags = self._from(call.function, results, "tags", call.argument(0))
        if call.function == "CUST_TAGS":
            joint = call.argument(1)
            if known:
                return tags if not word else f"SUBSTITUTE({tags},{between},{joint})"
            return f'IF({joint}="",{tags},SUBSTITUTE({tags},{between},{joint}))'
        held = f"{between}&{tags}&{between}"
        if known:
            tag = _joined(between, _quoted(self.answers.tag_words[_folded(word)]))
            return _holds(held, tag)
        tag = self._meaning("tag", call.argument(1))
        return f"IF(ISERROR({tag}),{WRONG},{_holds(held, f'{between}&{tag}&{between}')})"

    def _chosen_later(self, call: Call, first: tuple[bool, object]) -> str | None:
        """A tier, a score or an indicator whose word or day stands in a cell."""
        family, main, _ = CHOSEN[call.function]
        results, customer = self.answers.results, call.argument(0)
        if not first[0]:
            if call.argument(2) and not constant(call.argument(2))[0]:
                return None
            day = constant(call.argument(2))[1]
            if column_of(self.answers, call.function, None, day) != (results, main) and main:
                return None
            number = self._meaning(family, call.argument(1))
            if main:
                number = f'IF(TRIM({call.argument(1)})="",{results.number(main)},{number})'
            everything = block_ref(results.sheet, 1, len(results.columns), len(results.ids))
            found = f"INDEX({everything},{self._row(results, customer)},{number})"
            shown = self._same_letters(results, customer, f'IF({found}="","",{found})')
            return f"IF(ISERROR({number}),{WRONG},{shown})"
        return self._on_a_day(call, first[1])

    def _on_a_day(self, call: Call, word: object) -> str | None:
        now = column_of(self.answers, call.function, word, None)
        if isinstance(now, str):
            return now
        customer, argument = call.argument(0), call.argument(2)
        as_of, since = self.answers.as_of or 0.0, self.answers.since
        day = f"IF(ISTEXT({argument}),DATEVALUE({argument}),{argument})"
        shown = self._from(call.function, *now, customer)
        earlier = RANGE
        if since is not None:
            import datetime as dt

            then = column_of(self.answers, call.function, word, dt.date(1899, 12, 30) + dt.timedelta(days=since))
            kept = then if isinstance(then, str) else self._from(call.function, *then, customer)
            earlier = f"IF({day}>={since:.0f},{kept},{RANGE})"
        return f'IF(TRIM({argument})="",{shown},IF({day}>={as_of:.0f},{shown},{earlier}))'

    def _meaning(self, family: str, word: str) -> str:
        key = _without_wildcards(f'"{family}:"&TRIM(ASC({word}))')
        return f"INDEX({self.extra.meanings_ref},MATCH({key},{self.extra.words_ref},0))"


@lru_cache(maxsize=16)
def _manner_of(ids: tuple[str, ...]) -> _Manner:
    return _Manner(
        digits=all(_DIGITS.fullmatch(one) for one in ids),
        letters=any(one.lower() != one.upper() for one in ids),
        twins=has_twins(ids),
        kana=any(_NARROW_KANA.search(one) for one in ids),
    )


def _without_wildcards(key: str) -> str:
    """MATCH takes * and ? for any letters unless they are told apart with ~."""
    return f'SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({key},"~","~~"),"*","~*"),"?","~?")'


def _holds(words: str, part: str) -> str:
    """Whether a text has a part; an error in the text stays one, which ISNUMBER(FIND()) would make FALSE."""
    return f'SUBSTITUTE({words},{part},"")<>({words})'


def _folded(word: object) -> str:
    from ..typed import folded, id_text

    return folded(word if isinstance(word, str) else id_text(word))


def _joined(between: str, tag: str) -> str:
    return f"{between[:-1]}{tag[1:-1]}{between[1:]}"


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
