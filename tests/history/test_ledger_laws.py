"""Whatever nights are kept in whatever order: every day reads back as a dictionary of the nights would tell it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tierbook.history import Night, Standing, keeping, open_ledger

from .nights import SCOPE, day

WORDS = ("vip", "mid", "low", "")
CUSTOMERS = ("1001", "1002", "0003", "客户甲")
NO_SHRINKING = [phase for phase in Phase if phase is not Phase.shrink]
standing = st.builds(
    Standing,
    customer_id=st.just(""),
    tier=st.sampled_from(WORDS[:3]),
    score=st.none() | st.integers(0, 10_000).map(lambda hundredths: hundredths * 10_000),
    segment=st.sampled_from(WORDS),
    stage=st.sampled_from(WORDS),
    owner=st.sampled_from(WORDS),
)
night = st.tuples(
    st.integers(0, 6),
    st.dictionaries(st.sampled_from(CUSTOMERS), st.tuples(standing, st.none() | st.integers(-9, 9)), max_size=4),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ledgers")


UNKNOWN = Standing("", "vip", None, "vip", "vip", "vip")
A_CUSTOMER_BY_A_LATE_EARLY_NIGHT = [
    (1, {"1001": (UNKNOWN, 0)}),
    (1, {}),
    (0, {"1001": (UNKNOWN, None), "1002": (UNKNOWN, None)}),
]


@settings(max_examples=5, deadline=None, derandomize=True, phases=NO_SHRINKING)
@example(nights=A_CUSTOMER_BY_A_LATE_EARLY_NIGHT)
@given(nights=st.lists(night, max_size=8))
def test_every_day_reads_back_whatever_the_order_the_nights_came_in(folder: Path, nights: list) -> None:
    told: dict[int, dict[str, tuple[Standing, int | None]]] = {}
    with pytest.MonkeyPatch.context() as patch, open_ledger(folder / "ledger.sqlite") as ledger:
        patch.setattr(keeping, "LONGEST", 3)
        scope = f"{SCOPE} {len(ledger.scopes())} {len(nights)}"
        for number, (offset, people) in enumerate(nights):
            told[offset] = {one: (_named(one, at), orders) for one, (at, orders) in people.items()}
            standings = [at for at, _ in told[offset].values()]
            facts = {"orders": [orders for _, orders in told[offset].values()]}
            points = {"aov": [None if one is None else one * 10_000 + 4_999 for one in facts["orders"]]}
            ledger.keep(Night(scope, day(offset), "rules", f"{number}", standings, facts=facts, points=points))
        for offset in range(7):
            last = max((one for one in told if one <= offset), default=None)
            people = told[last] if last is not None else {}
            assert ledger.standings(scope, day(offset)) == {one: people[one][0] for one in sorted(people)}
            known = {one: {"orders": orders} for one, (_, orders) in people.items() if orders is not None}
            assert ledger.facts(scope, day(offset)) == known
            rounded = {one: {"aov": told["orders"] * 10_000} for one, told in known.items()}
            assert ledger.points(scope, day(offset)) == rounded
        assert {run.as_of for run in ledger.runs(scope)} == {day(offset) for offset in told}


def _named(customer: str, at: Standing) -> Standing:
    return Standing(customer, at.tier, at.score, at.segment, at.stage, at.owner)
