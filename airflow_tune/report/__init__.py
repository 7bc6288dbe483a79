"""Pure functions from results to text, JSON and the formats that other tools read."""
