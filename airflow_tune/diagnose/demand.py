"""What running tasks take of their host: cores on average, memory as it has to be planned for."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_tune.diagnose.slottail import slot_tail_s
from airflow_tune.diagnose.taskhost import TaskHost
from airflow_tune.executors import ExecutorKind
from airflow_tune.findings import Evidence
from airflow_tune.installation.model import Installation
from airflow_tune.origins import computed
from airflow_tune.profiles.model import Profile
from airflow_tune.units import format_bytes, format_duration


@dataclass(frozen=True, slots=True)
class SlotDemand:
    """What the tasks in some slots take: `cores` each, and bytes that depend on how many there are.

    `fixed_bytes` is a slot's own share (Airflow's processes, or a pod's request); `profile` adds
    the tasks' data, which needs less room a slot the more slots there are.
    """

    cores: float
    fixed_bytes: int
    profile: Profile | None
    evidence: tuple[Evidence, ...]

    def memory_bytes(self, slots: int) -> int:
        """Return the memory to plan for all of `slots` slots."""
        data = self.profile.memory_high_bytes(slots) if self.profile and slots else 0
        return slots * (self.fixed_bytes + data)

    def each(self, slots: int) -> int:
        """Return the memory to plan for one of `slots` slots."""
        return self.memory_bytes(max(1, slots)) // max(1, slots)


def slot_demand(installation: Installation, host: TaskHost) -> SlotDemand:
    """Return what a slot of `host` takes: a pod's request where there is one, else a task's need."""
    return _of_pod(host) or _of_task(installation, host.kind)


def _of_task(installation: Installation, kind: ExecutorKind) -> SlotDemand:
    """Return the profile's task plus what Airflow itself spends on it.

    Where tasks share the host with scheduler and API server (LocalExecutor), each task also costs
    their CPU seconds. Spread over the time that it holds the slot, which in 3.x goes on after the
    task's end, that is a share of a core.
    """
    profile, footprint = installation.profile, installation.footprint
    local = kind in (ExecutorKind.LOCAL, ExecutorKind.SEQUENTIAL)
    seconds = footprint.task_cpu_s.value + (footprint.control_cpu_s_per_task.value if local else 0.0)
    duration, tail = profile.typical_duration_s(), slot_tail_s(installation)
    work = profile.mean_cpu_share() * duration
    cores = (work + seconds) / (duration + tail.value)
    process = footprint.task_process_bytes
    return SlotDemand(
        cores=cores,
        fixed_bytes=int(process.value),
        profile=profile,
        evidence=(
            Evidence("cores of the profile's task mix", f"{profile.mean_cpu_share():.2f}", profile.origin),
            Evidence("duration of the profile's task mix", format_duration(duration), profile.origin),
            Evidence(
                "memory of the profile's task mix",
                format_bytes(profile.memory_per_task_bytes()),
                profile.origin,
            ),
            Evidence("memory of a task's own processes", format_bytes(process.value), process.origin),
            Evidence("CPU that Airflow spends on a task", f"{seconds:g} s", footprint.task_cpu_s.origin),
            Evidence("slot held after the task's end", f"{tail.value:g} s", tail.origin),
            Evidence(
                "cores of a slot",
                f"{cores:.2f}",
                computed("(work + Airflow's CPU) / (duration + time held after)"),
                f"({profile.mean_cpu_share():.2f} × {duration:.1f} s + {seconds:g} s)"
                f" / ({duration:.1f} s + {tail.value:g} s)",
            ),
        ),
    )


def _of_pod(host: TaskHost) -> SlotDemand | None:
    """Return what a pod requests: on Kubernetes the request decides, whatever the task then uses."""
    if host.pod is None:
        return None
    cores, memory = host.pod.cores, host.pod.memory_bytes
    return SlotDemand(
        cores=cores.value,
        fixed_bytes=memory.value,
        profile=None,
        evidence=(
            Evidence("cores that a pod requests", f"{cores.value:g}", cores.origin),
            Evidence("memory that a pod requests", format_bytes(memory.value), memory.origin),
        ),
    )
