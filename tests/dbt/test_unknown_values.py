"""Words that no rule knows, in fields that decide a figure."""

import yaml
from warehouse import PROJECT, Warehouse


def test_each_field_with_an_unknown_word_is_listed_and_nothing_else(built: Warehouse) -> None:
    rows = built.rows(
        "select source_entity, source_record_id, field from intermediate.int_unknown_values"
    )
    assert set(rows) == {
        ("bullhorn.job_orders", "2003", "employmentType"),
        ("bullhorn.placements", "6036", "status"),
        ("bullhorn.placements", "6040", "employmentType"),
        ("typeform.responses", "alumna", "hidden.respondent_kind"),
        ("xero.bank_transactions", "crypto", "Type"),
        ("xero.credit_notes", "barter-back", "Status"),
        ("xero.credit_notes", "barter-back", "Type"),
        ("xero.invoices", "barter", "Type"),
        ("xero.invoices", "novel", "Status"),
    }
    assert len(rows) == 9


def test_an_unknown_word_is_nowhere_told(built: Warehouse) -> None:
    told = str(built.rows("select * from intermediate.int_unknown_values")).lower()
    for word in ("paused", "secondment", "gig", "archived", "accbarter", "mined"):
        assert word not in told


def test_a_listed_row_leads_to_its_delivery(built: Warehouse) -> None:
    assert built.rows(
        "select count(*) from intermediate.int_unknown_values as listed"
        " join landing_bullhorn.placements as landed"
        " on listed.source_record_id = landed.record_id"
        " and listed.payload_sha256 = landed.payload_sha256"
    ) == [(2,)]


def test_an_explanation_names_columns_that_exist() -> None:
    models = {
        model["name"]: model
        for path in PROJECT.glob("models/**/*.yml")
        for model in yaml.safe_load(path.read_text()).get("models", [])
    }
    columns = {
        name: {column["name"] for column in model.get("columns", [])}
        for name, model in models.items()
    }
    wrong = [
        (name, step["model"])
        for name, model in models.items()
        for step in model.get("config", {}).get("meta", {}).get("explain", [])
        if not set(step["mart_key"]) <= columns[name]
        or not {*step["model_key"], step.get("model_date") or step["model_key"][0]}
        <= columns[step["model"]]
    ]
    assert wrong == []
