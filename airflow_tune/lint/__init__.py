"""Rules over DAG source and the graphs read from it; each is a pure function from a subject to hits."""
