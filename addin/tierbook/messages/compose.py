"""Letters and text messages to customers, from tasks nobody needs to do by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import UsageError
from ..followup.records import Task
from ..followup.texts import places, shows
from ..labels import Language, text
from ..labels import name as label
from ..model.holidays import holidays
from ..model.nodes import Column
from ..model.types import Model
from ..model.words import Vocabulary, folded, nearest
from .addresses import address_of, is_mobile, one_line
from .records import Channel, Contact, Left, Letter, Person, SmsText
from .topics import Topic, Words, filled, own_word

HALF_A_YEAR = 183


@dataclass(frozen=True)
class Scene:
    """What messages are written from.

    Args:
        day: the day they are for.
        results: customer -> column -> value, as people see it; of the last refresh, which was as of `as_of`.
        tier_keys: name of a tier of the main scale, in any language -> its key.
        company: signs what goes out; may be empty.
        recommended: customer -> category it may buy next, where one is known.
        is_first: nothing came before this refresh, so that nothing in it is news.
    """

    day: dt.date
    as_of: dt.date
    language: Language
    model: Model
    vocabulary: Vocabulary
    tasks: Sequence[Task]
    contacts: Mapping[str, Contact]
    people: Mapping[str, Person]
    results: Mapping[str, Mapping[str, object]]
    tier_keys: Mapping[str, str]
    company: str = ""
    recommended: Mapping[str, str] = field(default_factory=dict)
    is_first: bool = False


@dataclass(frozen=True)
class Past:
    """What the log knows: keys that are done, addresses that were refused, when a customer was last written to."""

    done: Callable[[str], bool]
    refused: Callable[[str], bool]
    last: Callable[[str], dt.date | None]


NOTHING_YET = Past(lambda _key: False, lambda _address: False, lambda _customer: None)


@dataclass(frozen=True)
class Letters:
    """What goes out, in the order of the tasks, and what stays behind."""

    mails: Sequence[Letter]
    texts: Sequence[SmsText]
    left: Sequence[Left]


def task_key(task_id: str) -> str:
    """The key of the message of a task."""
    return f"task:{task_id}"


def chosen(topics: Sequence[Topic], plays: Sequence[str], known: Iterable[str]) -> list[tuple[Topic, str]]:
    """Each template with the pattern of plays it is asked for: those named, else all of the automatic ones.

    Raises:
        UsageError: no template serves a play, or nothing is called so.
    """
    if not plays:
        return [(topic, "") for topic in topics if topic.automatic]
    found = []
    names = sorted({*known, *(topic.key for topic in topics)})
    for word in plays:
        serving = [(t, "") for t in topics if t.key == word] or [(t, word) for t in topics if t.serves(word)]
        if not serving:
            raise UsageError("messages.no_template", play=word, known=", ".join(topic.key for topic in topics),
                             nearest=nearest(word, names) or "-")  # fmt: skip
        found += serving
    return found


def letters_for(
    scene: Scene,
    topics: Sequence[tuple[Topic, str]],
    past: Past = NOTHING_YET,
    *,
    channel: Channel | None = None,
    quiet_days: int = 1,
) -> Letters:
    """The message of each open task a template serves: by mail where there is an address, else by phone.

    A customer gets one message a day; an occasion goes before an offer. Nobody who said no gets any.

    Args:
        topics: templates with the play they are asked for, from `chosen`.
        channel: only this one.
    """
    mails: list[Letter] = []
    texts: list[SmsText] = []
    left: list[Left] = []
    written: set[str] = set()
    wanted = [(task, topic) for task in scene.tasks if not task.is_closed for topic in _serving(task, topics)]
    for task, topic in sorted(wanted, key=lambda pair: not pair[1].day):
        made = _message(scene, task, topic, past, channel, written, quiet_days)
        if isinstance(made, Left):
            left.append(made)
            continue
        written.add(task.customer_id)
        (mails if isinstance(made, Letter) else texts).append(made)  # type: ignore[arg-type]
    return Letters(mails, texts, left)


def _serving(task: Task, topics: Sequence[tuple[Topic, str]]) -> Iterator[Topic]:
    """The first template that serves a task's play."""
    for topic, only in topics:
        if topic.serves(task.play) and (not only or task.play == only):
            yield topic
            return


def _message(
    scene: Scene, task: Task, topic: Topic, past: Past, channel: Channel | None, written: set[str], quiet_days: int
) -> Letter | SmsText | Left:
    key = task_key(task.task_id)

    def stays(why: str, value: str = "") -> Left:
        return Left(why, key, topic.key, task.name, task.customer_id, value)

    contact = scene.contacts.get(task.customer_id)
    day, last = _days(scene, task, topic)
    before = past.last(task.customer_id)
    quiet = task.customer_id in written or (before is not None and (scene.day - before).days < quiet_days)
    if contact is None or task.customer_id not in scene.results:
        return stays("done" if past.done(key) else "unknown")
    in_the_way = {
        "done": past.done(key),
        "in_hand": task.status != "open",
        "opted_out": contact.opt_out,
        "too_late": last is not None and last < scene.day,
        "quiet": quiet,
    }
    if why := next((why for why, stands in in_the_way.items() if stands), ""):
        return stays(why, str(last) if why == "too_late" else "")
    tier = scene.tier_keys.get(str(scene.results[task.customer_id].get("tier")), "")
    return _written(scene, task, topic, past, channel, contact, tier, day, last, stays)


def _written(
    scene: Scene, task: Task, topic: Topic, past: Past, channel: Channel | None, contact: Contact, tier: str,
    day: dt.date | None, last: dt.date | None, stays: Callable[..., Left],
) -> Letter | SmsText | Left:  # fmt: skip
    mail, sms = topic.said("mail", tier), topic.said("sms", tier)
    fit = [str(found) for each in contact.emails if (found := address_of(each))]
    good = [address for address in fit if not past.refused(address)]
    mobile = next(filter(is_mobile, contact.phones), "")
    if mail and good and channel != "sms":
        return _letter(scene, task, topic, contact, mail, good[0], day, last)
    if sms and mobile and channel != "mail":
        return _sms(scene, task, topic, contact, sms, mobile, day, last)
    if fit and mail and channel != "sms":
        return stays("refused_before", fit[0])
    given = [*(contact.emails if channel != "sms" else ()), *(contact.phones if channel != "mail" else ())]
    return stays("bad_address" if given else "no_address", " / ".join(given))


def rep_of(scene: Scene, task: Task) -> str:
    """Who answers: whose task it is, or the customer's own rep where nobody does it by hand."""
    by_itself = task.owner in label("followup.by_itself").all()
    return str(scene.results[task.customer_id].get("owner") or "") if by_itself else task.owner


def _letter(
    scene: Scene, task: Task, topic: Topic, contact: Contact, said: Words, address: str,
    day: dt.date | None, last: dt.date | None,
) -> Letter:  # fmt: skip
    rep = scene.people.get(rep_of(scene, task))
    reply_to = address_of(rep.email) if rep else None
    subject, body = said.subject.of(scene.language), said.body.of(scene.language)
    values = _values(scene, task, contact, f"{subject}\n{body}")
    plain = filled(body, values) + "\n\n" + text("messages.unsubscribe_mail", scene.language)
    return Letter(
        key=task_key(task.task_id),
        topic=topic.key,
        name=one_line(contact.person or contact.name),
        address=address,
        subject=one_line(filled(subject, values) or topic.name.of(scene.language)),
        plain=plain + "\n",
        reply_to=str(reply_to) if reply_to else "",
        customer_id=task.customer_id,
        task_id=task.task_id,
        day=day,
        last=last,
    )


def _sms(
    scene: Scene, task: Task, topic: Topic, contact: Contact, said: Words, phone: str,
    day: dt.date | None, last: dt.date | None,
) -> SmsText:  # fmt: skip
    body = said.body.of(scene.language)
    lines = filled(body, _values(scene, task, contact, body)).splitlines()
    between = " " if scene.language == "en" else ""
    sign = text("messages.sms_sign", scene.language, company=scene.company) if scene.company else ""
    told = sign + between.join(one_line(line) for line in lines if line)
    told += between + text("messages.unsubscribe_sms", scene.language)
    return SmsText(
        task_key(task.task_id), topic.key, one_line(contact.person or contact.name), phone, told, task.customer_id,
        task.task_id, day, last,
    )  # fmt: skip


def _values(scene: Scene, task: Task, contact: Contact, template: str) -> dict[str, str]:
    """Word in braces -> text; "" where there is no value."""
    name = rep_of(scene, task)
    rep = scene.people.get(name)
    own = {
        "customer": contact.name,
        "person": contact.person or contact.name,
        "rep": name,
        "rep_mail": rep.email if rep else "",
        "company": scene.company,
        "action": task.action,
        "reason": task.reason,
        "due": task.due.isoformat(),
        "recommended": scene.recommended.get(task.customer_id, ""),
    }
    row = scene.results[task.customer_id]
    found: dict[str, str] = {}
    for word in places(template):
        if key := own_word(word):
            found[word] = one_line(own[key])
            continue
        column: Column = scene.vocabulary.columns[folded(word)]
        value = row.get(column.key)
        show = shows([column], scene.model, scene.language)[column.key]
        found[word] = "" if value in (None, "") else one_line(show(_day_alone(value)))
    return found


def _day_alone(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value


def _days(scene: Scene, task: Task, topic: Topic) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day a message with an occasion may go out; (None, None) for one without.

    The occasion is the one the task was made for: a holiday after that day; the birthday nearest to it, since after a
    birthday the results count to the next one; the day the task is due where nobody knows better.
    """
    if not topic.day:
        return None, None
    holiday = next((each for each in holidays() if each.key == topic.day), None)
    days = scene.results.get(task.customer_id, {}).get(topic.day)
    if holiday is not None:
        occasion = holiday.next_day(task.created)
    elif isinstance(days, int | float):
        occasion = scene.as_of + dt.timedelta(days=int(days))
        if (occasion - task.created).days > HALF_A_YEAR:
            occasion = _year_before(occasion)
    else:
        occasion = task.due
    return occasion - dt.timedelta(days=topic.early_days), occasion + dt.timedelta(days=topic.late_days)


def _year_before(day: dt.date) -> dt.date:
    """The same day a year earlier; 1 March for 29 February, as the results count."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return dt.date(day.year - 1, 3, 1)
