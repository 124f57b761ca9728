"""Tickets, and what a level tells of itself."""
