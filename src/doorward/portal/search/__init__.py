"""Searching everything: what was typed, where it is looked for, what is shown of what is found."""
