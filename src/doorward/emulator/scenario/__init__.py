"""The scenario API and the wall: people's and tests' hands on pretend devices."""

from doorward.emulator.scenario.app import scenario_app

__all__ = ["scenario_app"]
