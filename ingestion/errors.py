"""What can go wrong while reading a source. The message says what, where and what to do."""


class SourceError(Exception):
    """A source could not be read; nothing of this attempt is visible in landing.

    Args:
        source: configured name of the account, as in ``vouch.toml``.
        entity: landing entity, or ``-`` when the account as a whole failed.
        problem: what was seen, without personal values.
        remedy: what the operator should do next.
    """

    def __init__(self, source: str, entity: str, problem: str, remedy: str) -> None:
        super().__init__(f"{source}.{entity}: {problem} {remedy}")
        self.source = source
        self.entity = entity


class DropError(Exception):
    """A dropped file was refused as a whole; it is kept, with this message beside it."""


def fault(error: BaseException) -> str:
    """Kind and place of what nobody foresaw, as ``KeyError at bullhorn.py:97``.

    For logs: the error's own words may repeat a value of the data.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = trace.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{type(error).__name__} at {file}:{trace.tb_lineno}"
