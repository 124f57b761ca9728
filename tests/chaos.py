"""A relay on the way of a WebSocket that repeats, delays, drops and cuts: a bad line, and worse.

It works on frames as bytes, so that it can cut one in the middle, and touches nothing but text
frames. Within one connection order is kept, as TCP keeps it; frames of a connection whose other
end is gone may still arrive when the next one stands.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

# How many times as long as in the suite things are broken.
TIMES = int(os.environ.get("FAULTS", "1"))
_TEXT = 1
_LONGEST_LINGER = 0.3
_AFTER_A_DROP = 0.3


class Mood(Enum):
    """What becomes of a text frame."""

    DELIVER = "deliver"
    REPEAT = "repeat"
    DELAY = "delay"
    # Swallowed, and what follows arrives, until the line is cut a little later: TCP never does
    # this, but what stands between two ends may.
    DROP = "drop"
    CUT_BEFORE = "cut before"
    CUT_INSIDE = "cut inside"
    CUT_AFTER = "cut after"
    # The nearer end is gone at once, and this frame arrives all the same, later.
    LINGER = "linger"


# Says what becomes of the next frame; `up` is towards the cloud.
Choose = Callable[[bool], Mood]


@dataclass
class Chaos:
    """Relays from `port` to `upstream`; `did` counts what was done to frames."""

    upstream: int
    choose: Choose = lambda up: Mood.DELIVER
    delay: float = 0.05
    port: int = 0
    did: dict[Mood, int] = field(default_factory=lambda: dict.fromkeys(Mood, 0))
    _server: asyncio.Server | None = None
    _lines: set["_Line"] = field(default_factory=set)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()

    def cut(self) -> None:
        """Cut every line there is."""
        for line in list(self._lines):
            line.cut()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.transport.abort()
            return
        line = _Line(self, writer, far_writer)
        self._lines.add(line)
        try:
            await asyncio.gather(
                line.carry(reader, far_writer, up=True), line.carry(far_reader, writer, up=False)
            )
        except (OSError, EOFError, _Cut):
            pass
        finally:
            line.cut()
            self._lines.discard(line)


class _Cut(Exception):
    """The line is to be cut now."""


class _Line:
    def __init__(self, chaos: Chaos, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._chaos = chaos
        self._near = near
        self._far = far

    def cut(self) -> None:
        for writer in (self._near, self._far):
            with contextlib.suppress(RuntimeError):
                writer.transport.abort()

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool
    ) -> None:
        writer.write(await reader.readuntil(b"\r\n\r\n"))
        while True:
            frame = await _frame(reader)
            mood = self._chaos.choose(up) if frame[0] & 15 == _TEXT else Mood.DELIVER
            self._chaos.did[mood] += 1
            await self._treat(mood, frame, writer)

    async def _treat(self, mood: Mood, frame: bytes, writer: asyncio.StreamWriter) -> None:
        if mood is Mood.CUT_BEFORE:
            raise _Cut
        if mood is Mood.DROP:
            asyncio.get_running_loop().call_later(_AFTER_A_DROP, self.cut)
            return
        if mood is Mood.CUT_INSIDE:
            frame = frame[: len(frame) // 2]
        elif mood is Mood.DELAY:
            await asyncio.sleep(self._chaos.delay)
        elif mood is Mood.LINGER:
            (self._near if writer is self._far else self._far).transport.abort()
            await asyncio.sleep(min(_LONGEST_LINGER, 2 * self._chaos.delay))
        writer.write(frame * 2 if mood is Mood.REPEAT else frame)
        await writer.drain()
        if mood in (Mood.CUT_INSIDE, Mood.CUT_AFTER, Mood.LINGER):
            # What was written is on its way: only an abort would take it back.
            await asyncio.sleep(0.005)
            raise _Cut


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """Return the bytes of a whole frame (RFC 6455, section 5.2)."""
    head = await reader.readexactly(2)
    size, masked = head[1] & 127, head[1] & 128
    more = await reader.readexactly({126: 2, 127: 8}.get(size, 0))
    if more:
        size = int.from_bytes(more, "big")
    return head + more + await reader.readexactly(size + (4 if masked else 0))
