"""The ids of a swarm's rows, known without asking the database."""

BASE = 1_000_000
PEOPLE = 10 * BASE
# A device's id tells its connector; a door has the id of its device.
A_CONNECTOR = 1_000
DEVICES = 100 * BASE


def device_of(connector: int, place: int) -> int:
    return DEVICES + (connector - BASE) * A_CONNECTOR + place


def people_of(site: int, count: int) -> list[int]:
    """Return the ids of the people of a site, by the site's number."""
    return [PEOPLE + site * 10_000 + place for place in range(1, count + 1)]


def card_of(person: int) -> str:
    """Return the number of the card that a person of the swarm holds."""
    return f"{person:08X}"
