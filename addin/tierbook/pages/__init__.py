"""Pages to mail or print: the dashboard and the quarterly review, each as one HTML file that needs nothing else.

A page is data first (`parts`), then markup (`page`); charts are drawn as SVG (`charts`). No script, no network, no
picture beside it: what a browser shows is what the file says.
"""

from .page import rendered
from .parts import Chart, Lines, Page, Panel, Section, Table, Tile

__all__ = ["Chart", "Lines", "Page", "Panel", "Section", "Table", "Tile", "rendered"]
