"""Assets by stage: landing, models, release. Each is thin; the work is elsewhere."""
