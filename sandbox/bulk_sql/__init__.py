"""The bulk agency as SQL: one query per landing entity, over a few base tables.

Each query gives ``record_id``, ``version_ms`` (epoch ms or null), ``op`` and ``payload`` (JSON).
"""
