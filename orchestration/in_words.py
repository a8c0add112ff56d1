"""Headline figures as people say them: titles, cuts, and values with their unit."""

from collections.abc import Mapping

_SHARES = {
    "referral_share",
    "referral_share_new_clients",
    "retention_365d",
    "logo_retention",
    "nrr",
    "grr",
    "earned_growth_rate",
}
_TITLES = {
    "nps": "NPS",
    "cost_per_hire_external_gross": "external cost per hire",
    "cost_per_hire_gross": "cost per hire with internal costs",
    "cost_per_hire_net": "the same, net of fall-offs",
    "cost_per_hire_difference": "cost per hire, referred less others",
    "referral_share": "placements by referral",
    "retention_365d": "placements that last a year",
    "advocacy_coefficient": "successful referrals per placed person",
    "logo_retention": "clients kept, 12 months",
    "nrr": "net revenue retention",
    "grr": "gross revenue retention",
    "earned_growth_rate": "earned growth",
    "referral_share_new_clients": "new clients by referral",
}


def title(metric: str) -> str:
    """What a headline figure is called; its own name where it has no other."""
    return _TITLES.get(metric, metric)


def cut(dimensions: Mapping[str, str]) -> str:
    """Of whom the figure is, without repeating: audience "client", population "client"."""
    said = dict.fromkeys(each for each in dimensions.values() if each != "all")
    return " · ".join(said).replace("_", " ")


def value(metric: str, number: float | None) -> str:
    """NPS with its sign, shares in per cent, anything else with two digits; nothing for none."""
    if number is None:
        return ""
    if metric == "nps":
        return f"{number:+.1f}"
    if metric in _SHARES:
        return f"{number:.1%}"
    return f"{number:,.2f}"
