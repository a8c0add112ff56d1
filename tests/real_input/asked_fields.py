"""What our Bullhorn calls ask for, as their requests say it on the wire."""

from urllib.parse import parse_qs, urlparse

from dlt.sources.helpers.rest_client.client import RESTClient
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

from ingestion.vendors import bullhorn
from sandbox.protocol.fields import parse


def asked_fields() -> dict[str, tuple[str, list[str]]]:
    """Bullhorn's entity and its fields, associations by their name, by landing entity."""
    found = {}
    for entity in bullhorn.VENDOR.entities:
        wire, session = _Wire(), Session()
        session.mount("http://", wire)
        list(entity.pages(RESTClient(base_url="http://bullhorn.invalid/", session=session), None))
        address = urlparse(wire.asked)
        (fields,) = parse_qs(address.query)["fields"]
        names = [field.name for field in parse(fields)]
        found[entity.name] = (address.path.rsplit("/", 1)[-1], names)
    return found


class _Wire(BaseAdapter):
    """Answers that there is nothing, and keeps the address."""

    asked: str

    def send(self, request: PreparedRequest, *args: object, **kwargs: object) -> Response:
        self.asked = request.url or ""
        answer = Response()
        answer.status_code, answer.url, answer.request = 200, self.asked, request
        answer._content = b'{"data": []}'
        return answer

    def close(self) -> None:
        """Nothing is open."""
