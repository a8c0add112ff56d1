"""Bullhorn's way in: loginInfo, OAuth with single-use refresh tokens, then a REST session."""

import time
import uuid
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.credentials import Credentials
from sandbox.limits import Limits
from sandbox.protocol.answers import json
from sandbox.protocol.bullhorn_errors import bad_token, no_token, oauth_refused, refused

_LOGIN_PAGE = """<!DOCTYPE html><html><head><title>Bullhorn Login</title></head><body>
<form method="post" action="authorize"><p class="error">Invalid login or password.</p>
<input name="username"><input name="password" type="password"></form></body></html>"""
CORPORATION = "e999"


class Login:
    """Codes, tokens and sessions that were handed out; a code or refresh token works once."""

    def __init__(self, credentials: Credentials, limits: Limits) -> None:
        self._credentials = credentials
        self._limits = limits
        self._codes: set[str] = set()
        self._refresh_tokens: set[str] = set()
        self._access_tokens: dict[str, float] = {}
        self._sessions: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """The routes of the OAuth server and of the session login."""
        both = ["GET", "POST"]
        return [
            Route("/rest-services/loginInfo", self.login_info),
            Route("/oauth/authorize", self.authorize, methods=both),
            Route("/oauth/token", self.token, methods=["POST"]),
            Route("/rest-services/login", self.login, methods=both),
            Route(f"/rest-services/{CORPORATION}/ping", self.ping),
            Route(f"/rest-services/{CORPORATION}/logout", self.logout, methods=both),
        ]

    def expire(self) -> None:
        """Time all sessions out, so that the next call is answered 401."""
        self._sessions.clear()

    def refusal(self, request: Request) -> Response | None:
        """None for a live session; else 412 without a token, 401 with a dead one."""
        token = _rest_token(request)
        if not token:
            return no_token()
        if self._sessions.get(token, 0) < time.monotonic():
            return bad_token()
        return None

    async def login_info(self, request: Request) -> Response:
        """Where this user's data centre is."""
        base = f"{request.url.scheme}://{request.url.netloc}/bullhorn"
        return json(
            {
                "oauthUrl": f"{base}/oauth",
                "restUrl": f"{base}/rest-services",
                "superClusterId": 1,
            }
        )

    async def authorize(self, request: Request) -> Response:
        """A code in ``Location``; the login page again when the password is wrong."""
        params = await _params(request)
        known = self._credentials
        if params.get("client_id") != known.bullhorn_client_id:
            return oauth_refused("invalid_client", "Invalid Client Id")
        given = (params.get("username"), params.get("password"))
        if given != (known.bullhorn_username, known.bullhorn_password):
            return HTMLResponse(_LOGIN_PAGE)
        code = f"25184_{uuid.uuid4()}"
        self._codes.add(code)
        answer = {"code": code, "client_id": known.bullhorn_client_id}
        if "state" in params:
            answer["state"] = params["state"]
        target = params.get("redirect_uri", "http://www.bullhorn.com/")
        return RedirectResponse(f"{target}?{urlencode(answer)}", 302)

    async def token(self, request: Request) -> Response:
        """Access and refresh token for a code or a refresh token."""
        params = await _params(request)
        known = self._credentials
        client = (params.get("client_id"), params.get("client_secret"))
        if client != (known.bullhorn_client_id, known.bullhorn_client_secret):
            return oauth_refused("invalid_client", "Invalid Client Id or Client Secret")
        kind = params.get("grant_type")
        if kind == "authorization_code":
            spent, handed_out, what = params.get("code", ""), self._codes, "authorization code"
        elif kind == "refresh_token":
            spent, handed_out = params.get("refresh_token", ""), self._refresh_tokens
            what = "refresh token"
        else:
            return oauth_refused("unsupported_grant_type", f"Unsupported grant type: {kind}")
        if spent not in handed_out:
            return oauth_refused("invalid_grant", f"Invalid, expired, or revoked {what}.")
        handed_out.discard(spent)
        return json(self._grant())

    def _grant(self) -> dict[str, str | int]:
        access, refresh = f"25184_{uuid.uuid4()}", f"25184_{uuid.uuid4()}"
        seconds = self._limits.bullhorn_token_seconds
        self._access_tokens[access] = time.monotonic() + seconds
        self._refresh_tokens.add(refresh)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(seconds),
            "refresh_token": refresh,
        }

    async def login(self, request: Request) -> Response:
        """A REST session for an access token."""
        params = await _params(request)
        if not params.get("version"):
            return refused(400, "Missing 'version' parameter.", "errors.missingVersion")
        if self._access_tokens.get(params.get("access_token", ""), 0) < time.monotonic():
            key = "errors.authentication.invalidOAuthToken"
            return refused(400, "Invalid or expired OAuth access token.", key)
        session = str(uuid.uuid4())
        self._sessions[session] = time.monotonic() + self._limits.bullhorn_session_seconds
        base = f"{request.url.scheme}://{request.url.netloc}/bullhorn"
        return json({"BhRestToken": session, "restUrl": f"{base}/rest-services/{CORPORATION}/"})

    async def ping(self, request: Request) -> Response:
        """When the session ends, epoch ms."""
        refusal = self.refusal(request)
        if refusal:
            return refusal
        left = self._sessions[_rest_token(request)] - time.monotonic()
        return json({"sessionExpires": int((time.time() + left) * 1000)})

    async def logout(self, request: Request) -> Response:
        """End the session."""
        self._sessions.pop(_rest_token(request), None)
        return json({"logout": "OK"})


def _rest_token(request: Request) -> str:
    found = request.headers.get("BhRestToken") or request.query_params.get("BhRestToken")
    return found or request.cookies.get("BhRestToken", "")


async def _params(request: Request) -> dict[str, str]:
    params = dict(request.query_params)
    if request.method == "POST":
        body = (await request.body()).decode("utf-8", "replace")
        params |= dict(QueryParams(body))
    return params
