"""What an edit lost: parts, relationships, elements, defined names, cached values; and how much kept its bytes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from lossless_pack import MAIN, TYPES, Pack, links_of
from lxml import etree

_CHAIN = "calcChain"
_TEXTS = "sharedStrings"
_SUMMARIES = ("docprops/app.xml", "docprops/core.xml")
"""What a program writes about itself and the file; that it writes it anew is no loss."""


@dataclass
class Losses:
    """What stood in the book before and does not after. Empty lists: nothing."""

    parts: list[str] = field(default_factory=list)
    relationships: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    kept: int = 0
    kept_packed: int = 0
    others: int = 0
    altered: list[str] = field(default_factory=list)

    def any(self) -> bool:
        return bool(self.parts or self.relationships or self.elements or self.names or self.values)

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value}


def compare(before: Pack, after: Pack, owned: Collection[str]) -> Losses:
    """Two states of a book.

    Args:
        owned: sheets the edit may rewrite; they and what hangs on them alone are not looked at.
    """
    free = parts_of(before, owned) | {links_of(part) for part in parts_of(before, owned)}
    shared = {TYPES, before.main, links_of(before.main), before.styles}
    chain = set(before.linked(before.main, _CHAIN))
    others = [part for part in before.parts if part not in free | shared | chain]
    types = _types(after) - _types(before)
    found = Losses(others=len(others))
    for part in others:
        if part not in after.parts:
            renamed = types[before.content_type(part)] > 0  # texts may have gone into their cells
            found.parts += [] if renamed or part in before.linked(before.main, _TEXTS) else [part]
            types[before.content_type(part)] -= 1
            found.altered.append(part)
        elif after.parts[part] == before.parts[part]:
            found.kept += 1
            found.kept_packed += after.packed[part] == before.packed[part]
        else:
            found.altered.append(part)
            found.elements += [] if part in _SUMMARIES else _lost_elements(before, after, part)
    for part in shared & before.parts.keys():
        found.elements += _lost_elements(before, after, part)
    found.relationships = _lost_links(before, after, others)
    found.names = _lost_names(before, after, owned)
    found.values = _lost_values(before, after, owned)
    return found


def parts_of(pack: Pack, sheets: Collection[str]) -> set[str]:
    """Keys of these sheets' parts and of what hangs on them alone."""
    own = {pack.sheet(name) for name in sheets} - {""}
    theirs = set().union(*(pack.reachable(part) for part in own), own)
    rest: set[str] = set()
    waiting = [link.part for link in pack.links("")] + [link.part for link in pack.links(pack.main)]
    for part in set(waiting) - own - {pack.main}:
        rest |= {part} | pack.reachable(part)
    return theirs - rest


def _types(pack: Pack) -> Counter[str | None]:
    return Counter(pack.content_type(part) for part in pack.parts)


def _lost_links(before: Pack, after: Pack, others: Collection[str]) -> list[str]:
    """Kinds of relationships there are fewer of, in the book's own list and in those of other parts."""

    def count(pack: Pack) -> Counter[str]:
        sources = ["", *pack.parts] if pack is after else ["", pack.main, *others]
        return Counter(
            link.kind for source in sources for link in pack.links(source) if link.kind not in {_CHAIN, _TEXTS}
        )

    return [f"{kind} x{number}" for kind, number in (count(before) - count(after)).items()]


def _lost_elements(before: Pack, after: Pack, part: str) -> list[str]:
    old, new = before.tree(part), after.tree(part)
    if old is None or new is None:
        return [] if old is None else [f"{part}: no longer XML"]
    lost = _tags(old, part) - _tags(new, part)
    return [f"{part}: {tag} x{number}" for tag, number in lost.items()]


def _tags(root: etree._Element, part: str) -> Counter[str]:
    """Elements by name. Those of the calculation chain count nowhere: Excel makes it anew."""
    chain = [e for e in root if str(e.get("ContentType", e.get("Type", ""))).endswith(("calcChain", "calcChain+xml"))]
    found = Counter(str(e.tag) for e in root.iter(etree.Element))
    if part == TYPES or part.endswith(".rels"):
        found -= Counter(str(e.tag) for e in chain)
    return found


def _lost_names(before: Pack, after: Pack, owned: Collection[str]) -> list[str]:
    """Defined names that are gone or speak of another range."""
    now = _names(after)
    places = {str(n) for n, (name, _) in enumerate(before.sheets) if name in owned}
    return [
        f"{name} ({scope or 'book'}): {text}"
        for (name, scope), text in _names(before).items()
        if not name.startswith("_tierbook.")
        and scope not in places
        and now.get((name, scope)) != text
        and not any(sheet in text for sheet in owned)
    ]


def _names(pack: Pack) -> dict[tuple[str, str], str]:
    found = pack.elements(pack.main, "definedNames/definedName")
    return {(e.get("name", "").casefold(), e.get("localSheetId", "")): e.text or "" for e in found}


_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


def _lost_values(before: Pack, after: Pack, owned: Collection[str]) -> list[str]:
    """Sheets whose formulas have fewer remembered results than before."""
    lost = []
    for name, part in before.sheets:
        now = after.sheet(name)
        if name in owned or not part or not now or before.parts[part] == after.parts[now]:
            continue
        if not _FORMULA.search(before.parts[part]):
            continue
        number = _remembered(before.tree(part)) - _remembered(after.tree(now))
        if number > 0:
            lost.append(f"{name} x{number}")
    return lost


def _remembered(root: etree._Element | None) -> int:
    if root is None:
        return 0
    return sum(
        cell.find(MAIN + "f") is not None and cell.find(MAIN + "v") is not None for cell in root.iter(MAIN + "c")
    )
