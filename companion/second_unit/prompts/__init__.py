"""Composing prompts, the dialects in which models want timed shots written, and lint."""
