"""The first release of a home: launched over the web interface, followed to its end."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_LAUNCH = """
mutation Launch($job: String!, $repository: String!, $location: String!, $tags: [ExecutionTag!]) {
  launchRun(executionParams: {
    selector: {
      jobName: $job, repositoryName: $repository, repositoryLocationName: $location
    },
    executionMetadata: {tags: $tags}
  }) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on Error { message }
  }
}
"""
_REPOSITORIES = "{ repositoriesOrError { ... on RepositoryConnection {\
 nodes { name location { name } jobs { name } } } } }"
_FOLLOW = """
query Follow($run: ID!, $cursor: String) {
  runOrError(runId: $run) { ... on Run { status } }
  logsForRun(runId: $run, afterCursor: $cursor, limit: 500) {
    ... on EventConnection {
      cursor
      events {
        __typename
        ... on MessageEvent { message level stepKey }
        ... on ErrorEvent { error { message causes { message } } }
      }
    }
  }
}
"""
_OVER = {"SUCCESS", "FAILURE", "CANCELED"}
_LOOK_SECONDS = 1.0
# The web interface knows a job only after it has loaded the code location.
_LOAD_SECONDS = 120.0
_LONGEST_LINE = 160
# Launching loads the job in full; on a busy machine that took more than 30 s.
_ANSWER_SECONDS = 120.0


class NotLaunched(Exception):
    """Dagster did not take the run; the message is its own."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened in the run, in words."""

    text: str
    is_failure: bool = False


def launch(url: str, job: str, tags: dict[str, str], is_over: Callable[[], bool]) -> str:
    """Start the job and return the run's id.

    Raises:
        NotLaunched: the job is not known within two minutes, or Dagster refuses the run.
    """
    deadline = time.monotonic() + _LOAD_SECONDS
    while (found := _repository(url, job)) is None:
        if is_over() or time.monotonic() > deadline:
            raise NotLaunched(f"{url} knows no job {job}; its page Deployment says why")
        time.sleep(_LOOK_SECONDS)
    repository, location = found
    listed = [{"key": key, "value": value} for key, value in tags.items()]
    answer = _ask(
        url,
        _LAUNCH,
        {"job": job, "repository": repository, "location": location, "tags": listed},
    )["launchRun"]
    if answer["__typename"] != "LaunchRunSuccess":
        raise NotLaunched(f"{answer['__typename']}: {answer.get('message', '')}")
    return str(answer["run"]["runId"])


def followed(url: str, run: str, is_over: Callable[[], bool]) -> Iterator[Line]:
    """What the run reports, as it goes on, until it has ended.

    A web interface that is away for a moment is waited for.
    """
    cursor: str | None = None
    while not is_over():
        try:
            answer = _ask(url, _FOLLOW, {"run": run, "cursor": cursor})
        except OSError:
            time.sleep(_LOOK_SECONDS)
            continue
        events = answer["logsForRun"].get("events", [])
        cursor = answer["logsForRun"].get("cursor", cursor)
        for event in events:
            yield from _told(event)
        if not events and answer["runOrError"].get("status") in _OVER:
            return
        if not events:
            time.sleep(_LOOK_SECONDS)


def _told(event: dict[str, Any]) -> Iterator[Line]:
    kind = event["__typename"]
    if kind == "LogMessageEvent" and event["level"] != "DEBUG":
        # Ours are short lines. Dagster's are long, about tests of dbt that it does not show.
        if "\n" not in event["message"] and len(event["message"]) <= _LONGEST_LINE:
            yield Line(event["message"])
    elif kind == "RunFailureEvent":
        yield Line(event["message"], is_failure=True)
    elif kind == "ExecutionStepFailureEvent":
        error = event.get("error") or {"message": "", "causes": []}
        # The first is Dagster's own wrapping around what was raised.
        raised = (error["causes"] or [error])[0]["message"]
        yield Line(f"{event['stepKey']}: {raised.strip()}", is_failure=True)


def _repository(url: str, job: str) -> tuple[str, str] | None:
    try:
        nodes = _ask(url, _REPOSITORIES, {})["repositoriesOrError"].get("nodes", [])
    except OSError:
        return None
    for node in nodes:
        if job in {each["name"] for each in node["jobs"]}:
            return node["name"], node["location"]["name"]
    return None


def _ask(url: str, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(
        f"{url}/graphql", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:
            document = json.load(answer)
    except urllib.error.HTTPError as error:
        raise NotLaunched(f"{url}: {error.read().decode(errors='replace')}") from error
    if document.get("errors"):
        raise NotLaunched(f"{url}: {document['errors'][0]['message']}")
    data: dict[str, Any] = document["data"]
    return data
