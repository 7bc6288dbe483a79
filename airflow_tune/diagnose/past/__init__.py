"""What the past says beside its waits: figures, peaks, critical paths, failures, contention."""
