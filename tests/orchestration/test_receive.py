"""Secrets that would let others in: the receiver does not start with them, and says why."""

from pathlib import Path

import pytest

from orchestration import settings
from orchestration.receive import receive


def typeform(secret: str, name: str = "typeform", url: str = "https://api.typeform.com") -> str:
    """A section of ``vouch.toml``."""
    return (
        f'[sources.{name}]\nvendor = "typeform"\ntoken = "x"\nurl = "{url}"\n'
        f'webhook_secrets = ["{secret}"]\n'
    )


SHIPPED = "sandbox-typeform-webhook"
ON_THIS_MACHINE = "http://127.0.0.1:8787/typeform"


@pytest.mark.parametrize(
    ("sources", "host", "says"),
    [
        (typeform(SHIPPED), "127.0.0.1", "known to everybody"),
        (typeform(SHIPPED, url=ON_THIS_MACHINE), "0.0.0.0", "known to everybody"),
        (typeform("short"), "127.0.0.1", "5 characters, fewer than 16"),
        ('[sources.own]\nwebhook_secrets = ["whsec_c2hvcnQ="]\n', "127.0.0.1", "5 bytes, not 24"),
        ('[sources.own]\nwebhook_secrets = ["no base64!"]\n', "127.0.0.1", "whsec_ and base64"),
        (
            typeform("the same for both", "one") + typeform("the same for both", "two"),
            "127.0.0.1",
            r"\[sources.two\] webhook_secrets: \[sources.one\] has the same",
        ),
    ],
)
def test_a_secret_that_would_let_others_in_is_refused(
    tmp_path: Path, sources: str, host: str, says: str
) -> None:
    config = tmp_path / "vouch.toml"
    config.write_text('tenant = "t"\n' + sources, encoding="utf-8")
    found = settings.load({"VOUCH_CONFIG": str(config), "VOUCH_HOME": str(tmp_path)})
    with pytest.raises(settings.SettingsError, match=says) as raised:
        receive(found, host, 0, lambda line: None)
    assert "the same for both" not in str(raised.value)
    # It is refused before anything is opened.
    assert list(tmp_path.iterdir()) == [config]
