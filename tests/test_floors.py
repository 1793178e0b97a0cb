"""The house's floors: imports only go down, and pure rooms reach nothing outside."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import tierbook

PACKAGE = Path(tierbook.__file__).parent
FLOORS = [
    {"errors", "labels", "schema", "engine", "templates", "home", "typed", "warehouse", "lunar"},
    {"model"},
    {"cleaning", "scoring", "workbook", "macros"},
    {"sources", "followup", "history", "loyalty", "demo", "backtest"},
    {"publish"},
    {"sharing", "pages", "messages"},
    {"jobs"},
    {"frames", "screen", "excel"},
    {"cli"},
]
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
PURE = {"model", "cleaning", "scoring", "followup", "loyalty", "backtest"}
OUTSIDE = {"os", "pathlib", "io", "time", "socket", "subprocess", "shutil", "tempfile", "xlwings", "pandas", "openpyxl",
           "xlsxwriter", "random", "urllib", "requests", "sqlite3", "logging"}  # fmt: skip
HEAVY = {
    "pandas",
    "xlwings",
    "openpyxl",
    "xlsxwriter",
    "lxml",
    "fastexcel",
    "rich",
    "sqlglot",
    "chinese_calendar",
    "scipy",
    "numpy",
    "phonenumbers",
    "rapidfuzz",
    "pyspark",
    "sqlalchemy",
    "pg8000",
    "icalendar",
    "jinja2",
    "lunar_python",
}


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """Every import of a file, wherever in it."""
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Import | ast.ImportFrom)]


@cache
def imports(path: Path) -> list[tuple[str, int]]:
    """(dotted module, line) of every import of a file, relative ones made absolute."""
    found: list[tuple[str, int]] = []
    package = ("tierbook", *path.relative_to(PACKAGE).parts[:-1])
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, node.module] if node.module else base)
            if module == "tierbook":
                found += [(f"tierbook.{alias.name}", node.lineno) for alias in node.names]
            else:
                found.append((module, node.lineno))
    return found


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_go_down(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    assert room in FLOOR_OF, f"room {room} stands on no floor: add it to FLOORS"
    for module, line in imports(path):
        parts = module.split(".")
        if parts[0] != "tierbook" or len(parts) < 2:
            continue
        other = parts[1]
        if other.startswith("__"):
            continue
        assert other == room or FLOOR_OF[other] < FLOOR_OF[room] or (FLOOR_OF[other] == FLOOR_OF[room] == 0), (
            f"{path.name}:{line} imports {module}: {other} does not lie below {room}"
        )


def test_no_two_files_import_each_other_not_even_in_a_round_or_late() -> None:
    """A package's `__init__` only hands names on; what stands behind it is counted where it stands."""
    dotted = {"tierbook." + ".".join(p.relative_to(PACKAGE).with_suffix("").parts): p for p in files()}
    graph = {
        name: {
            other
            for module, _ in imports(path)
            for other in (module, *(f"{module}.{word}" for word in names_from(path, module)))
            if other in dotted and other != name
        }
        for name, path in dotted.items()
        if path.name != "__init__.py"
    }
    TopologicalSorter(graph).prepare()  # raises CycleError with the files of the round


def names_from(path: Path, module: str) -> set[str]:
    """Words a file imports from a package: they may be its modules."""
    package = ("tierbook", *path.relative_to(PACKAGE).parts[:-1])
    found: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            if ".".join([*base, node.module] if node.module else base) == module:
                found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("path", [p for p in files() if room_of(p) in PURE], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_pure_rooms_reach_nothing_outside(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for module, line in imports(path):
        assert module.split(".")[0] not in OUTSIDE, f"{path.name}:{line} imports {module}"
    for call in (".today(", ".now(", "open("):
        assert call not in text.replace("importlib", ""), f"{path.name} calls {call}"


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_late(path: Path) -> None:
    edge = room_of(path) == "excel" and path.name in {"functions.py", "gateway.py", "blocks.py"}  # what Excel calls
    allowed = {"xlwings"} if edge else set()
    if room_of(path) in {"workbook", "publish", "sharing"}:
        allowed = allowed | {"lxml", "xlsxwriter", "openpyxl", "fastexcel"}  # rooms that are themselves imported late
    for node in tree_of(path).body:
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        for name in names:
            top = name.split(".")[0]
            assert top not in HEAVY - allowed, f"{path.name} imports {top} at the top"


def test_files_stay_small() -> None:
    long = {str(path.relative_to(PACKAGE)): n for path in files() if (n := len(path.read_text().splitlines())) > 350}
    assert not long, f"a wall is missing in {long}"
