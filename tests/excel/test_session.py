"""Which book answers, and when it is read again."""

from __future__ import annotations

import os

import pytest

from tierbook.errors import UsageError, WorkbookError
from tierbook.excel import answers as cells
from tierbook.excel.scored import reading, session
from tierbook.excel.scored.session import CHECK_EVERY, Session, configured_book


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """No test meets the settings of whoever runs it."""
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TIERBOOK_BOOK", raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def reads(monkeypatch):
    """The paths read so far."""
    paths = []

    def counted(path):
        paths.append(path)
        return reading.read(path)

    monkeypatch.setattr(session, "read", counted)
    return paths


def tier(answers: Session, customer="1001"):
    return cells.tiers(answers.current(), [[customer]], None, None)[0][0]


def test_the_environment_names_the_book(scored, monkeypatch):
    monkeypatch.setenv("TIERBOOK_BOOK", f" {scored} ")
    assert tier(Session()) == "VIP"


def test_the_settings_name_the_book(scored, own_home):
    (own_home / "settings.toml").write_text(f"book = '{scored}'", encoding="utf-8")
    assert tier(Session()) == "VIP"


def test_settings_saved_by_notepad_with_a_mark_at_the_start_are_read(scored, own_home):
    (own_home / "settings.toml").write_text(f"book = '{scored}'", encoding="utf-8-sig")
    assert tier(Session()) == "VIP"


def test_a_path_in_the_settings_is_relative_to_them(own_home, make_book):
    make_book(own_home / "分层.xlsx")
    (own_home / "settings.toml").write_text("book = '分层.xlsx'", encoding="utf-8")
    assert configured_book() == own_home / "分层.xlsx"
    assert tier(Session()) == "VIP"


def test_the_environment_beats_the_settings_and_use_beats_both(scored, own_home, tmp_path, monkeypatch):
    (own_home / "settings.toml").write_text("book = 'from the settings.xlsx'", encoding="utf-8")
    monkeypatch.setenv("TIERBOOK_BOOK", str(tmp_path / "from the environment.xlsx"))
    answers = Session()
    assert "from the environment.xlsx" in cells.stamped(answers.current())
    answers.use(scored)
    assert tier(answers) == "VIP"
    answers.use(None)
    assert "from the environment.xlsx" in cells.stamped(answers.current())


@pytest.mark.parametrize("content", [None, "", "book = ''", "book = 3", "other = 'x'"])
def test_without_a_book_every_cell_is_a_reference_error_and_the_stamp_says_what_to_do(own_home, content):
    if content is not None:
        (own_home / "settings.toml").write_text(content, encoding="utf-8")
    book = Session().current()
    assert cells.tiers(book, [["1001"], [None]], "four", None) == [["#REF!"], [""]]
    assert cells.tags(book, [["1001"], [None]], ";") == [["#REF!"], [""]]
    assert cells.metrics(book, [["1001"]], "recency_days") == [["#REF!"]]
    cure = f"请在 {own_home / 'settings.toml'} 里写一行 book = '工作簿路径'，或设置环境变量 TIERBOOK_BOOK"
    sentence = f"还没有指定评分工作簿：{cure}"
    assert cells.stamped(book) == sentence
    assert cells.why(book, [["1001"]], None) == [[sentence]]


def test_a_path_with_backslashes_in_double_quotes_gets_the_cure(own_home):
    (own_home / "settings.toml").write_text('book = "C:\\客户\\tiers.xlsx"', encoding="utf-8")
    with pytest.raises(UsageError, match=r"路径请用单引号，例如 book = 'C:\\客户\\分层.xlsx'"):
        configured_book()


def test_a_book_is_read_once_and_looked_at_every_few_seconds(scored, clock, reads, monkeypatch):
    looks = []
    true_identity = session._identity
    monkeypatch.setattr(session, "_identity", lambda path: looks.append(path) or true_identity(path))
    answers = Session(clock)
    answers.use(scored)
    for _ in range(100):
        tier(answers)
    first = len(looks)
    clock.now += CHECK_EVERY - 0.01
    tier(answers)
    assert len(looks) == first
    clock.now += 0.01
    tier(answers)
    assert len(looks) == first + 1
    assert reads == [scored]


def test_a_refreshed_book_is_read_again(tmp_path, clock, reads, make_book):
    path = make_book(tmp_path / "book.xlsx")
    answers = Session(clock)
    answers.use(path)
    assert tier(answers) == "VIP"
    make_book(path, stamp={"as_of": "2026-09-30"})
    assert "2026-08-31" in cells.stamped(answers.current())
    clock.now += CHECK_EVERY
    assert "2026-09-30" in cells.stamped(answers.current())
    assert reads == [path, path]


def test_a_book_of_the_same_size_but_another_time_is_read_again(tmp_path, clock, reads, make_book):
    path = make_book(tmp_path / "book.xlsx")
    answers = Session(clock)
    answers.use(path)
    tier(answers)
    os.utime(path, ns=(1, 1))
    clock.now += CHECK_EVERY
    tier(answers)
    assert len(reads) == 2


def test_a_book_of_the_same_time_but_another_size_is_read_again(tmp_path, clock, reads, make_book):
    path = make_book(tmp_path / "book.xlsx")
    os.utime(path, ns=(1, 1))
    answers = Session(clock)
    answers.use(path)
    tier(answers)
    make_book(path, stamp={"note": "a longer stamp " * 20})
    os.utime(path, ns=(1, 1))
    clock.now += CHECK_EVERY
    tier(answers)
    assert len(reads) == 2


def test_every_number_is_a_float_as_in_excel(scored):
    book = reading.read(scored)
    answers = [
        cells.scores(book, [["1"]], None, None)[0][0],
        cells.metrics(book, [["1"]], "recency_days")[0][0],
        cells.why(book, [["1"]], None)[1][2],
    ]
    assert answers == [30.0, 120.0, 5.0]
    assert {type(answer) for answer in answers} == {float}


def test_a_book_that_vanishes_goes_on_answering_and_says_so(tmp_path, clock, make_book):
    path = make_book(tmp_path / "book.xlsx")
    answers = Session(clock)
    answers.use(path)
    well = cells.stamped(answers.current())
    path.rename(tmp_path / "away.xlsx")
    clock.now += CHECK_EVERY
    assert tier(answers) == "VIP"
    assert cells.stamped(answers.current()) == f"{well} · 找不到工作簿 {path}：请检查路径，或在设置里改成新的位置"
    (tmp_path / "away.xlsx").rename(path)
    clock.now += CHECK_EVERY
    assert cells.stamped(answers.current()) == well


def test_another_book_that_is_missing_never_answers_from_the_old_one(tmp_path, scored, make_book):
    answers = Session()
    answers.use(scored)
    assert tier(answers) == "VIP"
    answers.use(tmp_path / "missing.xlsx")
    assert tier(answers) == "#REF!"


def test_a_book_replaced_while_it_is_read_is_read_again(tmp_path, monkeypatch, make_book):
    path = make_book(tmp_path / "book.xlsx")
    read_by = []

    def disturbed(path):
        found = reading.read(path)
        read_by.append(found)
        if len(read_by) == 1:
            make_book(path, stamp={"as_of": "2026-09-30"})
        return found

    monkeypatch.setattr(session, "read", disturbed)
    answers = Session()
    answers.use(path)
    assert "2026-09-30" in cells.stamped(answers.current())
    assert len(read_by) == 2


def test_a_book_that_never_rests_is_a_trouble_not_a_hang(scored, monkeypatch):
    counter = iter(range(100))
    monkeypatch.setattr(session, "_identity", lambda path: (path, next(counter), 0))
    answers = Session()
    answers.use(scored)
    assert "正在被改写" in cells.stamped(answers.current())


def test_a_book_without_scores_says_to_refresh(tmp_path):
    import openpyxl

    path = tmp_path / "plain.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(WorkbookError, match=r"还没有评分结果：请先运行 tierbook refresh"):
        reading.read(path)


def test_a_book_of_another_format_is_not_guessed_at(tmp_path, make_book):
    with pytest.raises(WorkbookError, match="的结果格式是 2，本版本只认得 1"):
        reading.read(make_book(tmp_path / "book.xlsx", stamp={"format": "2"}))


def test_a_file_that_is_no_workbook_is_a_trouble_with_words(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_text("no workbook", encoding="utf-8")
    answers = Session()
    answers.use(path)
    assert tier(answers) == "#REF!"
    assert str(path) in cells.stamped(answers.current())


@pytest.mark.parametrize(
    ("language", "stamp", "head", "tags"),
    [
        ("zh-CN", "截至 2026-08-31", ["指标", "数值", "得分", "满分"], "高频/高客单价/华东"),
        ("zh-TW", "截至 2026-08-31", ["指標", "數值", "得分", "滿分"], "高频/高客单价/华东"),
        ("en", "as of 2026-08-31", ["Indicator", "Value", "Points", "Of"], "高频、高客单价、华东"),
    ],
)
def test_the_answers_speak_the_books_language(tmp_path, make_book, language, stamp, head, tags):
    book = reading.read(make_book(tmp_path / "book.xlsx", stamp={"language": language}))
    assert cells.stamped(book).startswith(stamp)
    assert cells.why(book, [["1001"]], None)[0] == head
    assert cells.tags(book, [["1001"]], "/") == [[tags]]


def test_a_key_beats_a_name_and_the_first_of_two_equal_names_wins(tmp_path, make_book):
    stamp = {"name.scale.four": "abc|X|Same", "name.scale.abc": "三级|三級|Same"}
    book = reading.read(make_book(tmp_path / "book.xlsx", stamp=stamp))
    assert cells.tiers(book, [["1001"]], "abc", None) == [["A"]]
    assert cells.tiers(book, [["1001"]], "x", None) == [["VIP"]]
    assert cells.tiers(book, [["1001"]], "same", None) == [["VIP"]]
