"""Importing people from a sheet: what is there, what would change, doing it."""
