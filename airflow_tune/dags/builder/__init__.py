"""What Airflow does when a DAG file creates DAGs, tasks and groups and relates them.

Each rule here follows the Task SDK of Airflow 3.3.2 (`airflow.sdk.definitions`); 2.x agrees where not said.
"""
