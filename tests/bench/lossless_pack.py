"""A workbook's package as `zipfile` and lxml see it: nothing of tierbook is used to judge tierbook."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
TYPES = "[content_types].xml"


@dataclass(frozen=True)
class Link:
    """One relationship: its id, the last word of its type, and the key of the part it leads to ("": outside)."""

    id: str
    kind: str
    part: str


class Pack:
    """The parts of a package by key: the name in lower case without its leading slash."""

    def __init__(self, data: bytes) -> None:
        self.parts: dict[str, bytes] = {}
        self.packed: dict[str, bytes] = {}
        self._trees: dict[str, etree._Element | None] = {}
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            self.names = [info.filename for info in source.infolist() if not info.is_dir()]
            for info in source.infolist():
                if not info.is_dir():
                    self.parts[key_of(info.filename)] = source.read(info)
                    self.packed[key_of(info.filename)] = _raw(data, info)

    def tree(self, key: str) -> etree._Element | None:
        """The root of a part, or None where it is no XML."""
        if key not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            try:
                self._trees[key] = etree.fromstring(self.parts[key], parser)
            except (etree.XMLSyntaxError, KeyError):
                self._trees[key] = None
        return self._trees[key]

    def elements(self, key: str, path: str) -> list[etree._Element]:
        """The elements at a path of main-namespace names below a part's root."""
        root = self.tree(key)
        return [] if root is None else root.findall("/".join(MAIN + name for name in path.split("/")))

    def links(self, key: str) -> list[Link]:
        """The relationships of a part; "" is the package."""
        folder, base = posixpath.split(key)
        root = self.tree(posixpath.join(folder, "_rels", base + ".rels"))
        return [] if root is None else [_link(key, e) for e in root if isinstance(e.tag, str)]

    def linked(self, key: str, kind: str) -> list[str]:
        return [link.part for link in self.links(key) if link.kind == kind and link.part in self.parts]

    def content_type(self, key: str) -> str | None:
        return self.overrides.get(key) or self.defaults.get(key.rsplit(".", 1)[-1])

    def reachable(self, key: str) -> set[str]:
        """Keys of the parts that can be reached from a part."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            new = {link.part for link in self.links(waiting.pop()) if link.part in self.parts} - found
            found |= new
            waiting.extend(new)
        return found

    @cached_property
    def overrides(self) -> dict[str, str]:
        return {key_of(e.get("PartName", "")): e.get("ContentType", "") for e in self._types("Override")}

    @cached_property
    def defaults(self) -> dict[str, str]:
        return {e.get("Extension", "").lower(): e.get("ContentType", "") for e in self._types("Default")}

    @cached_property
    def main(self) -> str:
        return next(iter(self.linked("", "officeDocument")), "")

    @cached_property
    def styles(self) -> str:
        return next(iter(self.linked(self.main, "styles")), "")

    @cached_property
    def sheets(self) -> list[tuple[str, str]]:
        """(name, key of the part or "") of each tab."""
        parts = {link.id: link.part for link in self.links(self.main)}
        tabs = self.elements(self.main, "sheets/sheet")
        found = [(tab.get("name", ""), parts.get(tab.get(OFFICE + "id", ""), "")) for tab in tabs]
        return [(name, part if part in self.parts else "") for name, part in found]

    def sheet(self, name: str) -> str:
        """The key of the part of a sheet, or ""."""
        return next((part for title, part in self.sheets if title.casefold() == name.casefold()), "")

    def _types(self, tag: str) -> list[etree._Element]:
        root = self.tree(TYPES)
        return [] if root is None else [e for e in root if isinstance(e.tag, str) and e.tag.endswith("}" + tag)]


def key_of(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def links_of(key: str) -> str:
    """The key of the part that holds a part's relationships."""
    folder, base = posixpath.split(key)
    return posixpath.join(folder, "_rels", base + ".rels")


def _link(source: str, element: etree._Element) -> Link:
    target, kind = element.get("Target", ""), element.get("Type", "").rsplit("/", 1)[-1]
    if element.get("TargetMode") == "External" or target.startswith("#"):
        return Link(element.get("Id", ""), kind, "")
    path = target.split("#")[0].replace("\\", "/")
    joined = path if path.startswith("/") else posixpath.join(posixpath.dirname(source), path)
    return Link(element.get("Id", ""), kind, key_of(posixpath.normpath(joined)))


def _raw(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """A file's bytes as they lie in the zip, still compressed."""
    name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    return data[start : start + info.compress_size]
