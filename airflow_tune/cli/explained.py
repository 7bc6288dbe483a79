"""Finding the option that a user wants explained."""

from __future__ import annotations

from airflow_tune.errors import UsageError, nearest
from airflow_tune.findings import Advice
from airflow_tune.recommend.engine import Advised


def advice_on(advised: Advised, option: str) -> list[Advice]:
    """Return the advice on `option`, one for each worker group where they differ.

    The section may be left out. Raises UsageError, with the nearest name, when the tool has no
    opinion on such an option.
    """
    wanted = option.strip().lower()
    found = [one for one in advised.advice if wanted in (one.option, one.option.rpartition(".")[2])]
    if not found:
        raise UsageError(
            f'nothing is computed for "{option}"',
            remedy=nearest(wanted, {one.option for one in advised.advice}),
        )
    return found
