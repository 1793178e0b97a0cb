"""Raw columns tidied: one Unicode form, no stray spaces, blanks as NULL.

The engine has no NFKC, so the few distinct texts with letters that NFKC may change are normalised in
Python and joined back; plain ASCII and plain Chinese never leave the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engine import Engine, quoted, text_literal
from .shapes import Shape
from .survey import Survey
from .words import Needs, is_blank_word, plain

WHITE = "' ' || chr(9) || chr(10) || chr(13)"

# Letters that NFKC leaves alone: ASCII, Latin-1 letters, common Chinese, its quotes, brackets and full stops.
_UNSTABLE = (
    r"[^\x{00}-\x{7F}\x{C0}-\x{FF}\x{2013}\x{2014}\x{2018}\x{2019}\x{201C}\x{201D}"
    r"\x{3001}\x{3002}\x{3008}-\x{3011}\x{4E00}-\x{9FFF}]"
)


def tidy(engine: Engine, raw: str, shapes: Mapping[str, Shape], found: Survey, target: str, *, cast: bool) -> str:
    """The relation with source_row and the raw columns, text NFKC and trimmed, blanks and NaN NULL.

    Args:
        cast: some text is not of the engine's own text type (a frame's categories are not).
    Returns:
        `raw` itself where nothing needs doing, else `target`, a view.
    """
    needs = found.needs
    mapped = _normalised(engine, raw, found, f"{target}_words")
    if not mapped and not cast and not any(need.white or need.blank for need in needs.values()):
        return raw
    cells: list[str] = []
    columns: list[str] = []
    joins: list[str] = []
    for key, shape in shapes.items():
        column, cell, need = quoted(key), f"r.{quoted(key)}", needs.get(key, Needs())
        value = column
        if key in mapped:
            word = f"w{len(joins)}"
            joins.append(f"LEFT JOIN {quoted(target + '_words')} AS {word} ON {word}.raw = {cell}")
            cell = f"COALESCE({word}.clean, {cell})"
        if shape == "float" and need.blank:
            cell = f"CASE WHEN isnan({cell}) THEN NULL ELSE {cell} END"
        elif shape == "text":
            cell = f"trim(CAST({cell} AS VARCHAR), {WHITE})" if need.white else f"CAST({cell} AS VARCHAR)"
            if need.white or need.blank or key in mapped:
                value = f"CASE WHEN {is_blank_word(column)} THEN NULL ELSE {column} END"
        cells.append(f"{cell} AS {column}")
        columns.append(f"{value} AS {column}")
    engine.drop(target)
    engine.execute(
        f"CREATE TEMP VIEW {quoted(target)} AS SELECT source_row, {', '.join(columns)} FROM "
        f"(SELECT r.source_row, {', '.join(cells)} FROM {quoted(raw)} AS r {' '.join(joins)})"
    )
    return target


def _normalised(engine: Engine, raw: str, found: Survey, words: str) -> set[str]:
    """Put (raw, clean) of every text that NFKC changes into the table `words`; the columns that have any."""
    changed: dict[str, str] = {}
    columns = set()
    for key in (key for key, need in found.needs.items() if need.beyond):
        texts = found.texts[key] if key in found.texts else _unstable(engine, raw, key)
        clean = {text: plain(text) for text in texts if not text.isascii()}
        clean = {text: better for text, better in clean.items() if text != better}
        if clean:
            columns.add(key)
            changed |= clean
    if changed:
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(words)} (raw VARCHAR, clean VARCHAR)")
        engine.execute(
            f"INSERT INTO {quoted(words)} SELECT unnest($1), unnest($2)", [list(changed), list(changed.values())]
        )
    return columns


def _unstable(engine: Engine, raw: str, key: str) -> Sequence[str]:
    """A column's different texts with letters that NFKC may change."""
    found = engine.rows(
        f"SELECT v FROM (SELECT DISTINCT CAST({quoted(key)} AS VARCHAR) AS v FROM {quoted(raw)}) "
        f"WHERE strlen(v) <> length(v) AND regexp_matches(v, {text_literal(_UNSTABLE)})"
    )
    return [text for (text,) in found]
