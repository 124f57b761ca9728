"""The room's routes, one module a noun."""

from doorward.activity.api.alarms import alarms
from doorward.activity.api.log import door_events

__all__ = ["alarms", "door_events"]
