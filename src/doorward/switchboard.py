"""Who reacts to what: one plain table of events and jobs, each retried on its own."""

from doorward.devices.events import DeviceBound, DoorsChanged
from doorward.kit.events import Event
from doorward.people.events import PeopleChanged
from doorward.sites.events import SiteChanged

REACTIONS: dict[type[Event], tuple[str, ...]] = {
    SiteChanged: ("devices.refresh_site_settings", "access.refresh_site"),
    PeopleChanged: ("access.refresh_people",),
    DeviceBound: ("devices.refresh_device_settings", "access.refresh_device"),
    DoorsChanged: ("access.refresh_devices",),
}
