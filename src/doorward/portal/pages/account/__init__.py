"""The pages of one's own account, and those of whoever cannot get in."""
