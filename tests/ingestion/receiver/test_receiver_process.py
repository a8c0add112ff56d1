"""``vouch receive`` as a user runs it: killed, told to end, and started wrongly."""

import http.client
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from benchmarks.killing import soak
from benchmarks.receiver_process import ReceiverProcess, inbox_of
from benchmarks.typeform_events import PATH, Events, headers
from tests.conftest import VOUCH, Vouch

ROUNDS = 5
SHIPPED_SECRET = """
[sources.typeform]
token = "x"
url = "http://127.0.0.1:8787/typeform"
webhook_secrets = ["sandbox-typeform-webhook"]
"""


def test_what_was_acknowledged_survives_kill_9_and_is_there_once(tmp_path: Path) -> None:
    soaked = soak(tmp_path, ROUNDS, seed=1)
    assert (soaked.lost, soaked.twice) == (0, 0)
    # It was killed in mid-work, and there was something to lose.
    assert soaked.cut_off > 0
    assert soaked.resent > 0
    assert soaked.acknowledged == soaked.sent > 100


def test_told_to_end_it_answers_what_it_has_begun(tmp_path: Path) -> None:
    receiver = ReceiverProcess(tmp_path)
    sent = Events().body(1)
    connection = socket.create_connection(("127.0.0.1", receiver.port), timeout=30)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers(sent).items())
    request = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(sent)}\r\n\r\n"
    connection.sendall(request.encode() + sent[:100])
    codes: list[int] = []
    # Asked once it has surely begun: health answers on another connection.
    probe = http.client.HTTPConnection("127.0.0.1", receiver.port, timeout=30)
    probe.request("GET", "/health")
    assert probe.getresponse().read() == b'{"status":"ok"}'
    ending = threading.Thread(target=lambda: codes.append(receiver.end()))
    ending.start()
    ending.join(timeout=0.5)
    assert codes == []
    connection.sendall(sent[100:])
    assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    ending.join()
    assert codes == [0]
    inbox = inbox_of(tmp_path)
    assert [stored.event.body for stored in inbox.after(0)] == [sent]
    inbox.close()


def refused(tmp_path: Path, config: str, *arguments: str) -> str:
    """What the command said when it did not start."""
    (tmp_path / "vouch.toml").write_text(config, encoding="utf-8")
    vouch = Vouch(tmp_path / "home", {"VOUCH_CONFIG": str(tmp_path / "vouch.toml")})
    done = vouch("receive", "--port", "0", *arguments, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, 'tenant = "t"\n', "--port", str(port))
    assert said.startswith(f"cannot listen on 127.0.0.1 port {port}: ")
    assert "--port" in said


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ('tenant = "t"\n[inbox]\nurl = "mysql://x"\n', "postgresql+pg8000://"),
        ('tenant = "t"\n[inbox]\nurl = "sqlite:////dev/null/inbox.sqlite"\n', "cannot be made"),
        (
            'tenant = "t"\n[receiver]\nhost = "0.0.0.0"\n' + SHIPPED_SECRET,
            "known to everybody",
        ),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(tmp_path: Path, config: str, says: str) -> None:
    said = refused(tmp_path, config)
    assert says in said
    assert len(said.splitlines()) == 1


def test_it_says_which_sources_it_takes_and_which_have_no_secret(tmp_path: Path) -> None:
    (tmp_path / "vouch.toml").write_text(
        'tenant = "t"\n[sources.answers]\nvendor = "typeform"\ntoken = "x"\n'
        'webhook_secrets = ["the new secret of it", "the old secret of it"]\n'
        '[sources.typeform]\ntoken = "x"\n'
        'webhook_secrets = ["${UNSET:-}"]\n',
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [VOUCH, "receive", "--port", "0"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = [process.stderr.readline().strip() for _ in range(3)]
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert told[1].endswith("/webhooks/answers, signed as typeform does, 2 secrets")
    assert told[2] == "typeform: answers 403 until [sources.typeform] has webhook_secrets"
