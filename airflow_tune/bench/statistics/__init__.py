"""The statistics of measured values: each a function of numbers, with its source, in numpy alone."""
