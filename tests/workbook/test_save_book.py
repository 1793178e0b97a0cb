"""Saving replaces a book whole and safely, or leaves everything as it was."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tierbook.errors import WorkbookChanged, WorkbookError, WorkbookInUse
from tierbook.workbook import copies_of, open_book, refuse_in_use, replace_sheets, save_book
from tierbook.workbook.saving import backups as backups_room
from tierbook.workbook.saving import journal
from tierbook.workbook.saving.backups import KEPT, backup_folder

pytestmark = pytest.mark.usefixtures("tierbook_home")


@pytest.fixture
def old(book_of) -> bytes:
    return book_of({"人": [["旧"]]})


@pytest.fixture
def new(book_of) -> bytes:
    return book_of({"人": [["新"]]})


@pytest.fixture
def path(tmp_path: Path, old: bytes) -> Path:
    folder = tmp_path / "共享"
    folder.mkdir()
    path = folder / "客户.xlsx"
    path.write_bytes(old)
    return path


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def refused(path: Path, new: bytes, expected: str | None = None, error: type[WorkbookError] = WorkbookError) -> str:
    """The message, after checking that the book and its folder are as they were."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()} if path.parent.is_dir() else {}
    with pytest.raises(error) as caught:
        save_book(path, new, expected_digest=expected)
    if path.parent.is_dir():
        assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before
    return str(caught.value)


def test_a_book_is_replaced_and_its_earlier_state_kept(path: Path, old: bytes, new: bytes, tierbook_home: Path) -> None:
    saved = save_book(path, new, expected_digest=digest(old))
    assert saved.changed
    assert path.read_bytes() == new
    assert saved.backup is not None
    assert saved.backup.read_bytes() == old
    assert tierbook_home in saved.backup.parents
    assert [file.name for file in path.parent.iterdir()] == ["客户.xlsx"]


def test_a_book_with_this_content_already_is_not_touched(path: Path, old: bytes, tierbook_home: Path) -> None:
    os.utime(path, ns=(1, 1))
    saved = save_book(path, old, expected_digest="whatever it was")
    assert (saved.changed, saved.backup) == (False, None)
    assert path.stat().st_mtime_ns == 1
    assert not tierbook_home.exists()


def test_a_new_book_is_written_without_a_backup(tmp_path: Path, new: bytes) -> None:
    saved = save_book(tmp_path / "新.xlsx", new, expected_digest=None)
    assert (saved.changed, saved.backup) == (True, None)
    assert (tmp_path / "新.xlsx").read_bytes() == new
    assert copies_of(tmp_path / "新.xlsx") == []


def test_no_expectation_replaces_whatever_is_there_and_keeps_it(path: Path, new: bytes) -> None:
    path.write_bytes(b"not even a workbook")
    saved = save_book(path, new, expected_digest=None)
    assert saved.backup is not None
    assert saved.backup.read_bytes() == b"not even a workbook"


def test_the_journey_open_replace_save_ends_after_one_round(tmp_path: Path, foreign: bytes, donor: bytes) -> None:
    path = tmp_path / "客户.xlsm"
    path.write_bytes(foreign)
    for changed in (True, False):
        book = open_book(path)
        made = replace_sheets(book.data, donor, ["分层", "_tierbook"])
        assert save_book(path, made, expected_digest=book.digest).changed is changed


@pytest.mark.skipif(sys.platform == "win32", reason="modes are another thing on Windows")
def test_permissions_stay(path: Path, new: bytes) -> None:
    path.chmod(0o640)
    save_book(path, new, expected_digest=None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="modes are another thing on Windows")
def test_a_new_book_gets_the_permissions_any_new_file_gets(tmp_path: Path, new: bytes) -> None:
    (tmp_path / "any").touch()
    save_book(tmp_path / "新.xlsx", new, expected_digest=None)
    assert (tmp_path / "新.xlsx").stat().st_mode == (tmp_path / "any").stat().st_mode


@pytest.mark.skipif(sys.platform != "linux", reason="extended attributes as Linux has them")
def test_extended_attributes_stay(path: Path, new: bytes) -> None:
    try:
        os.setxattr(path, "user.note", b"mine")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    save_book(path, new, expected_digest=None)
    assert os.getxattr(path, "user.note") == b"mine"


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs special rights on Windows")
def test_a_link_stays_a_link(path: Path, new: bytes, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    save_book(link, new, expected_digest=None)
    assert link.is_symlink()
    assert path.read_bytes() == new


def test_a_book_saved_by_somebody_meanwhile_is_not_overwritten(path: Path, new: bytes, book_of) -> None:
    message = refused(path, new, digest(b"as it was read"), WorkbookChanged)
    assert message == f"{path}：读取之后有人保存过这个文件，没有写入；请再运行一次"


def test_a_book_that_went_away_meanwhile_is_not_made_again(path: Path, old: bytes, new: bytes) -> None:
    path.unlink()
    assert "读取之后有人保存过这个文件" in refused(path, new, digest(old), WorkbookInUse)


def test_a_book_saved_at_the_last_moment_is_not_overwritten(
    path: Path, new: bytes, book_of, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = book_of({"人": [["别人刚写的"]]})
    calls = []

    def somebody_saves(book: Path) -> None:
        calls.append(book)
        if len(calls) == 2:
            book.write_bytes(theirs)

    monkeypatch.setattr("tierbook.workbook.saving.save.refuse_in_use", somebody_saves)
    with pytest.raises(WorkbookInUse):
        save_book(path, new, expected_digest=None)
    assert path.read_bytes() == theirs
    assert [file.name for file in path.parent.iterdir()] == ["客户.xlsx"]


def test_a_book_open_in_excel_names_who_has_it(path: Path, new: bytes) -> None:
    name = "王经理"
    wide = len(name).to_bytes(2, "little") + name.encode("utf-16-le")
    ansi = name.encode("gb18030")
    owner = bytes([len(ansi)]) + ansi.ljust(54) + wide.ljust(110, b"\0")
    assert len(owner) == 165
    path.with_name("~$客户.xlsx").write_bytes(owner)
    assert refused(path, new, error=WorkbookInUse) == (
        f"{path}：王经理 正在打开这个文件，没有写入；请其关闭后再试（如果其实没人打开，请删除旁边的 ~$客户.xlsx）"
    )
    path.with_name("~$客户.xlsx").write_bytes(bytes([len(ansi)]) + ansi.ljust(54) + bytes(110))
    assert "：王经理 正在打开" in refused(path, new, error=WorkbookInUse)


@pytest.mark.parametrize("owner", [b"", b"\xff" * 165, bytes(165), b"\x03abc"])
def test_an_owner_file_that_tells_no_name_still_counts(path: Path, new: bytes, owner: bytes) -> None:
    path.with_name("~$客户.xlsx").write_bytes(owner)
    assert refused(path, new, error=WorkbookInUse) == (
        f"{path}：有人正在打开这个文件，没有写入；请关闭后再试（如果其实没人打开，请删除旁边的 ~$客户.xlsx）"
    )


@pytest.mark.parametrize(
    ("lock", "holder"),
    [("李雷,lilei,PC-7,21.11.2026 10:00,file:///home/lilei;", "李雷 (PC-7)"), (",lilei,PC-7,x,y;", "lilei (PC-7)"),
     ("lilei", "lilei")],
)  # fmt: skip
def test_a_book_open_in_libreoffice_names_who_has_it(path: Path, new: bytes, lock: str, holder: str) -> None:
    path.with_name(".~lock.客户.xlsx#").write_text(lock, encoding="utf-8")
    assert refused(path, new, error=WorkbookInUse) == (
        f"{path}：{holder} 正在打开这个文件，没有写入；请其关闭后再试"
        "（如果其实没人打开，请删除旁边的 .~lock.客户.xlsx#）"
    )


def test_a_holder_is_seen_before_any_work_is_done(path: Path) -> None:
    refuse_in_use(path)
    refuse_in_use(path.with_name("not there yet.xlsx"))
    path.with_name("~$客户.xlsx").write_bytes(b"")
    with pytest.raises(WorkbookInUse):
        refuse_in_use(path)


@pytest.mark.parametrize(("number", "windows"), [(errno.EBUSY, None), (errno.EACCES, 32), (errno.EACCES, 33)])
def test_a_sharing_violation_is_a_book_in_use(
    path: Path, new: bytes, monkeypatch: pytest.MonkeyPatch, number: int, windows: int | None
) -> None:
    real_open = Path.open

    def busy(self: Path, mode: str = "r", *args: object, **options: object):
        if mode == "r+b":
            problem = OSError(number, "busy")
            problem.winerror = windows  # type: ignore[attr-defined]
            raise problem
        return real_open(self, mode, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", busy)
    assert refused(path, new, error=WorkbookInUse) == f"{path}：文件正被别的程序打开，没有写入；请关闭后再试"


@pytest.fixture
def rename_denied(path: Path) -> Callable[[Path, Path], Path]:
    """What `Path.replace` is where somebody prevents the last rename, and only that."""
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target == path:
            raise PermissionError(errno.EACCES, "denied")
        return real(self, target)

    return replace


def test_a_rename_somebody_prevents_is_a_book_in_use(
    path: Path, old: bytes, new: bytes, monkeypatch: pytest.MonkeyPatch, rename_denied
) -> None:
    monkeypatch.setattr(Path, "replace", rename_denied)
    assert "正被别的程序打开" in refused(path, new, error=WorkbookInUse)
    assert journal.entries(backup_folder(path)) == []


def test_a_read_only_book_is_not_replaced(nobody, open_folder: Path, new: bytes, old: bytes) -> None:
    path = open_folder / "客户.xlsx"
    path.write_bytes(old)
    open_folder.chmod(0o777)
    path.chmod(0o444)
    with nobody():
        assert refused(path, new) == f"{path}：文件是只读的，没有写入；请去掉只读属性，或检查权限"


def test_a_read_only_folder_is_told(
    nobody, open_folder: Path, new: bytes, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, share = open_folder / "home", open_folder / "共享"
    home.mkdir()
    home.chmod(0o777)
    share.mkdir()
    share.chmod(0o755)
    monkeypatch.setenv("TIERBOOK_HOME", str(home))
    path = share / "客户.xlsx"
    path.write_bytes(old)
    path.chmod(0o666)
    with nobody():
        assert refused(path, new) == f"{path}：不能在文件夹 {share} 里写文件，没有写入；请检查权限"


def test_a_missing_folder_is_told(tmp_path: Path, new: bytes) -> None:
    path = tmp_path / "无" / "客户.xlsx"
    assert refused(path, new) == f"{path}：没有文件夹 {path.parent}；请先建立它"


def test_a_folder_in_the_books_place_is_told(tmp_path: Path, new: bytes) -> None:
    path = tmp_path / "客户.xlsx"
    path.mkdir()
    with pytest.raises(WorkbookError) as caught:
        save_book(path, new, expected_digest=None)
    assert str(caught.value) == f"{path}：这是文件夹，不是工作簿；请指定其中的 .xlsx 或 .xlsm 文件"


def test_a_full_disk_leaves_the_book_as_it_was(path: Path, new: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refused(path, new) == (
        f"{path}：写不进去（No space left on device），原文件没有改动；请检查磁盘空间和网络盘"
    )


def test_bytes_that_come_back_changed_are_not_trusted(path: Path, new: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    real_read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda self: real_read(self) + (b"?" if "tierbook.tmp" in self.name else b"")
    )
    assert "写不进去（Input/output error）" in refused(path, new)


def test_no_backup_no_save(path: Path, new: bytes, tierbook_home: Path) -> None:
    tierbook_home.write_text("a file where the folder should be")
    assert refused(path, new) == (
        f"{path}：不能在 {backup_folder(path)} 里留备份（Not a directory），所以没有写入；"
        "请检查磁盘空间和权限，或用环境变量 TIERBOOK_HOME 指定别的文件夹"
    )


def test_bytes_that_are_no_workbook_are_not_saved(path: Path) -> None:
    assert (
        refused(path, b"nonsense")
        == f"{path}：这不是 Excel 工作簿（扩展名可能写错了）；请在 Excel 里打开它并另存为 .xlsx"
    )


def test_a_macro_book_is_not_saved_under_a_plain_name(path: Path, foreign: bytes) -> None:
    assert refused(path, foreign) == (
        f"{path}：内容与扩展名不符，Excel 会拒绝打开，所以没有写入；请把文件名改成以 .xlsm 结尾"
    )


def test_a_plain_book_is_not_saved_under_a_macro_name(tmp_path: Path, new: bytes) -> None:
    assert "请把文件名改成以 .xlsx 结尾" in refused(tmp_path / "客户.xlsm", new)


def test_only_the_newest_copies_are_kept(path: Path, book_of) -> None:
    states = [book_of({"人": [[number]]}) for number in range(KEPT + 4)]
    copies = [save_book(path, state, expected_digest=None).backup for state in states]
    kept = [copy.path for copy in copies_of(path)]
    assert kept == copies[-KEPT:]
    assert kept[-1].read_bytes() == states[-2]


@pytest.mark.parametrize(("most", "left"), [(2.5, 2), (2, 2), (1, 1), (0, 1)])
def test_copies_are_limited_by_their_size_too_but_the_newest_stays(
    path: Path, book_of, monkeypatch: pytest.MonkeyPatch, most: float, left: int
) -> None:
    states = [book_of({"人": [[number]]}) for number in range(5)]
    assert len({len(state) for state in states}) == 1
    monkeypatch.setattr(backups_room, "KEPT_BYTES", most * len(states[0]))
    copies = [save_book(path, state, expected_digest=None).backup for state in states]
    assert [copy.path for copy in copies_of(path)] == copies[-left:]


def test_a_failed_try_does_not_push_out_older_copies(
    path: Path, new: bytes, monkeypatch: pytest.MonkeyPatch, rename_denied
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", rename_denied)
        for _ in range(3):
            refused(path, new, error=WorkbookInUse)
    assert len(copies_of(path)) == 1
    save_book(path, new, expected_digest=None)
    assert len(copies_of(path)) == 1


def test_a_share_that_knows_no_permissions_is_written_all_the_same(
    path: Path, new: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "chmod", unknown)
    for name in ("chown", "listxattr"):
        monkeypatch.setattr(os, name, unknown, raising=False)
    assert save_book(path, new, expected_digest=None).changed


def test_a_long_chinese_name_leaves_room_for_the_drafts(tmp_path: Path, new: bytes, old: bytes) -> None:
    path = tmp_path / f"{'客' * 80}.xlsx"
    save_book(path, old, expected_digest=None)
    assert save_book(path, new, expected_digest=None).changed


def test_books_of_one_name_in_two_places_have_two_folders(tmp_path: Path) -> None:
    folders = {backup_folder(tmp_path / place / "客户 (1).xlsx") for place in ("a", "b")}
    assert len(folders) == 2
    assert {folder.name[:-9] for folder in folders} == {"客户__1_"}
