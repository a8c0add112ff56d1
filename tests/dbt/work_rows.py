"""Bullhorn records of jobs and placements, each there for one boundary."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from people_rows import bullhorn, ms
from warehouse import Delivery


def placement(record_id: int, **payload: Any) -> Delivery:
    """A permanent placement that began on day 0 with 30 days of guarantee."""
    usual = {
        "candidate": {"id": 1},
        "jobOrder": {"id": 2001},
        "status": "Approved",
        "employmentType": "Direct Hire",
        "dateBegin": ms(0),
        "salary": 50000,
        "salaryUnit": "Per Year",
        "fee": 0.2,
        "daysGuaranteed": 30,
        "dateAdded": ms(0),
    }
    return bullhorn("placements", record_id, **{**usual, **payload})


def ended(record_id: int, day: int, **payload: Any) -> Delivery:
    """A placement terminated on the n-th day after its start."""
    return placement(record_id, status="Terminated", dateEnd=ms(day), **payload)


def submission(record_id: int, **payload: Any) -> Delivery:
    """A submission of candidate 1 for job 2001."""
    usual = {"candidate": {"id": 1}, "jobOrder": {"id": 2001}, "dateAdded": ms(0)}
    return bullhorn("job_submissions", record_id, **{**usual, **payload})


def step(record_id: int, submission_id: int, status: str, day: int) -> Delivery:
    """A change of status of a submission."""
    return bullhorn(
        "job_submission_history",
        record_id,
        jobSubmission={"id": submission_id},
        status=status,
        dateAdded=ms(day),
    )


def job_version(record_id: int, day: int, **payload: Any) -> Delivery:
    """A job as the vendor had it on the n-th day; the job itself was added on day 0."""
    record = bullhorn("job_orders", record_id, dateAdded=ms(0), **payload)
    return replace(record, version=datetime.fromtimestamp(ms(day) / 1000, UTC))


COMPANIES = [
    bullhorn("client_corporations", 501, name="One", externalID="C-1", feeArrangement=20),
    bullhorn("client_corporations", 502, name="Two", externalID="C-2"),
    bullhorn("client_corporations", 503, name="Three", externalID="C-2"),
    bullhorn(
        "client_corporations",
        504,
        name="Four",
        parentClientCorporation={"id": 505},
        companyURL="https://www.Four.example/jobs",
    ),
    bullhorn("client_corporations", 505, name="Five", parentClientCorporation={"id": 501}),
    bullhorn("client_corporations", 506, name="Six", companyURL="https://both.example"),
    bullhorn(
        "client_corporations", 507, name="Seven", externalID="C-7", companyURL="www.both.example"
    ),
    bullhorn("client_corporations", 508, name="Eight", companyURL="https://gmail.com"),
]
JOBS = [
    bullhorn(
        "job_orders",
        2001,
        clientCorporation={"id": 501},
        owner={"id": 90},
        employmentType="Direct Hire",
        dateAdded=ms(0),
    ),
    bullhorn("job_orders", 2002, isDeleted=True),
    bullhorn("job_orders", 2003, employmentType="Gig", dateAdded=ms(0)),
    # No client; the agency's seed may name one.
    bullhorn("job_orders", 2015, owner={"id": 90}, dateAdded=ms(0)),
    bullhorn("job_orders", 2016, clientCorporation={"id": 999}, dateAdded=ms(0)),
    bullhorn("job_orders", 2004, employmentType="Gig", dateAdded=ms(0)),
    job_version(2005, 1, isOpen=True),
    job_version(2005, 12, isOpen=False, dateClosed=ms(10)),
    job_version(2005, 20, isOpen=True),
    job_version(2005, 30, isOpen=False),
]
APPLICATIONS = [
    submission(4001, status="Placed"),
    submission(4002, status="Client Rejected"),
    submission(4003, isDeleted=True),
    step(10001, 4001, "Submitted", 1),
    step(10002, 4001, "Interview Scheduled", 2),
    step(10003, 4001, "Placed", 3),
    step(10004, 4002, "Client Rejected", 4),
    step(10005, 4003, "Submitted", 4),
]
PLACEMENTS = [
    placement(6001, jobSubmission={"id": 4001}),
    ended(6030, 30),
    ended(6031, 31),
    ended(6032, -1),
    ended(6033, 0, daysGuaranteed=0, employmentType="Contract"),
    placement(6034, dateBegin=ms(400)),
    placement(6035, status="Canceled"),
    placement(6036, status="Paused"),
    placement(6037, salary="fifty thousand"),
    placement(6038, fee=15000),
    placement(6039, fee=20),
    placement(6040, employmentType="Secondment", jobOrder={"id": 2003}),
    placement(6041, employmentType=None, jobOrder={"id": 2003}),
    placement(6042, jobOrder={"id": 2004}),
    placement(6043, status=None),
    placement(6050, jobOrder={"id": 2015}),
    placement(6051, jobOrder=None),
    placement(6052, dateBegin=None),
    placement(6053, dateBegin=None, status="Completed"),
    placement(6054, candidate={"id": 999}),
    placement(6044, status="Paused", fee=15000),
    placement(6046, dateBegin=None),
    placement(6047, jobOrder=None),
    Delivery("bullhorn", "placements", "6045", {"id": 6045, "status": "Paused"}, op="delete"),
]
NOTES = [
    bullhorn(
        "notes",
        8001,
        action="Follow-up Call",
        personReference={"id": 1},
        commentingPerson={"id": 90},
        candidates={"total": 2, "data": [{"id": 1}, {"id": 8}]},
        comments="secret words",
        dateAdded=ms(5),
    ),
    bullhorn("notes", 8002, action="Email", dateAdded=ms(5)),
]
WORK = [*COMPANIES, *JOBS, *APPLICATIONS, *PLACEMENTS, *NOTES]
