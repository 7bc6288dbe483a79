"""Where the waiting went: every second between ready and start charged to what held the task."""
