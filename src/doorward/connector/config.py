"""What a connector is started with, and the paths in its data folder."""

import argparse
from dataclasses import dataclass
from pathlib import Path

HIGHEST_PORT = 65_535


@dataclass(frozen=True)
class Config:
    """`code` is the one-time code of enrolment, empty once the connector is enrolled."""

    cloud: str
    folder: Path
    code: str = ""
    code_file: Path | None = None
    # Where devices may call, None for nowhere.
    calls: tuple[str, int] | None = None

    @property
    def key_file(self) -> Path:
        return self.folder / "key.pem"

    @property
    def vault_file(self) -> Path:
        return self.folder / "vault.key"

    @property
    def spool_file(self) -> Path:
        return self.folder / "spool.db"

    def one_time_code(self) -> str:
        """Return the code given or found in the file now; empty while there is none."""
        if self.code:
            return self.code
        if self.code_file is None or not self.code_file.exists():
            return ""
        return self.code_file.read_text(encoding="utf-8").strip()


def read(argv: list[str]) -> Config:
    """Read the command line; exits with its usage where it is wrong."""
    parser = argparse.ArgumentParser(
        prog="doorward connector",
        description="Look after the devices of a site and keep them in step with the cloud.",
    )
    parser.add_argument("--cloud", required=True, help="address of the link, as wss://host/link")
    parser.add_argument("--data", required=True, type=Path, help="folder of the connector")
    code = parser.add_mutually_exclusive_group()
    code.add_argument("--code", default="", help="one-time code, needed until enrolled")
    code.add_argument("--code-file", type=Path, help="file with the one-time code")
    parser.add_argument(
        "--calls",
        type=_place,
        metavar="HOST:PORT",
        help="listen here for the calls of devices (their action URLs), such as 0.0.0.0:8088",
    )
    given = parser.parse_args(argv)
    if not given.cloud.startswith(("ws://", "wss://")):
        parser.error("--cloud must begin with ws:// or wss://")
    return Config(given.cloud, given.data, given.code, given.code_file, given.calls)


def _place(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError("wants an address and a port, such as 0.0.0.0:8088")
    return host, int(port)
