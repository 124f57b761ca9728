"""Carrying orders out: claimed once, sent at once, given up when overdue."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence

from doorward.devices.actions import leases, orders
from doorward.devices.actions.connectors import note_silence
from doorward.gateway import outgo, rosters
from doorward.gateway.bridge import Bridge
from doorward.gateway.heads import Heads
from doorward.gateway.sessions import Sent, Session, Sessions, progress
from doorward.gateway.together import Together
from doorward.kit import clock
from doorward.kit.rows import key_of
from doorward.protocols.link import frames

logger = logging.getLogger(__name__)

CHANNELS = ("orders", "roster", "shelf")
TICK_SECONDS = 1.0
LOOK_EVERY_TICKS = 5
SILENCE_SECONDS = 3 * frames.HEARTBEAT_SECONDS
# Connectors that are told their devices together.
ROSTERS_AT_ONCE = 25
# Seconds after which changes that did not arrive count as lost.
LOST = 30.0


class Dispatch:
    """Works for the sessions of this process; woken by the database, and looking by itself."""

    def __init__(self, bridge: Bridge, sessions: Sessions) -> None:
        self._bridge = bridge
        self._sessions = sessions
        self._heads = Heads(bridge)
        self._rosters = Together(bridge, rosters.rosters, most=ROSTERS_AT_ONCE)
        self._gaps = Together(bridge, outgo.gaps_of)
        self._changes = Together(
            bridge, outgo.changes_of, most=outgo.RENDERED, weight=lambda gap: gap.size
        )
        self._working: set[asyncio.Task[None]] = set()
        # One plan at a time for a session, or two would send the same changes.
        self._syncing: dict[int, asyncio.Lock] = {}
        # Those whose next plan waits already.
        self._due: set[int] = set()

    def hear(self, channel: str, words: Sequence[str]) -> None:
        """Act on a wake-up without keeping the listener waiting."""
        known = [key for word in words if (key := key_of(word)) is not None]
        if channel == "orders":
            # Where several fronts hear of an order, only the one with the link need ask for it.
            if not known or self._sessions.of(known):
                self._start(self.carry())
        elif channel == "roster":
            for session in self._sessions.of(known) if known else self._sessions.all():
                self._start(self.assign(session))
        elif channel == "shelf":
            moved = set(known)
            for session in self._sessions.all():
                if not known or not moved.isdisjoint(session.states):
                    self._heads.forget([session.connector])
                    self.begin_sync(session)

    async def run(self) -> None:
        """Look by itself once a second, for ever."""
        ticks = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            ticks += 1
            self._sessions.end_silent(SILENCE_SECONDS)
            # One look at a time, however slow the database is.
            await asyncio.wait([self._start(self.carry()), self._start(self._give_up())])
            if ticks % LOOK_EVERY_TICKS == 0:
                self._start(self._hand_over())
                await asyncio.wait([self._start(self._look())])

    async def carry(self) -> None:
        """Claim the orders of our connectors and send them."""
        links = self._sessions.links()
        if not links:
            return
        knowing_reboots = self._sessions.knowing(frames.REBOOTS)
        claims = await self._bridge.call(orders.claim_commands, links, knowing_reboots)
        for claim in claims:
            expires_ms = clock.milliseconds(claim.expires_at)
            order = frames.order(str(claim.command), claim.body, expires_ms=expires_ms)
            for session in self._sessions.of([claim.connector]):
                session.send(order)

    async def assign(self, session: Session) -> None:
        """Tell a connector its devices; a revoked one is shown out."""
        devices = await self._rosters.ask(session.connector)
        if devices is None:
            session.end("link.revoked", "This connector was revoked. Enrol it with a new code.")
            return
        # A device that is given to it, or to another one, is another list to hold.
        self._heads.forget([session.connector])
        session.send(frames.order("roster", devices))

    def begin_sync(self, session: Session) -> None:
        """Send a connector what its devices lack, without waiting for it."""
        if session.stated and session.connector not in self._due and self._heads.lacking(session):
            self._due.add(session.connector)
            self._start(self.sync(session))

    async def _look(self) -> None:
        """Read anew what all devices should hold, and send what is lacking."""
        sessions = self._sessions.all()
        await self._heads.read([session.connector for session in sessions])
        for session in sessions:
            self.begin_sync(session)

    async def sync(self, session: Session) -> None:
        """Send a connector what its devices lack, once it has stated what it has."""
        async with self._syncing.setdefault(session.connector, asyncio.Lock()):
            self._due.discard(session.connector)
            await self._heads.read_missing(session.connector)
            if not session.stated or not self._heads.lacking(session):
                return
            under_way = {key: sent.progress for key, sent in session.sent.items()}
            known = {**session.received, **under_way}
            gaps = await self._gaps.ask(outgo.Stand(session.connector, known))
            # Each on its own: one device's trouble must not keep the others waiting.
            if bringing := [self._start(self._bring(session, gap)) for gap in gaps]:
                await asyncio.wait(bringing)

    async def _bring(self, session: Session, gap: outgo.Gap) -> None:
        # A long list keeps nobody waiting who lacks a line.
        alone = gap.size >= outgo.COUNTED
        asked = self._bridge.call(outgo.changes, gap) if alone else self._changes.ask(gap)
        parts = await asked
        for part in parts:
            session.send(frames.order("shelf", part))
        if parts:
            session.sent[gap.device] = Sent(gap.wanted, asyncio.get_running_loop().time())

    def take_state(self, session: Session, state: frames.StateFrame) -> list[frames.DeviceState]:
        """Note what a connector says of its devices; return those that have changed."""
        session.stated = True
        if state.devices == session.last and not session.sent:
            return []
        session.last = state.devices
        changed = []
        now = asyncio.get_running_loop().time()
        for device in state.devices:
            key = key_of(device.device)
            if key is None:
                continue
            has = progress(device.epoch, device.revision)
            session.received[key] = has
            if (sent := session.sent.get(key)) and (
                sent.progress == has or (now > sent.at + LOST and session.is_idle)
            ):
                # It has arrived, or the connector refused or lost it and is sent it again.
                del session.sent[key]
            if session.states.get(key) != device:
                session.states[key] = device
                changed.append(device)
        return changed

    async def _give_up(self) -> None:
        await self._bridge.call(orders.expire_commands)
        await self._bridge.call(note_silence)

    async def _hand_over(self) -> None:
        await self._bridge.call(leases.hand_over)

    def _start(self, work: Coroutine[object, object, None]) -> "asyncio.Task[None]":
        task = asyncio.ensure_future(work)
        self._working.add(task)
        task.add_done_callback(self._finish)
        return task

    def _finish(self, task: "asyncio.Task[None]") -> None:
        self._working.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            logger.error("dispatch failed", exc_info=fault)
