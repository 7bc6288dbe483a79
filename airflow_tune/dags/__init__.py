"""DAG graphs: the model, the static reader of source files, and the comparison with Airflow's own answer."""
