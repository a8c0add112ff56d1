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


def test_the_hourly_pull_is_on_unless_switched_off(tmp_path: Path) -> None:
    assert load(tmp_path, 'tenant = "t"\n').schedule.hourly
    assert not load(tmp_path, 'tenant = "t"\n[schedule]\nhourly = false\n').schedule.hourly


def test_what_was_edited_is_told_from_what_was_not(tmp_path: Path) -> None:
    # The worker starts again with other settings.
    text = 'tenant = "t"\n[sources.typeform]\ntoken = "a"\n'
    assert load(tmp_path, text) == load(tmp_path, text)
    for edited in (text.replace('"a"', '"b"'), text + '[inbox]\nurl = "sqlite:///x"\n'):
        assert load(tmp_path, edited) != load(tmp_path, text)


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
        ('tenant = "t"\n[sources.typeform]\ntoken = "t"\nwebhook_secrets = "one"\n', "array"),
        (
            'tenant = "t"\n[sources.typeform]\ntoken = "t"\nwebhook_secrets = ["a", "b", "c"]\n',
            r"\[sources.typeform\] webhook_secrets holds 3; 2 at most",
        ),
        ('tenant = "t"\n[receiver]\nmax_depth = 100000\n', r"max_depth"),
        ('tenant = "t"\n[inbox]\nfolder = "x"\n', "folder"),
        ('tenant = "t"\n[warehouse]\nmemory_limit = "plenty"\n', "memory_limit"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(settings.SettingsError, match=says):
        load(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError, match=r"nowhere\.toml"):
        settings.load({"VOUCH_CONFIG": str(tmp_path / "nowhere.toml")})


def test_webhook_secrets_are_taken_from_the_environment_and_empty_ones_dropped(
    tmp_path: Path,
) -> None:
    secrets = '["${NEW:-}", "${OLD:-}"]'
    text = f'tenant = "t"\n[sources.typeform]\ntoken = "t"\nwebhook_secrets = {secrets}\n'
    (account,) = load(tmp_path, text, NEW="fresh").accounts
    assert account.webhook_secrets == ("fresh",)
    (account,) = load(tmp_path, text).accounts
    assert account.webhook_secrets == ()


def test_the_inbox_lies_in_the_home_unless_said(tmp_path: Path) -> None:
    assert load(tmp_path, 'tenant = "t"\n').inbox_url == f"sqlite:///{tmp_path / 'inbox.sqlite'}"
    elsewhere = 'tenant = "t"\n[inbox]\nurl = "postgresql+pg8000://${USER_NAME}@db/vouch"\n'
    found = load(tmp_path, elsewhere, USER_NAME="vouch")
    assert found.inbox_url == "postgresql+pg8000://vouch@db/vouch"
