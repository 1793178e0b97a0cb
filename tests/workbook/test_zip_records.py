"""The zip layer copies raw records and refuses what no office program writes."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.errors import WorkbookError
from tierbook.workbook.package.zip_records import Records


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for name, content in files.items():
            target.writestr(name, content)
        target.comment = comment
    return out.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(WorkbookError) as caught:
        records = Records(data)
        for name in records.names():
            records.read(name)
    return str(caught.value)


def patched(data: bytes, place: int, form: str, value: int) -> bytes:
    changed = bytearray(data)
    struct.pack_into(form, changed, place, value)
    return bytes(changed)


FILES = {"a.xml": b"<a/>" * 100, "folder/": b"", "folder/b.xml": b"<b/>", "中文.xml": b"x"}


@given(
    st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\\/"), min_size=1), st.binary()),
    st.binary(),
)
def test_changes_touch_only_what_they_name(files: dict[str, bytes], new: bytes) -> None:
    files = {f"part-{name.casefold()}": content for name, content in files.items() if "\0" not in name}
    data = zipped({**files, "mine": b"old"})
    made = Records(data).with_changes({"mine": new, "added": new})
    with zipfile.ZipFile(io.BytesIO(made)) as target:
        assert target.testzip() is None
        assert {name: target.read(name) for name in target.namelist()} == {**files, "mine": new, "added": new}
    assert made.startswith(data[: data.index(b"mine") - 30])


def test_records_with_descriptors_stored_files_folders_and_a_comment_are_copied_as_they_are() -> None:
    class Pipe(io.RawIOBase):  # a stream that cannot seek makes zipfile write data descriptors
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.data += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in FILES.items():
            target.writestr(name, content)
        target.writestr("stored", b"s" * 9, zipfile.ZIP_STORED)
        target.comment = b"kept"
    data = bytes(pipe.data)
    assert data.count(b"PK\x07\x08") == 5
    records = Records(data)
    assert records.read("STORED") == b"s" * 9
    assert records.with_changes({}) == data
    made = records.with_changes({"folder/b.xml": None})
    with zipfile.ZipFile(io.BytesIO(made)) as target:
        assert target.comment == b"kept"
        assert target.namelist() == ["a.xml", "folder/", "中文.xml", "stored"]


def test_large_parts_are_inflated_in_pieces() -> None:
    records = Records(zipped({"big": bytes(range(256)) * 40_000}))
    pieces = list(records.chunks("big"))
    assert len(pieces) > 5
    assert b"".join(pieces) == bytes(range(256)) * 40_000


def test_holds_tells_equal_content_from_other_content() -> None:
    records = Records(zipped({"a": b"12"}))
    assert records.holds("A", b"12")
    assert not records.holds("a", b"21")
    assert not records.holds("b", b"12")


@pytest.mark.parametrize("data", [b"PK\3\4", zipped(FILES)[:-1], zipped(FILES)[:200], zipped(FILES)[:-70]])
def test_a_zip_cut_short_is_refused(data: bytes) -> None:
    assert refusal(data) == "文件不完整，多半没有下载或复制完；请重新取一份，或用备份"


def test_a_directory_that_points_nowhere_is_refused() -> None:
    data = zipped({"a": b"1"})
    entry = data.index(b"PK\1\2")
    assert refusal(patched(data, entry + 42, "<L", 7)).startswith("文件不完整")
    assert refusal(patched(data, entry, "<L", 0)).startswith("文件不完整")


def test_a_flipped_bit_is_refused() -> None:
    data = zipped({"a.xml": b"<a>hello</a>"}, zipfile.ZIP_STORED)
    place = data.index(b"hello")
    assert refusal(patched(data, place, "<B", data[place] ^ 1)) == (
        "文件损坏（a.xml）；请用 Excel 打开并修复后另存，或用备份"
    )


def test_broken_compression_is_refused() -> None:
    data = zipped({"a.xml": b"<a>hello</a>" * 50})
    place = data.index(b"a.xml") + 5
    assert refusal(data[:place] + b"\xff" * 4 + data[place + 4 :]).startswith("文件损坏（a.xml）")


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    data = zipped({"xl/media/x.bin": bytes(100 << 20)})
    tracemalloc.start()
    try:
        assert refusal(data) == (
            "xl/media/x.bin 解开后有 100 MB，大得不像正常工作簿，为安全起见没有打开；"
            "请确认文件来源，在 Excel 里删去多余的空行空列后另存"
        )
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size_stops_early() -> None:
    data = zipped({"x": bytes(64 << 20)})
    entry = data.index(b"PK\1\2")
    data = patched(data, entry + 24, "<L", 1000)
    tracemalloc.start()
    try:
        assert refusal(data).startswith("文件损坏（x）")
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_name_that_climbs_out_is_refused() -> None:
    assert refusal(zipped({"a": b"", "../../evil.txt": b"x"})) == (
        "文件里有可疑的部件名“../../evil.txt”，为安全起见没有打开；请确认文件来源"
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["xl/a.xml", "XL/A.xml", "/xl/a.xml", "xl\\a.xml"])
def test_a_part_that_is_there_twice_is_refused(twin: str) -> None:
    data = zipped({"xl/a.xml": b"1", "xl/b.xml": b"2"})
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as target:
        target.writestr(twin, b"3")
    assert refusal(out.getvalue()) == f"文件损坏（{twin} 出现两次）；请用 Excel 打开并修复后另存，或用备份"


def test_two_entries_over_the_same_bytes_are_refused() -> None:
    data = zipped({"a": b"1", "b": b"2"})
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    assert refusal(patched(data, second + 42, "<L", 0)) == (
        "文件损坏（内容互相重叠）；请用 Excel 打开并修复后另存，或用备份"
    )


def test_a_record_that_reaches_into_the_next_is_refused() -> None:
    data = zipped({"a": b"1", "b": b"2"})
    entry = data.index(b"PK\1\2")
    assert refusal(patched(data, entry + 20, "<L", 60)).startswith("文件损坏（a）")


def test_an_entry_under_another_name_is_refused() -> None:
    data = zipped({"aaa": b"1"})
    assert refusal(data.replace(b"aaa", b"bbb", 1)).startswith("文件损坏（aaa）")


def test_a_locked_entry_is_refused() -> None:
    data = zipped({"a": b"1"})
    assert refusal(patched(data, data.index(b"PK\1\2") + 8, "<H", 1)) == (
        "工作簿设有打开密码；请在 Excel 里用“文件 - 信息 - 保护工作簿”去掉密码后再试"
    )


@pytest.mark.parametrize(("offset", "form", "value"), [(10, "<H", 12), (24, "<L", 0xFFFFFFFF), (42, "<L", 0xFFFFFFFF)])
def test_unusual_compression_is_refused(offset: int, form: str, value: int) -> None:
    data = zipped({"a": b"1"})
    place = data.index(b"PK\1\2") + offset
    assert refusal(patched(data, place, form, value)) == (
        "文件的压缩方式很少见（zip64、分卷或其他算法）；请在 Excel 里打开并另存一份"
    )


def test_a_zip64_end_is_refused() -> None:
    data = zipped({"a": b"1"})
    end = data.index(b"PK\5\6")
    assert refusal(patched(data, end + 16, "<L", 0xFFFFFFFF)).startswith("文件的压缩方式很少见")
    assert refusal(patched(data, end + 8, "<H", 2)).startswith("文件的压缩方式很少见")


def test_too_many_parts_are_refused() -> None:
    assert refusal(zipped({f"p{number}": b"" for number in range(20_001)}, zipfile.ZIP_STORED)) == (
        "文件里的部件超过 20000 个，不像正常工作簿，为安全起见没有打开；请确认文件来源"
    )


def test_a_missing_part_is_named() -> None:
    with pytest.raises(WorkbookError) as caught:
        Records(zipped({"a": b""})).read("xl/styles.xml")
    assert str(caught.value) == "文件损坏（缺少 xl/styles.xml）；请用 Excel 打开并修复后另存，或用备份"


def test_a_book_too_large_for_the_format_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierbook.workbook.package.zip_records.LARGEST_PART", 10)
    with pytest.raises(WorkbookError) as caught:
        Records(zipped({"a": b"1"})).with_changes({"a": bytes(11)})
    assert str(caught.value) == "工作簿会大到 Excel 打不开；请减少数据，或用 tierbook score 输出到文件"


def test_new_records_carry_no_date_of_today() -> None:
    made = Records(zipped({"a": b"1"})).with_changes({"b": b"2"})
    with zipfile.ZipFile(io.BytesIO(made)) as target:
        assert target.getinfo("b").date_time == (1980, 1, 1, 0, 0, 0)
        assert target.read("b") == b"2"
