"""The generated agency: a plan in, vendor-shaped records and the truth about them out."""

from sandbox.agency.generate import Agency, generate
from sandbox.agency.plan import AgencyPlan, Effects
from sandbox.agency.truth import Truth

__all__ = ["Agency", "AgencyPlan", "Effects", "Truth", "generate"]
