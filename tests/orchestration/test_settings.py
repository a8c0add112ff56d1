"""``vouch.toml`` and the environment: defaults, substitution, and clear refusals."""

from pathlib import Path

import pytest

from orchestration import settings


def load(tmp_path: Path, text: str, **environment: str) -> settings.Settings:
    config = tmp_path / "vouch.toml"
    config.write_text(text, encoding="utf-8")
    return settings.load({"VOUCH_CONFIG": str(config), "VOUCH_HOME": str(tmp_path), **environment})


def test_the_shipped_file_reads_the_sandbox() -> None:
    shipped = settings.REPOSITORY / "vouch.toml"
    found = settings.load({"VOUCH_CONFIG": str(shipped)})
    assert [account.name for account in found.accounts] == ["bullhorn", "typeform", "xero"]
    assert all("127.0.0.1" in account.settings.url for account in found.accounts)


def test_a_reference_is_taken_from_the_environment(tmp_path: Path) -> None:
    text = 'tenant = "t"\n[sources.typeform]\ntoken = "${TOKEN}"\nurl = "${URL:-http://x}/a"\n'
    (account,) = load(tmp_path, text, TOKEN="secret").accounts
    assert (account.settings.token, account.settings.url) == ("secret", "http://x/a")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tenant = ", "vouch.toml"),
        ('tenant = "t"\ncolour = "red"\n', "colour"),
        ('tenant = "t"\n[gate]\nmax_colour = 1\n', "max_colour"),
        ('tenant = "t"\n[sources.a]\nvendor = "nobody"\n', r"\[sources.a\].*nobody.*bullhorn"),
        ('tenant = "t"\n[sources.typeform]\n', r"\[sources.typeform\].*token"),
        ('tenant = "t"\n[sources.typeform]\ntoken = "${NOT_SET}"\n', "no NOT_SET"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(settings.SettingsError, match=says):
        load(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError, match=r"nowhere\.toml"):
        settings.load({"VOUCH_CONFIG": str(tmp_path / "nowhere.toml")})
