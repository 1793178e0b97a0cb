"""One customer under several ids becomes one: which ids go together, whose row stays, where the facts count.

`merged_ids` (customer_id, kept_id, evidence) names every id that is no customer of its own any more; evidence is the
kind of contact, or "person" where somebody decided so. `contact_pairs` and `pair_decisions` are what it was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..engine import Engine, quoted, text_literal
from ..model.types import Model
from .duplicates import Pair, Word, contact_pairs

BY_PERSON = "person"
WORDS: tuple[Word, ...] = ("merge", "different", "open")


@dataclass(frozen=True)
class PairDecision:
    """What a person said of two ids, in whichever order. `word` "" is no decision (a note alone)."""

    left: str
    right: str
    word: Word | str
    by: str = ""
    note: str = ""

    @property
    def ids(self) -> tuple[str, str]:
        return (self.left, self.right) if self.left <= self.right else (self.right, self.left)


@dataclass(frozen=True)
class Policy:
    """`automatic`: sure pairs are merged without asking; `least`: likeness of names alike, 0 to 100."""

    automatic: bool
    least: int
    decisions: Sequence[PairDecision] = ()


def policy_of(model: Model, decisions: Sequence[PairDecision]) -> Policy:
    """The model's parameters `duplicates` and `names_alike`; a model without them asks before it merges."""
    params = model.params
    automatic = "duplicates" in params and model.param("duplicates") == "merge"
    least = round(100 * float(str(model.param("names_alike")))) if "names_alike" in params else 90
    return Policy(automatic, least, decisions)


def unite(engine: Engine, relation: str, odd: Mapping[str, str], policy: Policy) -> int:
    """Merge the rows of `relation` (source_row, customer_id, …) that are one customer, and make `merged_ids`.

    The fullest row stays (of equals the first), its blanks are filled from the next fullest.

    Args:
        odd: kinds of contact that were delivered, as `contact_pairs` takes them.
    Returns:
        how many delivered rows went into another.
    """
    rows = engine.value(f"SELECT count(*) FROM {quoted(relation)}")
    pairs = contact_pairs(engine, relation, odd, rows, policy.least)
    _keep(engine, pairs, policy.decisions)
    _record_unknown_words(engine, policy.decisions)
    members = together(pairs, replace(policy, decisions=_about_known(engine, relation, policy.decisions)))
    if not members:
        engine.put("merged_ids", {"customer_id": "VARCHAR", "kept_id": "VARCHAR", "evidence": "VARCHAR"}, ())
        return 0
    engine.put("same_customers", {"customer_id": "VARCHAR", "set_id": "VARCHAR", "evidence": "VARCHAR"}, members)
    return _fold(engine, relation)


def _record_unknown_words(engine: Engine, decisions: Iterable[PairDecision]) -> None:
    """A notice for every decision whose word nobody knows; it counts as none."""
    for one in decisions:
        if one.word and one.word not in WORDS:
            engine.execute(
                "INSERT INTO findings VALUES ('unknown_pair_word', 'notice', 'customers', NULL, 'customer_id', $1)",
                [f"{one.left} + {one.right}: {one.word}"],
            )


def _about_known(engine: Engine, relation: str, decisions: Sequence[PairDecision]) -> list[PairDecision]:
    """The decisions about ids that are there; the others wait until their ids come back."""
    if not decisions:
        return []
    listed = ", ".join(sorted({text_literal(one) for decision in decisions for one in decision.ids}))
    found = engine.rows(f"SELECT customer_id FROM {quoted(relation)} WHERE customer_id IN ({listed})")
    known = {one for (one,) in found}
    return [decision for decision in decisions if known.issuperset(decision.ids)]


def _keep(engine: Engine, pairs: Iterable[Pair], decisions: Iterable[PairDecision]) -> None:
    """Make the relations `contact_pairs` and `pair_decisions`."""
    texts = dict.fromkeys(("left_id", "right_id", "evidence", "value", "suggestion"), "VARCHAR")
    engine.put(
        "contact_pairs",
        {**texts, "likeness": "BIGINT", "sure": "BIGINT"},
        [
            (one.left, one.right, ",".join(one.evidence), one.value, one.suggestion, one.likeness, int(one.sure))
            for one in pairs
        ],
    )
    engine.put(
        "pair_decisions",
        dict.fromkeys(("left_id", "right_id", "word", "by_whom", "note"), "VARCHAR"),
        [(*one.ids, one.word, one.by, one.note) for one in decisions],
    )


def together(pairs: Iterable[Pair], policy: Policy) -> list[tuple[str, str, str]]:
    """(customer_id, id of its set, evidence) of everybody in a set of several ids, sorted.

    People's decisions come first, then what is sure, by credit code before phone and mail address. Two ids that
    somebody keeps apart, or wants to decide later, never come into one set, not through a third either.
    """
    said = {one.ids: one.word for one in policy.decisions if one.word in WORDS and one.left != one.right}
    sets = _Sets([ids for ids, word in said.items() if word != "merge"])
    for left, right in sorted(ids for ids, word in said.items() if word == "merge"):
        sets.join(left, right, BY_PERSON)
    if policy.automatic:
        sure = (pair for pair in pairs if pair.sure and (pair.left, pair.right) not in said)
        for pair in sorted(sure, key=lambda pair: ("credit_code" not in pair.evidence, pair.left, pair.right)):
            sets.join(pair.left, pair.right, ",".join(pair.evidence))
    return sets.rows()


class _Sets:
    """Ids that belong together, with pairs that never may."""

    def __init__(self, apart: Iterable[tuple[str, str]]) -> None:
        self._set: dict[str, set[str]] = {}
        self._evidence: dict[str, str] = {}
        self._apart: dict[str, set[str]] = {}
        for left, right in apart:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def join(self, left: str, right: str, evidence: str) -> None:
        one, other = self._set.get(left, {left}), self._set.get(right, {right})
        if one is other or any(not self._apart.get(each, set()).isdisjoint(other) for each in one):
            return
        for each in (left, right):
            self._evidence.setdefault(each, evidence)
        both = one | other
        for each in both:
            self._set[each] = both

    def rows(self) -> list[tuple[str, str, str]]:
        return sorted((each, min(members), self._evidence[each]) for each, members in self._set.items())


def _fold(engine: Engine, relation: str) -> int:
    """Make `merged_ids`, and the relation anew with one row per set of `same_customers`."""
    keys = [key for key in engine.columns(relation) if key not in ("source_row", "customer_id")]
    given = " + ".join(["0", *(f"CASE WHEN {quoted(key)} IS NULL THEN 0 ELSE 1 END" for key in keys)])
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE ranked_sets AS SELECT k.*, set_id, evidence, row_number() OVER (PARTITION BY "
        f"set_id ORDER BY {given} DESC, source_row NULLS LAST, customer_id) AS place "
        f"FROM {quoted(relation)} AS k JOIN same_customers USING (customer_id)"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE merged_ids AS SELECT m.customer_id, k.customer_id AS kept_id, m.evidence "
        "FROM ranked_sets AS m JOIN ranked_sets AS k ON k.set_id = m.set_id AND k.place = 1 WHERE m.place > 1"
    )
    filled = "".join(
        f", first({quoted(key)} ORDER BY place) FILTER (WHERE {quoted(key)} IS NOT NULL) AS {quoted(key)}"
        for key in keys
    )
    listed = "".join(f", {quoted(key)}" for key in keys)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(relation)} AS SELECT source_row, customer_id{listed} "
        f"FROM {quoted(relation)} WHERE customer_id NOT IN (SELECT customer_id FROM same_customers) UNION ALL "
        "SELECT first(source_row ORDER BY place) AS source_row, first(customer_id ORDER BY place) AS customer_id"
        f"{filled} FROM ranked_sets GROUP BY set_id"
    )
    return engine.execute(
        "INSERT INTO findings SELECT 'merged_customer', 'merged', 'customers', source_row, "
        "CASE WHEN evidence = 'person' THEN 'customer_id' ELSE split_part(evidence, ',', 1) END, "
        "r.customer_id || ' → ' || m.kept_id "
        "FROM ranked_sets AS r JOIN merged_ids AS m USING (customer_id, evidence) WHERE source_row IS NOT NULL"
    )


def follow(engine: Engine, table: str, ids: Sequence[str]) -> int:
    """Let the facts of merged ids count for those kept: the canonical relation is made anew over the one there is.

    Args:
        ids: its columns of customer ids. Where there are two, a row that now names one customer twice is set aside.
    Returns:
        how many rows are set aside.
    """
    before = f"{table}_as_delivered"
    engine.rename(table, before)
    kept = {key: f"COALESCE({quoted(key + '_of')}.kept_id, t.{quoted(key)})" for key in ids}
    joins = " ".join(
        f"LEFT JOIN merged_ids AS {quoted(key + '_of')} ON {quoted(key + '_of')}.customer_id = t.{quoted(key)}"
        for key in ids
    )
    columns = ", ".join(f"{kept[key]} AS {quoted(key)}" if key in kept else f"t.{quoted(key)}"
                        for key in engine.columns(before))  # fmt: skip
    select = f"SELECT {columns} FROM {quoted(before)} AS t {joins}"
    aside = 0
    if len(ids) > 1:
        same = " = ".join(map(quoted, ids[:2]))
        aside = engine.execute(
            f"INSERT INTO findings SELECT 'self_referral', 'set_aside', {text_literal(table)}, source_row, "
            f"{text_literal(ids[1])}, {quoted(ids[1])} FROM ({select}) WHERE {same}"
        )
        select = f"SELECT * FROM ({select}) WHERE NOT ({same})"
    engine.execute(f"CREATE TEMP VIEW {quoted(table)} AS {select}")
    return aside
