"""Chance that repeats: whole numbers from a seed, the same on every machine and every Python.

splitmix64 (Steele, Lea and Flood 2014, figure 16): a 64-bit counter and three mixing steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")

WORD = (1 << 64) - 1
PARTS = 1_000_000


class Dice:
    """One stream of chance.

    Args:
        about: what the stream is for, beginning with the recipe's seed. Streams for different things are
            independent, so that a change to one part of a recipe leaves the other parts' rows alone.
    """

    def __init__(self, *about: object) -> None:
        told = "|".join(map(str, about))
        self._state = int.from_bytes(hashlib.blake2b(told.encode(), digest_size=8).digest(), "big")

    def _next(self) -> int:
        self._state = (self._state + 0x9E3779B97F4A7C15) & WORD
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & WORD
        return mixed ^ (mixed >> 31)

    def below(self, size: int) -> int:
        """A whole number from 0 to `size` - 1."""
        return (self._next() * size) >> 64

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def share(self) -> float:
        """A number from 0 to below 1, in millionths."""
        return self.below(PARTS) / PARTS

    def around(self, middle: float, spread: float) -> float:
        """A number within `spread` of `middle`."""
        return middle + spread * (2 * self.share() - 1)

    def chance(self, probability: float) -> bool:
        return self.share() < probability

    def pick(self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, each as likely as its weight among the sum of weights."""
        left = self.share() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return key

    def some(self, values: Sequence[T], count: int) -> list[T]:
        """`count` different places of a sequence, in the order drawn; all of them where there are fewer."""
        rest = list(values)
        return [rest.pop(self.below(len(rest))) for _ in range(min(count, len(rest)))]
