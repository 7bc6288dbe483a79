"""All rows of a listing, though it changes while it is read: pages that overlap, joined by known rows.

Airflow pages by offset. A row that goes away (each retry gives a task instance a new id) moves all that
follow one place forward, and a plain walk misses what slips into the page already read. So each page
begins with the last row of the one before; where that is gone, the walk steps back until it meets a row
that it knows. Rows come in rising order of their ids, so nothing lies between a known row and the next.
The total that the server tells is not trusted, nor is a page that is shorter than asked for, since servers
cap pages: the walk ends with a page shorter than one before it, or with one of nothing new further on than
any before (a page reached by stepping back may well hold nothing new).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[[int, int], list[Row]]
"""Gives the rows from an offset on, as many as the limit at most."""


def all_rows(fetch: Fetch, limit: int, key: Callable[[Row], Hashable]) -> Iterator[Row]:
    """Yield every row that `fetch` lists, each `key` once; `limit` is of a page, and at least 1."""
    seen: set[Hashable] = set()
    # A page of one row can only be the last: the row that pages share fills it.
    offset, back, longest, furthest = 0, 1, 2, 0
    while True:
        rows = fetch(offset, max(limit, 2))
        if offset and not any(key(row) in seen for row in rows):
            offset, back = max(0, offset - back), back * 2
            continue
        new = [row for row in rows if key(row) not in seen]
        yield from new
        seen.update(key(row) for row in new)
        longest = max(longest, len(rows))
        if len(rows) < longest or (not new and offset > furthest):
            return
        furthest = max(furthest, offset)
        offset, back = offset + len(rows) - 1, 1
