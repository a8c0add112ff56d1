"""Rules that hold of every public mart, whatever its columns are."""

from collections.abc import Sequence

from expectations.rules import Rule, never

NO_EMAIL = "no_email_address"

# Types that cannot hold text; every other column is searched as text.
_TEXTLESS = ("INT", "DECIMAL", "DOUBLE", "FLOAT", "BOOLEAN", "DATE", "TIME", "HUGEINT")


def no_email_address(columns: Sequence[tuple[str, str]]) -> Rule:
    """No column, given as (name, DuckDB type), holds anything like an e-mail address."""
    texts = [name for name, kind in columns if not _is_textless(kind)]
    condition = " or ".join(f"cast(\"{name}\" as varchar) like '%@%'" for name in texts)
    return never(NO_EMAIL, condition or "false", "no '@' in any text")


def _is_textless(kind: str) -> bool:
    # A list, struct or map of numbers is searched too: its type has a bracket.
    upper = kind.upper()
    scalar = "[" not in upper and not upper.startswith(("STRUCT", "MAP", "UNION"))
    return scalar and any(word in upper for word in _TEXTLESS)
