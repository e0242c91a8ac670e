"""``second-unit rehearse``: the services' own wire on this machine, so that a production is run without spending."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def rehearse(
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8765,
    host: Annotated[str, typer.Option(help="Address to listen on; the rehearsal has no guard, so keep it local.")] = (
        "127.0.0.1"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line when ready.")] = False,
    folder: Annotated[Path, typer.Option(help="Where orders, attachments and movies are kept.")] = Path("rehearsal"),
    speed: Annotated[float, typer.Option(help="So many times faster; 0.02 is about as slow as the real one.")] = 1.0,
    queued_seconds: Annotated[float, typer.Option(help="How long a task waits, at speed 1.")] = 0.5,
    running_seconds: Annotated[float, typer.Option(help="How long a task runs, at speed 1.")] = 2.0,
    concurrency: Annotated[int | None, typer.Option(help="How many tasks run at once; the rest are queued.")] = None,
    renderers: Annotated[int, typer.Option(help="How many movies are rendered at once.")] = 2,
    renders: Annotated[Path | None, typer.Option(help="Where movies are kept, if several servers share them.")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Plain clips in place of animatics, for load tests.")] = False,
    sync_pops: Annotated[bool, typer.Option(help="A flash and a pop on each shot's first frame.")] = True,
    limits: Annotated[bool, typer.Option("--limits", help="Keep to the services' request rates: 429 beyond.")] = False,
    true_codecs: Annotated[bool, typer.Option("--true-codecs", help="10-bit H.265 where the service does.")] = False,
    url_seconds: Annotated[int, typer.Option(help="How long a result's link works.")] = 86_400,
    bad_key: Annotated[list[str] | None, typer.Option(help="A key to refuse; every other is accepted.")] = None,
) -> None:
    """
    Speak the services' wire on this machine and render what is ordered as an animatic: nothing is spent.

    Example: second-unit rehearse --port 0 --folder rehearsal
    """
    from second_unit.rehearsal.server import serve, service_urls
    from second_unit.rehearsal.studio import StudioSettings

    settings = StudioSettings(
        queued_seconds=queued_seconds,
        running_seconds=running_seconds,
        speed=speed,
        concurrency=concurrency,
        renderers=renderers,
        renders=renders,
        fast=fast,
        sync_pops=sync_pops,
        true_codecs=true_codecs,
        limits=limits,
        url_seconds=url_seconds,
        bad_keys=tuple(bad_key or ("bad",)),
    )

    def ready(taken: int) -> None:
        services = service_urls(host, taken)
        print(_as_json(taken, services) if as_json else _in_words(services, folder), flush=True)

    serve(folder, host=host, port=port, settings=settings, ready=ready)


def _as_json(port: int, services: dict[str, str]) -> str:
    import json

    return json.dumps({"port": port, "services": services})


def _in_words(services: dict[str, str], folder: Path) -> str:
    lines = ["Rehearsing. Nothing that is ordered here is paid for. Any key will do. Set:", ""]
    for service, url in services.items():
        lines += [
            f"  second-unit generate timeline.json --service {service} --endpoint {url}",
            f"  in Blender: Preferences > Add-ons > Second Unit > {service} > Endpoint: {url}",
            f"  for the service's own client: base URL {url}",
            "",
        ]
    return "\n".join([*lines, f"What is ordered is kept in {folder.absolute()}. Ctrl-C ends the rehearsal."])


if __name__ == "__main__":
    typer.run(rehearse)
