"""The people who hold rights."""
