"""What became of a request to a source, as a ``SourceError``: what, where, and what to do."""

from urllib.parse import urlparse

import msgspec
import requests

from ingestion.connection import LimitExhausted
from ingestion.errors import SourceError

_Broken = requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError


def explained(source: str, entity: str, tries: int, failure: BaseException) -> SourceError:
    """The failure, or what caused it, in the operator's words.

    Args:
        source: name of the account.
        entity: landing entity, or ``-``.
        tries: how often a request was made before giving up.
        failure: what was raised.
    """
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, SourceError):
            return cause
        if isinstance(cause, LimitExhausted):
            return SourceError(
                source,
                entity,
                f"{cause}.",
                "Run again after that, or raise the quota.",
            )
        if isinstance(cause, requests.HTTPError) and cause.response is not None:
            return _refused(source, entity, tries, cause.response)
        if isinstance(cause, _Broken):
            return SourceError(
                source,
                entity,
                f"no answer ({type(cause).__name__}) after {tries} tries.",
                "Check the address in vouch.toml and that the service is up, then run again.",
            )
        if isinstance(cause, requests.JSONDecodeError | msgspec.DecodeError | ValueError):
            return SourceError(
                source,
                entity,
                f"the answer is not the JSON that was asked for ({cause}).",
                "If it repeats, look whether the address leads to the API and not to a web page.",
            )
        cause = cause.__cause__ or cause.__context__
    return SourceError(source, entity, f"{failure}", "This is unexpected; see the log.")


def _refused(source: str, entity: str, tries: int, response: requests.Response) -> SourceError:
    path = urlparse(response.url).path
    status = response.status_code
    if status in (401, 403):
        remedy = "Check the credentials in vouch.toml and the environment, and their scopes."
    elif status == 429:
        remedy = "The vendor's limit is used up; run again later or lower requests_per_second."
    elif status >= 500:
        remedy = f"The vendor failed {tries} times; run again later."
    else:
        remedy = "The request is not accepted; check the account's address in vouch.toml."
    return SourceError(source, entity, f"{path} answered {status}.", remedy)
