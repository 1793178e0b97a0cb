"""`tierbook addin build` and `tierbook new X.xlsm`, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tierbook.cli import main
from tierbook.excel.addin import make

FILES = ["tierbook.xlam", "tierbook-zh-CN.xlsm", "tierbook-zh-TW.xlsm", "tierbook-en.xlsm"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files in place of the built ones: what they hold is tested elsewhere."""
    monkeypatch.setattr(make, "addin_bytes", lambda: b"add-in")
    monkeypatch.setattr(make, "template_bytes", lambda language: language.encode())


def test_a_build_writes_the_add_in_and_a_template_for_each_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made" / "here"
    assert main(["addin", "build", "--out", str(folder), "--lang", "en"]) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert capsys.readouterr().out.splitlines() == [
        f"Written to {folder}:",
        "  tierbook.xlam           6 bytes  new",
        "  tierbook-zh-CN.xlsm     5 bytes  new",
        "  tierbook-zh-TW.xlsm     5 bytes  new",
        "  tierbook-en.xlsm        2 bytes  new",
        "Next: on Windows run tierbook addin install; a workbook with buttons comes from tierbook new customers.xlsm.",
    ]


def test_a_second_build_touches_only_what_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", "build", "--out", str(tmp_path), "-q"]) == 0
    (tmp_path / FILES[0]).write_bytes(b"older")
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in FILES[1:]}
    capsys.readouterr()
    assert main(["addin", "build", "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {Path(one["path"]).name: one["state"] for one in told["files"]} == dict.fromkeys(FILES, "same") | {
        FILES[0]: "changed"
    }
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in FILES[1:]} == before
    assert (tmp_path / FILES[0]).read_bytes() == b"add-in"


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "none"
    assert main(["addin", "build", "--out", str(folder), "--dry-run", "--lang", "en"]) == 0
    assert not folder.exists()
    assert capsys.readouterr().out.splitlines()[0] == f"Would be written to {folder} (nothing was):"


def test_the_libreoffice_extension_is_built_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tierbook.excel.calc import build

    monkeypatch.setattr(build, "oxt_bytes", lambda: b"extension")
    assert main(["addin", "build", "--out", str(tmp_path), "--libreoffice", "--lang", "en"]) == 0
    assert (tmp_path / "tierbook.oxt").read_bytes() == b"extension"
    assert "unopkg add tierbook.oxt" in capsys.readouterr().out


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "dist"
    path.write_bytes(b"")
    assert main(["addin", "build", "--out", str(path), "-q", "--lang", "en"]) == 2
    assert capsys.readouterr().err == f"error: {path} is a file, not a folder.\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / FILES[0]).mkdir()
    assert main(["addin", "build", "--out", str(tmp_path), "-q", "--lang", "en"]) == 5
    assert capsys.readouterr().err.startswith(f"error: Cannot write {tmp_path / FILES[0]}: ")


def test_new_makes_a_book_with_buttons(tmp_path: Path) -> None:
    book = tmp_path / "customers.xlsm"
    assert main(["new", str(book), "--lang", "en", "-q"]) == 0
    assert b"xl/vbaProject.bin" in book.read_bytes()
    assert main(["new", str(tmp_path / "plain.xlsx"), "--lang", "en", "-q"]) == 0
    assert b"xl/vbaProject.bin" not in (tmp_path / "plain.xlsx").read_bytes()
