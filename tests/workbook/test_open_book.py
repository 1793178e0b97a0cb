"""A file that cannot be opened safely is refused with a sentence that says what to do, and stays untouched."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import open_book, read_rows, sheet_names

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' \
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'  # fmt: skip
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(2000)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return out.getvalue()


def in_part(part: str, change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    return lambda name, data: change(data) if name == part else data


def refusal(path: Path) -> tuple[str, str]:
    """(key of the reason, whole message) after checking that the file kept its bytes."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(WorkbookError) as caught:
        open_book(path)
    if before is not None:
        assert path.read_bytes() == before
    return caught.value.values["reason"].key, str(caught.value)  # type: ignore[attr-defined]


def test_a_book_gives_its_bytes_and_their_digest(foreign: bytes, tmp_path: Path) -> None:
    path = tmp_path / "客户.xlsm"
    path.write_bytes(foreign)
    book = open_book(path)
    assert (book.data, book.digest) == (foreign, hashlib.sha256(foreign).hexdigest())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的（0 字节）；多半没有下载或复制完，请重新取一份"),
        (ole("EncryptedPackage"), "工作簿设有打开密码；请在 Excel 里用“文件 - 信息 - 保护工作簿”去掉密码后再试"),
        (ole("Workbook"), "这是旧版 .xls 工作簿；请在 Excel 里另存为 .xlsx"),
        (b"a,b\n1,2\n", "这不是 Excel 工作簿（扩展名可能写错了）；请在 Excel 里打开它并另存为 .xlsx"),
        (b"<html><table>", "这不是 Excel 工作簿（扩展名可能写错了）；请在 Excel 里打开它并另存为 .xlsx"),
        (zipped({"a.txt": b""}), "这不是 Excel 工作簿（扩展名可能写错了）；请在 Excel 里打开它并另存为 .xlsx"),
        (zipped({"mimetype": b"", "content.xml": b""}), "这是 OpenDocument 表格 .ods；请另存为 .xlsx"),
    ],
)  # fmt: skip
def test_other_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "客户.xlsx"
    path.write_bytes(data)
    assert refusal(path)[1] == f"{path}：{message}"


@pytest.mark.parametrize(
    ("part", "old", "new", "message"),
    [
        ("[Content_Types].xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
         b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
         "这是二进制工作簿 .xlsb；请在 Excel 里另存为 .xlsx 或 .xlsm"),
        ("[Content_Types].xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
         b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
         "这不是 Excel 工作簿（扩展名可能写错了）；请在 Excel 里打开它并另存为 .xlsx"),
        ("xl/workbook.xml", MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main",
         "工作簿存成了“Strict Open XML”格式；请在 Excel 里另存为普通的“Excel 工作簿 (.xlsx)”"),
        ("xl/workbook.xml", b"<workbook ", LAUGHS + b"<workbook ",
         "xl/workbook.xml 里有 Excel 从不写的声明（DOCTYPE），为安全起见没有打开；请确认文件来源，在 Excel 里另存一份"),
        ("xl/workbook.xml", b"<workbook ", OUTSIDE + b"<workbook ",
         "xl/workbook.xml 里有 Excel 从不写的声明（DOCTYPE），为安全起见没有打开；请确认文件来源，在 Excel 里另存一份"),
        ("xl/workbook.xml", b"</sheets>", b"</sheet>",
         "文件损坏（xl/workbook.xml）；请用 Excel 打开并修复后另存，或用备份"),
        ("_rels/.rels", b"relationships/officeDocument", b"relationships/other",
         "这不是 Excel 工作簿（扩展名可能写错了）；请在 Excel 里打开它并另存为 .xlsx"),
    ],
)  # fmt: skip
def test_other_packages_are_refused(
    foreign: bytes, changed, tmp_path: Path, part: str, old: bytes, new: bytes, message: str
) -> None:
    path = tmp_path / "客户.xlsm"
    data = changed(foreign, in_part(part, lambda content: content.replace(old, new)))
    path.write_bytes(data)
    assert refusal(path)[1] == f"{path}：{message}"


def test_a_signed_book_is_refused(foreign: bytes, changed, tmp_path: Path) -> None:
    path = tmp_path / "signed.xlsm"
    path.write_bytes(changed(foreign, lambda name, data: data, {"_xmlsignatures/sig1.xml": b"<s/>"}))
    assert refusal(path)[1] == f"{path}：工作簿带有数字签名，一改签名就失效；请先在 Excel 里删除签名"


def test_a_book_without_sheets_is_refused(foreign: bytes, changed, tmp_path: Path) -> None:
    def strip(data: bytes) -> bytes:
        return data[: data.index(b"<sheets>")] + b"<sheets/>" + data[data.index(b"</sheets>") + 9 :]

    path = tmp_path / "none.xlsm"
    path.write_bytes(changed(foreign, in_part("xl/workbook.xml", strip)))
    assert refusal(path)[1] == f"{path}：工作簿里没有工作表；请在 Excel 里打开并重新保存"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "无.xlsx")[1] == f"{tmp_path / '无.xlsx'}：没有这个文件；请检查路径和文件名"


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path)[1] == f"{tmp_path}：这是文件夹，不是工作簿；请指定其中的 .xlsx 或 .xlsm 文件"


def test_a_flipped_bit_in_a_part_nobody_asked_for_is_refused(foreign: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bit.xlsm"
    place = foreign.index(b"xl/media/image1.png") + 40
    path.write_bytes(foreign[:place] + bytes([foreign[place] ^ 255]) + foreign[place + 1 :])
    assert refusal(path) == (
        "workbook.part_damaged",
        f"{path}：文件损坏（xl/media/image1.png）；请用 Excel 打开并修复后另存，或用备份",
    )


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_download_cut_short_is_refused(foreign: bytes, tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.xlsm"
    path.write_bytes(foreign[: int(len(foreign) * share)])
    assert refusal(path)[0] == "workbook.cut_short"


def test_a_bomb_among_the_pictures_is_refused(foreign: bytes, tmp_path: Path) -> None:
    out = io.BytesIO(foreign)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/media/bomb.bin", bytes(200 << 20))
    path = tmp_path / "bomb.xlsm"
    path.write_bytes(out.getvalue())
    assert refusal(path)[0] == "workbook.bomb"


@pytest.mark.parametrize("attack", [LAUGHS, OUTSIDE])
def test_attacks_inside_a_sheet_do_not_reach_the_reader(foreign: bytes, changed, tmp_path: Path, attack: bytes) -> None:
    def arm(data: bytes) -> bytes:
        return data.replace(b"<worksheet ", attack + b"<worksheet ", 1)

    path = tmp_path / "xxe.xlsm"
    path.write_bytes(changed(foreign, in_part("xl/worksheets/sheet1.xml", arm)))
    with pytest.raises(WorkbookError) as caught:
        read_rows(path, "说明")
    assert caught.value.values["reason"].key == "workbook.doctype"  # type: ignore[attr-defined]


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/app.xml", "xl/notes/mine.xml"])
@pytest.mark.parametrize("letters", ["utf-8", "utf-16", "utf-16-be"])
def test_an_attack_in_any_part_is_refused_on_opening(
    foreign: bytes, changed, tmp_path: Path, part: str, letters: str
) -> None:
    hostile = f'<?xml version="1.0"?>\n<!-- {"x" * 5000} -->{OUTSIDE.decode()}<a>&x;</a>'.encode(letters)
    path = tmp_path / "xxe.xlsm"
    path.write_bytes(changed(foreign, in_part(part, lambda _data: hostile)))
    assert refusal(path)[0] == "workbook.doctype"


def test_a_doctype_that_is_only_spoken_of_is_no_attack(foreign: bytes, changed, tmp_path: Path) -> None:
    path = tmp_path / "fine.xlsm"
    talk = b"<mine><![CDATA[<!DOCTYPE html>]]></mine>"
    path.write_bytes(changed(foreign, in_part("xl/notes/mine.xml", lambda _data: talk), {"xl/media/x.svg": OUTSIDE}))
    assert open_book(path).data == path.read_bytes()


def test_reading_words_its_refusals_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "旧.xls"
    path.write_bytes(ole("Workbook"))
    for read in (sheet_names, lambda book: read_rows(book, "客户")):
        with pytest.raises(WorkbookError) as caught:
            read(path)
        assert str(caught.value) == f"{path}：这是旧版 .xls 工作簿；请在 Excel 里另存为 .xlsx"


def test_a_file_nobody_may_read_is_refused(nobody, open_folder: Path) -> None:
    secret = open_folder / "secret.xlsx"
    secret.write_bytes(b"x")
    secret.chmod(0)
    with nobody(), pytest.raises(WorkbookError) as caught:
        open_book(secret)
    assert str(caught.value) == f"{secret}：读不了这个文件（Permission denied）；请检查权限和网络盘是否连接"


def test_messages_exist_in_the_other_languages(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError) as caught:
        open_book(tmp_path / "none.xlsx")
    assert caught.value.words("zh-TW") == f"{tmp_path / 'none.xlsx'}：沒有這個檔案；請檢查路徑和檔名"
    assert caught.value.words("en") == f"{tmp_path / 'none.xlsx'}: there is no such file; check the path and the name"


def test_a_record_count_that_lies_is_no_trouble(foreign: bytes, tmp_path: Path) -> None:
    path = tmp_path / "lie.xlsm"
    data = bytearray(foreign)
    end = data.rindex(b"PK\5\6")
    struct.pack_into("<HH", data, end + 8, 1, 1)
    path.write_bytes(bytes(data))
    assert open_book(path).data == bytes(data)
