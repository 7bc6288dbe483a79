"""The made-up rows that workloads move about: the same in each run, some 70 bytes each as text."""

from __future__ import annotations

import random
from typing import TypeAlias

Row: TypeAlias = tuple[int, str, float, str]
SEED = 20240601
REGIONS = ("north", "south", "east", "west")


def rows(count: int, first: int = 0) -> list[Row]:
    """Return `count` rows (id, customer, amount, comment), the ids from `first` on."""
    chance = random.Random(SEED)  # noqa: S311 - the same rows each time is the point
    return [
        (
            first + number,
            f"{REGIONS[number % len(REGIONS)]}-{chance.randrange(100_000):05d}",
            round(chance.uniform(1, 1000), 2),
            f"order {chance.getrandbits(64):016x} of the day, paid and sent",
        )
        for number in range(count)
    ]


def lines(count: int) -> list[str]:
    """Return `count` lines of CSV, each with its line end."""
    return [f"{key},{customer},{amount},{comment}\n" for key, customer, amount, comment in rows(count)]
