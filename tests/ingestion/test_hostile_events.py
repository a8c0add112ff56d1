"""No body makes a vendor's module fail: what cannot be read is told by the errors that are caught.

Bodies are any JSON, and the vendors' own examples with one part replaced, left out or cut off.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from events import ARRIVED, answered, changed
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_event_bodies import BULLHORN, OWN, TYPEFORM, XERO

from ingestion.alerts import CONSUMER, Alert, Patience, alert_pending
from ingestion.event_key import Unusable, keyed, usable
from ingestion.hinted import hinted
from ingestion.inbox import Event, Inbox, Stored
from ingestion.pull import Account
from ingestion.signatures import Signed
from ingestion.strict_json import require_strict
from ingestion.vendor import Vendor, Webhook, vendor, vendor_names

EXAMPLES = [
    TYPEFORM,
    XERO,
    BULLHORN,
    OWN,
    answered({"form_id": "f", "response": {"token": "t", "hidden": {"trigger": "x"}}}, "e"),
    changed("INVOICE", "11111111-2222", "33333333-4444"),
]
EAGER = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "\0", "nps", "form_response", "DELETED", "INVOICE", "Candidate", "-1"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


def places(document: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a document."""
    if above:
        yield above
    if isinstance(document, dict):
        for name, part in document.items():
            yield from places(part, (*above, name))
    elif isinstance(document, list):
        for number, part in enumerate(document):
            yield from places(part, (*above, number))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """One body; about half are close to what vendors send."""
    if draw(st.booleans()):
        return json.dumps(draw(VALUES)).encode()
    example = draw(st.sampled_from(EXAMPLES))
    document = deepcopy(json.loads(example))
    for _ in range(draw(st.integers(1, 2))):
        *above, last = draw(st.sampled_from(list(places(document))))
        part = document
        for name in above:
            part = part[name]
        if draw(st.booleans()):
            part[last] = draw(VALUES)
        else:
            del part[last]
        if not document:
            break
    whole = json.dumps(document).encode()
    return whole[: draw(st.integers(0, len(whole)))] if draw(st.integers(0, 9)) == 0 else whole


PUSHING_OR_POLLED = [each for each in map(vendor, vendor_names()) if each.events is not None]


@pytest.mark.parametrize("of", PUSHING_OR_POLLED, ids=lambda each: each.name)
def test_no_body_makes_a_vendors_module_fail(of: Vendor) -> None:
    events = of.events
    assert events is not None

    @EAGER
    @given(body=bodies())
    def read(body: bytes) -> None:
        try:
            with keyed():
                require_strict(body, 64)
                if isinstance(events, Webhook):
                    events.is_handshake(body)
                    usable(events.key_of(body, Signed(None, "msg_1")))
                else:
                    usable(events.key(body))
        except Unusable as error:
            assert error.reason != "key_failed", error.place
        # The drain may meet a body that another version of the module let in.
        said = hinted(of, [Stored(1, Event(of.name, "k", ARRIVED, body))])
        assert [each.reason for each in said.refused if each.reason.startswith("failed")] == []

    read()


def test_no_body_keeps_alerts_back(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    inbox = Inbox.open(f"sqlite:///{tmp_path / 'inbox.sqlite'}")
    account = Account("typeform", vendor("typeform"), "t", None, None)  # type: ignore[arg-type]
    seen = iter(range(10**6))

    def tell(alert: Alert) -> None:
        assert 0 <= alert.score <= 6

    @settings(EAGER, max_examples=30)
    @given(batch=st.lists(bodies(), min_size=1, max_size=5))
    def read(batch: list[bytes]) -> None:
        inbox.append([Event("typeform", f"k{next(seen)}", ARRIVED, body) for body in batch])
        alert_pending(inbox, [account], tell, ARRIVED, Patience())

    read()
    assert inbox.depth(CONSUMER) == 0
    assert "not looked at" not in caplog.text
    inbox.close()
