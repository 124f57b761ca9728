"""Which rows of the demo the pages are looked at with."""

from functools import cached_property

from bench.installation import Installation
from django.urls import reverse

from tests.books import book_of
from tests.browser.guests import Guests
from tests.journeys.on_site import eventually


class Shown:
    """The rows, looked up and made when a page first asks."""

    def __init__(self, demo: Installation, guests: Guests) -> None:
        self.demo = demo
        self.guests = guests
        self.mail_sample = "ticket-new"
        self.site = demo.demo["site"]
        self.connector = demo.demo["connector"]
        self.device = demo.demo["devices"][0]["id"]
        self.door = self._first("/doors", name="Main entrance")
        self.company = self._first("/companies")
        self.person = self._first("/people", first_name="Rita")
        self.group = self._first("/access-groups", name="Office hours")
        self.crew = self._first("/people-groups")
        self.event = self._first("/door-events")
        self.alarm = self._first("/alarms")

    def _first(self, path: str, **wanted: str) -> str:
        _, found = self.demo.call("GET", f"{path}?limit=100")
        return next(
            str(row["id"])
            for row in found["items"]
            if all(row[name] == value for name, value in wanted.items())
        )

    @cached_property
    def password_link(self) -> str:
        return self.guests.link("password")

    @cached_property
    def email_link(self) -> str:
        return self.guests.link("email")

    @property
    def topic(self) -> str:
        return "sites"

    @cached_property
    def user(self) -> str:
        return self._first("/accounts", username=self.demo.account("property_manager")["login"])

    @cached_property
    def administrator(self) -> str:
        login = self.demo.account("company_administrator")["login"]
        return self._first("/accounts", username=login)

    @cached_property
    def invitation_link(self) -> str:
        return self.guests.link("invitation")

    @cached_property
    def check(self) -> str:
        """Let a sheet of people be looked at, in which something is wrong."""
        rows = b"First name,Last name,Company\nNina,North,Nowhere\n"
        return self._looked_at("/people/import", "people.csv", rows, site=self.site)

    @cached_property
    def mac_check(self) -> str:
        """Let a sheet of MACs be looked at, in which something is wrong."""
        rows = b"MAC\n0C11050B98AA\n0c:11:05:0b:98:aa\nno MAC\n"
        return self._looked_at("/macs/import", "macs.csv", rows, dry_run="true")

    @cached_property
    def workbook_check(self) -> str:
        """Let a workbook be looked at, in which something is wrong on two sheets."""
        rows = book_of(
            {
                "Companies": [{"Name": "Northwind"}],
                "Personnel": [{"First name": "Nina", "Last name": "North", "Company": "Nowhere"}],
                "Devices": [
                    {
                        "Name": "Gate",
                        "Type": "Access control terminal",
                        "MAC": "0C11050B98FF",
                        "Address": "192.168.1.77",
                    }
                ],
            }
        )
        return self._looked_at("/workbook/import", "office.xlsx", rows, site=self.site)

    def _looked_at(self, path: str, name: str, rows: bytes, **told: object) -> str:
        status, work = self.demo.send_file(path, name, rows, **told)
        assert status == 202, work
        key: str = work["id"]

        def is_over() -> bool:
            return bool(self.demo.call("GET", f"/works/{key}")[1]["state"] == "done")

        eventually(is_over, "the file is looked at")
        return key

    @cached_property
    def work(self) -> str:
        return str(self.guests.told["work"])

    @cached_property
    def policy(self) -> str:
        return str(self.guests.told["policy"])

    @cached_property
    def ticket(self) -> str:
        return str(self.guests.told["ticket"])

    @cached_property
    def message(self) -> str:
        return str(self.guests.told["message"])

    @cached_property
    def draft(self) -> str:
        return str(self.guests.told["draft"])

    @cached_property
    def organisation(self) -> str:
        return str(self.guests.told["organisation"])

    @cached_property
    def passkey(self) -> str:
        return self.guests.passkey

    def path_of(self, page: str, parts: dict[str, str]) -> str:
        """Return a page's address: each part of it is named with the row that it stands for."""
        return reverse(page, kwargs={part: str(getattr(self, row)) for part, row in parts.items()})
