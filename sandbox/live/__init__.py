"""The agency going on living: records that change by the clock, and the events that say so."""

from sandbox.live.announcer import Announcer
from sandbox.live.happenings import Change, Happened, Happenings
from sandbox.live.living import Disturbance, Living
from sandbox.live.service import Live

__all__ = ["Announcer", "Change", "Disturbance", "Happened", "Happenings", "Live", "Living"]
