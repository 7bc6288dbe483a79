"""What happened: task instances and DAG runs of the past, as columns."""
