"""Landing assets: one per entity of each vendor. How it is read is ingestion's business."""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from ingestion.drop import DATASET, ENTITY, land_dropped
from ingestion.inbox import Inbox
from ingestion.pull import Account, pull
from ingestion.unread import answered, drained, first_waiting
from ingestion.vendor import Vendor
from orchestration.resources import Home
from orchestration.waiting import RUNS


def vendor_landing(vendor: Vendor) -> dg.AssetsDefinition:
    """All entities of a vendor as one step, because they share one login and one load."""

    @dg.multi_asset(
        name=f"land_{vendor.name}",
        specs=[
            dg.AssetSpec(
                [vendor.name, entity.name],
                group_name="landing",
                kinds={"dlt", "parquet"},
                description=f"Every version of {vendor.name}'s {entity.name}, as delivered.",
            )
            for entity in vendor.entities
        ],
        can_subset=True,
    )
    def land(context: dg.AssetExecutionContext, home: Home) -> Iterator[dg.MaterializeResult[None]]:
        wanted = {key.path[-1] for key in context.selected_asset_keys}
        totals = {entity: Counter[str]() for entity in wanted}
        unread: dict[str, str] = {}
        for entity, counted in _landed(home, vendor, wanted, unread):
            # An event may bring an entity of which this run does not tell.
            totals.setdefault(entity, Counter()).update(counted)
        for entity in sorted(wanted):
            total = totals[entity]
            yield dg.MaterializeResult(
                asset_key=[vendor.name, entity],
                metadata={
                    "dagster/partition_row_count": total["new"],
                    "delivered": total["delivered"],
                    "rejected": total["rejected"],
                    # Only where it was counted: none said is not none missed.
                    **({"missed": total["missed"]} if "missed" in total else {}),
                    **({"unread": dg.MetadataValue.json(unread)} if unread else {}),
                },
            )

    return land


@dg.asset(
    key=[DATASET, ENTITY],
    group_name="landing",
    kinds={"csv", "parquet"},
)
def dropped_survey_answers(home: Home) -> dg.MaterializeResult[None]:
    """Survey answers from CSV files put into VOUCH_HOME/drop, one record per row."""
    outcomes = land_dropped(home.settings.home, home.settings.tenant, home.now())
    refused = [dropped.reason for dropped in outcomes if dropped.reason]
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": sum(dropped.rows for dropped in outcomes),
            "files": len(outcomes),
            "refused": dg.MetadataValue.json(refused),
        }
    )


def _landed(
    home: Home, vendor: Vendor, wanted: set[str], unread: dict[str, str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """What the accounts gave, by entity: asked for, or taken from what they have sent."""
    for account in _accounts(home, vendor):
        if home.deliveries == "inbox":
            yield from _drained(home, account, unread)
            continue
        for pulled in pull(
            account, home.settings.home, home.now(), wanted, home.settings.inbox_url
        ):
            counted = {
                "new": pulled.landed,
                "delivered": pulled.delivered,
                "rejected": pulled.rejected,
            }
            if pulled.missed is not None:
                counted["missed"] = pulled.missed
            yield pulled.entity, counted
        answered(home.settings.home, account.name)


def _drained(
    home: Home, account: Account, unread: dict[str, str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """What an account's events brought. One that cannot be read does not hold up the others.

    Its events stay in the inbox, and a run is asked for when it may be asked again.
    """
    inbox = Inbox.open(home.settings.inbox_url)
    try:
        newest = home.newest_event(inbox)
        found, problem = drained(account, inbox, home.settings.home, home.now())
        for each in found:
            yield (
                each.entity,
                {
                    "new": each.landed,
                    "delivered": each.landed + each.rejected,
                    "rejected": each.rejected,
                },
            )
        first = first_waiting(account.name, inbox) if problem is not None else None
        if problem is not None and first is not None:
            unread[account.name] = problem
            home.leave(first)
        # Events that came since the run was asked for need no other run.
        inbox.advance(RUNS, max(newest, inbox.position(RUNS)))
    finally:
        inbox.close()


def _accounts(home: Home, vendor: Vendor) -> list[Account]:
    return [account for account in home.settings.accounts if account.vendor == vendor]
