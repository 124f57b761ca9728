"""Template tags of the logs."""
