"""Bad input at the command line: each has its exit code and one clear sentence, and writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierbook.cli import main

GOOD = "订单号,客户编号,下单日期,金额\n1,A1,2026-01-05,100\n2,A2,2026-02-01,50.5\n3,A1,2026-03-01,20\n"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]):
    """Run the command line; gives exit code, what was printed, what was said on the error stream."""

    def run(*words: object) -> tuple[int, str, str]:
        try:
            code = main([*(str(word) for word in words), "-q"])
        except SystemExit as stop:
            code = int(stop.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def orders(folder: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_missing_file_is_named(say, tmp_path: Path) -> None:
    code, _, told = say("score", "--orders", tmp_path / "none.csv", "--as-of", "2026-06-30")
    assert code == 3
    assert "none.csv" in told


def test_an_empty_file_is_named(say, tmp_path: Path) -> None:
    code, _, told = say("score", "--orders", orders(tmp_path, ""), "--as-of", "2026-06-30")
    assert code == 3
    assert "orders.csv" in told


def test_a_file_without_a_date_column_says_which_headers_it_has(say, tmp_path: Path) -> None:
    path = orders(tmp_path, "订单号,客户编号,金额\n1,A1,100\n")
    code, _, told = say("score", "--orders", path, "--as-of", "2026-06-30")
    assert code == 3
    assert "下单日期" in told
    assert "客户编号" in told
    assert "--map" in told


def test_unknown_headers_are_answered_with_the_cure(say, tmp_path: Path) -> None:
    code, _, told = say("score", "--orders", orders(tmp_path, "foo,bar\n1,2\n"), "--as-of", "2026-06-30")
    assert code == 3
    assert "foo" in told


def test_a_mapped_header_that_does_not_exist_names_the_nearest(say, tmp_path: Path) -> None:
    path = orders(tmp_path, GOOD.replace("金额", "成交总额x"))
    code, _, told = say("score", "--orders", path, "--map", "amount=成交总额", "--as-of", "2026-06-30")
    assert code == 3
    assert "成交总额x" in told


def test_a_wrong_sheet_name_lists_the_sheets(say, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "订单2026"
    book.active.append(["订单号", "客户编号", "下单日期", "金额"])
    book.save(tmp_path / "o.xlsx")
    code, _, told = say("score", "--orders", tmp_path / "o.xlsx", "--sheet", "订单", "--as-of", "2026-06-30")
    assert code == 3
    assert "订单2026" in told


def test_mixed_encodings_name_the_line(say, tmp_path: Path) -> None:
    lines = ["订单号,客户编号,下单日期,金额,产品".encode(), "1,A1,2026-01-05,100,打印机".encode()]
    path = orders(tmp_path, b"\n".join([*lines, b"2,A1,2026-01-06,100," + "墨".encode("gb18030") + b"\xff\xff"]))
    code, _, told = say("score", "--orders", path, "--as-of", "2026-06-30")
    assert code == 3
    assert "3" in told


def test_text_amounts_and_impossible_dates_are_findings_not_failures(say, tmp_path: Path) -> None:
    path = orders(tmp_path, GOOD + "4,A2,2025-02-29,10\n5,A2,2026-02-02,很多\n")
    code, out, _ = say("score", "--orders", path, "--as-of", "2026-06-30", "--json")
    assert code == 0
    assert '"bad_date": 1' in out
    assert '"bad_amount": 1' in out
    assert '"kept": 3' in out


def test_an_as_of_before_all_orders_leaves_nobody_to_score_and_says_from_when_there_are_orders(say, tmp_path) -> None:
    code, _, told = say("score", "--orders", orders(tmp_path, GOOD), "--as-of", "2020-01-01")
    assert code == 7
    assert "2020-01-01" in told
    assert "--as-of" in told


def test_an_as_of_before_all_orders_makes_known_customers_prospects(say, tmp_path: Path) -> None:
    people = tmp_path / "c.csv"
    people.write_text("客户编号,客户名称\nA1,甲\nA2,乙\n", encoding="utf-8")
    code, out, _ = say(
        "score", "--orders", orders(tmp_path, GOOD), "--customers", people, "--as-of", "2020-01-01", "--json"
    )
    assert code == 0
    assert '"buyers": 0' in out
    assert '"future": 3' in out
    assert '"潜在": 2' in out


def test_one_customer_is_scored(say, tmp_path: Path) -> None:
    one = "订单号,客户编号,下单日期,金额\n1,A1,2026-01-05,100\n"
    code, out, _ = say("score", "--orders", orders(tmp_path, one), "--as-of", "2026-06-30", "--json")
    assert code == 0
    assert '"customers": 1' in out


def test_no_order_at_all_is_said(say, tmp_path: Path) -> None:
    path = orders(tmp_path, "订单号,客户编号,下单日期,金额\n")
    code, _, told = say("score", "--orders", path, "--as-of", "2026-06-30")
    assert code in {3, 7}
    assert told.strip()


def test_no_facts_at_all_is_said(say) -> None:
    code, _, told = say("score", "--as-of", "2026-06-30")
    assert code == 7
    assert "--orders" in told


@pytest.mark.parametrize(
    ("setting", "word"),
    [
        ("retruns=ignore", "returns"),
        ("returns=never", "ignore"),
        ("floor.four.vip=30", "60"),
        ("main=genral", "general"),
    ],
)
def test_a_wrong_setting_names_the_nearest_right_one(say, tmp_path: Path, setting: str, word: str) -> None:
    code, _, told = say("score", "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30", "--set", setting)
    assert code in {2, 4}
    assert word in told


def test_a_model_whose_floors_fall_is_refused(say, tmp_path: Path) -> None:
    model = tmp_path / "mine.toml"
    model.write_text(
        'extends = "general"\nkey = "mine"\nname = ["我的", "我的", "Mine"]\nversion = "1"\n'
        '[scale.abc]\nname = ["ABC", "ABC", "ABC"]\n'
        'tiers = [["c", 0, ["C", "C", "C"]], ["b", 80, ["B", "B", "B"]], ["a", 50, ["A", "A", "A"]]]\n',
        encoding="utf-8",
    )
    code, _, told = say("score", "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30", "--model", model)
    assert code == 4
    assert "mine.toml" in told
    assert "abc" in told


def test_weights_that_are_all_zero_are_refused(say, tmp_path: Path) -> None:
    zero = [f"--set=weight.simple.{line}=0" for line in ("recency_days", "frequency", "monetary")]
    code, _, told = say("score", "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30", *zero)
    assert code in {2, 4}
    assert "simple" in told or "简单" in told


def test_a_rule_with_a_typo_names_the_nearest_word(say, tmp_path: Path) -> None:
    model = tmp_path / "mine.toml"
    text = (Path(__file__).parents[2] / "workbook_templates" / "models" / "general.toml").read_text(encoding="utf-8")
    assert "近6个月订单数 >= high_value_orders" in text
    model.write_text(
        text.replace("近6个月订单数 >= high_value_orders", "近6月订单数 >= high_value_orders"), encoding="utf-8"
    )
    code, _, told = say("score", "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30", "--model", model)
    assert code == 4
    assert "近6个月订单数" in told


def test_an_unknown_model_lists_the_shipped_ones(say, tmp_path: Path) -> None:
    code, _, told = say("score", "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30", "--model", "genral")
    assert code == 4
    assert "software" in told


def test_an_unknown_customer_names_the_nearest(say, tmp_path: Path) -> None:
    code, _, told = say("explain", "A11", "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30")
    assert code == 7
    assert "A1" in told


@pytest.mark.parametrize("name", ["out.xls", "out"])
def test_an_output_we_cannot_write_is_refused_before_any_work(say, tmp_path: Path, name: str) -> None:
    code, _, told = say("score", "--orders", "none.csv", "--out", tmp_path / name)
    assert code == 2
    assert ".parquet" in told


def test_a_date_that_is_none_is_refused(say) -> None:
    code, _, told = say("score", "--as-of", "2026-02-29")
    assert code == 2
    assert "2026-02-29" in told


def test_help_speaks_the_language_asked_for(say) -> None:
    assert "用法" in say("score", "--help")[1]
    assert "usage" in say("--lang", "en", "score", "--help")[1]


@pytest.mark.parametrize("words", [("--lang", "en", "--json", "score"), ("score", "--lang", "en", "--json")])
def test_options_for_all_verbs_may_stand_on_either_side_of_the_verb(
    say, tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, out, _ = say(*words, "--orders", orders(tmp_path, GOOD), "--as-of", "2026-06-30")
    assert code == 0
    assert '"Potential"' in out


def test_a_csv_of_results_never_holds_a_formula(say, tmp_path: Path) -> None:
    people = tmp_path / "c.csv"
    people.write_text("客户编号,客户名称\nA1,=HYPERLINK(1)\nA2,正常\n", encoding="utf-8")
    out = tmp_path / "r.csv"
    args = ("--orders", orders(tmp_path, GOOD), "--customers", people, "--as-of", "2026-06-30", "--out", out)
    assert say("score", *args)[0] == 0
    content = out.read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK(1)" in content
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
