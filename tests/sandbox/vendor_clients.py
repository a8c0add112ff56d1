"""What a client of each vendor does first, as short functions for the protocol tests."""

from collections.abc import Callable
from dataclasses import dataclass, field

import requests

from sandbox.credentials import Credentials
from sandbox.server import Sandbox

Ask = Callable[..., requests.Response]


@dataclass(frozen=True)
class Known:
    """A sandbox of which only the address is known, such as one in another process."""

    base_url: str
    credentials: Credentials = field(default_factory=Credentials)


Served = Sandbox | Known


def tokens(sandbox: Served, **grant: str) -> requests.Response:
    """Bullhorn's answer to a token request."""
    known = sandbox.credentials
    client = {
        "client_id": known.bullhorn_client_id,
        "client_secret": known.bullhorn_client_secret,
    }
    return requests.post(f"{sandbox.base_url}/bullhorn/oauth/token", params={**client, **grant})


def authorised(sandbox: Served, password: str | None = None) -> requests.Response:
    """Bullhorn's answer to the headless login."""
    known = sandbox.credentials
    return requests.get(
        f"{sandbox.base_url}/bullhorn/oauth/authorize",
        params={
            "client_id": known.bullhorn_client_id,
            "response_type": "code",
            "action": "Login",
            "username": known.bullhorn_username,
            "password": password or known.bullhorn_password,
        },
        allow_redirects=False,
    )


def bullhorn(sandbox: Served) -> Ask:
    """A logged-in GET under Bullhorn's REST address."""
    code = authorised(sandbox).headers["Location"].split("code=")[1].split("&")[0]
    granted = tokens(sandbox, grant_type="authorization_code", code=code).json()
    login = requests.post(
        f"{sandbox.base_url}/bullhorn/rest-services/login",
        params={"version": "*", "access_token": granted["access_token"]},
    ).json()
    session = requests.Session()
    session.headers["BhRestToken"] = login["BhRestToken"]
    return lambda path, **params: session.get(login["restUrl"] + path, params=params)


def typeform(sandbox: Served) -> Ask:
    """An authorised GET at Typeform."""
    headers = {"Authorization": f"Bearer {sandbox.credentials.typeform_token}"}
    base = f"{sandbox.base_url}/typeform/"
    return lambda path, **params: requests.get(base + path, params=params, headers=headers)


def xero(sandbox: Served) -> Ask:
    """An authorised GET at Xero's Accounting API; ``since`` becomes If-Modified-Since."""
    known = sandbox.credentials
    granted = requests.post(
        f"{sandbox.base_url}/xero/connect/token",
        data={"grant_type": "client_credentials"},
        auth=(known.xero_client_id, known.xero_client_secret),
    ).json()
    headers = {
        "Authorization": f"Bearer {granted['access_token']}",
        "xero-tenant-id": known.xero_tenant_id,
    }

    def get(path: str, since: str | None = None, **params: str | int) -> requests.Response:
        conditional = {"If-Modified-Since": since} if since else {}
        return requests.get(
            f"{sandbox.base_url}/xero/api.xro/2.0/{path}",
            params=params,
            headers={**headers, **conditional},
        )

    return get
