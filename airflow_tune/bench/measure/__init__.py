"""The harness: fresh processes, interleaved rounds, calibrated loops, and a look at the machine meanwhile."""

from __future__ import annotations
