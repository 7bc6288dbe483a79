"""Settings that contradict each other, the hosts, the metadata DB or the version (codes AFC)."""
