"""
Where results are fetched: presigned links on a path of their own, as an object store gives them.

A link works for GET alone (a HEAD has another signature: 403), resumes by Range, and says 403 once its day is over.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from second_unit.rehearsal.exchange import Exchange, expired_answer
from second_unit.rehearsal.faults import Fault, Refuse
from second_unit.rehearsal.studio import Studio
from second_unit.rehearsal.tasks import Task

_DATE = "%Y%m%dT%H%M%SZ"
_MEDIA_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime", "png": "image/png"}


def media_url(studio: Studio, request: Request, task: Task, name: str) -> str:
    """Return the link to a task's file, such as ``video.mp4``, in the shape of the real store's; good for a day."""
    finished = int(studio.standing(task).since)
    date = datetime.fromtimestamp(finished, UTC).strftime(_DATE)
    path = f"/media/{task.id}/{name}"
    query = (
        f"X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential={quote(f'rehearsal/{date[:8]}/local/tos/request', safe='')}"
        f"&X-Tos-Date={date}&X-Tos-Expires={studio.settings.url_seconds}"
        f"&X-Tos-Signature={_signature(studio, path, date)}&X-Tos-SignedHeaders=host"
    )
    return f"{request.url.scheme}://{request.url.netloc}{path}?{query}"


def routes(studio: Studio) -> list[Route]:
    """Return the route that results are fetched from."""

    async def fetch(request: Request, _faults: Sequence[Fault]) -> Response:
        return _fetch(studio, request)

    endpoint = Exchange(studio, "media", fetch, _refusal)
    return [Route("/media/{task_id}/{name}", endpoint, methods=["GET", "HEAD"])]


def _fetch(studio: Studio, request: Request) -> Response:
    date, expires = request.query_params.get("X-Tos-Date", ""), request.query_params.get("X-Tos-Expires", "")
    signed = _signature(studio, request.url.path, date)
    right = hmac.compare_digest(signed, request.query_params.get("X-Tos-Signature", ""))
    if not right or request.method != "GET" or expires != str(studio.settings.url_seconds):
        return _store_error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
    ends = datetime.strptime(date, _DATE).replace(tzinfo=UTC).timestamp() + studio.settings.url_seconds
    if studio.clock.now() >= ends:
        return expired_answer()
    task = studio.orders.task(request.path_params["task_id"])
    if task is None or task.made is None:
        return _store_error(404, "NoSuchKey", "The specified key does not exist.")
    file = task.made.last_frame if request.path_params["name"].endswith(".png") else task.made.movie
    return FileResponse(file, media_type=_MEDIA_TYPES[file.suffix[1:]])


def _signature(studio: Studio, path: str, date: str) -> str:
    return hmac.new(studio.secret, f"GET\n{path}\n{date}".encode(), hashlib.sha256).hexdigest()


def _refusal(fault: Refuse) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    return _store_error(fault.status, fault.code or "InternalError", fault.message or "Please try again.", headers)


def _store_error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"Code": code, "Message": message}, status, headers=headers)
