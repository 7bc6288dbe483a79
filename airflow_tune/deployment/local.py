"""What is assumed where nobody describes the deployment: everything runs on this host."""

from __future__ import annotations

from airflow_tune.deployment.component import Component, Size, WorkerGroup
from airflow_tune.deployment.database import Database
from airflow_tune.deployment.model import Deployment
from airflow_tune.host import Host
from airflow_tune.measured import Measured
from airflow_tune.origins import assumed


def local_deployment(host: Host, *, separate_dag_processor: bool) -> Deployment:
    """Return one of each component and one worker, all sharing `host`, marked as assumed.

    `separate_dag_processor` is false where the scheduler parses (the default of Airflow 2.x).
    """
    origin = assumed("no deployment file was given: everything runs on this host")
    one = Measured(1, origin)
    component = Component(one, host.cores, host.memory_bytes, shares_host=True)
    return Deployment(
        schedulers=component,
        dag_processors=component if separate_dag_processor else None,
        triggerers=component,
        api_servers=component,
        workers=(WorkerGroup("default", one, host.cores, host.memory_bytes, shares_host=True),),
        database=Database(),
        origin=origin,
        host=Size(host.cores, host.memory_bytes),
        assumed=True,
    )
