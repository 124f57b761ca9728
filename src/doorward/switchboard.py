"""Who reacts to what, who may object, and what ends with a site: plain tables.

A reaction is a job that is retried on its own; an objection is a function that is asked within the
deed, with the actor and the event, and refuses it by raising `Refused`.
"""

from doorward.activity.events import AlarmsBegan
from doorward.devices.events import BindingsChanged, DeviceBound, DoorsChanged, MacsRegistered
from doorward.files.events import WorkEnded
from doorward.helpdesk.events import TicketMoved
from doorward.kit.events import Event
from doorward.people.events import PeopleChanged
from doorward.sites.events import SiteChanged, SiteDeleted, SiteRestored
from doorward.tenancy.events import (
    ManagersAssigned,
    OrganisationDeleted,
    SupportBegun,
    SupportEnded,
)

REACTIONS: dict[type[Event], tuple[str, ...]] = {
    SiteChanged: ("devices.refresh_site_settings", "access.refresh_site"),
    SiteDeleted: ("devices.release_site",),
    SiteRestored: ("devices.take_back_site",),
    PeopleChanged: ("access.refresh_people",),
    DeviceBound: ("devices.refresh_device_settings", "access.refresh_device"),
    DoorsChanged: ("access.refresh_devices",),
    BindingsChanged: ("devices.refresh_site_settings", "access.refresh_site"),
    AlarmsBegan: ("notices.tell_alarms",),
    MacsRegistered: ("notices.tell_macs",),
    ManagersAssigned: ("notices.tell_managers",),
    SupportBegun: ("notices.tell_support_begun",),
    SupportEnded: ("notices.tell_support_ended",),
    TicketMoved: ("notices.tell_ticket",),
    WorkEnded: ("notices.tell_work",),
}

OBJECTIONS: dict[type[Event], tuple[str, ...]] = {
    PeopleChanged: ("doorward.access.actions.capacity.object_to_people",),
    SiteDeleted: ("doorward.devices.actions.releasing.object_to_deletion",),
    OrganisationDeleted: (
        "doorward.sites.objections.object_to_organisation",
        "doorward.devices.objections.object_to_organisation",
    ),
}

# What goes for good with a deleted site; what stands in the way of others comes first.
ENDINGS: tuple[str, ...] = (
    "doorward.access.actions.endings.forget_site",
    "doorward.activity.actions.endings.forget_site",
    "doorward.devices.actions.endings.forget_site",
    # Once more: until its device was gone, a connector could still tell of openings.
    "doorward.activity.actions.endings.forget_site",
    "doorward.helpdesk.actions.endings.forget_site",
    "doorward.notices.actions.endings.forget_site",
    "doorward.sites.actions.forget_files",
    "doorward.people.actions.endings.forget_site",
)
