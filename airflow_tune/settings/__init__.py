"""The effective configuration of an Airflow: every option's value, where it was read, and what lost."""
