"""What settings say of ties, and versions of age: told apart, and nothing made up."""

import pytest

from doorward.protocols.akuvox import models, settings
from doorward.protocols.neutral import Fitness, Tie


@pytest.mark.parametrize(
    ("mode", "tie"),
    [
        ("", Tie.NONE),
        ("0", Tie.NONE),
        (" 1 ", Tie.ON_PREMISE),
        ("2", Tie.VENDOR_CLOUD),
        ("3", None),
        ("SDMC", None),
    ],
)
def test_a_server_mode_is_a_tie(mode: str, tie: Tie | None) -> None:
    assert settings.tie({settings.TIE: mode}) is tie


def test_a_device_without_the_key_does_not_say() -> None:
    assert settings.tie({"Config.DoorSetting.CONNECT.DiscoveryMode": "1"}) is None


@pytest.mark.parametrize(
    ("model", "firmware", "fitness"),
    [
        ("A08S", "108.30.10.144", Fitness.FIT),
        ("A08S", "108.30.10.143", Fitness.TOO_OLD),
        # Numbers are compared, not letters.
        ("A08S", "108.30.9.900", Fitness.TOO_OLD),
        ("R20A", "320.30.11.63", Fitness.FIT),
        ("R20K", "320.30.11.1", Fitness.FIT),
        ("E18", "18.30.10.117", Fitness.TOO_OLD),
        # Of this one a branch is known, and no version.
        ("E18C", "18.30.10.1", Fitness.UNKNOWN),
        ("X916", "916.30.10.114", Fitness.UNKNOWN),
        # Another model's number, a branch for one customer, another platform: other lines.
        ("A08S", "916.30.10.144", Fitness.UNKNOWN),
        ("A08S", "108.30.102.820", Fitness.UNKNOWN),
        ("A08S", "108.31.10.1", Fitness.UNKNOWN),
        ("A08S", "108.30.10", Fitness.UNKNOWN),
        ("A08S", "one.two.three.four", Fitness.UNKNOWN),
        ("A08S", "", Fitness.UNKNOWN),
        ("", "108.30.10.144", Fitness.UNKNOWN),
    ],
)
def test_a_firmware_is_as_old_as_its_numbers(model: str, firmware: str, fitness: Fitness) -> None:
    assert models.fitness(model, firmware)[0] is fitness


def test_the_oldest_is_named_where_it_is_known() -> None:
    assert models.fitness("A08S", "108.30.10.1")[1] == "108.30.10.144"
    assert models.fitness("X916", "916.30.10.114")[1] == ""
