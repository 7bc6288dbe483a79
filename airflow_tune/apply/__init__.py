"""The only room that changes anything of the user's: airflow.cfg, whole or not at all, with backups."""
