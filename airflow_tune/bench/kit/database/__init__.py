"""Tables to write to: in a SQLite file of the run, and on the server of a URL."""
