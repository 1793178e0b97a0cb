"""Taking elements out of a sheet's frame without leaving an empty box behind."""

from __future__ import annotations

from lxml import etree

from ..package.xml_parts import children, local_name

_HOLLOW = {"sparklineGroup"}
"""Boxes with more in them than what they are for."""


def take_out(element: etree._Element) -> None:
    """Remove an element, and every box around it that is left with nothing. The part's root stays."""
    box = element.getparent()
    if box is None:
        return
    box.remove(element)
    if not children(box) or local_name(box) in _HOLLOW:
        take_out(box)
    else:
        recount(box)


def recount(box: etree._Element) -> None:
    """Set right what a box says about how many elements it holds, if it does."""
    if box.get("count") is not None:
        box.set("count", str(len(children(box))))
