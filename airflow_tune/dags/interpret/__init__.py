"""An abstract interpreter of the Python that DAG files are written in; it never runs any of their code."""
