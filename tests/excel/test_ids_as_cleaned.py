"""An id typed into a cell and the same id in a file of facts are one customer."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tierbook.cleaning import clean
from tierbook.cleaning.ids import SCIENTIFIC
from tierbook.cleaning.text import BLANK_WORDS
from tierbook.engine import Engine
from tierbook.excel.ids import cleaned, id_text
from tierbook.sources import load_frame

AS_OF = dt.date(2026, 8, 31)
SPREADSHEETS_MARKS = ("=", "'")
"""Leading signs by which spreadsheets mark text in files; a cell never holds them."""
written = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12),
    st.from_regex(r"[ 　]?-?[0-9０-９]{1,18}([.．][0０]{1,2})?[ \u200b]?", fullmatch=True),
)


def customers_of(ids, general) -> set[str]:
    """The customers that cleaning makes of a column of ids."""
    with Engine() as engine:
        source = load_frame(engine, "customers", pd.DataFrame({"customer_id": ids, "name": "x"}), where="test")
        clean(engine, {"customers": source}, general, AS_OF)
        return {row[0] for row in engine.rows("SELECT customer_id FROM customers")}


@given(st.lists(written, min_size=1, max_size=20))
@example(["1001.0", " 1001", "１００１", "0012", "0012.0", "-7.0", "1.50", "A\u200b7", "上海\u3000一号"])
@settings(max_examples=40, deadline=None)
def test_text_means_the_same_id_in_a_cell_and_in_a_file(general, ids):
    ids = [each for each in ids if cleaned(each).upper() not in BLANK_WORDS]
    ids = [each for each in ids if not cleaned(each).startswith(SPREADSHEETS_MARKS)]
    ids = [each for each in ids if not re.match(SCIENTIFIC, cleaned(each))]
    if ids:
        assert customers_of(ids, general) == {id_text(each) for each in ids}


@pytest.mark.parametrize("kind", ["float64", "int64"])
def test_a_number_means_the_same_id_in_a_cell_and_in_a_file(general, kind):
    numbers = pd.Series([1, 1001, 999_999_999_999_999, -7], dtype=kind)
    assert customers_of(numbers, general) == {id_text(float(number)) for number in numbers}
