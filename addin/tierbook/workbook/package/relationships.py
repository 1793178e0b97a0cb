"""The arrows between the parts of a package: how they are written, and where they lead."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree


@dataclass(frozen=True)
class Relationship:
    """One arrow from a part.

    `type` is the full URI; `target` is as written; `part` is the part it points to, or None where it points
    outside or to a place inside a sheet.
    """

    id: str
    type: str
    target: str
    external: bool
    part: str | None

    @property
    def kind(self) -> str:
        """The last word of the type, such as `worksheet`."""
        return self.type.rsplit("/", 1)[-1]


def relationship_of(source: str, element: etree._Element) -> Relationship:
    """What a Relationship element of a part says."""
    target = element.get("Target", "")
    external = element.get("TargetMode") == "External"
    part = None if external or target.startswith("#") else _resolved(source, target)
    return Relationship(element.get("Id", ""), element.get("Type", ""), target, external, part)


def links_part(part: str) -> str:
    """The part that holds a part's relationships."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def source_of(links: str) -> str:
    """The part whose relationships a part holds."""
    folder, base = posixpath.split(links)
    return posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))


def path_from(part: str, target: str) -> str:
    """How a part writes the name of another one."""
    return posixpath.relpath(target, posixpath.dirname(part) or ".")


@lru_cache(maxsize=4096)
def _resolved(source: str, target: str) -> str:
    path = re.split(r"[#?]", target.replace("\\", "/"), maxsplit=1)[0]
    joined = path if path.startswith("/") else posixpath.join(posixpath.dirname(source), path)
    return posixpath.normpath(joined).lstrip("/")
