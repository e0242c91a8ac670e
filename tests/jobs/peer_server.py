"""
A small video service for the worker's tests: a real process on loopback that writes down every order it accepts.

    python peer_server.py FOLDER [--queued S] [--running S] [--no-list]

It prints its port. ``FOLDER/accepted.jsonl`` has one line for each accepted order, written before the answer leaves:
what would be billed. ``FOLDER/movie.mp4`` is what every order returns.
"""

from __future__ import annotations

import argparse
import json
import socket
import time
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route


class Service:
    def __init__(self, folder: Path, queued: float, running: float, lists: bool) -> None:
        self.folder, self.queued, self.running, self.lists = folder, queued, running, lists
        self.log = folder / "accepted.jsonl"
        self.tasks: dict[str, dict] = {}
        self.cancelled: set[str] = set()
        for line in self.log.read_text().splitlines() if self.log.exists() else []:
            task = json.loads(line)
            self.tasks[task["id"]] = task

    async def create(self, request: Request) -> Response:
        order = await request.json()
        task = {"id": f"t{len(self.tasks) + 1:05d}", "token": order["token"], "at": time.time()}
        self.tasks[task["id"]] = task
        with self.log.open("a") as log:
            log.write(json.dumps(task) + "\n")
        return JSONResponse({"id": task["id"]})

    def state(self, task: dict) -> dict:
        age = time.time() - task["at"]
        if task["id"] in self.cancelled:
            return {"id": task["id"], "state": "cancelled"}
        if age < self.queued:
            return {"id": task["id"], "state": "queued"}
        if age < self.queued + self.running:
            return {"id": task["id"], "state": "running", "fraction": (age - self.queued) / self.running}
        return {"id": task["id"], "state": "done", "file": f"/files/{task['id']}"}

    async def read(self, request: Request) -> Response:
        task = self.tasks.get(request.path_params["id"])
        return JSONResponse(self.state(task)) if task else JSONResponse({}, 404)

    async def find(self, request: Request) -> Response:
        if not self.lists:
            return JSONResponse({}, 405)
        token = request.query_params.get("token")
        ids = request.query_params.getlist("id")
        with (self.folder / "reads.txt").open("a") as log:
            log.write(f"many {len(ids)}\n" if ids else "find\n")
        found = [task for task in self.tasks.values() if task["token"] == token or task["id"] in ids]
        return JSONResponse([self.state(task) for task in found])

    async def cancel(self, request: Request) -> Response:
        task = self.tasks[request.path_params["id"]]
        if self.state(task)["state"] != "queued":
            return JSONResponse({"stopped": False})
        self.cancelled.add(task["id"])
        return JSONResponse({"stopped": True})

    async def file(self, request: Request) -> Response:
        return FileResponse(self.folder / "movie.mp4", media_type="video/mp4")

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/orders", self.create, methods=["POST"]),
                Route("/orders", self.find, methods=["GET"]),
                Route("/orders/{id}", self.read, methods=["GET"]),
                Route("/orders/{id}", self.cancel, methods=["DELETE"]),
                Route("/files/{id}", self.file, methods=["GET"]),
            ]
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queued", type=float, default=0.05)
    parser.add_argument("--running", type=float, default=0.1)
    parser.add_argument("--no-list", action="store_true")
    told = parser.parse_args()
    service = Service(told.folder, told.queued, told.running, not told.no_list)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(service.app(), log_level="error", lifespan="off")).run(sockets=[listening])


if __name__ == "__main__":
    main()
