"""Who reacts to what, and who may object: plain tables of events.

A reaction is a job that is retried on its own; an objection is a function that is asked within the
deed, with the actor and the event, and refuses it by raising `Refused`.
"""

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

OBJECTIONS: dict[type[Event], tuple[str, ...]] = {
    PeopleChanged: ("doorward.access.actions.capacity.object_to_people",),
}
