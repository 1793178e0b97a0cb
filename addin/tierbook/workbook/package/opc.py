"""An Office Open XML package: parts, their content types and the relationships between them.

Edits are collected and written together: a part that comes out as it went in is no edit, so doing the same
thing twice gives the same bytes.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from functools import cached_property

from lxml import etree

from ...errors import WorkbookError
from .deflate import Packed
from .file_kinds import refuse_other_containers, refuse_other_documents, refuse_other_packages
from .made_parts import LongPart, MadeParts
from .relationships import Relationship, links_part, path_from, relationship_of, source_of
from .xml_parts import MAIN, R_ID, children, dump, make_child, parse, refuse_doctype
from .zip_records import Records, key_of

__all__ = ["RELATIONSHIPS_TYPE", "Package", "Relationship", "links_part", "path_from"]

_TYPES = "[Content_Types].xml"
_TYPES_NS = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}workbook"
_LINKS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_NO_LINKS = f'<Relationships xmlns="{_LINKS_NS}"/>'
_XML = (".xml", ".rels", ".vml")
RELATIONSHIPS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


class Package:
    """A workbook's package, with its edits.

    Raises:
        WorkbookError: the bytes are not a workbook we can open; the reason says what to do.
    """

    def __init__(self, data: bytes | MadeParts) -> None:
        self._records: Records | MadeParts
        if isinstance(data, MadeParts):
            self._records = data
        else:
            refuse_other_containers(data)
            self._records = Records(data)
        self._data = data
        self._edits: dict[str, tuple[str, bytes | Packed | None]] = {}
        self._trees: dict[str, tuple[str, etree._Element, bytes]] = {}
        self._new_types: dict[str, tuple[str, str]] = {}
        names = {key_of(name) for name in self._records.names()}
        refuse_other_packages(names)
        if any(name.startswith("_xmlsignatures/") for name in names):
            raise WorkbookError("workbook.signed")
        self.main = self._main_part()

    # --- parts

    def has(self, part: str) -> bool:
        edit = self._edits.get(key_of(part))
        return part in self._records if edit is None else edit[1] is not None

    def read(self, part: str) -> bytes:
        """The bytes of a part. Trees under edit are not looked at.

        Raises:
            WorkbookError: the part is missing or damaged.
        """
        edit = self._edits.get(key_of(part))
        if edit is None:
            return self._records.read(part)
        if edit[1] is None:
            raise WorkbookError("workbook.part_missing", part=part)
        return b"".join(edit[1].chunks()) if isinstance(edit[1], Packed) else edit[1]

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part in pieces."""
        _, content = self._edits.get(key_of(part), ("", None))
        if isinstance(content, Packed):
            yield from content.chunks()
        elif key_of(part) in self._edits:
            yield self.read(part)
        else:
            yield from self._records.chunks(part)

    def long(self, part: str) -> LongPart | None:
        """A part nobody edited whose rows are still to be written."""
        made = self._records if isinstance(self._records, MadeParts) else None
        return None if made is None or key_of(part) in self._edits else made.long(part)

    def tree(self, part: str) -> etree._Element:
        """The root of a part's XML. What is changed in the tree is part of the package."""
        key = key_of(part)
        if key not in self._trees:
            root = parse(self.read(part), part)
            self._trees[key] = (part, root, dump(root))
        return self._trees[key][1]

    def put(self, part: str, content: bytes | Packed, content_type: str) -> None:
        """Replace a part, or add one."""
        self._trees.pop(key_of(part), None)
        self._edits[key_of(part)] = (part, content)
        self._new_types[key_of(part)] = (part, content_type)

    def drop(self, part: str) -> None:
        """Take a part and its relationships out."""
        for name in (part, links_part(part)):
            self._trees.pop(key_of(name), None)
            self._new_types.pop(key_of(name), None)
            if self.has(name):
                self._edits[key_of(name)] = (name, None)

    def fresh_name(self, like: str) -> str:
        """A free part name that differs from `like` in its number only, such as xl/charts/chart4.xml."""
        folder, base = posixpath.split(like)
        stem, extension = posixpath.splitext(base)
        stem = stem.rstrip("0123456789")
        number = 1
        while not self._is_free(name := posixpath.join(folder, f"{stem}{number}{extension}")):
            number += 1
        return name

    def _is_free(self, part: str) -> bool:
        """No such part now, nor one before in another spelling (the zip would keep that spelling), nor arrows of it."""
        taken = self.has(part) or self.has(links_part(part)) or key_of(part) in self._promised
        return not taken and self._records.spelling(part) in {None, part}

    @cached_property
    def _promised(self) -> set[str]:
        """Keys of parts the book's arrows lead to and that are not there: a new one would come to life elsewhere."""
        links = [name for name in self._records.names() if name.endswith(".rels")]
        found = (
            relationship_of(source_of(name), element).part
            for name in links
            for element in children(parse(self._records.read(name), name))
        )
        return {key_of(part) for part in found if part and part not in self._records}

    # --- content types

    def content_type(self, part: str) -> str | None:
        """What [Content_Types].xml says of a part."""
        return self._declared(self.tree(_TYPES), part)

    @staticmethod
    def _declared(types: etree._Element, part: str) -> str | None:
        for override in types.iterfind(_TYPES_NS + "Override"):
            if key_of(override.get("PartName", "")) == key_of(part):
                return override.get("ContentType")
        extension = part.rsplit(".", 1)[-1].lower()
        for default in types.iterfind(_TYPES_NS + "Default"):
            if default.get("Extension", "").lower() == extension:
                return default.get("ContentType")
        return None

    def _settle_types(self) -> None:
        """Declare the types of new parts and forget those of dropped ones."""
        types = self.tree(_TYPES)
        for override in list(types.iterfind(_TYPES_NS + "Override")):
            edit = self._edits.get(key_of(override.get("PartName", "")))
            if edit is not None and edit[1] is None:
                types.remove(override)
        for part, content_type in self._new_types.values():
            if self._declared(types, part) != content_type:
                self._declare(types, part, content_type)

    @staticmethod
    def _declare(types: etree._Element, part: str, content_type: str) -> None:
        """A Default where the extension is still free, else an Override (a Default may mean something else)."""
        for override in types.iterfind(_TYPES_NS + "Override"):
            if key_of(override.get("PartName", "")) == key_of(part):
                override.set("ContentType", content_type)
                return
        extension = part.rsplit(".", 1)[-1].lower()
        taken = {default.get("Extension", "").lower() for default in types.iterfind(_TYPES_NS + "Default")}
        if extension != "xml" and extension not in taken:
            types.insert(0, etree.Element(_TYPES_NS + "Default", Extension=extension, ContentType=content_type))
        else:
            make_child(types, _TYPES_NS + "Override", [("PartName", "/" + part), ("ContentType", content_type)])

    # --- relationships

    def relationships(self, part: str) -> list[Relationship]:
        """The arrows from a part; "" is the package itself."""
        links = links_part(part)
        if not self.has(links):
            return []
        return [relationship_of(part, element) for element in children(self.tree(links))]

    def related(self, part: str, kind: str) -> str | None:
        """The first part of that kind a part points to."""
        return next((r.part for r in self.relationships(part) if r.kind == kind and r.part), None)

    def relate(self, part: str, type_uri: str, target: str) -> str:
        """Add an arrow from a part to another and give its id."""
        links = links_part(part)
        if not self.has(links):
            self.put_relationships(part, [])
        root = self.tree(links)
        taken = {element.get("Id") for element in children(root)}
        if part == self.main:  # damaged books name arrows they do not have
            taken |= {element.get(R_ID) for element in self.tree(part).iter(etree.Element)}
        number = next(n for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        attributes = [("Id", f"rId{number}"), ("Type", type_uri), ("Target", path_from(part, target))]
        make_child(root, f"{{{_LINKS_NS}}}Relationship", attributes)
        return f"rId{number}"

    def unrelate(self, part: str, target: str) -> None:
        """Take out the arrows from a part to another."""
        root = self.tree(links_part(part))
        for element in children(root):
            if key_of(relationship_of(part, element).part or "") == key_of(target):
                root.remove(element)

    def put_relationships(self, part: str, relationships: Sequence[Relationship]) -> None:
        """Give a part these arrows and no others; the targets are written relative to it."""
        root = etree.fromstring(_NO_LINKS)
        for link in relationships:
            target = link.target if link.part is None else path_from(part, link.part)
            attributes = [("Id", link.id), ("Type", link.type), ("Target", target)]
            external = [("TargetMode", "External")] if link.external else []
            make_child(root, f"{{{_LINKS_NS}}}Relationship", attributes + external)
        self.put(links_part(part), dump(root), RELATIONSHIPS_TYPE)

    def drop_relationships(self, part: str) -> None:
        self.drop(links_part(part))

    def reachable(self, part: str) -> dict[str, str]:
        """Key -> name of every part an arrow leads to from a part, directly or not."""
        found: dict[str, str] = {}
        waiting = [part]
        while waiting:
            for link in self.relationships(waiting.pop()):
                if link.part and key_of(link.part) not in found and self.has(link.part):
                    found[key_of(link.part)] = link.part
                    waiting.append(link.part)
        return found

    # --- the whole

    def check(self) -> None:
        """Read every part once.

        Raises:
            WorkbookError: a part's bytes are damaged, or its XML begins with a DOCTYPE, also where nobody asks for it.
        """
        for name in self._records.names():
            chunks = self._records.chunks(name)
            if name.lower().endswith(_XML):
                refuse_doctype(next(chunks, b""), name)
            for _ in chunks:
                pass

    def edited(self) -> bool:
        """Whether any part differs from what was opened."""
        return bool(self._real_edits())

    def to_bytes(self) -> bytes:
        """The package with its edits; the very bytes it was opened from where nothing differs."""
        self._settle_types()
        edits = self._real_edits()
        return (
            self._records.with_changes(edits)
            if edits
            else (self._data if isinstance(self._data, bytes) else bytes(self._data))
        )

    def _real_edits(self) -> dict[str, bytes | Packed | None]:
        for key, (part, root, before) in self._trees.items():
            content = dump(root)
            if content != before:
                self._edits[key] = (part, content)
        return {
            part: content
            for part, content in self._edits.values()
            if (content is None and part in self._records)
            or (content is not None and not self._records.holds(part, content))
        }

    def _main_part(self) -> str:
        main = [link.part for link in self.relationships("") if link.kind == "officeDocument" and link.part]
        if len(main) != 1 or not self.has(main[0]):
            raise WorkbookError("workbook.not_a_workbook")
        refuse_other_documents(self.content_type(main[0]))
        if (root := self.tree(main[0]).tag) != MAIN + "workbook":
            raise WorkbookError("workbook.strict" if root == _STRICT else "workbook.not_a_workbook")
        return main[0]
