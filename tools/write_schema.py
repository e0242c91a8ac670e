"""Write ``docs/output.schema.json``, the schema of what commands say with --json: `python -m tools.write_schema`."""

from __future__ import annotations

import json
from pathlib import Path

SCHEMA = Path(__file__).parents[1] / "docs" / "output.schema.json"


def schema() -> str:
    """Return the schema of one line of output, as JSON."""
    from second_unit.cli.lines import LINES

    told = LINES.json_schema(mode="serialization") | {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of output of second-unit and of blender -c second_unit, with --json or piped",
    }
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema(), encoding="utf-8")
    print(SCHEMA)
