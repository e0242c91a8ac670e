"""A whole journey with an official client, run as a process of its own: PACKAGE ENDPOINT MOVIE → one JSON line."""

import importlib
import json
import sys
import time
import urllib.request


def main(package: str, endpoint: str, movie: str) -> None:
    runtime = importlib.import_module(package)
    client = runtime.Ark(api_key="a-key", base_url=endpoint, max_retries=0)
    tasks = client.content_generation.tasks
    model = "dreamina-seedance-2-0-260128" if package.startswith("byteplus") else "doubao-seedance-2-0-260128"
    text = {"type": "text", "text": "[0-2s] A lighthouse. [2-4s] A gull."}
    created = tasks.create(
        model=model, content=[text], duration=4, resolution="480p", ratio="16:9", safety_identifier="from-the-client"
    )
    seen, task = [], tasks.get(task_id=created.id)
    while task.status in ("queued", "running"):
        seen.append(task.status)
        time.sleep(0.05)
        task = tasks.get(task_id=created.id)
    listed = tasks.list(page_num=1, page_size=10, status="succeeded", model=model, task_ids=[created.id])
    urllib.request.urlretrieve(task.content.video_url, movie)
    # The server is told to keep the second one waiting, so that there is something to cancel.
    waiting = tasks.create(
        model=model, content=[text], extra_headers={"X-Rehearsal-Fault": '{"kind": "pace", "queued_seconds": 60}'}
    )
    tasks.delete(task_id=waiting.id)
    cancelled = tasks.get(task_id=waiting.id)
    told = {
        "id": created.id,
        "seen": sorted(set(seen)),
        "status": task.status,
        "duration": task.duration,
        "ratio": task.ratio,
        "resolution": task.resolution,
        "tokens": task.usage.completion_tokens,
        "safety_identifier": task.safety_identifier,
        "total": listed.total,
        "listed": [item.id for item in listed.items],
        "cancelled": cancelled.status,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
