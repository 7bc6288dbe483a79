"""The report of `analyze` as one page: no script, nothing loaded, every chart drawn in it."""
