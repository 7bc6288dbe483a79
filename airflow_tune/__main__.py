"""`python -m airflow_tune` is `airflow-tune`."""

from airflow_tune.cli.start import run

if __name__ == "__main__":
    run()
