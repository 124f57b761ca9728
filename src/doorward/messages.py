"""Marking sentences for translation where Django is out of reach."""


def gettext_noop(message: str) -> str:
    """Return a message id as it is; whoever shows it translates it.

    The name is what the collector of messages looks for.
    """
    return message
