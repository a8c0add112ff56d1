"""The agency living on by itself, and at the word of a newcomer with ``curl``."""

import threading
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.agency.dice import Dice
from sandbox.live.announcer import Announcer
from sandbox.live.happenings import Happened, Happenings
from sandbox.protocol.answers import json

_SECONDS_TO_END = 10
_LOOK_SECONDS = 0.5


class Live:
    """Makes things happen and has them announced.

    Args:
        happenings: what can happen.
        announcer: who tells of it.
        per_minute: how much happens by itself, on average; 0 for nothing.
        begin_with: nothing happens by itself before there is this file; None for at once.
    """

    def __init__(
        self,
        happenings: Happenings,
        announcer: Announcer,
        per_minute: float,
        begin_with: Path | None = None,
    ) -> None:
        self._happenings = happenings
        self._announcer = announcer
        self._per_minute = per_minute
        self._begin_with = begin_with
        self._dice = Dice(0, "live pace")
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def routes(self) -> list[Route]:
        """``POST /live/{kind}``; no vendor has this."""
        return [Route("/{kind}", self.trigger, methods=["POST"])]

    def start(self) -> None:
        """From now on things happen by themselves."""
        if self._per_minute > 0:
            self._thread.start()

    def close(self) -> None:
        """Nothing happens any more."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_SECONDS_TO_END)
        self._announcer.close()

    def trigger(self, request: Request) -> Response:
        """Make one thing happen: answer (``?score=0..10``), detractor, referral, placement,
        invoice-paid, deletion, merge or anonymisation. Says what was changed and who was told.
        """
        kind, asked = request.path_params["kind"], request.query_params.get("score")
        kinds = self._kinds(None)
        if kind not in kinds:
            return json({"error": f"no {kind!r}; there are {', '.join(kinds)}"}, 404)
        if asked is not None and not (asked.isdigit() and int(asked) <= 10):
            return json({"error": f"score={asked!r} is not a whole number from 0 to 10"}, 400)
        happened = self._kinds(None if asked is None else int(asked))[kind]()
        told = self._announcer.announce(happened.changes)
        records = [f"{x.vendor}.{x.entity} {x.record_id}" for x in happened.changes]
        return json({"happened": happened.what, "records": records, "told": told})

    def _kinds(self, score: int | None) -> dict[str, Callable[[], Happened]]:
        can = self._happenings
        return {
            "answer": lambda: can.answer(score),
            "detractor": lambda: can.detractor(score),
            "referral": can.referral,
            "placement": can.placement,
            "invoice-paid": can.invoice_paid,
            "deletion": can.deletion,
            "merge": can.merge,
            "anonymisation": can.anonymisation,
        }

    def _go_on(self) -> None:
        kinds = self._kinds(None)
        while self._begin_with is not None and not self._begin_with.exists():
            if self._is_over.wait(_LOOK_SECONDS):
                return
        often = {"answer": 6, "referral": 2, "placement": 1, "invoice-paid": 1}
        while not self._is_over.wait(self._dice.gap_days(60 / self._per_minute)):
            kind = self._dice.weighted(list(often), list(often.values()))
            self._announcer.announce(kinds[kind]().changes)
