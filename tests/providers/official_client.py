"""Place orders with an official client, run as a process of its own: PACKAGE ENDPOINT < orders as JSON."""

import importlib
import json
import sys


def main(package: str, endpoint: str) -> None:
    tasks = (
        importlib.import_module(package).Ark(api_key="a-key", base_url=endpoint, max_retries=0).content_generation.tasks
    )
    for order in json.load(sys.stdin):
        if package.startswith("byteplus") and "tools" in order:
            # Documented, and not typed by this client yet (3.0.63): it has a door for such fields.
            order["extra_body"] = {"tools": order.pop("tools")}
        tasks.create(**order)
    tasks.get(task_id="cgt-1")
    tasks.list(page_num=1, page_size=50, task_ids=["cgt-1", "cgt-2"])
    tasks.delete(task_id="cgt-1")


if __name__ == "__main__":
    main(*sys.argv[1:])
