"""An id typed into a cell and the same id in a file of facts are one customer."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tierbook.cleaning import clean
from tierbook.engine import Engine
from tierbook.sources import load_frame
from tierbook.typed import cleaned, id_text

AS_OF = dt.date(2026, 8, 31)
ONLY_IN_FILES = re.compile(r"[='].*|[-—/]{1,2}|n/?a|nan|none|null|#.*|[0-9.]+e\+[0-9]+", re.IGNORECASE | re.DOTALL)
"""Texts by which files say blank, text or a number that lost its digits: no id, and none in a cell."""
written = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12),
    st.from_regex(r"[ 　]?-?[0-9０-９]{1,18}([.．][0０]{1,2})?[ \u200b]?", fullmatch=True),
)


@pytest.fixture(scope="module")
def customers_of(general):
    """The customers that cleaning makes of a column of ids."""

    def cleaned_ids(ids) -> set[str]:
        with Engine() as engine:
            source = load_frame(engine, "customers", pd.DataFrame({"customer_id": ids, "name": "x"}), where="test")
            clean(engine, {"customers": source}, general, AS_OF)
            return {row[0] for row in engine.rows("SELECT customer_id FROM customers")}

    return cleaned_ids


@given(st.lists(written, min_size=1, max_size=20))
@example(
    ["1001.0", " 1001", "１００１", "１００２．０", "0012", "0012.0", "-7.0", "1.50", "A\u200b7", "上海\u3000一号"]
)
@example(["１００２．０"])
@settings(max_examples=40, deadline=None)
def test_text_means_the_same_id_in_a_cell_and_in_a_file(customers_of, ids):
    ids = [each for each in ids if cleaned(each) and not ONLY_IN_FILES.fullmatch(cleaned(each))]
    if ids:
        assert customers_of(ids) == {id_text(each) for each in ids}


@pytest.mark.parametrize("kind", ["float64", "int64"])
def test_a_number_means_the_same_id_in_a_cell_and_in_a_file(customers_of, kind):
    numbers = pd.Series([1, 1001, 999_999_999_999_999, -7], dtype=kind)
    assert customers_of(numbers) == {id_text(float(number)) for number in numbers}
