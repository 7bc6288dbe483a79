"""How long modelled task instances take: by the classes of a profile, with a long tail."""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist
from zlib import crc32

import numpy as np

from airflow_tune.diagnose.past.mix import ANY_KIND, kind_of
from airflow_tune.history.column import Floats
from airflow_tune.profiles.model import Profile, TaskClass
from airflow_tune.simulate.draw import BODY, START, uniform, uniforms

LONGEST_SHARE = 0.999
"""A profile's `duration` is the median, its `longest` what one in a thousand exceeds; judgement."""
STEPS = 1000
_NEVER_DRAWN = "waiting"
"""A task whose operator does not say so is no sensor."""


def seed_of(name: str) -> int:
    """Return the seed of what is drawn for `name`, the same on every machine."""
    return crc32(name.encode())


def class_of(profile: Profile, operator: str, name: str) -> tuple[TaskClass, bool]:
    """Return the class of a task, and whether it was drawn as its `operator` does not tell.

    Shares are of running task instances: by Little's law a class starts share / duration of them a second.
    """
    kind = kind_of(operator)
    if kind != ANY_KIND:
        return profile.task_class(kind), False
    able = [one for one in profile.classes if one.name != _NEVER_DRAWN and one.share.value > 0]
    able = able or list(profile.classes)
    rates = np.cumsum([one.share.value / one.duration_s.value for one in able])
    drawn = uniform(seed_of(name), BODY, 0) * float(rates[-1])
    at = int(np.searchsorted(rates, drawn, side="right"))
    return able[min(at, len(able) - 1)], True


@cache
def _normal() -> Floats:
    """Return the middles of STEPS equal parts of the standard normal distribution."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((step + 0.5) / STEPS) for step in range(STEPS)])


def durations(found: TaskClass, name: str, count: int) -> Floats:
    """Return seconds for `count` task instances of the task `name`, log-normal and never beyond `longest`."""
    median, longest = found.duration_s.value, found.longest_s.value
    sigma = math.log(longest / median) / NormalDist().inv_cdf(LONGEST_SHARE)
    step = (uniforms(seed_of(name), START, count) * STEPS).astype(np.int64)
    drawn: Floats = np.minimum(median * np.exp(sigma * _normal()[step]), longest)
    return drawn
