"""What rights do in answer to events of lower rooms."""

from collections.abc import Sequence

from doorward.access.actions import groups, shelf
from doorward.kit import clock
from doorward.kit.jobs import job


@job("access.refresh_people")
def refresh_people(people: list[int], sites: Sequence[int] = ()) -> None:
    groups.release_strangers(people)
    # A version before did not say at which sites they are.
    shelf.refresh_people(people, sites=sites or shelf.sites_of(people))


@job("access.refresh_devices")
def refresh_devices(devices: list[int]) -> None:
    groups.release_doors(devices)
    shelf.follow(devices)


# Two minutes: all parts of its site wait behind it, and what stays stale is taken up again.
@job(shelf.FOLLOW, tries=6)
def follow_devices(devices: list[int]) -> None:
    shelf.follow(devices)


@job("access.refresh_device")
def refresh_device(device: int) -> None:
    shelf.follow([device])


@job(shelf.FOLLOW_SITE)
def refresh_site(site: int) -> None:
    shelf.follow_site(site)


@job("access.retire_hours")
def retire_hours(timestamp: int) -> None:
    groups.retire_hours(clock.now())


@job("access.revive_stale")
def revive_stale(timestamp: int) -> None:
    shelf.revive_stale(clock.now())
