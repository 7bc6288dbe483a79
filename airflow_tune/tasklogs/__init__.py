"""Task logs as files: where a try's log lies, its last lines, and what they say of why it failed."""
