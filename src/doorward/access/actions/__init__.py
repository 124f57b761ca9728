"""Deeds on credentials and access groups, and keeping the shelf of rights."""
