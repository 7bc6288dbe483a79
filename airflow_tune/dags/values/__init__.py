"""What an expression of a DAG file can stand for.

Plain Python values stand for themselves, and containers hold values of any kind. The classes here
stand for the rest: names of packages that are not read, functions and classes of the file itself, and
Airflow's DAGs, tasks, groups and decorators. All are compared by identity, as in Python.
"""
