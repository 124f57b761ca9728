"""What a device's records look like, as tables: their fields in the order it prints them."""

from collections.abc import Mapping

from doorward.emulator.profile import Row

# Fields with what a new row gets [D].
USER_FIELDS: Mapping[str, str] = {
    "ID": "",
    "UserID": "",
    "Name": "",
    "PrivatePIN": "",
    "CardCode": "",
    "FaceUrl": "",
    "FingerId": "",
    "FingerUrl": "",
    "Building": "",
    "Room": "",
    "LiftFloorNum": "0",
    "WebRelay": "0",
    "ScheduleRelay": "",
    "Type": "-1",
    "Source": "1",
    "SourceType": "1",
}
# A set without one of these is refused: the device wants the whole record [F].
USER_WHOLE = (
    "ID",
    "UserID",
    "Name",
    "PrivatePIN",
    "CardCode",
    "LiftFloorNum",
    "WebRelay",
    "ScheduleRelay",
)
USER_ALIASES = {"Schedule-Relay": "ScheduleRelay"}

WEEKDAYS = ("Mon", "Tue", "Wed", "Thur", "Fri", "Sat", "Sun")
SCHEDULE_FIELDS: Mapping[str, str] = {
    "ID": "",
    "DisplayID": "",
    "Name": "",
    "Type": "1",
    "DateStart": "",
    "DateEnd": "",
    "TimeStart": "00:00",
    "TimeEnd": "00:00",
    "Sun": "0",
    **dict.fromkeys(WEEKDAYS[:6], "0"),
    "Week": "",
    "Daily": "",
    "Mode": "0",
    "SourceType": "1",
}
SCHEDULE_WHOLE = ("ID", "Name", "Type", "TimeStart", "TimeEnd", *WEEKDAYS)

ALWAYS = "1001"
NEVER = "1002"
BUILT_IN_SCHEDULES: tuple[Row, ...] = (
    {**SCHEDULE_FIELDS, "ID": "1", "DisplayID": ALWAYS, "Name": "Always", "Type": "2"},
    {**SCHEDULE_FIELDS, "ID": "2", "DisplayID": NEVER, "Name": "Never", "Type": "1"},
)
FIRST_SCHEDULE_ID = 3

DEFAULT_GROUP = "Default"
GROUP_FIELDS: Mapping[str, str] = {"ID": "", "Name": ""}
CONTACT_FIELDS: Mapping[str, str] = {
    "ID": "",
    "Name": "",
    "Phone": "",
    "Group": DEFAULT_GROUP,
    "DialType": "0",
}
# The apartment book has other fields and no ID [F]; what stands in it is an example [G].
APARTMENTS: tuple[Row, ...] = (
    {
        "Name": "Apartment 101",
        "Phone": "101",
        "APTName": "Apartment 101",
        "APTNum": "101",
        "Building": "1",
        "Landline": "",
    },
    {
        "Name": "Apartment 102",
        "Phone": "102",
        "APTName": "Apartment 102",
        "APTNum": "102",
        "Building": "1",
        "Landline": "",
    },
)
