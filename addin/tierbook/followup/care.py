"""Days to care about: birthdays, holidays, contracts that run out. One task or message per customer and occasion.

The playbook's words 节日, 距节日天数, 距续约天数, 续约合同 and 续约日期 stand in the relation `care`; 距生日天数 is an
indicator. `occasions` tells the same days to whoever writes messages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..engine import Engine, Step, date_literal, text_literal
from ..labels import Language
from ..model.holidays import next_holiday
from ..model.nodes import Column, walk
from ..model.rules import parse
from ..model.types import Model, Play
from ..model.words import CARE, Vocabulary, folded
from .calendar import ONE_DAY, IsWorkday, add_workdays
from .texts import places

RELATION = "care"
BIRTHDAY, HOLIDAY, RENEWAL = "birthday_in_days", "holiday_in_days", "renewal_in_days"
AHEAD = {BIRTHDAY: "birthday_days", HOLIDAY: "holiday_days", RENEWAL: "renewal_days"}
"""The parameter that says how many days ahead each is looked at."""
NO_CONTRACTS = {"customer_id": "VARCHAR", "contract_id": "VARCHAR", "due_date": "DATE", "renewed": "VARCHAR"}

OccasionKind = Literal["birthday", "holiday", "renewal"]


@dataclass(frozen=True)
class Occasion:
    """A day that concerns a customer.

    Args:
        key: the same for one customer's occasion however often it is asked for, and another one the next time it
            comes: birthday:2026-11-25, mid_autumn:2026-09-25, contract:HT-12:2026-12-31.
        name: the holiday's name or the contract's number; '' for a birthday.
        days: how many days ahead it is; negative for a contract that ran out.
    """

    customer_id: str
    kind: OccasionKind
    key: str
    day: dt.date
    days: int
    name: str = ""


def occasions(engine: Engine, model: Model, as_of: dt.date, language: Language) -> list[Occasion]:
    """Everybody's occasions within the days the model looks ahead, by customer, day and key.

    Args:
        engine: holds what `scoring.score` makes.
    """
    ahead = {word: model.whole(key) for word, key in AHEAD.items() if key in model.params}
    holiday, day = next_holiday(as_of)
    found: list[Occasion] = []
    if BIRTHDAY in ahead and "birthday_in_days" in engine.columns("indicators"):
        found += [
            Occasion(customer, "birthday", f"birthday:{as_of + dt.timedelta(days)}", as_of + dt.timedelta(days), days)
            for customer, days in engine.rows(
                "SELECT customer_id, birthday_in_days FROM indicators WHERE birthday_in_days <= ?", [ahead[BIRTHDAY]]
            )
        ]
    if HOLIDAY in ahead and (day - as_of).days <= ahead[HOLIDAY]:
        name, key = holiday.name.of(language), f"{holiday.key}:{day}"
        found += [
            Occasion(customer, "holiday", key, day, (day - as_of).days, name)
            for (customer,) in engine.rows("SELECT customer_id FROM customers")
        ]
    if RENEWAL in ahead:
        put_care(engine, model, as_of)
        found += [
            Occasion(customer, "renewal", f"contract:{contract}:{due}", due, days, contract)
            for customer, contract, due, days in engine.rows(
                f"SELECT customer_id, COALESCE(renewal_contract, ''), renewal_date, renewal_in_days FROM {RELATION} "
                "WHERE renewal_in_days <= ?",
                [ahead[RENEWAL]],
            )
        ]
    return sorted(found, key=lambda one: (one.customer_id, one.day, one.key))


def find_care(engine: Engine, model: Model, as_of: dt.date) -> None:
    """Make `care` where the playbook asks for it."""
    if CARE & asked(model):
        put_care(engine, model, as_of)


def asked(model: Model) -> set[str]:
    """The columns that conditions and texts of the playbook name. A condition nobody understands is told later."""
    names = Vocabulary.of(model)
    found: set[str] = set()
    for play in (play for play in model.playbook if play.enabled):
        words = {word for text in (*play.action.all(), *play.reason.all()) for word in places(text)}
        found |= {names.columns[folded(word)].key for word in words if folded(word) in names.columns}
        found |= columns_of(play, names)
    return found


def columns_of(play: Play, names: Vocabulary) -> set[str]:
    return {node.key for node in walk(parse(play.when, names)) if isinstance(node, Column)}


def put_care(engine: Engine, model: Model, as_of: dt.date) -> None:
    if not engine.has("renewals"):
        engine.put("renewals", NO_CONTRACTS, ())
    engine.run_all(care_steps(model, as_of))


def care_steps(model: Model, as_of: dt.date) -> list[Step]:
    """The steps `contracts_ahead` and `care`."""
    holiday, day = next_holiday(as_of)
    return [
        Step("contracts_ahead", _contracts(model, as_of)),
        Step(
            RELATION,
            f"""-- One row per customer: the next holiday and the days to it, the next contract that runs out undecided.
SELECT customers.customer_id AS customer_id, CAST({text_literal(holiday.key)} AS VARCHAR) AS next_holiday,
  CAST({(day - as_of).days} AS BIGINT) AS holiday_in_days,
  DATE_DIFF('DAY', {date_literal(as_of)}, due_date) AS renewal_in_days, due_date AS renewal_date,
  contract_id AS renewal_contract
FROM customers
LEFT JOIN contracts_ahead ON contracts_ahead.customer_id = customers.customer_id""",
        ),
    ]


def _contracts(model: Model, as_of: dt.date) -> str:
    """Nobody's word is needed on a contract that ran out long ago: longer than the days it was looked at ahead."""
    since = as_of - dt.timedelta(model.whole(AHEAD[RENEWAL]) if AHEAD[RENEWAL] in model.params else 0)
    undecided = f"due_date >= {date_literal(since)} AND (renewed IS NULL OR renewed = 'open')"
    return f"""-- One row per customer with an undecided contract: the first to run out, of several the first by number.
SELECT renewals.customer_id AS customer_id, first_due AS due_date, MIN(contract_id) AS contract_id
FROM renewals
JOIN (SELECT customer_id, MIN(due_date) AS first_due FROM renewals WHERE {undecided} GROUP BY customer_id) AS firsts
  ON firsts.customer_id = renewals.customer_id AND firsts.first_due = renewals.due_date
WHERE {undecided}
GROUP BY renewals.customer_id, first_due"""


def greeting_days(
    engine: Engine, play: Play, names: Vocabulary, customers: Sequence[str], as_of: dt.date, is_workday: IsWorkday
) -> Mapping[str, dt.date]:
    """Customer -> the day by which a greeting is due, for plays whose condition asks for a birthday or a holiday.

    That is the day itself, or the last working day before it; never a day before `as_of`. Other plays greet nobody.
    """
    word = next(iter(sorted({BIRTHDAY, HOLIDAY} & columns_of(play, names))), "")
    if not word or not customers:
        return {}
    relation = "indicators" if word == BIRTHDAY else RELATION
    rows: Iterable[tuple[str, int]] = engine.rows(
        f"SELECT customer_id, {word} FROM {relation} WHERE {word} IS NOT NULL"
        " AND customer_id IN (SELECT UNNEST(CAST(? AS VARCHAR[])))",
        [list(customers)],
    )
    return {customer: last_workday(as_of, days, is_workday) for customer, days in rows}


def last_workday(as_of: dt.date, days: int, is_workday: IsWorkday) -> dt.date:
    """The last working day up to `days` days ahead; where none is left, the next one."""
    day = as_of + dt.timedelta(days)
    while day >= as_of:
        if is_workday(day):
            return day
        day -= ONE_DAY
    return add_workdays(as_of, 0, is_workday)
