"""Sheets, tables and names that bear another name here: formulas that speak of them are written anew."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from xml.sax.saxutils import escape

from lxml import etree

from ..package.opc import Package, Relationship
from ..package.xml_parts import local_name

_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'  # a text: never looked into
    r"|\[\d+\][^\s'!()*+,/:;<=>^&\"{}\[\]-]+!"  # a sheet of another book
    r"|'((?:[^']|'')+)'!"  # a sheet in quotes
    r"|([^\s'!()*+,/:;<=>^&\"{}\[\]-]+)!"  # a sheet
    r"|\[[^\[\]]*\]"  # the column of a table, or another book
    r"|([\w\\.?]+)(?![\w\\.?(!])"  # a table or a name
)
_FORMULA = re.compile(rb"(<(?:\w+:)?f(?:\s[^<>]*)?>)([^<]*)(</(?:\w+:)?f>)")
_LINK = re.compile(rb'(\stextlink=")([^"]*)(")')
_FORMULAS = {"f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula"}
_PLAIN = re.compile(r"[^\W\d]\w*")
_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]{1,7}|[Rr][0-9]*[Cc][0-9]*|[RrCc]")


@dataclass(frozen=True)
class Renaming:
    """Old name -> new name. Sheets, tables and names of the book; old ones are found in any case."""

    sheets: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sheets or self.words)

    def formula(self, formula: str) -> str:
        """A formula in the new names."""
        return _TOKEN.sub(self._token, formula)

    def _token(self, found: re.Match[str]) -> str:
        quoted, bare, word = found.groups()
        if word:
            return self._of(self.words, word) or found[0]
        if quoted or bare:
            name = self._of(self.sheets, quoted.replace("''", "'") if quoted else bare)
            return f"{as_written(name)}!" if name else found[0]
        return found[0]

    @staticmethod
    def _of(names: Mapping[str, str], name: str) -> str | None:
        folded = name.casefold()
        return next((new for old, new in names.items() if old.casefold() == folded), None)

    def part(self, data: bytes) -> bytes:
        """The bytes of a chart, a drawing or of cells, their formulas in the new names."""
        data = _FORMULA.sub(lambda found: found[1] + self._xml(found[2], quotes=False) + found[3], data)
        return _LINK.sub(lambda found: found[1] + self._xml(found[2], quotes=True) + found[3], data)

    def _xml(self, raw: bytes, *, quotes: bool) -> bytes:
        text = unescape(raw.decode("utf-8"))
        new = self.formula(text)
        return raw if new == text else escape(new, {'"': "&quot;"} if quotes else {}).encode()

    def frame(self, root: etree._Element) -> None:
        """A sheet's frame or a table: conditions, drop-downs, sparklines, links."""
        for element in root.iter(etree.Element):
            if local_name(element) in _FORMULAS and element.text:
                element.text = self.formula(element.text)
            elif local_name(element) == "hyperlink" and element.get("location"):
                element.set("location", self.formula(element.get("location", "")))

    def links(self, links: list[Relationship]) -> list[Relationship]:
        """A part's relationships: those to places in the book."""
        return [self._link(link) for link in links]

    def _link(self, link: Relationship) -> Relationship:
        if not link.target.startswith("#"):
            return link
        target = "#" + self.formula(link.target[1:])
        return Relationship(link.id, link.type, target, link.external, link.part)


def as_written(sheet: str) -> str:
    """A sheet's name as a formula writes it: in quotes where it needs them."""
    if _PLAIN.fullmatch(sheet) and not _CELL.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"


def rename_below(package: Package, part: str, renaming: Renaming) -> None:
    """Write the formulas of a sheet's charts and drawings anew; what speaks of other sheets keeps its bytes."""
    for name in package.reachable(part).values():
        kind = package.content_type(name) or ""
        if not ("drawing" in kind or "chart" in kind) or kind.endswith("vmlDrawing"):
            continue
        data = package.read(name)
        if (changed := renaming.part(data)) != data:
            package.put(name, changed, kind)
        links = package.relationships(name)
        if links and (moved := renaming.links(links)) != links:
            package.put_relationships(name, moved)
