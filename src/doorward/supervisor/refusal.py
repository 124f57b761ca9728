"""The one error of the supervisor that is meant for a person."""


class Refusal(Exception):
    """Say no in whole sentences: what is wrong, and what mends it."""
