"""The room's deeds, one module a noun."""
