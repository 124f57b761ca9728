"""The connector's process: puts its parts together and ends them in order."""

import asyncio
import logging
import signal
import sqlite3
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.connector import config as command_line
from doorward.connector.action_urls import ActionUrls
from doorward.connector.clock import CloudClock
from doorward.connector.config import Config
from doorward.connector.drivers.registry import DRIVERS
from doorward.connector.keys import own_key
from doorward.connector.link import EnrolmentRefused, Link
from doorward.connector.orders import Orders
from doorward.connector.site import Site
from doorward.connector.spool import Spool
from doorward.connector.vault import Vault

logger = logging.getLogger(__name__)

REFUSED = 2


def main(argv: list[str]) -> int:
    """Run until told to stop; return 2 where the one-time code is refused, 1 for a bad folder."""
    config = command_line.read(argv)
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        config.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = own_key(config.key_file)
        spool = Spool(config.spool_file, Vault(config.vault_file))
    except (OSError, ValueError, sqlite3.Error) as refusal:
        logger.error("cannot work in %s: %s", config.folder, refusal)
        return 1
    try:
        return asyncio.run(_serve(config, key, spool))
    finally:
        spool.close()


async def _serve(config: Config, key: Ed25519PrivateKey, spool: Spool) -> int:
    clock = CloudClock()
    calls = ActionUrls(spool, clock, config.calls)
    site = Site(spool, clock, DRIVERS, calls)
    orders = Orders(spool, site, clock)
    orders.settle_interrupted()
    site.start()
    link = asyncio.create_task(
        Link(config, key, spool, site=site, orders=orders, clock=clock).run(), name="link"
    )
    listening = asyncio.create_task(calls.run(), name="calls")
    stopped = _stop_signal()
    await asyncio.wait([link, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await orders.stop()
    listening.cancel()
    link.cancel()
    await asyncio.wait([link], timeout=1.0)
    await site.stop()
    return _result(link)


def _stop_signal() -> asyncio.Task[bool]:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return asyncio.create_task(stop.wait())


def _result(link: asyncio.Task[None]) -> int:
    if link.cancelled():
        return 0
    fault = link.exception()
    if isinstance(fault, EnrolmentRefused):
        logger.error("the one-time code is refused (%s). Ask for a new one in the cloud.", fault)
        return REFUSED
    logger.critical("the connector broke", exc_info=fault)
    return 1
