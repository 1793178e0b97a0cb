"""What `tierbook score --set` does to R, F, M and the classes, on five customers worked out by hand.

As of 2026-03-31 (orders; lines; pieces; days since the last; money):
    a  2 orders  3 lines   6 pieces   30 days  180
    b  1         1        10          58       500
    c  3         3         6         120        50
    d  1         1         1          11       900
    e  1         1         2         181        60
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from tierbook.cli import main
from tierbook.errors import UsageError

FACTS = """order_id,line_no,customer_id,date,amount,quantity
1,1,a,2026-03-01,100,3
1,2,a,2026-03-01,50,2
2,1,a,2026-01-10,30,1
3,1,b,2026-02-01,500,10
4,1,c,2025-12-01,20,1
5,1,c,2025-06-01,20,1
6,1,c,2025-01-01,10,4
7,1,d,2026-03-20,900,1
8,1,e,2025-10-01,60,2
"""
Run = Callable[..., dict[str, dict[str, str]]]


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Settings -> customer -> column -> what the file says."""
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "home"))
    (tmp_path / "orders.csv").write_text(FACTS, encoding="utf-8")

    def run(*settings: str) -> dict[str, dict[str, str]]:
        out = tmp_path / "out.csv"
        words = [word for setting in settings for word in ("--set", setting)]
        files = ["--orders", str(tmp_path / "orders.csv"), "--out", str(out)]
        assert main(["score", *files, "--as-of", "2026-03-31", "-q", *words]) == 0
        with out.open(encoding="utf-8-sig", newline="") as source:
            return {row["customer_id"]: row for row in csv.DictReader(source)}

    return run


def letters(found: dict[str, dict[str, str]], letter: str) -> str:
    """The scores of a b c d e as one text, - for none."""
    return "".join(found[key][letter] or "-" for key in "abcde")


@pytest.mark.parametrize(
    ("count", "frequency", "f"),
    [
        ("orders", "2 1 3 1 1", "41511"),  # thresholds 1, 1, 1.4, 2.2
        ("lines", "3 1 3 1 1", "41411"),  # 1, 1, 1.8, 3: a value on a threshold is not above it
        ("quantity", "6 10 6 1 2", "35312"),  # 1.8, 4.4, 6, 6.8
    ],
)
def test_frequency_counts_orders_lines_or_pieces(score: Run, count: str, frequency: str, f: str) -> None:
    found = score(f"count={count}")
    assert [float(found[key]["frequency"]) for key in "abcde"] == [float(word) for word in frequency.split()]
    assert letters(found, "f") == f
    assert letters(found, "r") == "43251"
    assert letters(found, "m") == "34152"


@pytest.mark.parametrize(
    ("settings", "r", "f", "m"),
    [
        ((), "43251", "41511", "34152"),
        # thresholds of R 26.2, 46.8, 82.8, 132.2; of M 58, 132, 308, 580
        (("rfm.method=quantile",), "43251", "41511", "34152"),
        # thresholds of R 30, 58, 120; of F 1, 1, 2; of M 60, 180, 500: those on one belong below it
        (("rfm.levels=4", "rfm.high_score=3"), "32141", "31411", "23141"),
        # 1 + floor(5 x share strictly below)
        (("rfm.method=rank",), "43251", "41511", "34152"),
        (("rfm.method=rank", "count=lines"), "43251", "41411", "34152"),
        (("rfm.method=rank", "count=quantity"), "43251", "35312", "34152"),
        # 1 + floor(3 x share strictly below)
        (("rfm.method=rank", "rfm.levels=3", "rfm.high_score=2"), "22131", "21311", "22131"),
    ],
)
def test_scores_by_quantile_or_rank(score: Run, settings: tuple[str, ...], r: str, f: str, m: str) -> None:
    found = score(*settings)
    assert (letters(found, "r"), letters(found, "f"), letters(found, "m")) == (r, f, m)


@pytest.mark.parametrize(
    ("closed", "r", "f", "m"),
    [
        # right: (30, 58] holds 58; an edge belongs to the band below it
        ("right", "54351", "21311", "23151"),
        # left: [30, 58) holds 30; an edge belongs to the band above it
        ("left", "43251", "32422", "34152"),
    ],
)
def test_fixed_breaks_with_edges_closed_on_either_side(score: Run, closed: str, r: str, f: str, m: str) -> None:
    breaks = ("rfm.breaks.r=30,58,120,150", "rfm.breaks.f=1,2,3,4", "rfm.breaks.m=60,180,500,600")
    found = score("rfm.method=fixed", f"rfm.closed={closed}", *breaks)
    assert (letters(found, "r"), letters(found, "f"), letters(found, "m")) == (r, f, m)


def test_fixed_breaks_may_be_typed_with_full_width_commas_and_fewer_levels(score: Run) -> None:
    found = score("rfm.method=fixed", "rfm.levels=3", "rfm.high_score=2", "rfm.breaks.r=30，120",
                  "rfm.breaks.f=1.5,2.5", "rfm.breaks.m=59.99,500")  # fmt: skip
    assert (letters(found, "r"), letters(found, "f"), letters(found, "m")) == ("32231", "21311", "22132")


@pytest.mark.parametrize(
    ("settings", "classes"),
    [
        # means: 80 days, 1.6 orders, 338 money; recency on the mean is high, F and M are not
        (("rfm.cut=mean",), "一般价值 重要发展 一般保持 重要发展 一般挽留"),
        (("rfm.cut=mean", "count=quantity"), "一般价值 重要价值 一般保持 重要发展 一般挽留"),  # mean 5 pieces
        (("rfm.cut=median", "count=quantity"), "一般发展 重要价值 一般挽留 重要发展 一般挽留"),  # median 6 pieces
        (("rfm.cut=median",), "一般价值 重要发展 一般保持 重要发展 一般挽留"),  # 58 days, 1 order, 180 money
        (("rfm.cut=score",), "一般价值 重要挽留 一般保持 重要发展 一般挽留"),  # scores of 4 and more
        (("rfm.cut=score", "rfm.high_score=3"), "重要价值 重要发展 一般保持 重要发展 一般挽留"),
    ],
)
def test_the_eight_classes_cut_at_mean_median_or_score(score: Run, settings: tuple[str, ...], classes: str) -> None:
    found = score(*settings)
    assert [found[key]["segment"].removesuffix("客户") for key in "abcde"] == classes.split()


@pytest.mark.parametrize(
    ("window", "frequency", "monetary", "rfm"),
    [
        # after 2025-12-31: c and e have no order in it
        ("3m", "2 1 - 1 -", "180 500 - 900 -", ("31-5-", "51-1-", "13-5-")),
        # fewer than 60 days ago: 2026-01-31 at the earliest
        ("60d", "1 1 - 1 -", "150 500 - 900 -", ("31-5-", "11-1-", "13-5-")),
        # b's order 58 days ago lies outside 58 days, for 58 < 58 does not hold
        ("58d", "1 - - 1 -", "150 - - 900 -", ("1--5-", "1--1-", "1--5-")),
        ("all", "2 1 3 1 1", "180 500 50 900 60", ("43251", "41511", "34152")),
    ],
)
def test_the_window_of_frequency_and_money(
    score: Run, window: str, frequency: str, monetary: str, rfm: tuple[str, str, str]
) -> None:
    found = score(f"rfm.window={window}")
    for column, told in (("frequency", frequency), ("monetary", monetary)):
        for key, wanted in zip("abcde", told.split(), strict=True):
            value = found[key][column]
            assert (float(value or 0) == 0) if wanted == "-" else float(value) == float(wanted), (column, key)
    assert tuple(letters(found, letter) for letter in "rfm") == rfm


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("rfm.method=tertile", "rfm.method 不能是“tertile”，可以是 quantile, rank, fixed"),
        ("rfm.breaks.r=30,abc", "rfm.breaks.r 要写数字，不是“abc”"),
        ("rfm.breaks.m=5,4,3,2", "[rfm] breaks.m：分界点要从小到大"),
        ("rfm.window=3", "[rfm] window：窗口要写 all、12m（月）或 365d（天），不是“3”"),
        ("rfm.cut=mode", "rfm.cut 不能是“mode”，可以是 mean, median, score"),
        ("count=order", "count 不能是“order”，可以是 orders, lines, quantity"),
        ("rfm.level=4", "没有设置“rfm.level”，是不是“rfm.levels”？"),
    ],
)
def test_a_setting_that_cannot_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str, told: str
) -> None:
    (tmp_path / "orders.csv").write_text(FACTS, encoding="utf-8")
    words = ["score", "--orders", str(tmp_path / "orders.csv"), "--as-of", "2026-03-31", "-q", "--set", setting]
    assert main(words) == UsageError.exit_code
    assert told in capsys.readouterr().err
