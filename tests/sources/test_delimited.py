"""CSV and text files: whatever the encoding, delimiter, title rows and line ends, the same facts come in."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.engine import Engine
from tierbook.errors import SourceError
from tierbook.sources import load_file

HEADER = "订单号,客户编号,下单日期,金额"
TEXT = f"{HEADER}\nA1,001,2026-01-05,12.50\nA2,002,2026-01-06,1234\n"
FACTS = [(2, "A1", "001", "2026-01-05", "12.50"), (3, "A2", "002", "2026-01-06", "1234")]


def facts(engine: Engine) -> list[tuple[object, ...]]:
    return engine.rows("SELECT source_row, order_id, customer_id, date, amount FROM raw_orders ORDER BY source_row")


def write(folder: Path, data: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_common_encoding_gives_the_same_facts(engine: Engine, tmp_path: Path, encoding: str) -> None:
    source = load_file(engine, "orders", write(tmp_path, TEXT.encode(encoding)))
    assert facts(engine) == FACTS
    assert source.rows == 2
    assert source.columns["customer_id"] == "客户编号"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found(engine: Engine, tmp_path: Path, delimiter: str) -> None:
    load_file(engine, "orders", write(tmp_path, TEXT.replace(",", delimiter)))
    assert facts(engine) == FACTS


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(engine: Engine, tmp_path: Path, ending: str) -> None:
    load_file(engine, "orders", write(tmp_path, TEXT.replace("\n", ending)))
    assert facts(engine) == FACTS


def test_mixed_line_ends_are_read(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, TEXT.replace("12.50\n", "12.50\r\n")))
    assert facts(engine) == FACTS


def test_a_gzipped_file_gives_the_same_facts(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, gzip.compress(TEXT.encode()), "orders.csv.gz"))
    assert facts(engine) == FACTS


def test_a_title_above_the_header_is_passed_over_and_rows_keep_their_numbers(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, f'2026年订单表,,,\n"导出\n说明",,,\n{TEXT}'))
    assert [row[0] for row in facts(engine)] == [4, 5]
    assert [row[1:] for row in facts(engine)] == [row[1:] for row in FACTS]


def test_an_empty_line_above_the_header_is_counted(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, f"订单表\n\n{TEXT}"))
    assert [row[0] for row in facts(engine)] == [4, 5]


def test_line_breaks_in_quotes_stay_in_their_record(engine: Engine, tmp_path: Path) -> None:
    text = (
        '订单号,客户编号,下单日期,金额,产品\r\nA1,001,2026-01-05,12.50,"笔\n记\r\n本"\r\nA2,002,2026-01-06,1234,书\r\n'
    )
    load_file(engine, "orders", write(tmp_path, text))
    assert facts(engine) == FACTS
    assert engine.value("SELECT product FROM raw_orders WHERE order_id = 'A1'") == "笔\n记\r\n本"


def test_short_rows_are_filled_with_blanks(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, f"{HEADER}\nA1,001,2026-01-05\nA2,002,2026-01-06,1234\n"))
    assert facts(engine)[0] == (2, "A1", "001", "2026-01-05", None)


def test_rows_of_nothing_but_delimiters_are_not_delivered(engine: Engine, tmp_path: Path) -> None:
    source = load_file(engine, "orders", write(tmp_path, TEXT + ",,,\n , ,,\n"))
    assert source.rows == 2


def test_a_trailing_delimiter_on_every_row_does_no_harm(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, TEXT.replace("\n", ",\n")))
    assert facts(engine) == FACTS


def test_row_numbers_follow_the_file_when_it_is_read_in_parallel(engine: Engine, tmp_path: Path) -> None:
    rows = 400_000
    lines = "\n".join(f"{n},c,2026-01-05,1" for n in range(2, rows + 2))
    load_file(engine, "orders", write(tmp_path, f"{HEADER}\n{lines}\n"))
    assert engine.value("SELECT count(*) FROM raw_orders WHERE source_row = CAST(order_id AS BIGINT)") == rows


def test_a_file_name_with_brackets_is_a_name_and_no_pattern(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, TEXT.replace("A1", "B1"), "orders1.csv")
    load_file(engine, "orders", write(tmp_path, TEXT, "orders[1].csv"))
    assert facts(engine) == FACTS


def test_headers_that_are_not_used_are_listed(engine: Engine, tmp_path: Path) -> None:
    text = TEXT.replace("金额", "金额,心情,订单金额").replace("12.50", "12.50,好,13").replace("1234", "1234,,")
    source = load_file(engine, "orders", write(tmp_path, text))
    assert source.unused == ("心情", "订单金额")
    assert facts(engine) == FACTS


def test_a_unit_in_the_header_goes_to_every_number(engine: Engine, tmp_path: Path) -> None:
    load_file(engine, "orders", write(tmp_path, TEXT.replace("金额", "金额（万元）")))
    assert [row[4] for row in facts(engine)] == ["12.50万", "1234万"]


def test_the_fingerprint_is_of_the_bytes(engine: Engine, tmp_path: Path) -> None:
    first = load_file(engine, "orders", write(tmp_path, TEXT, "a.csv")).fingerprint
    assert load_file(engine, "orders", write(tmp_path, TEXT, "b.csv")).fingerprint == first
    assert load_file(engine, "orders", write(tmp_path, TEXT + "\n", "a.csv")).fingerprint != first


@settings(max_examples=40, deadline=None)
@given(
    cells=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), max_size=12),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_in_quotes_comes_in_as_it_is(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    lines = [f'{n},c,2026-01-05,1,"{cell.replace(chr(34), chr(34) * 2)}"' for n, cell in enumerate(cells)]
    path = write(tmp_path_factory.mktemp("csv"), "\n".join([f"{HEADER},产品", *lines, ""]))
    with Engine(threads=1) as engine:
        load_file(engine, "orders", path)
        found = engine.rows("SELECT product FROM raw_orders ORDER BY source_row")
    assert [cell or "" for (cell,) in found] == cells


BAD = {
    "empty": ("", "orders.csv 是空文件"),
    "only_blank_lines": ("\n \n\n", "orders.csv 是空文件"),
    "header_only": (HEADER + "\n", "orders.csv 只有表头，没有数据行"),
    "no_date_column": (
        "订单号,客户编号,金额,天气\nA1,001,12,晴\n",
        "orders.csv 缺少必需的列：下单日期 (date)。文件里的表头：订单号、客户编号、金额、天气。"
        "如果它叫别的名字，请加 --map orders.date=天气",
    ),
    "unknown_headers": (
        "甲,乙,丙\n1,2,3\n",
        "orders.csv：前 30 行里没有认得的表头。至少要有：客户编号 (customer_id)、下单日期 (date)、金额 (amount)。"
        "读到的是：甲、乙、丙。可以指定表头，例如 --map orders.customer_id=甲",
    ),
    "too_many_cells": (
        TEXT + "A3,003,2026-01-07,1,234\n",
        "orders.csv 第 4 行有 5 格，表头只有 4 格。多半是文字里有分隔符而没加引号",
    ),
    "open_quote": (TEXT + 'A3,"003,2026-01-07,5\n', "orders.csv 第 4 行的引号没有配对"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(engine: Engine, tmp_path: Path, case: str) -> None:
    text, message = BAD[case]
    if case == "too_many_cells":  # beyond the lines in which the width is measured
        text = TEXT + "A9,9,2026-01-07,1\n" * 60 + "A3,003,2026-01-07,1,234\n"
        message = message.replace("第 4 行", "第 64 行")
    with pytest.raises(SourceError) as caught:
        load_file(engine, "orders", write(tmp_path, text))
    assert str(caught.value) == message
    assert caught.value.exit_code == 3


def test_a_gb18030_line_in_a_utf8_file_is_named(engine: Engine, tmp_path: Path) -> None:
    data = (
        TEXT.encode()
        + "A3,003,2026-01-07,1\nA4,张三,2026-01-07,1\n".encode("gb18030")
        + "A5,李四,2026-01-07,1\n".encode()
    )
    with pytest.raises(SourceError) as caught:
        load_file(engine, "orders", write(tmp_path, data))
    assert caught.value.key == "sources.mixed_encodings"
    assert caught.value.values["line"] == 5
    assert "orders.csv 第 5 行" in str(caught.value)


def test_a_utf8_line_in_a_gb18030_file_is_named_though_it_would_decode(engine: Engine, tmp_path: Path) -> None:
    utf8 = "A3,中文,2026-01-07,1\n".encode()
    assert utf8.decode("gb18030")
    with pytest.raises(SourceError) as caught:
        load_file(
            engine,
            "orders",
            write(tmp_path, TEXT.encode("gb18030") + "A4,张三,2026-01-07,1\n".encode("gb18030") + utf8),
        )
    assert caught.value.values["line"] == 5


def test_bytes_of_no_encoding_are_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        load_file(engine, "orders", write(tmp_path, TEXT.encode("gb18030") + b"A3,\xff\xff,2026-01-07,1\n"))
    assert caught.value.values["line"] == 4


def test_a_damaged_gzip_file_is_refused(engine: Engine, tmp_path: Path) -> None:
    packed = gzip.compress(TEXT.encode())
    with pytest.raises(SourceError, match="不是完整的 gzip"):
        load_file(engine, "orders", write(tmp_path, packed[:-9], "orders.csv.gz"))
    with pytest.raises(SourceError, match="不是完整的 gzip"):
        load_file(engine, "orders", write(tmp_path, TEXT, "plain.csv.gz"))


def test_a_missing_file_names_the_nearest_one(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, TEXT, "orders_2026.csv")
    write(tmp_path, TEXT, "客户.csv")
    with pytest.raises(SourceError) as caught:
        load_file(engine, "orders", tmp_path / "order_2026.csv")
    assert str(caught.value) == f"找不到文件 {tmp_path / 'order_2026.csv'}（同一文件夹里最像的是：orders_2026.csv）"


def test_a_file_that_may_not_be_opened_says_so(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path, TEXT)
    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(SourceError) as caught:
        load_file(engine, "orders", path)
    assert str(caught.value) == "orders.csv 打不开（Permission denied）；可能正被别的程序占用，或没有权限"


def test_a_folder_and_an_unknown_kind_are_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="是文件夹"):
        load_file(engine, "orders", tmp_path)
    with pytest.raises(SourceError, match=r"orders\.pdf：不认识这种文件；可以读的有 \.csv"):
        load_file(engine, "orders", write(tmp_path, TEXT, "orders.pdf"))
    with pytest.raises(SourceError, match="没有工作表"):
        load_file(engine, "orders", write(tmp_path, TEXT), sheet="订单")
