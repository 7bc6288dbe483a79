"""How much history is enough to say something by it."""

from __future__ import annotations

WEEK_S = 7 * 86400.0
"""Loads repeat by the week: what a shorter history never shows may come on another weekday."""
ENOUGH_TRIES = 100
"""Of fewer task instances than this the mean duration is known to 20 % at best, where they vary as they
do (standard deviation about twice the mean). Judgement."""
ENOUGH_HELD = 5
"""A limit that held fewer task instances or runs than this caused an incident, not a pattern. Judgement."""
