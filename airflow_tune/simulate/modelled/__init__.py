"""Workloads from what DAG files declare and what a profile expects, where nothing has run yet."""
