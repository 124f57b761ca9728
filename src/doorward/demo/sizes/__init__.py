"""Installations of any size: sites, people, doors and their log, written set by set."""
