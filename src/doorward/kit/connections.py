"""How many connections to the database an installation may open, by how many processes it has."""

# What a front process and a worker keep at most: eight threads for pages, eight of the gateway.
POOL = 20
FRONT = POOL + 1  # and one that listens
# Each lane of the worker listens on one; the others fetch jobs and say what became of them.
QUEUE = 6
# And one beside each long work, which tells how far it is.
WORKER = POOL + QUEUE + 2
# For the set-up, commands, backups, and what PostgreSQL keeps for its superuser.
ROOM = 20


def wanted(fronts: int, workers: int = 1) -> int:
    """Return the `max_connections` with which nobody ever waits for a connection."""
    return fronts * FRONT + workers * WORKER + ROOM
