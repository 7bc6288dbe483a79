"""The pieces of every JSON report: snake_case keys, units in the keys, nothing secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from airflow_tune import __version__
from airflow_tune.findings import Abstention, Evidence, Finding, Recommendation
from airflow_tune.origins import Origin

if TYPE_CHECKING:
    from airflow_tune.deployment.component import Component
    from airflow_tune.deployment.model import Deployment
    from airflow_tune.installation.model import Installation

Json: TypeAlias = dict[str, Any]


def dump(report: Json) -> str:
    """Return `report` as indented JSON text that ends with a newline."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def origin_json(origin: Origin | None) -> Json | None:
    """Return where a value was read."""
    if origin is None:
        return None
    return {"kind": origin.kind.value, "where": origin.where, "line": origin.line}


def evidence_json(evidence: tuple[Evidence, ...]) -> list[Json]:
    """Return the numbers behind a judgement."""
    return [
        {"name": one.name, "value": one.value, "formula": one.formula, "origin": origin_json(one.origin)}
        for one in evidence
    ]


def finding_json(finding: Finding) -> Json:
    """Return one finding."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "layer": finding.layer.value,
        "message": finding.message,
        "advice": finding.advice,
        "origin": origin_json(finding.origin),
        "evidence": evidence_json(finding.evidence),
    }


def recommendation_json(one: Recommendation) -> Json:
    """Return one proposed change."""
    return {
        "option": one.option,
        "scope": one.scope or None,
        "current": one.current,
        "current_origin": origin_json(one.current_origin),
        "proposed": one.proposed,
        "reason": one.reason,
        "risk": one.risk.text,
        "headroom_share": one.risk.headroom_share,
        "confidence": one.confidence.value,
        "basis": one.basis or None,
        "how": one.how or None,
        "binds_next": one.binds_next or None,
        "evidence": evidence_json(one.evidence),
    }


def abstention_json(one: Abstention) -> Json:
    """Return one option that is left alone."""
    return {
        "option": one.option,
        "scope": one.scope or None,
        "current": one.current,
        "current_origin": origin_json(one.current_origin),
        "reason": one.reason,
        "evidence": evidence_json(one.evidence),
    }


def _components(deployment: Deployment) -> list[tuple[str, Component]]:
    named = [
        ("schedulers", deployment.schedulers),
        ("dag_processors", deployment.dag_processors),
        ("triggerers", deployment.triggerers),
        ("api_servers", deployment.api_servers),
    ]
    return [(name, one) for name, one in named if one is not None]


def installation_json(installation: Installation) -> Json:
    """Return what was read: version, executors, host, deployment, profile, pools, notes."""
    host, deployment = installation.host, installation.deployment
    return {
        "tool_version": __version__,
        "airflow": {
            "version": str(installation.version),
            "origin": origin_json(installation.version_origin),
            "home": str(installation.settings.home),
            "cfg": str(installation.settings.cfg_path),
            "cfg_exists": installation.settings.cfg_exists,
            "executors": [executor.name for executor in installation.executors],
        },
        "host": {
            "cores": host.cores.value,
            "cores_origin": origin_json(host.cores.origin),
            "memory_bytes": host.memory_bytes.value,
            "memory_origin": origin_json(host.memory_bytes.origin),
            "machine_cores": host.machine_cores.value,
            "machine_memory_bytes": host.machine_memory_bytes.value,
            "notes": list(host.notes),
        },
        "deployment": {
            "assumed": deployment.assumed,
            "origin": origin_json(deployment.origin),
            **{
                name: {
                    "count": one.count.value,
                    "cores": one.cores.value,
                    "memory_bytes": one.memory_bytes.value,
                }
                for name, one in _components(deployment)
            },
            "workers": [
                {
                    "name": group.name,
                    "count": group.count.value,
                    "cores": group.cores.value,
                    "memory_bytes": group.memory_bytes.value,
                    "queues": list(group.queues),
                }
                for group in deployment.workers
            ],
        },
        "profile": {"name": installation.profile.name, "origin": origin_json(installation.profile.origin)},
        "default_pool": {
            "slots": installation.default_pool.value,
            "origin": origin_json(installation.default_pool.origin),
        },
        "dag_files": None if installation.dag_files is None else installation.dag_files.value,
        "notes": list(installation.notes),
    }
