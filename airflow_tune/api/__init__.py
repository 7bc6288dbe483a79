"""The REST API of Airflow 3, read and never written: how to log in, to ask with patience, and to page.

Nothing is imported here: `session` brings apache-airflow-client with it, which takes a second to import.
"""
