"""Stands for dbt's ``adapter`` while sqlfluff renders models: a dispatched macro becomes a call."""

from collections.abc import Callable


def dispatch(macro: str) -> Callable[..., str]:
    """A macro that renders as a call of that name on its first argument; a hint without is none."""

    def call(*arguments: object) -> str:
        if not arguments:
            return ""
        return f"{macro}({arguments[0]})" if isinstance(arguments[0], str) else f"{macro}(payload)"

    return call
