"""A block of ids in, a block of answers out: the names work value by value, as Excel 365 spills them.

IronCalc takes single values only, and LibreOffice knows LET and XLOOKUP but neither LAMBDA nor REDUCE. So the very text
of the names is put together here into one formula without LAMBDA and given to LibreOffice as an array formula. Left out
is what LibreOffice cannot do: the careful reading of odd ids (REDUCE; such ids are unknown here) and the choice of a
column by a word (ROWS of a single value). IronCalc checks both, one id at a time.
"""

from __future__ import annotations

import itertools
import re

import pytest

from tierbook.sharing.answers import read_answers
from tierbook.sharing.extra import Extra
from tierbook.sharing.names import named_functions

pytestmark = [pytest.mark.office, pytest.mark.slow]
_numbers = itertools.count(1)


def arguments_of(text, start):
    """The arguments of a call whose bracket opens before `start`, and where the call ends."""
    found, depth, quoted, piece = [], 0, False, ""
    for place in range(start, len(text)):
        letter = text[place]
        quoted = quoted != (letter == '"')
        depth += 0 if quoted else (letter in "({") - (letter in ")}")
        if depth < 0:
            return [*found, piece], place + 1
        if letter == "," and depth == 0 and not quoted:
            found.append(piece)
            piece = ""
        else:
            piece += letter
    raise AssertionError(text)


class Flat:
    """One formula put together: what LAMBDAs and LETs name stands in a single LET (LibreOffice knows no LET that looks
    into another's names), each under a name of its own.
    """

    def __init__(self, names):
        self._names = names
        self._bound = []

    def formula(self, text):
        last = self._expanded(text)
        return f"_xlfn.LET({','.join([*itertools.chain.from_iterable(self._bound), last])})" if self._bound else last

    def _expanded(self, text):
        while found := re.search(r"\b(CUST_[A-Z_]+|_cust_[a-z]+|_xlfn\.LET)\(", text):
            given, end = arguments_of(text, found.end())
            made = self._let(given) if found[1] == "_xlfn.LET" else self._call(found[1], given)
            text = text[: found.start()] + made + text[end:]
        return text

    def _call(self, name, given):
        if name == "_cust_careful":
            return "NA()"
        *declared, body = arguments_of(self._names[name], len("_xlfn.LAMBDA("))[0]
        pairs = []
        for place, one in enumerate(declared):
            bare, value = one.split(".")[-1], given[place] if place < len(given) else ""
            body = body.replace(f"_xlfn.ISOMITTED(_xlpm.{bare})", "FALSE" if value else "TRUE")
            pairs += [f"_xlpm.{bare}", value or '""']
        return self._let([*pairs, body])

    def _let(self, given):
        *pairs, body = given
        number = next(_numbers)
        for name, value in zip(*[iter(pairs)] * 2, strict=True):
            worked_out = self._expanded(self._with_fresh_names(value, number))
            self._bound.append((f"{name}_{number}_", worked_out))
        return self._expanded(self._with_fresh_names(body, number))

    def _with_fresh_names(self, text, number):
        """What one LET has bound so far, under the names it has in the one formula."""
        end = f"_{number}_"
        for name in [name for name, _ in self._bound if name.endswith(end)]:
            text = re.sub(rf"{re.escape(name.removesuffix(end))}(?![a-z_0-9])", name, text)
        return text


@pytest.fixture(scope="module")
def found(asked, tmp_path_factory):
    """Each call over the block A2:A9 as an array formula, calculated by LibreOffice; and what the add-in says."""
    folder = tmp_path_factory.mktemp("blocks")
    ids = ["1001", 1, None, "nobody", "A-7", "1002", 1e15, "0012"]  # TRUE is a number to LibreOffice
    asks = [one for one in asked.SIMPLE if one.function not in ("CUST_TIER", "CUST_SCORE", "CUST_TAGS")]
    path = asked.small_book(folder / "plain.xlsx", asked.asking(ids, []))
    answers = read_answers(path)
    extra = Extra(answers)
    names = named_functions(answers, extra)

    def people(book):
        asked.asking(ids, [])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        for column, ask in enumerate(asks, start=3):
            call = ask.formula(asked.FIRST).replace("A2", "A2:A9")
            sheet.write_array_formula(1, column, 8, column, "{=" + Flat(names).formula(call) + "}")
        asked.table_sheet(book, "_tierbook_answers", [["customer_id", "next"], *extra.rows])
        asked.table_sheet(book, "_tierbook_words", [["word", "meaning"], *extra.words])

    book = asked.small_book(folder / "blocks.xlsx", people)
    return asked.by_libreoffice(book, len(ids), len(asks), folder), asked.wanted(path, ids, asks), ids, asks


def test_each_id_of_a_block_has_its_own_answer(asked, found):
    off = asked.differences(*found)
    assert not [each for each in off if each[3] != ""]
    assert {each[2] for each in off} <= {"#N/A"}  # what LibreOffice's XLOOKUP makes of a blank cell among several
