"""The metadata DB, read and never written: how to connect to it, and the facts that sizing needs.

Nothing is imported here: `connection` and `facts` bring SQLAlchemy with them, which takes longer
to import than most commands run, and `model` does not.
"""
