"""The demo company's source of chance."""

from __future__ import annotations

from collections import Counter

import pytest

from tierbook.demo.dice import Dice


def test_the_stream_is_splitmix64():
    dice = Dice("any")
    dice._state = 1234567
    assert [dice._next() for _ in range(5)] == [
        6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
    ]  # fmt: skip


def test_streams_for_different_things_differ_and_repeat():
    def drawn(*about: object) -> list[int]:
        dice = Dice(1, *about)
        return [dice.below(1000) for _ in range(8)]

    assert drawn("a", 1) == drawn("a", 1)
    assert len({tuple(drawn(*about)) for about in [("a",), ("b",), ("a", 1), ("a", 11), (1, "a")]}) == 5


def test_whole_numbers_reach_both_ends_and_no_further():
    dice = Dice("ends")
    assert {dice.between(3, 6) for _ in range(200)} == {3, 4, 5, 6}
    assert {dice.between(4, 4) for _ in range(5)} == {4}


@pytest.mark.parametrize(("probability", "hits"), [(0.0, 0), (1.0, 500)])
def test_what_never_and_what_always_happens(probability, hits):
    dice = Dice("sure")
    assert sum(dice.chance(probability) for _ in range(500)) == hits


def test_weights_are_shares_of_the_draws():
    dice = Dice("weights")
    drawn = Counter(dice.weighted({"often": 3, "seldom": 1, "never": 0}) for _ in range(4000))
    assert drawn["never"] == 0
    assert drawn["often"] / 4000 == pytest.approx(0.75, abs=0.03)


def test_some_are_different_places():
    dice = Dice("some")
    assert sorted(dice.some("abcd", 4)) == list("abcd")
    assert len(set(dice.some(range(100), 30))) == 30
    assert dice.some("ab", 5) in (["a", "b"], ["b", "a"])


def test_around_stays_within_its_spread():
    dice = Dice("around")
    drawn = [dice.around(10.0, 2.0) for _ in range(500)]
    assert min(drawn) >= 8.0
    assert max(drawn) < 12.0
    assert max(drawn) - min(drawn) > 3.5
