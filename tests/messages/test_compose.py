"""Who gets which message, by which way, and who gets none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tierbook import templates
from tierbook.errors import UsageError
from tierbook.messages import Contact, Topic, letters_for, topics_in
from tierbook.messages.compose import Past, Scene, chosen
from tierbook.model.words import Vocabulary

from .conftest import DAY, contact, task

Make = Callable[..., Scene]


@pytest.fixture(scope="module")
def topics(general) -> list[Topic]:
    return topics_in([templates.folder() / "messages"], Vocabulary.of(general))


def run(scene: Scene, topics: list[Topic], *plays: str, past: Past | None = None, **options):
    known = ["wake_up", "low_automatic", "birthday"]
    return letters_for(scene, chosen(topics, plays, known), *([past] if past else []), **options)


def why(letters) -> list[str]:
    return [one.why for one in letters.left]


def test_mail_where_there_is_an_address_else_a_text_message(scene: Make, topics: list[Topic]) -> None:
    contacts = {
        "1": contact(1, phone="13800138001"),
        "2": contact(2, email="", phone="13800138002"),
        "3": contact(3, email=""),
    }
    found = run(scene(task(1), task(2), task(3), contacts=contacts), topics)
    assert [one.address for one in found.mails] == ["c1@example.com"]
    assert [one.phone for one in found.texts] == ["13800138002"]
    assert why(found) == ["no_address"]


def test_a_text_message_is_signed_and_says_how_to_stop(scene: Make, topics: list[Topic]) -> None:
    found = run(scene(task(1), contacts={"1": contact(1, email="", phone="13800138001")}), topics)
    assert found.texts[0].text == ("【示例公司】联系人1您好，感谢一直以来的支持，需要报价请联系李雅婷。拒收请回复R")


def test_a_letter_speaks_of_the_customer_and_answers_go_to_the_rep(scene: Make, topics: list[Topic]) -> None:
    results = {"1": {"customer_id": "1", "tier": "低价值", "recency_days": 120, "top_category": "打印设备"}}
    (mail,) = run(scene(task(1), results=results, recommended={"1": "会议设备"}), topics).mails
    assert mail.subject == "联系人1，好久不见"
    assert "120 天" in mail.plain
    assert "打印设备" in mail.plain
    assert "会议设备" in mail.plain
    assert "示例公司\n李雅婷" in mail.plain
    assert "退订" in mail.plain
    assert mail.reply_to == "li@example.com"


def test_where_nobody_does_it_by_hand_the_customers_own_rep_signs(scene: Make, topics: list[Topic]) -> None:
    (mail,) = run(scene(task(1, owner="自动")), topics).mails
    assert "李雅婷" in mail.plain
    assert mail.reply_to == "li@example.com"


def test_the_words_are_those_of_the_tier_and_the_language(scene: Make, topics: list[Topic]) -> None:
    results = {"1": {"customer_id": "1", "tier": "VIP", "birthday_in_days": 0}}
    (zh,) = run(scene(task(1, "birthday"), results=results), topics).mails
    (en,) = run(scene(task(1, "birthday"), results=results, language="en"), topics).mails
    assert "贵宾" in zh.plain
    assert "most valued" in en.plain


def test_who_declined_gets_nothing(scene: Make, topics: list[Topic]) -> None:
    contacts = {"1": contact(1, opt_out=True, phone="13800138001")}
    found = run(scene(task(1), contacts=contacts), topics)
    assert (list(found.mails), list(found.texts), why(found)) == ([], [], ["opted_out"])


def test_a_task_a_rep_has_taken_up_is_the_reps(scene: Make, topics: list[Topic]) -> None:
    found = run(scene(task(1, status="doing"), task(2, status="done"), task(3, status="dropped")), topics)
    assert (list(found.mails), why(found)) == ([], ["in_hand"])


def test_one_message_a_day_and_the_occasion_goes_first(scene: Make, topics: list[Topic]) -> None:
    results = {"1": {"customer_id": "1", "tier": "低价值", "birthday_in_days": 0}}
    tasks = [task(1, task_id="A"), task(1, "birthday", task_id="B")]
    found = run(scene(*tasks, results=results), topics)
    assert [one.task_id for one in found.mails] == ["B"]
    assert why(found) == ["quiet"]


def test_the_days_of_quiet_are_counted_from_the_last_message(scene: Make, topics: list[Topic]) -> None:
    past = Past(lambda _: False, lambda _: False, lambda _: DAY - dt.timedelta(days=3))
    assert why(run(scene(task(1)), topics, past=past, quiet_days=4)) == ["quiet"]
    assert why(run(scene(task(1)), topics, past=past, quiet_days=3)) == []


def test_what_went_out_is_not_made_again(scene: Make, topics: list[Topic]) -> None:
    past = Past(lambda key: key == "task:T1", lambda _: False, lambda _: None)
    found = run(scene(task(1), task(2)), topics, past=past)
    assert [one.key for one in found.mails] == ["task:T2"]
    assert why(found) == ["done"]


def test_an_address_that_was_refused_gives_way_to_the_next_or_to_the_phone(scene: Make, topics: list[Topic]) -> None:
    past = Past(lambda _: False, lambda address: address == "c1@example.com", lambda _: None)
    two = Contact("1", "客户1", "", ["c1@example.com", "new@example.com"], [])
    assert [m.address for m in run(scene(task(1), contacts={"1": two}), topics, past=past).mails] == ["new@example.com"]
    phone = {"1": contact(1, phone="13800138001")}
    assert [m.phone for m in run(scene(task(1), contacts=phone), topics, past=past).texts] == ["13800138001"]
    found = run(scene(task(1)), topics, past=past)
    assert [(one.why, one.value) for one in found.left] == [("refused_before", "c1@example.com")]


def test_an_address_that_cannot_be_one_is_told_not_guessed(scene: Make, topics: list[Topic]) -> None:
    bad = {"1": contact(1, email="c1@example.com\r\nBcc: all@example.com")}
    found = run(scene(task(1), contacts=bad), topics)
    assert (list(found.mails), why(found)) == ([], ["bad_address"])


@pytest.mark.parametrize(
    ("day", "in_days", "told"),
    [(DAY, 5, dt.date(2026, 11, 5)), (DAY, 0, DAY), (DAY + dt.timedelta(days=5), 5, dt.date(2026, 11, 5))],
)
def test_a_birthday_letter_waits_for_the_day(
    scene: Make, topics: list[Topic], day: dt.date, in_days: int, told: dt.date
) -> None:
    results = {"1": {"customer_id": "1", "tier": "一般", "birthday_in_days": in_days}}
    (mail,) = run(scene(task(1, "birthday"), results=results, day=day), topics).mails
    assert mail.day == told


@pytest.mark.parametrize(("late", "found"), [(1, []), (2, ["too_late"])])
def test_a_day_late_is_still_in_time_two_are_not(scene: Make, topics: list[Topic], late: int, found: list[str]) -> None:
    """The refresh after the birthday counts to the one in a year; the task is about this one."""
    day = DAY + dt.timedelta(days=5 + late)
    results = {"1": {"customer_id": "1", "tier": "一般", "birthday_in_days": 365 - late}}
    assert why(run(scene(task(1, "birthday"), results=results, day=day, as_of=day), topics)) == found


def test_only_what_runs_by_itself_unless_a_play_is_named(scene: Make, topics: list[Topic]) -> None:
    made = scene(task(1), task(2, "wake_up"))
    assert [one.topic for one in run(made, topics).mails] == ["low_automatic"]
    assert [one.topic for one in run(made, topics, "wake_up").mails] == ["wake_up"]


def test_a_play_no_template_serves_is_told_with_those_there_are(scene: Make, topics: list[Topic]) -> None:
    with pytest.raises(UsageError) as wrong:
        run(scene(task(1)), topics, "wakeup")
    assert wrong.value.words("en").startswith("no template serves 'wakeup' (nearest: wake_up); there are: birthday")


def test_a_customer_nobody_wrote_down_is_named(scene: Make, topics: list[Topic]) -> None:
    assert why(run(scene(task(1), contacts={}), topics)) == ["unknown"]
