"""The demo: Maple Court with its people, doors and pretend devices."""
