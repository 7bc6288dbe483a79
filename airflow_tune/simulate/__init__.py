"""Airflow's scheduler as a discrete-event model: replays a history, and plays it under other settings."""
