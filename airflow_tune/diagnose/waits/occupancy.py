"""How much of what all task instances share was taken over time: executor slots, worker slots and pools.

Both who waited and how much was in use are told from it; what both need is worked out once, when it is first
asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from airflow_tune.diagnose.waits.holding import Holding, begin_for_pools, holding, with_tail
from airflow_tune.diagnose.waits.levels import Level, level
from airflow_tune.diagnose.waits.machinery import Machinery
from airflow_tune.history.column import Ints
from airflow_tune.history.model import History


@dataclass(frozen=True)
class Occupancy:
    """What was held, and the levels of what all share."""

    history: History
    machinery: Machinery
    held: Holding

    @staticmethod
    def of(history: History, machinery: Machinery) -> Occupancy:
        """Return the occupancy of `history`, which `machinery` ran."""
        return Occupancy(history, machinery, holding(history))

    def queued(self) -> Level:
        """Return how many task instances the executor had, from their queueing on."""
        return self._whole(self.held.begin)

    @cached_property
    def running(self) -> Level:
        """Return how many task instances were running.

        A slot may stay busy after end_date: with the whole tail the level is an upper bound.
        """
        return self._whole(self.held.started)

    @cached_property
    def pools(self) -> Level:
        """Return how many slots of each pool were taken."""
        tries, pools, held = self.history.tries, self.history.pools, self.held
        weight = np.maximum(tries.pool_slots[held.row], 1)
        begin = begin_for_pools(self.history, held)
        return level(tries.pool[held.row], begin, held.end, weight, len(pools.names))

    def _whole(self, begin: Ints) -> Level:
        zero, one = (np.broadcast_to(np.int8(value), len(begin)) for value in (0, 1))
        return level(zero, begin, with_tail(self.held.end, self.machinery.slot_tail_s), one, 1)
