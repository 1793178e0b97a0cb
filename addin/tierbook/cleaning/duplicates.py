"""Customers who may be one under two ids: those who share a contact, and those whose names are nearly the same.

A pair is sure where both have the same credit code, or share a phone or mail address and have names alike. The other
pairs are for a person to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

from ..engine import Engine, quoted, text_literal
from .contacts import KEYS, keys_of
from .names import MOVED, SAME, SHORTEST, Named, bare_core, core, likeness
from .repeats import repeated_hashes

Word = Literal["merge", "different", "open"]
"""What can be done with a pair: make it one customer, keep the two apart, decide later."""
MANY = 8
"""A number or address under so many different names, or more, tells nobody's identity (a switchboard, 13800000000)."""
CROWD = 20
"""A name that so many customers bear, or more, is not a reason to look at each pair of them."""
LONGEST = 60
"""Letters of a core that is compared with others."""
MOST_PAIRS = 5_000
"""Pairs of nearly equal names that are told, the most alike first."""


@dataclass(frozen=True)
class Pair:
    """Two ids, `left` before `right`.

    `evidence`: kinds of contact they share, or "name"; `value`: what they share; `likeness` of their names, 0 to 100;
    `sure`: they may be merged without asking; `suggestion`: what a person is advised to do.
    """

    left: str
    right: str
    evidence: tuple[str, ...]
    value: str
    likeness: int
    sure: bool
    suggestion: Word


@dataclass(frozen=True)
class _Holder:
    """A customer who gives some contact."""

    customer_id: str
    name: Named
    code: str


@dataclass
class _Shared:
    evidence: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    holders: tuple[_Holder, _Holder] | None = None


def contact_pairs(engine: Engine, relation: str, odd: Mapping[str, str], rows: int, least: int) -> list[Pair]:
    """Customers who share a phone number, mail address or credit code.

    Makes `shared_contacts` (kind, key, customer_id) of every contact with several customers.

    Args:
        relation: customers with contacts in their kept form.
        odd: kind of contact (those that were delivered) -> what `odd_contacts` made, '' where all is plain.
        least: likeness from which two names are alike, 0 to 100.
    """
    engine.execute("CREATE OR REPLACE TEMP TABLE shared_contacts (kind VARCHAR, key VARCHAR, customer_id VARCHAR)")
    found = 0
    for kind in KEYS:
        if kind in odd:
            found += _gather(engine, kind, keys_of(relation, kind, odd[kind]), rows)
    return _paired(_holders(engine, relation, code="credit_code" in odd), least) if found else []


def _gather(engine: Engine, kind: str, keys: str, rows: int) -> int:
    """Add the contacts of one kind that several customers give; how many rows. Hashes find the candidates."""
    if not repeated_hashes(engine, f"SELECT hash(key) AS h FROM ({keys})", rows, "contact_hashes"):
        return 0
    return engine.execute(
        f"INSERT INTO shared_contacts SELECT {text_literal(kind)}, key, customer_id FROM (SELECT *, count(*) OVER "
        f"(PARTITION BY key) AS n FROM ({keys}) WHERE hash(key) IN (SELECT h FROM contact_hashes)) WHERE n > 1"
    )


def _holders(engine: Engine, relation: str, *, code: bool) -> list[tuple[str, str, _Holder]]:
    """(kind, key, holder) of every shared contact."""
    columns = engine.columns(relation)
    name = "name" if "name" in columns else "CAST(NULL AS VARCHAR)"
    rows = engine.rows(
        f"SELECT s.kind, s.key, s.customer_id, COALESCE({core(name)}, ''), COALESCE({bare_core(name)}, ''), "
        f"{'credit_code' if code else 'NULL'} FROM shared_contacts AS s JOIN {quoted(relation)} USING (customer_id) "
        "ORDER BY s.kind, s.key, source_row, s.customer_id"
    )
    return [(kind, key, _Holder(one, Named(*names), code or "")) for kind, key, one, *names, code in rows]


def _paired(holders: Iterable[tuple[str, str, _Holder]], least: int) -> list[Pair]:
    groups: dict[tuple[str, str], list[_Holder]] = defaultdict(list)
    for kind, key, holder in holders:
        groups[kind, key].append(holder)
    shared: dict[tuple[str, str], _Shared] = defaultdict(_Shared)
    for (kind, key), members in groups.items():
        for one, other in _worth_comparing(kind, members):
            first, second = sorted((one, other), key=lambda holder: holder.customer_id)
            pair = shared[first.customer_id, second.customer_id]
            if kind not in pair.evidence:
                pair.evidence.append(kind)
            pair.values.append(key)
            pair.holders = first, second
    return [_judged(pair, least) for _, pair in sorted(shared.items())]


def _worth_comparing(kind: str, members: Sequence[_Holder]) -> Iterable[tuple[_Holder, _Holder]]:
    """Pairs of the holders of one contact; of many of them only those with a name in common (or of one code)."""
    if len(members) <= MANY:
        return combinations(members, 2)
    names: dict[str, list[_Holder]] = defaultdict(list)
    for holder in members:
        names["" if kind == "credit_code" else holder.name.core or holder.customer_id].append(holder)
    return [(same[0], other) for same in names.values() for other in same[1:]]


def _judged(pair: _Shared, least: int) -> Pair:
    assert pair.holders is not None
    one, other = pair.holders
    alike = likeness(one.name, other.name, same_contact=True)
    contradicted = bool(one.code and other.code and one.code != other.code)
    sure = "credit_code" in pair.evidence or (alike >= least and not contradicted)
    nameless = not one.name.core or not other.name.core
    suggestion: Word = "different" if contradicted else "merge" if sure or nameless else "open"
    value = " / ".join(dict.fromkeys(pair.values))
    return Pair(one.customer_id, other.customer_id, tuple(pair.evidence), value, alike, sure, suggestion)


def name_pairs(engine: Engine, least: int, known: Iterable[tuple[str, str]]) -> list[Pair]:
    """Customers of the customers table whose names are nearly the same, the most alike first.

    A misspelling is one letter more, less or other; letters in another order and a missing city in front count too.
    Two customers with different credit codes are not told, nor are unequal names of different cities.

    Args:
        known: pairs that were found already.
    """
    _make_cores(engine)
    told, seen = [], set(known)
    for left, right, core_1, bare_1, core_2, bare_2, apart, beheaded in _near(engine, least):
        one, other = Named(core_1, bare_1), Named(core_2, bare_2)
        alike = MOVED if beheaded else likeness(one, other, same_contact=False)
        if (left, right) in seen or alike < least or (apart and alike < SAME):
            continue
        seen.add((left, right))
        told.append(Pair(left, right, ("name",), "", alike, sure=False, suggestion="open" if apart else "merge"))
    return sorted(told, key=lambda pair: (-pair.likeness, pair.left, pair.right))[:MOST_PAIRS]


def _make_cores(engine: Engine) -> None:
    """`name_cores`: one row per delivered customer whose name is long enough; `size`: letters of its core."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE name_cores AS SELECT *, length(core) AS size, "
        "CASE WHEN starts_with(core, left(city, 2)) AND length(city) > 1 THEN substr(core, 3) END AS placeless FROM "
        f"(SELECT customer_id, {core('name')} AS core, {bare_core('name')} AS bare, lower(city) AS city, credit_code "
        "FROM customers WHERE source_row IS NOT NULL AND name IS NOT NULL) "
        f"WHERE length(core) BETWEEN {SHORTEST} AND {LONGEST}"
    )


def _near(engine: Engine, least: int) -> list[tuple[Any, ...]]:
    """(left, right, core and bare core of each, apart: in different cities, beheaded: but for the city in front of one
    they are the same) of every pair worth measuring.

    Every misspelling by one letter leaves a common text when the right letter is left out of either name, so equal
    texts find them without comparing everybody with everybody.
    """
    twice = f"count(*) BETWEEN 2 AND {CROWD}"
    longest = -(-100 // max(100 - least, 1))  # below it, one letter changed is too much
    without = (
        "SELECT customer_id, size, substr(core, 1, CAST(i AS BIGINT) - 1) || substr(core, CAST(i AS BIGINT) + 1) AS t "
        "FROM (SELECT *, unnest(range(1, size + 1)) AS i FROM name_cores) "
        "WHERE NOT regexp_matches(substr(core, CAST(i AS BIGINT), 1), '[0-9]')"
    )
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE shorter_cores AS SELECT DISTINCT customer_id, size, t FROM ({without}) "
        f"WHERE size >= {longest} OR t IN (SELECT core FROM name_cores)"
    )
    letters = "list_aggregate(list_sort(string_split(core, '')), 'string_agg', '')"
    blocks = (
        "SELECT customer_id, core AS t FROM name_cores UNION ALL SELECT customer_id, t FROM shorter_cores "
        f"UNION ALL SELECT customer_id, '~' || {letters} FROM name_cores "
        "UNION ALL SELECT customer_id, placeless FROM name_cores WHERE placeless IN (SELECT core FROM name_cores)"
    )
    engine.execute(f"CREATE OR REPLACE TEMP TABLE name_blocks AS SELECT customer_id, hash(t) AS h FROM ({blocks})")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE near_hashes AS SELECT h FROM name_blocks GROUP BY h HAVING {twice}")
    pairs = (
        "SELECT DISTINCT a.customer_id AS l, b.customer_id AS r FROM name_blocks AS a JOIN name_blocks AS b "
        "ON a.h = b.h AND a.customer_id < b.customer_id WHERE a.h IN (SELECT h FROM near_hashes)"
    )
    found = engine.rows(
        "SELECT l, r, x.core, x.bare, y.core, y.bare, COALESCE(left(x.city, 2) <> left(y.city, 2), false), "
        "COALESCE(x.placeless = y.core, false) OR COALESCE(y.placeless = x.core, false) "
        f"FROM ({pairs}) JOIN name_cores AS x ON x.customer_id = l JOIN name_cores AS y ON y.customer_id = r "
        "WHERE COALESCE(x.credit_code = y.credit_code, true) ORDER BY l, r"
    )
    for relation in ("name_cores", "shorter_cores", "name_blocks", "near_hashes"):
        engine.drop(relation)
    return found
