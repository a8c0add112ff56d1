"""How vendors' records reach landing. Knows no warehouse, no checks and no orchestrator."""
