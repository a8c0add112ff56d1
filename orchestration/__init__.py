"""Dagster definitions and the ``vouch`` command: thin, on packages that do not know them."""
