"""AFT805: an operator that could wait in the triggerer waits on a worker."""

from __future__ import annotations

from collections.abc import Iterator

from airflow_tune.dags.model import Task
from airflow_tune.findings import Severity
from airflow_tune.lint.given import missing
from airflow_tune.lint.mending import task_with
from airflow_tune.lint.rule import Explanation, Hit, Rule
from airflow_tune.lint.subject import Subject

# Operators with a `deferrable` argument in Airflow's providers, whose work goes on elsewhere.
OPERATORS = frozenset(
    {
        *(
            "AthenaOperator",
            "BatchOperator",
            "EcsRunTaskOperator",
            "EksCreateClusterOperator",
            "EmrAddStepsOperator",
        ),
        *(
            "EmrCreateJobFlowOperator",
            "EmrContainerOperator",
            "EmrServerlessStartJobOperator",
            "GlueJobOperator",
        ),
        *(
            "GlueCrawlerOperator",
            "RedshiftDataOperator",
            "SageMakerTrainingOperator",
            "SageMakerTransformOperator",
        ),
        *("SageMakerProcessingOperator", "SageMakerTuningOperator", "BigQueryInsertJobOperator"),
        *("DataprocSubmitJobOperator", "DataprocCreateClusterOperator", "DataprocCreateBatchOperator"),
        *(
            "DataflowTemplatedJobStartOperator",
            "DataflowStartFlexTemplateOperator",
            "CloudRunExecuteJobOperator",
        ),
        *("CloudBuildCreateBuildOperator", "GKEStartPodOperator", "KubernetesPodOperator"),
        *("DatabricksSubmitRunOperator", "DatabricksRunNowOperator", "DatabricksNotebookOperator"),
        *("DbtCloudRunJobOperator", "AirbyteTriggerSyncOperator", "LivyOperator", "SnowflakeSqlApiOperator"),
        *(
            "AzureDataFactoryRunPipelineOperator",
            "AzureSynapseRunPipelineOperator",
            "SparkKubernetesOperator",
        ),
    }
)


def check(subject: Subject) -> Iterator[Hit]:
    """Yield operators that support deferring and do not say whether to."""
    for dag in subject.graph.dags:
        for task in dag.tasks:
            if task.operator in OPERATORS and waits(task) and missing(dag, task, "deferrable"):
                message = f"{task.key} holds a worker slot while {task.operator[:-8]} works elsewhere"
                fix = task_with(subject, task, deferrable="True")
                yield Hit(task.place.line, message, task.place.file, fix)


def waits(task: Task) -> bool:
    """Return whether an operator waits for the end of what it starts."""
    told = [
        task.arguments.get(name) for name in ("wait_for_completion", "wait_for_termination", "asynchronous")
    ]
    steps = task.operator in ("EmrAddStepsOperator", "EmrCreateJobFlowOperator") and told[0] is not True
    return told[0] is not False and told[1] is not False and told[2] is not True and not steps


RULE = Rule(
    "AFT805",
    "deferrable-available",
    Severity.INFO,
    Explanation(
        what="An operator that starts work elsewhere and has a deferrable argument, which is not given.",
        why=(
            "The task sleeps on a worker until a cluster or service has finished; one triggerer waits for "
            "thousands."
        ),
        example='DatabricksRunNowOperator(task_id="run", job_id=1)',
        instead="Set deferrable=True, or operators.default_deferrable for all; it needs a running triggerer.",
        fix="Unsafe: deferrable=True; without a triggerer a deferred task waits for ever.",
        sources=(
            "https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/deferring.html",
        ),
    ),
    check,
)
