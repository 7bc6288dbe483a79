"""What happened on the machine while it was measured, and what that means for the numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about the machine that disturbs what is measured, and what to do about it.

    `name` is the check's ("steal"). With `void` the numbers are not worth having, else they are, with care.
    """

    name: str
    void: bool
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Strain:
    """What the kernel counted over a stretch of time; None where it does not tell.

    Shares are of the machine's CPU time: `steal_share` what a hypervisor took, `others_share` what other
    processes used. `throttled_s` is how long the cgroup's CPU quota stopped the process, in
    `throttled_periods` of `periods`. `swapped_bytes` went to or came from swap. `load_before` is the load
    average of the last minute before the first measurement. `governors` are the CPUs' frequency governors.
    """

    wall_s: float = 0.0
    steal_share: float | None = None
    others_share: float | None = None
    periods: int | None = None
    throttled_periods: int | None = None
    throttled_s: float | None = None
    swapped_bytes: int | None = None
    load_before: float | None = None
    governors: tuple[str, ...] = ()
