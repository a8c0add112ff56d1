"""Landing assets: one per entity of each vendor. How it is read is ingestion's business."""

from collections import Counter
from collections.abc import Iterator

import dagster as dg

from ingestion.drain import drain
from ingestion.drop import DATASET, ENTITY, land_dropped
from ingestion.errors import SourceError
from ingestion.inbox import Inbox
from ingestion.pull import Account, pull
from ingestion.vendor import Vendor
from orchestration.resources import Home
from orchestration.waiting import RUNS

_RETRIES, _RETRY_SECONDS = 3, 10.0


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
        try:
            for entity, counted in _landed(home, vendor, wanted):
                # An event may bring an entity of which this run does not tell.
                totals.setdefault(entity, Counter()).update(counted)
        except SourceError as error:
            if home.deliveries == "pull":
                raise
            # The events stay in the inbox, and nothing else asks for them before the next one.
            raise dg.RetryRequested(_RETRIES, _RETRY_SECONDS) from error
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
    refused = [dropped.reason for dropped in outcomes if dropped.outcome == "refused"]
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": sum(dropped.rows for dropped in outcomes),
            "files": len(outcomes),
            "refused": dg.MetadataValue.json(refused),
        }
    )


def _landed(home: Home, vendor: Vendor, wanted: set[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """What the accounts gave, by entity: asked for, or taken from what they have sent."""
    found = home.settings
    if home.deliveries == "pull":
        for account in _accounts(home, vendor):
            for pulled in pull(account, found.home, home.now(), wanted, found.inbox_url):
                counted = {
                    "new": pulled.landed,
                    "delivered": pulled.delivered,
                    "rejected": pulled.rejected,
                }
                if pulled.missed is not None:
                    counted["missed"] = pulled.missed
                yield pulled.entity, counted
        return
    inbox = Inbox.open(found.inbox_url)
    try:
        newest = home.newest_event(inbox)
        for account in _accounts(home, vendor):
            for drained in drain(account, inbox, found.home, home.now()):
                yield (
                    drained.entity,
                    {
                        "new": drained.landed,
                        "delivered": drained.landed + drained.rejected,
                        "rejected": drained.rejected,
                    },
                )
        # Events that came since the run was asked for need no other run.
        inbox.advance(RUNS, max(newest, inbox.position(RUNS)))
    finally:
        inbox.close()


def _accounts(home: Home, vendor: Vendor) -> list[Account]:
    return [account for account in home.settings.accounts if account.vendor == vendor]
