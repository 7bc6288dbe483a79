"""The command line: one module per command; each parses flags, calls one use case and renders."""
