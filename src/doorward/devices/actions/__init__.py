"""Deeds on devices, one module a noun."""
