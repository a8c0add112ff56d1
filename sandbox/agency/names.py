"""Word lists for people, companies and jobs."""

_FIRST = """
Aisha Albert Amelia Anders Anna Asha Ben Bianca Carla Chen Chloe Daniel Diego Dina Elena
Emma Erik Farah Felix Fiona Freya George Grace Hana Harry Hugo Ines Isaac Ivan Jack Jana
Jonas Julia Kai Karim Lara Leo Lily Lucas Maja Malik Maria Mark Mei Milan Nadia Nina Noah
Nora Oliver Omar Paula Petra Rafael Rosa Ryan Samuel Sara Sofia Tariq Theo Tom Uma Vera
Yusuf Zoe
"""

_LAST = """
Abbott Ahmed Archer Bailey Banerjee Barnes Becker Bell Bennett Braun Brooks Carter Chan
Clarke Costa Cruz Dawson Diaz Dixon Duarte Ellis Evans Fischer Foster Fraser Garcia Gibson
Gray Hall Hansen Harper Hayes Hughes Hussain Iyer Jansen Jensen Keller Khan Kovacs Kumar
Lambert Larsen Lewis Lopez Marsh Martin Meyer Mills Moreau Murphy Nguyen Novak Okafor Olsen
Owens Patel Price Quinn Reid Rossi Russell Santos Schmidt Shah Singh Sousa Stone Svensson
Turner Walsh Weber Wong Wright Young Zhang
"""

_COMPANY = """
Alder Amber Anchor Arrow Aspen Atlas Bay Beacon Birch Bridge Cairn Cedar Chalk Cobalt
Compass Copper Coral Crest Delta Ember Falcon Fern Flint Forge Garnet Granite Harbour Hazel
Heron Hill Iris Ivory Juniper Kestrel Lark Laurel Linden Lotus Maple Marble Meadow Mercury
Moss North Oak Onyx Orchard Osprey Pearl Pine Quarry Quartz Raven Ridge River Rowan Saffron
Sage Sierra Slate Spruce Sterling Summit Swift Thistle Timber Topaz Vale Violet Willow Wren
Zephyr
"""

_TRADE = """
Analytics Capital Care Digital Energy Engineering Foods Freight Health Insurance Labs Legal
Logistics Media Payments Pharma Retail Software Systems Travel
"""

_TITLE = """
Accountant, Backend Engineer, Business Analyst, Care Manager, Data Analyst, Data Engineer,
Delivery Lead, Finance Manager, Frontend Engineer, HR Adviser, Legal Counsel, Marketing
Manager, Mechanical Engineer, Payroll Specialist, Product Manager, Project Manager, QA
Engineer, Sales Executive, Security Engineer, Supply Planner
"""

FIRST = tuple(_FIRST.split())
LAST = tuple(_LAST.split())
COMPANY = tuple(_COMPANY.split())
TRADE = tuple(_TRADE.split())
TITLE = tuple(title.strip() for title in _TITLE.replace("\n", " ").split(","))
SENIORITY = ("Junior", "", "", "Senior", "Lead")
CONTACT_TITLE = ("HR Director", "Head of Talent", "Hiring Manager", "Finance Director", "CTO")
