"""What a sender is told: a status, one counted reason, and when to come again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from starlette.responses import JSONResponse, Response


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` is HTTP's; ``text`` is ``accepted``, ``repeated``, ``quarantined``,
    ``handshake`` or ``refused``; ``reason`` says why, where there is something to say.
    """

    status: int
    text: str
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def counted_as(self) -> str:
        """The word for the metrics."""
        return self.reason or self.text

    def response(self, is_empty: bool) -> Response:
        """The answer as HTTP; the status text stands in a header too, for empty ones."""
        headers = {**self.headers, "Vouch-Status": self.text}
        if self.reason:
            headers["Vouch-Reason"] = self.reason
        if is_empty:
            return Response(status_code=self.status, headers=headers)
        said = {"status": self.text} | ({"reason": self.reason} if self.reason else {})
        return JSONResponse(said, self.status, headers)


class Refused(Exception):
    """A delivery that is not taken; the sender may try again where that can help."""

    def __init__(
        self, status: int, reason: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        super().__init__(reason)
        self.answer = Answer(status, "refused", reason, headers)
