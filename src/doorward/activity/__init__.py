"""What happened at the doors, and why: an append-only log with reason codes."""
