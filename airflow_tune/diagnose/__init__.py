"""Judging what is: capacity, consistency of settings, and what limits what. No I/O in here."""
