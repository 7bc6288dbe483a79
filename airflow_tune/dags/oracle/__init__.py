"""Airflow's own answer: a script for another Python that has Airflow, and the comparison with ours."""
