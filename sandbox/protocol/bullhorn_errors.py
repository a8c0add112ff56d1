"""Bullhorn's error body: message, key and code."""

from starlette.responses import Response

from sandbox.protocol.answers import json


def refused(status: int, message: str, key: str) -> Response:
    """An error of the REST services."""
    return json({"errorMessage": message, "errorMessageKey": key, "errorCode": status}, status)


def oauth_refused(error: str, description: str) -> Response:
    """An error of the OAuth server."""
    return json({"error": error, "error_description": description}, 400)


def no_token() -> Response:
    """No BhRestToken at all."""
    return refused(412, "BhRestToken is missing.", "errors.authentication.missingRestToken")


def bad_token() -> Response:
    """A BhRestToken that is unknown or timed out."""
    key = "errors.authentication.invalidRestToken"
    return refused(401, "Bad 'BhRestToken' or timed-out.", key)


def too_many() -> Response:
    """The minute's calls are spent."""
    return refused(429, "Too many requests, wait a second and retry.", "errors.rateLimitExceeded")
