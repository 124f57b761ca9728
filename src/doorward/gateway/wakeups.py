"""Hearing the database's wake-ups. One lost only delays: every subscriber also looks by itself."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql

logger = logging.getLogger(__name__)

# Words of a wake-up; none at all means "look at everything".
Hear = Callable[[str, Sequence[str]], None]
RETRY_SECONDS = 1.0


async def listen(database: str, channels: Sequence[str], hear: Hear) -> None:
    """Listen for ever; after a lost connection everything is looked at once."""
    while True:
        try:
            await _listen_once(database, channels, hear)
        except psycopg.OperationalError as loss:
            logger.warning("lost the wake-ups: %s", type(loss).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _listen_once(database: str, channels: Sequence[str], hear: Hear) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        for channel in channels:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            hear(channel, ())
        async for note in connection.notifies():
            hear(note.channel, note.payload.split())
