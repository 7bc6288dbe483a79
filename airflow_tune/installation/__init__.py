"""The installation as a whole: what was read of version, settings, machines, workload and pools."""
