"""A shipped installation with typical mistakes, so that the tool can be tried without one's own."""
