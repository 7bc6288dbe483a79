"""A host as a snapshot keeps it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow_tune.host.model import Host, HostLimit, Resource
from airflow_tune.measured import Measured
from airflow_tune.origins import Origin, OriginKind

_SIZES = ("cores", "memory_bytes", "machine_cores", "machine_memory_bytes")


def kept_host(host: Host, *, anonymous: bool = False) -> dict[str, Any]:
    """Return `host` as JSON; `anonymous` leaves out the paths, which may name users and containers."""

    def origin(one: Origin) -> dict[str, Any]:
        return {
            "kind": one.kind.value,
            "where": "its kernel" if anonymous else one.where,
            "line": None if anonymous else one.line,
        }

    return {
        **{name: _sized(getattr(host, name), origin) for name in _SIZES},
        "limits": [
            {
                "resource": limit.resource.value,
                "value": limit.value,
                "origin": origin(limit.origin),
                "soft": limit.soft,
                "binding": limit.binding,
                "note": limit.note,
            }
            for limit in host.limits
        ],
        "notes": [] if anonymous else list(host.notes),
    }


def _sized(size: Measured[Any], origin: Any) -> dict[str, Any]:  # noqa: ANN401 - a function beside it
    return {"value": size.value, "origin": origin(size.origin)}


def host_kept(kept: Mapping[str, Any]) -> Host:
    """Return the host that `kept_host` made JSON of; raises KeyError, TypeError or ValueError otherwise."""
    sizes: dict[str, Any] = {
        name: Measured(kept[name]["value"], _origin(kept[name]["origin"])) for name in _SIZES
    }
    limits = tuple(
        HostLimit(
            Resource(one["resource"]),
            one["value"],
            _origin(one["origin"]),
            one["soft"],
            one["binding"],
            one["note"],
        )
        for one in kept["limits"]
    )
    return Host(**sizes, limits=limits, notes=tuple(kept["notes"]))


def _origin(kept: Mapping[str, Any]) -> Origin:
    return Origin(OriginKind(kept["kind"]), str(kept["where"]), kept["line"])
