"""Benchmarks: what the pipeline costs, against what the same work could cost."""
