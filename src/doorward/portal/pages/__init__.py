"""Pages that show more than one room, one module a noun."""
