"""Loopback servers that speak the vendors' protocols, filled with a generated agency."""
