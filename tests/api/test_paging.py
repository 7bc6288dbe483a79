"""Paging: every row is met, whatever goes and comes while pages are read."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from airflow_tune.api.paging import all_rows


class Listing:
    """Rows in order of their ids; `moves` say which one gets a new id after each page, as a retry does."""

    def __init__(self, count, moves=(), cap=10**9):
        self.ids, self.names, self.next = list(range(count)), list(range(count)), count
        self.moves, self.cap, self.asked = list(moves), cap, []

    def fetch(self, offset, limit):
        self.asked.append((offset, limit))
        found = [{"id": at} for at in self.ids[offset : offset + min(limit, self.cap)]]
        if self.moves and self.ids:
            self.retire(self.ids[self.moves.pop(0) % len(self.ids)])
        return found

    def retire(self, gone):
        self.ids.remove(gone)
        self.ids.append(self.next)
        self.names.append(self.names[gone])
        self.next += 1


def walk(listing, limit):
    return [row["id"] for row in all_rows(listing.fetch, limit, lambda row: row["id"])]


@given(st.integers(0, 40), st.integers(1, 12), st.integers(1, 12))
def test_all_rows_come_once_and_in_order_whatever_the_server_caps(count, limit, cap):
    # A server that caps a page at one row, and says so nowhere, never gives what follows.
    assert walk(Listing(count, cap=max(cap, 2)), limit) == list(range(count))


@given(st.integers(1, 40), st.integers(1, 12), st.lists(st.integers(0, 100), max_size=20))
@example(5, 1, [2, 3, 0, 0])
def test_nothing_is_missed_while_rows_get_new_ids(count, limit, moves):
    listing = Listing(count, moves)
    found = walk(listing, limit)
    assert len(found) == len(set(found))
    assert {listing.names[at] for at in found} == set(range(count))


def test_a_walk_without_changes_asks_little_more_than_it_must():
    listing = Listing(1000)
    walk(listing, 101)
    assert len(listing.asked) == 10


def test_rows_gone_in_front_of_the_page_make_it_step_back():
    listing = Listing(20)

    def fetch(offset, limit):
        found = listing.fetch(offset, limit)
        if len(listing.asked) == 1:
            for gone in range(8):
                listing.ids.remove(gone)
        return found

    found = [row["id"] for row in all_rows(fetch, 10, lambda row: row["id"])]
    assert found == list(range(20))
    assert [offset for offset, _ in listing.asked][:4] == [0, 9, 8, 6]


def test_a_listing_that_empties_ends_the_walk():
    listing = Listing(20)

    def fetch(offset, limit):
        found = listing.fetch(offset, limit)
        listing.ids.clear()
        return found

    assert len([*all_rows(fetch, 10, lambda row: row["id"])]) == 10
