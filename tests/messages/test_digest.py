"""The morning mail: who reads what, in which order, in words and as a page."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from tierbook.labels import LANGUAGES
from tierbook.messages import Person
from tierbook.messages.compose import Scene
from tierbook.messages.digest import Digest, Moved, News, digests_for, teams_of
from tierbook.messages.digest_page import letter_of, subject_of

from .conftest import DAY, contact, task

Make = Callable[..., Scene]


def attributes_of(page: str) -> set[str]:
    """The names of all attributes: one that fetches something is not among ours."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update(name for name, _ in attrs)

    Reader().feed(page)
    return found


def of(name: str, digests: list[Digest]) -> Digest:
    return next(one for one in digests if one.person.name == name)


def test_a_rep_reads_overdue_tasks_first_and_then_the_most_urgent(scene: Make) -> None:
    tasks = [
        task(1, priority=3),
        task(2, priority=1),
        task(3, priority=4, due=DAY - dt.timedelta(days=2)),
        task(4, due=DAY),
        task(5, status="done"),
        task(6, owner="别人"),
    ]
    digest = of("李雅婷", digests_for(scene(*tasks), News()))
    assert [(line.customer_id, line.late) for line in digest.late.rows] == [("3", 2)]
    assert [line.customer_id for line in digest.today.rows] == ["2", "4", "1"]
    assert digest.today.rows[0].person == "联系人2"


def test_a_days_list_is_as_long_as_the_persons_day(scene: Make) -> None:
    digest = of("李雅婷", digests_for(scene(*(task(n) for n in range(1, 12))), News()))
    assert (len(digest.today.rows), digest.today.more, digest.today.count) == (8, 3, 11)


def test_nothing_is_news_on_the_first_night(scene: Make) -> None:
    fresh, old = task(1), task(2, created=DAY - dt.timedelta(days=1))
    first = of("李雅婷", digests_for(scene(fresh, old, is_first=True), News()))
    later = of("李雅婷", digests_for(scene(fresh, old), News()))
    assert [line.is_new for line in first.today.rows] == [False, False]
    assert [line.is_new for line in later.today.rows] == [True, False]


def test_a_boss_reads_of_everybody_below(scene: Make) -> None:
    late = task(1, due=DAY - dt.timedelta(days=9), escalated="周敏")
    done = task(2, status="done", closed=DAY - dt.timedelta(days=1))
    news = News(moves=[Moved("客户9", "9", "李雅婷", "VIP", "潜力", rose=False)], waiting={"李雅婷": 4},
                conflicts=["T1: 完成 / 放弃"])  # fmt: skip
    boss = of("周敏", digests_for(scene(late, done), news))
    (row,) = boss.team.rows
    assert (row.name, row.open, row.late, row.done, row.waiting) == ("李雅婷", 1, 1, 1, 4)
    assert [line.customer_id for line in boss.escalated.rows] == ["1"]
    assert [move.customer_id for move in boss.moves.rows] == ["9"]
    assert boss.conflicts == ["T1: 完成 / 放弃"]
    assert of("李雅婷", digests_for(scene(late), news)).conflicts == ()


def test_bosses_in_a_round_end_where_they_began() -> None:
    people = [Person("a", "", "b"), Person("b", "", "c"), Person("c", "", "a"), Person("d", "", "d")]
    teams = teams_of(people)
    assert teams == {"b": ["a", "c"], "c": ["a", "b"], "a": ["b", "c"]}


def test_the_warning_lists_who_is_worth_most_first(scene: Make) -> None:
    rows = {
        str(n): {"customer_id": str(n), "name": f"客户{n}", "tier": "VIP", "owner": "李雅婷", "stage": stage,
                 "recency_days": 100, "churn_risk": 0.4, "clv": clv}
        for n, stage, clv in ((1, "流失风险", 10.0), (2, "流失风险", 99.0), (3, "忠诚", 999.0), (4, "At risk", 50.0))
    }  # fmt: skip
    digest = of("李雅婷", digests_for(scene(results=rows, contacts={"2": contact(2, phone="13800138002")}), News()))
    assert [risk.customer_id for risk in digest.risks.rows] == ["2", "4", "1"]
    assert digest.risks.rows[0].phone == "13800138002"
    assert digest.today.count == 0


def test_who_has_nothing_gets_no_mail(scene: Make) -> None:
    assert digests_for(scene(), News()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_and_page_tell_the_same_and_nothing_typed_becomes_markup(scene: Make, language) -> None:
    evil = "<script>alert(1)</script> & 公司"
    made = scene(task(1, name=evil, action='"><img src=x>'), task(2, due=DAY - dt.timedelta(days=1)), language=language)
    digest = of(
        "李雅婷",
        digests_for(made, News(moves=[Moved(evil, "1", "李雅婷", "一般", "VIP", rose=True, why="频次 +3.0 分")])),
    )
    letter = letter_of(digest, language, "客户")
    assert letter is not None
    assert "<script>" not in letter.html
    assert "<img" not in letter.html
    seen = html.unescape(re.sub(r"<[^>]*>", " ", letter.html))
    for told in (evil, '"><img src=x>', "频次 +3.0 分", "2026-11-03"):
        assert told in seen
        assert told in letter.plain
    assert attributes_of(letter.html) <= {"style", "charset", "name", "content", "role", "width", "cellpadding",
                                          "cellspacing", "align"}  # fmt: skip
    assert not re.search(r"url\(|@import", letter.html)


def test_the_subject_says_what_the_day_brings(scene: Make) -> None:
    digest = of("李雅婷", digests_for(scene(task(1), task(2, due=DAY - dt.timedelta(days=1))), News()))
    assert subject_of(digest, "zh-CN") == "10-31（周六）待跟进 1 件，逾期 1 件"
    assert subject_of(digest, "en") == "Sat 10-31: 1 to follow up, 1 overdue"


def test_two_books_that_tell_a_person_the_same_are_known_by_it(scene: Make) -> None:
    (one,) = digests_for(scene(task(1), people={"李雅婷": Person("李雅婷", "li@example.com", "")}), News())
    (other,) = digests_for(scene(task(2), people={"李雅婷": Person("李雅婷", "li@example.com", "")}), News())
    letters = [letter_of(one, "zh-CN", "全国"), letter_of(one, "zh-CN", "华东"), letter_of(other, "zh-CN", "华东")]
    contents = [letter.content for letter in letters if letter]
    assert contents[0] == contents[1] != contents[2]


def test_a_person_without_an_address_gets_none(scene: Make) -> None:
    made = scene(task(1), people={"李雅婷": Person("李雅婷", "li@example", "")})
    assert letter_of(digests_for(made, News())[0], "zh-CN", "客户") is None
