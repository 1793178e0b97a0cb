"""Small files as people deliver them, each named after its trouble, with what cleaning must find beside it.

A `.toml` of the same name says where every row went (`delivered`, `kept`, `[set_aside]`, `[merged]`, `[notices]`),
which row is meant (`findings`: row, check, column, value) and what stands in the rows that are kept (`values`).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from tierbook.cleaning import clean
from tierbook.labels import LANGUAGES, text
from tierbook.schema import TABLES
from tierbook.sources import load_file

FOLDER = Path(__file__).parent / "messy"
AS_OF = dt.date(2026, 8, 31)
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".toml")
TABLE_WORDS = {word: key for key, table in TABLES.items() for word in (key, table.name.zh)}


def cleaned_file(engine, general, path):
    """Account of the table that a file's name begins with."""
    table = TABLE_WORDS[path.name.split("_")[0]]
    source = load_file(engine, table, path)
    return table, clean(engine, {table: source}, general, AS_OF).accounts[table]


def findings(engine):
    return [
        list(row)
        for row in engine.rows(
            "SELECT source_row, check_key, column_key, COALESCE(value, '') FROM findings ORDER BY ALL"
        )
    ]


def test_there_is_enough_mess_and_all_of_it_is_expected():
    assert len(FILES) >= 25
    assert {path.stem for path in FILES} == {path.stem for path in FOLDER.glob("*.toml")}
    assert sum(path.name.isascii() for path in FILES) >= 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_messy_file_is_read_and_every_row_told(engine, general, path):
    expected = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    table, account = cleaned_file(engine, general, path)
    assert (account.delivered, account.kept) == (expected["delivered"], expected["kept"])
    assert account.set_aside == expected.get("set_aside", {})
    assert account.merged == expected.get("merged", {})
    assert account.notices == expected.get("notices", {})
    assert account.delivered == account.kept + sum(account.set_aside.values()) + sum(account.merged.values())
    assert findings(engine) == expected.get("findings", [])
    columns = expected["columns"]
    rows = engine.rows(
        f"SELECT source_row, {', '.join(f'CAST({column} AS VARCHAR)' for column in columns)} FROM {table} ORDER BY 1"
    )
    assert [["" if cell is None else cell for cell in row] for row in rows] == expected["values"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_finding_has_words_and_a_cure(engine, general, path):
    cleaned_file(engine, general, path)
    for _, check, _, _ in findings(engine):
        for language in LANGUAGES:
            assert text(f"cleaning.{check}", language)
            assert text(f"cleaning.right_{check}", language)
