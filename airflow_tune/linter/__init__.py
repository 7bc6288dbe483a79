"""The linter around the rules: it finds and reads files, keeps results, and writes fixes."""
