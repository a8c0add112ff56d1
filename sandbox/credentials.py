"""The one account the sandbox knows at each vendor. Not secrets: they open nothing else."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Credentials:
    """What a client must present; the defaults are what ``vouch.toml`` ships with."""

    bullhorn_username: str = "vouch.sandbox"
    bullhorn_password: str = "sandbox"
    bullhorn_client_id: str = "sandbox-client"
    bullhorn_client_secret: str = "sandbox-secret"
    typeform_token: str = "sandbox-token"
    xero_client_id: str = "sandbox-client"
    xero_client_secret: str = "sandbox-secret"
    xero_tenant_id: str = "sandbox-org"
