"""HTTP as all vendors need it: dlt's retrying session, a pace, and limits that fail loudly."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.requests.session import Session
from dlt.sources.helpers.rest_client.auth import AuthConfigBase
from dlt.sources.helpers.rest_client.client import RESTClient
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

T = TypeVar("T")


class LimitExhausted(Exception):
    """The vendor asks to wait longer than a run may sleep (a daily quota, say)."""


@dataclass(frozen=True, slots=True)
class Http:
    """How patiently to talk to one account.

    Args:
        max_attempts: tries per request before giving up (429, 5xx, broken connections).
        backoff_seconds: factor of the exponential wait where the vendor names none.
        max_wait_seconds: the longest single wait; a longer ``Retry-After`` fails the run.
        timeout_seconds: per request.
        requests_per_second: the pace kept from our side, None for the vendor's own.
        tokens: folder for rotating refresh tokens, one file per account.
    """

    tokens: Path
    max_attempts: int = 5
    backoff_seconds: float = 1.0
    max_wait_seconds: float = 60.0
    timeout_seconds: float = 60.0
    requests_per_second: float | None = None

    def session(self, default_pace: float) -> Session:
        """A session that retries, keeps the pace (requests/s) and refuses endless waits."""
        client = Client(
            raise_for_status=False,
            request_timeout=self.timeout_seconds,
            request_max_attempts=self.max_attempts,
            request_backoff_factor=self.backoff_seconds,
            request_max_retry_delay=self.max_wait_seconds,
        )
        session = client.session
        adapter = _PacedAdapter(self.requests_per_second or default_pace, self.max_wait_seconds)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session


class RenewingAuth(AuthConfigBase):
    """Sends a token in a header, and asks for a new one when the vendor says 401.

    dlt's own OAuth classes neither rotate refresh tokens nor renew on 401 in mid-pull.
    """

    def __init__(self, header: str, issue: Callable[[], str]) -> None:
        super().__init__()
        self._header = header
        self._issue = issue
        self._token: str | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._token is None:
            self._token = self._issue()
        request.headers[self._header] = self._token
        request.hooks["response"].append(self._renew)
        return request

    def _renew(self, response: Response, **kwargs: Any) -> Response:
        refused = response.request
        if response.status_code != 401 or getattr(refused, "renewed", False):
            return response
        # One thread pulls an account, so a 401 always concerns the newest token.
        self._token = self._issue()
        again = refused.copy()
        again.headers[self._header] = self._token
        again.renewed = True  # type: ignore[attr-defined]
        _ = response.content  # frees the connection for the retry
        answer: Response = response.connection.send(again, **kwargs)
        answer.history.append(response)
        return answer


def decoded(content: bytes, shape: type[T]) -> T:
    """The answer's body as ``shape``; raises ``msgspec.DecodeError`` when it is not that."""
    return msgspec.json.decode(content, type=shape)


class RawClient(RESTClient):
    """dlt's client, whose pages are lists of ``msgspec.Raw``: the vendor's own bytes.

    dlt's decoding into dicts would be thrown away again; it was about 1 s of a profiled 7.
    The selector is the name of the list in the answer, or ``$`` for the answer itself.
    """

    def extract_response(self, response: Response, data_selector: Any) -> list[Any]:
        """The records of an answer. Raises ``msgspec.DecodeError`` when there are none."""
        if data_selector == "$":
            return [decoded(response.content, msgspec.Raw)]
        members = decoded(response.content, dict[str, msgspec.Raw])
        if data_selector not in members:
            raise msgspec.ValidationError(f"Object missing required field `{data_selector}`")
        return decoded(bytes(members[data_selector]), list[msgspec.Raw])


def get_once(client: RESTClient, path: str, params: dict[str, Any]) -> Response:
    """A request that is not repeated by itself: reading a queue takes from it each time."""
    session = client.session
    request = session.prepare_request(client._create_request(path, "GET", params=params))
    settings = session.merge_environment_settings(request.url, {}, None, None, None)
    # dlt's retries wrap the method of this one session, not of its class.
    return type(session).send(session, request, **settings)


class _PacedAdapter(HTTPAdapter):
    """Spaces requests evenly: vendors count per second or minute, and bursts earn 429."""

    def __init__(self, requests_per_second: float, longest_wait: float) -> None:
        super().__init__()
        self._interval = 1.0 / requests_per_second
        self._longest_wait = longest_wait
        self._next = 0.0

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        now = time.monotonic()
        if self._next > now:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._interval
        response = super().send(request, *args, **kwargs)
        waits = response.headers.get("Retry-After", "")
        # dlt would cut the wait short and spend its tries on more refusals.
        if response.status_code == 429 and waits.isdigit() and int(waits) > self._longest_wait:
            raise LimitExhausted(
                f"answered 429 and asks to wait {waits} s, longer than the "
                f"{self._longest_wait:g} s a run may wait"
            )
        return response
