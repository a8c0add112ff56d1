"""The agency's days in order: clients won, candidates arriving, jobs filled. Money comes later."""

import heapq
from datetime import datetime

from sandbox.agency.calendar import SPAN_END, SPAN_START, after
from sandbox.agency.candidates import arrive
from sandbox.agency.cast import Candidate, Client
from sandbox.agency.clients import lose_lead, win_client
from sandbox.agency.dice import Dice
from sandbox.agency.jobs import open_job, present
from sandbox.agency.people import hire_recruiters
from sandbox.agency.placements import place
from sandbox.agency.plan import CLIENT_GROWTH, AgencyPlan
from sandbox.agency.world import World

# A candidate who was not hired is put forward again for so many days.
SHELF_LIFE_DAYS = 240


def live(plan: AgencyPlan) -> World:
    """All that happened from the first to the last day, surveys and money excepted."""
    world = World()
    hire_recruiters(world, Dice(plan.seed, "recruiters"), plan.size.recruiters)
    _Days(plan, world).run()
    return world


class _Days:
    """A queue of dated events; each may put further ones on the queue."""

    def __init__(self, plan: AgencyPlan, world: World) -> None:
        self.plan = plan
        self.world = world
        self.clients = Dice(plan.seed, "clients")
        self.candidates = Dice(plan.seed, "candidates")
        self.jobs = Dice(plan.seed, "jobs")
        self.placements = Dice(plan.seed, "placements")
        self.queue: list[tuple[datetime, int, str, Client | None]] = []
        self.available: list[Candidate] = []

    def run(self) -> None:
        """Work the queue off."""
        self._announce()
        while self.queue:
            at, _, kind, client = heapq.heappop(self.queue)
            if kind == "client":
                won = win_client(self.world, self.clients, self.plan, at)
                self._push(self.jobs.in_hours(after(at, self.jobs.between(2, 20))), "job", won)
            elif kind == "lead":
                lose_lead(self.world, self.clients, at)
            elif kind == "candidate":
                self.available.append(arrive(self.world, self.candidates, self.plan, at))
            elif client is not None:
                self._job(client, at)

    def _announce(self) -> None:
        size = self.plan.size
        for number in range(size.clients):
            old = number < size.clients * 2 // 5
            last = SPAN_START if old else after(SPAN_END, -60)
            self._push(self.clients.moment(after(SPAN_START, 0 if old else 30), last), "client")
            if number % 3 == 0:
                self._push(self.clients.moment(after(SPAN_START, 60), after(SPAN_END, -30)), "lead")
        for _ in range(size.candidates):
            self._push(self.candidates.moment(SPAN_START, after(SPAN_END, -12)), "candidate")

    def _push(self, at: datetime, kind: str, client: Client | None = None) -> None:
        if at < SPAN_END:
            heapq.heappush(self.queue, (at, self.world.next_id("event"), kind, client))

    def _job(self, client: Client, at: datetime) -> None:
        job = open_job(self.world, self.jobs, client, at)
        hired = present(self.world, self.jobs, self.plan, job, self._pool(at))
        if hired is not None:
            placement = place(self.world, self.placements, self.plan, hired)
            if placement.status != "Canceled":
                self.available = [c for c in self.available if c is not hired.candidate]
        following = self.jobs.in_hours(after(at, 2 + self.jobs.gap_days(self._gap(client, at))))
        if following < client.active_until:
            self._push(following, "job", client)

    def _gap(self, client: Client, at: datetime) -> float:
        """Mean days to the client's next job: clients who promote buy more every year."""
        planted = self.plan.effects.promoting_clients_return
        growth = CLIENT_GROWTH[client.band if planted else "unplanted"]
        years = (at - client.added).days / 365
        return self.plan.size.days_between_jobs / float(growth**years)

    def _pool(self, at: datetime) -> list[Candidate]:
        oldest = after(at, -SHELF_LIFE_DAYS)
        self.available = [c for c in self.available if c.added > oldest]
        return self.available
