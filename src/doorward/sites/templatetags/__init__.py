"""Template tags of sites."""
