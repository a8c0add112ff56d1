"""How a check is called in a verdict."""


def suite_check_name(mart: str, rule: str) -> str:
    """The name of a rule about one mart."""
    return f"suite:{mart}:{rule}"
