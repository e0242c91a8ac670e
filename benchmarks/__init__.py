"""Measurements worth repeating: ``uv run python -m benchmarks NAME``."""
