"""Contacts, groups and the call log, oddities included."""

import pytest

from .conftest import Site, Start


async def added(site: Site, target: str, **row: str) -> list[dict[str, int]]:
    reply = await site.post(target, "add", {"item": [row]})
    return reply["data"]["item"]


@pytest.mark.parametrize("model", ["X916", "E18C", "R20A"])
async def test_contacts_and_groups_are_kept(start: Start, model: str) -> None:
    lobby = await start(model=model)
    await added(lobby, "group", Name="Tenants")
    await added(lobby, "contact", Name="Rita", Phone="101", Group="Tenants")
    assert await lobby.rows("group") == [{"ID": "1", "Name": "Tenants"}]
    (row,) = await lobby.rows("contact")
    assert row == {"ID": "1", "Name": "Rita", "Phone": "101", "Group": "Tenants", "DialType": "0"}
    await lobby.post("contact", "set", {"item": [row | {"Phone": "102"}]})
    assert (await lobby.rows("contact"))[0]["Phone"] == "102"


async def test_an_unknown_group_becomes_the_default_which_is_never_listed(lobby: Site) -> None:
    await added(lobby, "contact", Name="Rita", Group="Nobody")
    assert (await lobby.rows("contact"))[0]["Group"] == "Default"
    assert await lobby.rows("group") == []


async def test_a_group_that_is_not_there_has_a_code_of_its_own(lobby: Site) -> None:
    reply = await lobby.post("group", "set", {"item": [{"ID": "9", "Name": "x"}]})
    assert (reply["retcode"], reply["data"]["item"]) == (-1, [{"Ret": -4}])


async def test_a_group_without_a_name_fails_with_a_positive_number(lobby: Site) -> None:
    assert await added(lobby, "group", Name="") == [{"Ret": 14}]
    assert await lobby.rows("group") == []


async def test_a_contact_that_is_not_there_cannot_be_set(lobby: Site) -> None:
    reply = await lobby.post("contact", "set", {"item": [{"ID": "9", "Name": "x"}]})
    assert reply["data"]["item"] == [{"Ret": -7}]


@pytest.mark.parametrize("target", ["contact", "group"])
async def test_deleting_twice_is_no_fault(lobby: Site, target: str) -> None:
    await added(lobby, target, Name="Rita")
    for _ in range(2):
        reply = await lobby.post(target, "del", {"item": [{"ID": "1"}]})
        assert (reply["retcode"], reply["data"]["item"]) == (1, [{"Ret": 0}])
    assert await lobby.rows(target) == []


async def test_a_book_is_full_at_some_point(start: Start) -> None:
    lobby = await start(model="R20A")
    rows = [{"Name": f"P{number}"} for number in range(501)]
    results = (await lobby.post("contact", "add", {"item": rows}))["data"]["item"]
    assert [result["Ret"] == 0 for result in results] == [True] * 500 + [False]


async def test_a_press_on_the_button_is_in_the_call_log(lobby: Site) -> None:
    await lobby.scenario("press_button", {"number": "1007"})
    (row,) = await lobby.rows("calllog")
    assert (row["ID"], row["Type"], row["Num"]) == ("1", "Dialed", "1007")
    assert await lobby.rows("calllog", Type="Missed") == []
    await lobby.post("calllog", "clear")
    assert await lobby.rows("calllog") == []


async def test_a_terminal_makes_no_calls(start: Start) -> None:
    terminal = await start(model="A08S")
    assert (await terminal.scenario("press_button", {}, status=409))["field"] == "number"
