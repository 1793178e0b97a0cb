"""Which of the books in memory answers, and how many there are."""

from __future__ import annotations

import threading

import pytest

from tierbook.excel import answers as cells
from tierbook.excel.scored import session
from tierbook.excel.scored.session import CHECK_EVERY, Session
from tierbook.excel.scored.shelf import BEGUN, KEPT, Shelf, path_of


@pytest.fixture
def hand_over(sheets_of):
    def given(shelf, key, **changes):
        for name, rows in sheets_of(**changes).items():
            shelf.hand_over(key, name, rows)

    return given


def tier(answers: Session):
    return cells.tiers(answers.current(), [["1001"]], None, None)[0][0]


@pytest.fixture
def answers(tmp_path, monkeypatch):
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("TIERBOOK_BOOK", raising=False)
    return Session()


def test_a_path_may_hold_a_bar():
    assert path_of("/Users/a|b.xlsx|2026") == "/Users/a|b.xlsx"


def test_books_that_are_never_completed_do_not_pile_up():
    shelf = Shelf()
    for number in range(10):
        shelf.hand_over(f"{number}|1", "_tierbook_results", [["customer_id"]])
    assert len(shelf._begun) == BEGUN


def test_completed_books_do_not_pile_up(hand_over):
    shelf = Shelf()
    for number in range(KEPT + 3):
        hand_over(shelf, f"{number}|1")
    assert [shelf.holds(f"{number}|1") for number in range(KEPT + 3)] == [False] * 3 + [True] * KEPT


def test_the_book_of_record_is_known_by_its_file(answers, tmp_path, make_book):
    path = make_book(tmp_path / "book.xlsx")
    answers.use(path)
    first = answers.use_key("")
    assert str(path) in first
    assert answers.use_key("") == first
    make_book(path, stamp={"note": "longer " * 50})
    answers._next_look = 0.0
    assert answers.use_key("") != first


def test_a_file_that_is_gone_answers_on_and_is_known_by_the_same(answers, tmp_path, make_book):
    path = make_book(tmp_path / "book.xlsx")
    answers.use(path)
    first = answers.use_key("")
    path.unlink()
    answers._next_look = 0.0
    assert answers.use_key("") == first
    assert tier(answers) == "VIP"


def test_without_a_book_of_record_its_trouble_is_what_it_is_known_by(answers, tmp_path, make_book):
    first = answers.use_key("")
    assert "还没有指定评分工作簿" in first
    answers.use(make_book(tmp_path / "book.xlsx"))
    assert answers.use_key("") != first


def test_choosing_a_file_ends_the_choice_of_a_handed_over_book(answers, tmp_path, make_book, hand_over):
    hand_over(answers.shelf, "x|1", stamp={"as_of": "2026-09-30"})
    answers.use_key("x|1")
    assert "2026-09-30" in cells.stamped(answers.current())
    answers.use(make_book(tmp_path / "book.xlsx"))
    assert "2026-08-31" in cells.stamped(answers.current())


def test_a_handed_over_book_looks_at_no_file(answers, tmp_path, make_book, monkeypatch, hand_over):
    hand_over(answers.shelf, "x|1")
    answers.use_key("x|1")
    monkeypatch.setattr(session, "_identity", lambda path: pytest.fail(f"looked at {path}"))
    answers._clock = lambda: 10 * CHECK_EVERY
    assert tier(answers) == "VIP"


def test_many_threads_hand_over_choose_and_ask_at_once(answers, hand_over):
    troubles = []

    def work(number):
        try:
            for turn in range(5):
                hand_over(answers.shelf, f"{number % 3}|{turn}")
                answers.use_key(f"{number % 3}|{turn}")
                assert tier(answers) in ("VIP", "#REF!")
        except BaseException as trouble:  # told in the test's own thread
            troubles.append(trouble)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert troubles == []
    assert len(answers.shelf._books) <= KEPT
    assert not answers.shelf._begun
