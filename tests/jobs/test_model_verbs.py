"""The verbs list, lint, export and import of models: sheets to TOML and back, versions by day, nothing lost."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import ModelError, UsageError
from tierbook.jobs import models
from tierbook.jobs.intake import book_model
from tierbook.jobs.model_files import named_model
from tierbook.model.dump import dump_toml
from tierbook.model.version import fingerprint
from tierbook.publish import template_book
from tierbook.workbook import read_rows, sheet_names

DAY = dt.date(2026, 10, 31)
WEIGHTS, TAGS = "模型-指标权重", "模型-标签规则"
MINE = """
key = "mine"
extends = "general"
name = ["我们的模型", "我們的模型", "Ours"]
version = "7"
[indicator]
aov = { name = ["单价", "單價", "Ticket"], kind = "mean_money", unit = ["元/单", "元/單", "yuan each"], table = "orders", about = "x", aliases = ["客单价"] }
[tag]
gold = { name = ["金牌", "金牌", "Gold"], when = "近12个月金额 >= gold_amount", source = "部门会议" }
[param]
gold_amount = { value = 5000.125, name = ["金牌线", "金牌線", "Gold line"], unit = "yuan", source = "部门会议", low = 0 }
"""  # noqa: E501 - one line, as in the shipped models


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("TIERBOOK_MODELS", raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = tmp_path_factory.mktemp("made") / "客户.xlsx"
    book.write_bytes(template_book(named_model("general"), "zh-CN"))
    return book


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "客户.xlsx"))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    return path


@contextmanager
def person(book: Path) -> Iterator[Workbook]:
    """Somebody who opens the book, types and saves it."""
    with warnings.catch_warnings(), book.open("rb") as source:
        warnings.simplefilter("ignore")
        opened = load_workbook(source)
    yield opened
    opened.save(book)


def bring(source: Path | str, book: Path, **options: object) -> models.ImportReport:
    return models.import_model(str(source), book, day=DAY, **options)  # type: ignore[arg-type]


# Sheets to TOML and back


def test_a_model_brought_into_a_book_is_exported_as_the_very_same(mine: Path, book: Path, tmp_path: Path) -> None:
    bring(mine, book)
    models.export_model(str(book), tmp_path / "back.toml")

    assert (tmp_path / "back.toml").read_text(encoding="utf-8") == dump_toml(named_model(str(mine)))
    assert named_model(str(tmp_path / "back.toml")) == named_model(str(mine))


def test_a_books_sheets_go_into_another_book_by_its_toml(book: Path, tmp_path: Path) -> None:
    with person(book) as opened:
        row = next(row for row in opened[WEIGHTS].iter_rows(min_row=5) if row[1].value == "客单价")
        row[2].value = 7.5
    models.export_model(str(book), tmp_path / "m.toml")
    other = tmp_path / "other.xlsx"
    other.write_bytes(template_book(named_model("software"), "en"))

    bring(tmp_path / "m.toml", other)

    assert fingerprint(book_model(other, "en")) == fingerprint(book_model(book, "zh-CN"))
    assert [line.weight for line in book_model(other, "en").main_card.lines if line.indicator == "aov"] == [7.5]


def test_an_import_tells_what_differs_and_a_dry_run_writes_nothing(mine: Path, book: Path) -> None:
    before = book.read_bytes()

    report = bring(mine, book, dry_run=True)

    assert book.read_bytes() == before
    assert not report.changed
    told = {(each.kind, each.path) for each in report.differences}
    assert {("added", "tag.gold"), ("added", "param.gold_amount"), ("changed", "version")} <= told
    assert {path for _, path in told if path.startswith("indicator.")} == {
        "indicator.aov.name", "indicator.aov.unit", "indicator.aov.about", "indicator.aov.aliases",
    }  # fmt: skip
    assert report.receipt is not None
    assert not report.receipt.removed


def test_the_same_model_again_leaves_the_book_as_it_is(mine: Path, book: Path) -> None:
    assert bring(mine, book).changed
    before = book.read_bytes()

    again = bring(mine, book)

    assert not again.changed
    assert not again.sheets
    assert book.read_bytes() == before


def test_an_import_can_be_undone(mine: Path, book: Path) -> None:
    before = book.read_bytes()
    bring(mine, book)
    jobs.undo(book)
    assert book.read_bytes() == before


def test_only_sheets_that_would_say_something_else_are_written(book: Path, tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text('extends = "general"\nkey = "general"\nname = ["通用模型", "通用模型", "General"]\n'
                    'version = "2026.1"\n[param]\nchurn_days = { value = 60 }\n', encoding="utf-8")  # fmt: skip
    report = bring(path, book)
    assert report.sheets == ["模型-参数"]
    assert book_model(book, "zh-CN").whole("churn_days") == 60


def test_a_sheet_with_somebodys_own_cells_or_notes_stays_as_a_dated_copy(mine: Path, book: Path) -> None:
    with person(book) as opened:
        opened[TAGS]["J6"] = "问过王总，先不改"
        opened["模型-参数"]["C7"].comment = Comment("财务确认", "王")

    report = bring(mine, book)

    copies = {f"{TAGS} 2026-10-31", "模型-参数 2026-10-31"}
    assert copies <= set(sheet_names(book))
    assert len([name for name in sheet_names(book) if "2026-10-31" in name]) == 2
    assert any("问过王总，先不改" in row for row in read_rows(book, f"{TAGS} 2026-10-31"))
    assert {note[0] for note in report.notes} == {"workbook.copy_kept"}
    assert book_model(book, "zh-CN") == named_model(str(mine))


def test_the_buttons_of_a_book_with_macros_stay(mine: Path, tmp_path: Path) -> None:
    from tierbook.excel.addin import template_macros

    book, macros = tmp_path / "客户.xlsm", template_macros("zh-CN")
    book.write_bytes(template_book(named_model("general"), "zh-CN", macros=macros))
    before = pressed(book)

    report = bring(mine, book, macros=macros)

    assert not report.notes
    assert pressed(book) == before
    assert book_model(book, "zh-CN") == named_model(str(mine))


def pressed(book: Path) -> Counter[str]:
    """The macros that the buttons of a book run."""
    with zipfile.ZipFile(book) as package:
        shapes = [package.read(name).decode() for name in package.namelist() if name.endswith(".vml")]
    return Counter(macro for shape in shapes for macro in re.findall(r"<x:FmlaMacro>(.*?)</x:FmlaMacro>", shape))


def test_rules_that_are_not_valid_are_replaced_by_an_import(mine: Path, book: Path) -> None:
    with person(book) as opened:
        opened[TAGS]["C5"] = "客单价 >"

    report = bring(mine, book)

    assert not report.differences
    assert book_model(book, "zh-CN") == named_model(str(mine))


def test_a_model_nobody_can_score_by_is_not_brought_in(book: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(
        'extends = "general"\nkey = "x"\nname = "x"\nversion = "1"\n'
        '[indicator]\nmade_up = { name = "编的", kind = "number", table = "orders", about = "x" }\n',
        encoding="utf-8",
    )
    before = book.read_bytes()
    with pytest.raises(ModelError, match="made_up"):
        bring(path, book)
    assert book.read_bytes() == before


def test_an_export_never_overwrites_something_else(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.toml"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="--force"):
        models.export_model(str(book), out)
    assert out.read_text(encoding="utf-8") == "mine"
    assert models.export_model(str(book), out, force=True).changed
    assert not models.export_model(str(book), out).changed
    assert models.export_model(str(book), tmp_path / "n.toml", dry_run=True).changed
    assert not (tmp_path / "n.toml").exists()


def test_an_export_takes_settings_on_top(tmp_path: Path) -> None:
    models.export_model("simple", tmp_path / "m.toml", settings=["churn_days=60", "weight.simple.monetary=50"])
    model = named_model(str(tmp_path / "m.toml"))
    assert model.whole("churn_days") == 60
    assert model.main_card.lines[-1].weight == 50


# Several models, and their versions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `models` beside the book: two later versions of general, and one model of another name."""
    models = tmp_path / "models"
    models.mkdir()
    for name, key, version, start in (
        ("autumn", "general", "2026.2", "2026-09-01"), ("next", "general", "2027.1", "2027-01-01"),
        ("mine", "mine", "1", "2026-05-01"),
    ):  # fmt: skip
        text = f'extends = "general"\nkey = "{key}"\nname = "{name}"\nversion = "{version}"\nstart = {start}\n'
        (models / f"{name}.toml").write_text(text, encoding="utf-8")
    return models


@pytest.mark.parametrize(
    ("name", "on", "version"),
    [
        ("general", "2026-08-31", "2026.1"),
        ("general", "2026-09-01", "2026.2"),
        ("general", "2026-12-31", "2026.2"),
        ("general", "2027-01-01", "2027.1"),
        ("general", "2011-12-09", "2026.1"),  # before all of them: the earliest
        ("general@2026-08-31", "2027-06-01", "2026.1"),
        ("general@2026-09-01", "2011-01-01", "2026.2"),
        ("mine", "2026-01-01", "1"),
        ("mine@2026-05-01", "2026-01-01", "1"),
    ],
)
def test_the_version_in_force_on_the_day_counts(folder: Path, name: str, on: str, version: str) -> None:
    assert named_model(name, dt.date.fromisoformat(on), folder.parent / "客户.xlsx").version == version


def test_a_day_before_every_version_is_refused_where_it_was_asked_for(folder: Path) -> None:
    with pytest.raises(ModelError, match="2026-04-30") as caught:
        named_model("mine@2026-04-30", None, folder.parent / "b.xlsx")
    assert "1（2026-05-01）" in str(caught.value)


def test_two_files_with_one_key_and_start_are_refused_by_name(folder: Path) -> None:
    shutil.copy(folder / "autumn.toml", folder / "again.toml")
    with pytest.raises(ModelError, match=r"again.toml、autumn.toml"):
        named_model("general@2026-10-01", None, folder.parent / "b.xlsx")


def test_a_wrong_file_beside_does_not_stop_another_model(folder: Path) -> None:
    (folder / "broken.toml").write_text("key = ", encoding="utf-8")
    book = folder.parent / "b.xlsx"
    assert named_model("mine", DAY, book).version == "1"
    with pytest.raises(ModelError, match=r"broken\.toml"):
        named_model("broken", DAY, book)


def test_the_folder_may_be_named_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert named_model("general", DAY).version == "2026.1"
    monkeypatch.setenv("TIERBOOK_MODELS", str(folder))
    assert named_model("general", DAY).version == "2026.2"
    monkeypatch.setenv("TIERBOOK_MODELS", str(folder / "nowhere"))
    with pytest.raises(ModelError, match="TIERBOOK_MODELS"):
        named_model("general", DAY)


def test_a_model_extends_a_name_never_a_path(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "secret.toml").write_text(MINE, encoding="utf-8")
    for parent in ("../secret", str(tmp_path / "secret")):
        path = tmp_path / "sub" / "m.toml"
        path.write_text(f"extends = '{parent}'\nkey='m'\nname='m'\nversion='1'\n", encoding="utf-8")
        with pytest.raises(ModelError):
            named_model(str(path))


def test_a_run_scores_by_the_version_of_its_day(folder: Path, tmp_path: Path, capsys) -> None:
    orders = tmp_path / "o.csv"
    orders.write_text("order_id,customer_id,date,amount\n1,a,2026-01-05,100\n2,b,2026-02-01,50\n", encoding="utf-8")
    for day, version in (("2026-08-31", "2026.1"), ("2026-09-01", "2026.2")):
        words = ["score", "--orders", str(orders), "--as-of", day, "--model", f"general@{day}", "--json", "-q"]
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TIERBOOK_MODELS", str(folder))
            assert main(words) == 0
        assert version in capsys.readouterr().out


def test_the_list_says_which_version_holds(folder: Path, book: Path, capsys) -> None:
    assert main(["model", "list", str(book), "--on", "2026-09-15", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["models"]
    assert [(each["place"], each["version"], each["in_force"]) for each in listed if each["key"] == "general"] == [
        ("book", "2026.1", True), ("shipped", "2026.1", False), ("own", "2026.2", True), ("own", "2027.1", False),
    ]  # fmt: skip


# Lint


def test_lint_tells_every_problem_of_a_toml_at_once(tmp_path: Path, capsys) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'extends = "general"\nkey = "m"\nname = "m"\n'
        '[indicator]\nmy_rate = { name = "自有率", kind = "ration", table = "orders", about = "x" }\n'
        '[tag]\nuses = { name = "一", when = "自有率 > 1" }\nwrong = { name = "二", when = "客单介 >= 100" }\n'
        "[param]\nchurn_days = { value = 0 }\n",
        encoding="utf-8",
    )
    assert main(["model", "lint", str(path), "--lang", "zh-CN"]) == ModelError.exit_code
    assert capsys.readouterr().out == (
        "m.toml：4 个问题\n"
        "  - m.toml：缺少 version\n"
        "  - m.toml [indicator.my_rate] kind：“ration”不行，可以是 "
        "money, mean_money, count, days, ratio, number, flag, text, date\n"
        "  - m.toml [param.churn_days] value：0 太小，最小是 1\n"
        "  - m.toml [tag.wrong]：第 1 个字符：没有“客单介”这个词，是不是“客单价”？\n"
        "      客单介 >= 100\n"
        "      ^\n"
    )


def test_lint_of_a_book_names_sheet_cell_position_and_the_nearest_word(book: Path, capsys) -> None:
    with person(book) as opened:
        opened[TAGS]["C5"] = "近6个月订单数 >= 5 且 客单介 >= 100"
        opened[WEIGHTS]["C6"] = "很多"

    assert main(["model", "lint", str(book), "--json"]) == ModelError.exit_code

    weight, rule = json.loads(capsys.readouterr().out)["problems"]
    assert (weight["where"], weight["rule"]) == (f"{WEIGHTS}!C6", None)
    assert rule["where"] == f"{TAGS}!C5"
    assert (rule["position"], rule["near"]) == (16, "客单价")
    assert rule["words"] == f"{TAGS}!C5：第 16 个字符：没有“客单介”这个词，是不是“客单价”？"


def test_lint_points_out_what_looks_like_a_mistake(tmp_path: Path, capsys) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'extends = "general"\nkey = "m"\nname = "m"\nversion = "1"\n[group]\ng = "组"\n'
        '[tag]\na = { group = "g", name = "一", when = "得分 > 5" }\n'
        'b = { group = "g", name = "二", when = "得分 > 5" }\n'
        '[card.odd]\nname = "奇"\n[card.odd.lines]\naov = { weight = 30, curve = "percentile" }\n',
        encoding="utf-8",
    )
    assert main(["model", "lint", str(path), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "the weights of scorecard “奇” sum to 30, not 100" in told
    assert "“二” has the same condition as “一” above it" in told


@pytest.mark.parametrize("name", ["general", "simple", "software", "general@2026-06-30"])
def test_the_shipped_models_have_no_problems_and_no_hints(name: str) -> None:
    report = models.lint_model(name)
    assert not report.problems
    assert not report.hints


def test_a_wrong_rule_stops_any_verb_with_a_caret_under_the_place(book: Path, capsys) -> None:
    with person(book) as opened:
        opened[TAGS]["C5"] = "客单价 >= 1.5 * 平均(客单介)"
    assert main(["refresh", str(book), "-q"]) == ModelError.exit_code
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith(f"出错：{TAGS}!C5：第 17 个字符：没有“客单介”")
    assert told[1:] == ["客单价 >= 1.5 * 平均(客单介)", "　　　          　　 ^"]
