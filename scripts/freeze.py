"""Freeze tierbook into one folder, so that a rep's machine needs no Python: `python scripts/freeze.py FOLDER`.

The folder `FOLDER/tierbook` then holds two programs: `tierbook`, the command line, and `tierbook-server`, which
stands where xlwings expects a Python; on Windows also xlwings' DLLs, beside the programs, where the add-in looks for
them. Copy the folder to the machine and run `tierbook addin install` there: it puts the server's path into the
add-in's settings. A build works on the kind of system it was made on.

Needs PyInstaller (`pip install pyinstaller`) and tierbook with the extra `fast` in this Python; install the wheel,
so that what is frozen is what others install. `--smoke` runs the frozen programs once and says sizes and times.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import metadata, util
from pathlib import Path

import tierbook
from tierbook import templates

NAME, SERVER = "tierbook", "tierbook-server"
LEFT_OUT = [
    "IPython", "PIL", "PyInstaller", "_pytest", "hypothesis", "matplotlib", "mypy", "pandas", "pip", "pyarrow",
    "pytest", "setuptools", "sqlglot", "tkinter", "xlwings.pro",
]  # fmt: skip
"""Data frames (`tierbook.frames`) are for people with a Python; the rest only looks needed. xlwings works without."""
LOADED_LATE = ["duckdb", "fastexcel", "lxml.etree", "openpyxl", "xlsxwriter", "chinese_calendar", "isal.igzip",
               "numpy", "scipy.optimize", "scipy.special", "tzdata", "xlwings.com_server", "xlwings.udfs"]  # fmt: skip
WINDOWS_ONLY = ["pythoncom", "pywintypes", "win32api", "win32event", "win32com.client", "win32com.server.policy",
                "win32com.server.util", "win32timezone"]  # fmt: skip
ENTRIES = {
    NAME: "from tierbook.cli import main",
    SERVER: "from tierbook.excel.install.frozen import main",
}
SPEC = """
from PyInstaller.utils.hooks import collect_submodules, copy_metadata

hidden = {hidden!r} + collect_submodules("tierbook", filter=lambda name: ".calc.client" not in name)
data = {datas!r} + copy_metadata("xlwings") + copy_metadata("tierbook")
seen = Analysis({scripts!r}, hiddenimports=hidden, datas=data, excludes={left_out!r})
pure = PYZ(seen.pure)
names = {names!r}
common = [one for one in seen.scripts if one[0] not in names]
programs = [
    EXE(pure, common + [one for one in seen.scripts if one[0] == entry], exclude_binaries=True, name=name,
        console=name == {console!r}, upx=False)
    for entry, name in names.items()
]
COLLECT(*programs, seen.binaries, seen.datas, upx=False, name={folder!r})
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the build goes, as FOLDER/tierbook")
    parser.add_argument("--smoke", action="store_true", help="run the frozen programs once")
    options = parser.parse_args()
    built = freeze(options.folder.absolute())
    print(f"{built}: {size_of(built) / 2**20:.0f} MB")
    if options.smoke:
        smoke(built)
    return 0


def freeze(folder: Path) -> Path:
    """Build; returns the folder with the programs."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        scripts = {name.replace("-", "_") + "_entry": name for name in ENTRIES}
        for entry, name in scripts.items():
            starts = f"import sys\n{ENTRIES[name]}\nsys.exit(main(sys.argv[1:]))\n"
            (work / f"{entry}.py").write_text(starts, encoding="utf-8")
        spec = work / f"{NAME}.spec"
        spec.write_text(
            SPEC.format(
                scripts=[str(work / f"{entry}.py") for entry in scripts], names=scripts, console=NAME, folder=NAME,
                hidden=LOADED_LATE + (WINDOWS_ONLY if sys.platform == "win32" else []), datas=data_files(),
                left_out=LEFT_OUT,
            ),
            encoding="utf-8",
        )  # fmt: skip
        command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", "--distpath", folder,
                   "--workpath", work / "build", spec]  # fmt: skip
        subprocess.run([str(word) for word in command], check=True)
    built = folder / NAME
    for dll in dlls():
        shutil.copy2(dll, built)
    return built


def data_files() -> list[tuple[str, str]]:
    """(file, folder in the build): the package's own files, also its sources (help texts and the LibreOffice
    extension are made of them), the shipped templates, and the VBA modules of xlwings.
    """
    package = Path(tierbook.__file__).parent
    own = [path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    found = [(str(path), str(Path(NAME) / path.parent.relative_to(package))) for path in own]
    shipped = templates.folder()
    if not shipped.is_relative_to(package):
        found += [
            (str(path), str(Path(NAME) / "_templates" / path.parent.relative_to(shipped)))
            for path in shipped.rglob("*")
            if path.is_file()
        ]
    spec = util.find_spec("xlwings")
    xlwings = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    vba = ["xlwings_custom_addin.bas", "addin/Dictionary.cls"]
    return found + [(str(xlwings / name), str(Path("xlwings") / Path(name).parent)) for name in vba]


def dlls() -> list[Path]:
    """xlwings' DLLs of its version, for Excel of both kinds; there are none outside Windows."""
    if sys.platform != "win32":
        return []
    names = [f"xlwings{bits}-{metadata.version('xlwings')}.dll" for bits in (32, 64)]
    missing = [name for name in names if not (Path(sys.prefix) / name).is_file()]
    if missing:
        raise SystemExit(f"{', '.join(missing)}: not in {sys.prefix}; install xlwings into this Python")
    return [Path(sys.prefix) / name for name in names]


def smoke(built: Path) -> None:
    """Run the programs as a rep would, in a home of their own; a failure ends with the program's own words."""
    suffix = ".exe" if sys.platform == "win32" else ""
    line, server = str(built / f"{NAME}{suffix}"), str(built / f"{SERVER}{suffix}")
    with tempfile.TemporaryDirectory() as scratch:
        book = Path(scratch) / "tierbook-demo-zh-CN.xlsx"
        for command in (
            [line, "--version"],
            [server, "--ready"],
            [line, "demo", scratch],
            [line, "refresh", str(book)],
            [line, "doctor", str(book)],
            [line, "addin", "build", "--libreoffice", "--out", scratch],
            [line, "nightly", "--now", str(book), "--as-of", "2026-11-02"],
            [line, "nightly", "--status", str(book)],
            [line, "dashboard", str(book), "--html", f"{scratch}/dashboard.html"],
            [line, "review", str(book), "--html", f"{scratch}/review.html"],
            [line, "followups", str(book), "--ics", f"{scratch}/calendars"],
            [line, "allocate", str(book)],
            [line, "loyalty", str(book)],
            [line, "messages", str(book), "--out", f"{scratch}/drafts"],
        ):
            start = time.perf_counter()
            ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
            print(f"{time.perf_counter() - start:6.1f} s  exit {ran.returncode}  {' '.join(command[1:]) or command[0]}")
            if ran.returncode:
                raise SystemExit(ran.stdout + ran.stderr)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    sys.exit(main())
