"""The nine reads that tell what a device is able to do, and what their answers mean."""

from doorward.protocols.akuvox import local_api
from doorward.protocols.akuvox.local_api import Garbled, Rejected, Unsupported
from doorward.protocols.neutral import Operation, Verdict

# A page each where there are pages: the whole list of people is of no use here.
READS = {
    Operation.IDENTITY: local_api.ask("system", "info"),
    Operation.VITALS: local_api.ask("system", "status"),
    Operation.PEOPLE: local_api.ask("user", "get", "page=1"),
    Operation.CONTACTS: local_api.ask("contact", "get", "page=1"),
    Operation.SCHEDULES: local_api.ask("schedule", "get", "page=1"),
    Operation.GROUPS: local_api.ask("group", "get", "page=1"),
    Operation.DOOR_LOG: local_api.ask("doorlog", "get", "page=1"),
    Operation.CALL_LOG: local_api.ask("calllog", "get", "page=1"),
    Operation.RELAYS: local_api.ask("relay", "status"),
}


def verdict(body: bytes) -> Verdict:
    """Judge the answer to a read: only a text that says so is a refusal for good."""
    try:
        local_api.read_reply(body)
    except Unsupported:
        return Verdict.REFUSED
    except (Rejected, Garbled):
        return Verdict.UNKNOWN
    return Verdict.SUPPORTED
