"""How a button leaves Excel: as it was, whatever happened; told on a plain stand-in for xlwings."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tierbook import jobs
from tierbook.errors import TierbookError, UsageError, WorkbookChanged, WorkbookError
from tierbook.excel.buttons import verbs as buttons
from tierbook.excel.buttons.desk import Desk, header_place
from tierbook.excel.buttons.settings import set_book_of_record
from tierbook.labels import LANGUAGES, text


class Cells:
    def __init__(self, sheet: Sheet, address: str) -> None:
        self.sheet, self.address = sheet, address

    def select(self) -> None:
        if self.sheet.book.sheets.active is not self.sheet:
            raise RuntimeError("Excel selects only on the active sheet")
        self.sheet.book.app.selection = self


class Sheet:
    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name

    def activate(self) -> None:
        self.book.sheets.active = self

    def range(self, address: str) -> Cells:
        return Cells(self, address)


class Sheets(list[Sheet]):
    active: Sheet

    def __getitem__(self, name: Any) -> Any:
        return next(sheet for sheet in self if sheet.name == name)


class Book:
    def __init__(self, app: App, path: str, **told: Any) -> None:
        self.app, self.fullname, self.name = app, path, Path(path).name
        self.sheets = Sheets([Sheet(self, name) for name in ("使用说明", "分层", "任务")])
        self.sheets.active = next(iter(self.sheets))
        self.api = type("Workbook", (), {"ReadOnly": False, "Saved": True, "FullName": path, **told})()

    def save(self) -> None:
        self.app.done.append("save")
        if self.app.refuses_to_save:
            raise OSError("the disk is full\nsecond line")

    def close(self) -> None:
        self.app.done.append("close")
        self.app.held.remove(self)
        self.app.selection = None


class Books:
    def __init__(self, app: App) -> None:
        self.app = app

    def __len__(self) -> int:
        return len(self.app.held)

    @property
    def active(self) -> Book:
        return self.app.held[-1]

    def open(self, path: str, *, update_links: bool) -> Book:
        assert update_links is False
        self.app.done.append("open")
        self.app.held.append(Book(self.app, path))
        self.app._calculation = "automatic"  # as the book opened says
        return self.app.held[-1]


class App:
    """An Excel with one book. A calculation mode is only known while a book is open, as in Excel."""

    def __init__(self, path: str = "/books/客户.xlsx", **told: Any) -> None:
        self.done: list[str] = []
        self.held: list[Book] = [Book(self, path, **told)]
        self.books = Books(self)
        self.alerts: list[tuple[str, str]] = []
        self.screen_updating = True
        self.status_bar: Any = False
        self._calculation = "semiautomatic"
        self.refuses_to_save = False
        self.answer = "yes"
        self.selection: Cells | None = None
        self.held[0].sheets["分层"].activate()
        self.held[0].sheets["分层"].range("$B$5:$C$6").select()

    @property
    def calculation(self) -> str:
        if not self.held:
            raise RuntimeError("no book is open")
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        if not self.held:
            raise RuntimeError("no book is open")
        self._calculation = value

    def alert(self, prompt: str, title: str, pressed: str, mode: str) -> str:
        assert title == "tierbook"
        self.alerts.append((prompt, mode))
        return self.answer if pressed != "ok" else "ok"

    def state(self) -> tuple[object, ...]:
        place = (self.selection.sheet.name, self.selection.address) if self.selection else None
        return self.calculation, self.screen_updating, self.status_bar, self.books.active.sheets.active.name, place


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App()
    monkeypatch.setattr(buttons, "running", lambda: made)
    return made


def test_every_button_has_a_deed_a_caption_and_a_tip_that_fits_the_ribbon() -> None:
    assert tuple(buttons.ACTIONS) == buttons.BUTTONS
    for verb in buttons.BUTTONS:
        for language in LANGUAGES:
            assert len(text(f"buttons.caption_{verb}", language)) <= 18
            assert len(text(f"buttons.tip_{verb}", language)) <= 255


def test_a_book_closed_and_opened_again_leaves_the_desk_as_it_was(app: App) -> None:
    before = app.state()
    desk = Desk(app)
    with desk.kept(), desk.closed() as path:
        assert path == Path("/books/客户.xlsx")
        assert app.held == []
        desk.tell("jobs.saving", {"what": "客户.xlsx"})
        assert app.status_bar == "tierbook：保存 客户.xlsx …"
    assert app.done == ["close", "open"]
    assert app.state() == before


@pytest.mark.parametrize("fault", [ZeroDivisionError("x"), UsageError("jobs.no_book"), KeyboardInterrupt()])
def test_after_a_fault_the_book_is_open_again_and_the_desk_as_it_was(app: App, fault: BaseException) -> None:
    before = app.state()
    desk = Desk(app)
    with pytest.raises(type(fault)), desk.kept(), desk.closed():
        app.screen_updating = False
        raise fault
    assert app.state() == before


def test_one_thing_that_cannot_be_put_back_does_not_keep_the_others(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(app)
    with desk.kept():
        app.screen_updating, app.status_bar, app.calculation = False, "…", "manual"
        app.books.active.sheets.remove(app.books.active.sheets["分层"])
        app.books.active.sheets["任务"].activate()
    assert app.state()[:4] == ("semiautomatic", True, False, "任务")
    assert "could not put Excel back" in caplog.text


def test_a_book_without_changes_is_not_saved_again_so_that_undo_still_knows_it(app: App) -> None:
    with Desk(app).closed():
        assert app.done == ["close"]
    app.books.active.api.Saved = False
    app.done.clear()
    with Desk(app).closed():
        assert app.done == ["save", "close"]


def test_a_book_that_cannot_be_saved_stays_open_and_untouched(app: App) -> None:
    app.refuses_to_save = True
    app.books.active.api.Saved = False
    with pytest.raises(WorkbookError) as told, Desk(app).closed():
        pytest.fail("the book was closed")
    assert str(told.value) == (
        "保存不了“客户.xlsx”（the disk is full），什么也没有改；请先在 Excel 里手工保存一次，看它说什么"
    )
    assert app.done == ["save"]


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (App(ReadOnly=True), "“客户.xlsx”是以只读方式打开的"),
        (App("https://d.docs.live.net/1234/客户.xlsx"), "请在文件资源管理器里打开同步文件夹中的那一份"),
        (App("工作簿1"), "“工作簿1”还没有保存过，请先保存"),
    ],
    ids=["read-only", "online", "never saved"],
)
def test_a_book_whose_file_cannot_be_written_is_refused_with_the_cure(app: App, words: str) -> None:
    before = app.state()
    with pytest.raises(WorkbookError) as told, Desk(app).kept(), Desk(app).closed():
        pytest.fail("the book was closed")
    assert words in str(told.value)
    assert (app.done, app.state()) == ([], before)


def test_a_button_ends_with_words_never_with_a_traceback(
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(_desk: Desk) -> str:
        raise ZeroDivisionError("secret detail")

    def refused(_desk: Desk) -> str:
        raise UsageError("jobs.no_book")

    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    monkeypatch.setattr(buttons, "ACTIONS", {"refresh": broken, "check": refused})
    before = app.state()
    buttons.press("refresh")
    buttons.press("check")
    log = tmp_path / "logs" / "presses.log"
    assert app.alerts == [
        (text("buttons.unexpected", "zh-CN", problem="ZeroDivisionError", log=log), "critical"),
        ("请指定工作簿", "critical"),
    ]
    assert "secret detail" in log.read_text(encoding="utf-8")
    assert app.state() == before


def test_a_button_without_an_open_book_says_so(app: App) -> None:
    app.held.clear()
    buttons.press("refresh")
    assert app.alerts == [("请先打开要处理的工作簿", "critical")]


def test_a_button_nobody_knows_is_an_error_of_the_caller(app: App) -> None:
    with pytest.raises(TierbookError, match="没有按钮“format”"):
        buttons.press("format")


def test_the_book_of_record_is_written_beside_what_the_settings_say_already(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "new"))
    set_book_of_record(Path('/工作/客户 "A".xlsx'))
    settings = tmp_path / "new" / "settings.toml"
    assert tomllib.loads(settings.read_text("utf-8")) == {"book": '/工作/客户 "A".xlsx'}
    settings.write_text('# ours\nbook = "old.xlsx"\nlanguage = "en"\n\n[night]\nat = "02:00"\n', "utf-8")
    set_book_of_record(Path("/b.xlsx"))
    told = settings.read_text("utf-8")
    assert told == '# ours\nbook = "/b.xlsx"\nlanguage = "en"\n\n[night]\nat = "02:00"\n'
    settings.write_text("book = [", "utf-8")
    with pytest.raises(UsageError):
        set_book_of_record(Path("/c.xlsx"))
    assert settings.read_text("utf-8") == "book = ["
    assert [path.name for path in settings.parent.iterdir()] == ["settings.toml"]


def test_the_header_nearest_above_is_the_one_that_counts() -> None:
    rows = [["客户编号", None], ["说明", 1], [None, " 客户编号 "], ["A1", "x"]]
    assert header_place(rows, ["客户编号", "Customer ID"]) == (2, 1)
    assert header_place(rows, ["负责人"]) is None


# --- what is asked before something goes


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_sample_people_have_begun_is_only_replaced_when_they_say_yes(
    app: App, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    def audit(request: jobs.Request, *, force: bool) -> jobs.AuditReport:
        if not force:
            raise UsageError("jobs.audit_begun", count=3)
        return jobs.AuditReport(request.book or Path(), True, None, ["抽样核对"], customers=30, fields=108, entries=3)

    monkeypatch.setattr(jobs, "audit", audit)
    app.answer = answer
    buttons.press("audit")
    assert app.alerts[0][0].startswith("抽样核对表里已有 3 行填写了核对结果。要重新抽一批吗？")
    ended = "抽取了 30 位客户，共 108 项要核对\n更新了工作表：抽样核对。不满意可按“撤销”。"
    assert app.alerts[1] == ((ended if answer == "yes" else text("buttons.audit_stays", "zh-CN")), "info")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_undo_asks_where_somebody_saved_the_book_since(app: App, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    def undo(book: Path, *, force: bool = False) -> jobs.UndoReport:
        if not force:
            raise WorkbookChanged("workbook.changed_since")
        return jobs.UndoReport(book, Path("/copies/1.xlsx"), Path("/copies/2.xlsx"))

    monkeypatch.setattr(jobs, "undo", undo)
    app.answer = answer
    buttons.press("undo")
    assert app.alerts[0] == (text("buttons.undo_changed", "zh-CN"), "info")
    ended = "已回到上次更新之前的样子。再按一次“撤销”可以还原。\n被替换的内容留在：/copies/2.xlsx"
    assert app.alerts[1] == ((ended if answer == "yes" else "没有撤销，什么都没动。"), "info")
    assert len(app.held) == 1


def test_settings_make_the_active_book_the_book_of_record_on_yes_only(
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("TIERBOOK_BOOK", raising=False)
    app.answer = "no"
    buttons.press("settings")
    assert "（还没有指定）" in app.alerts[0][0]
    assert not (tmp_path / "settings.toml").exists()
    app.answer = "yes"
    buttons.press("settings")
    assert tomllib.loads((tmp_path / "settings.toml").read_text("utf-8")) == {"book": "/books/客户.xlsx"}
    app.alerts.clear()
    buttons.press("settings")
    assert len(app.alerts) == 1
    assert "就是当前工作簿" in app.alerts[0][0]
    app.alerts.clear()
    monkeypatch.setenv("TIERBOOK_BOOK", "/elsewhere.xlsx")
    buttons.press("settings")
    assert "它由环境变量 TIERBOOK_BOOK 指定，在这里改不了" in app.alerts[0][0]


def test_help_says_what_is_wrong_and_where_things_are(
    app: App, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("TIERBOOK_BOOK", str(tmp_path / "gone.xlsx"))
    buttons.press("help")
    assert "gone.xlsx" in app.alerts[0][0]
    assert f"设置、备份和日志在 {tmp_path}" in app.alerts[0][0]
