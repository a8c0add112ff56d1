"""One module per vendor: its configuration, its entities, and the few hooks dlt lacks."""
