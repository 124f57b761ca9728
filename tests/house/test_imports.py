"""The import ladder holds."""

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

SETTINGS = Path(__file__).parents[2] / "pyproject.toml"


def test_nothing_imports_upwards(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would silence the loggers of everybody else, for all tests that follow.
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda verbose: None)
    status = lint_imports(config_filename=str(SETTINGS), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
