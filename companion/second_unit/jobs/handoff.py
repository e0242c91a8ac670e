"""
Hand-off: a conformed file beside a take, with the take's story.

The take stays as it is. The new file bears in its metadata what it was made from and how, and has a page of its own.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from second_unit import __version__
from second_unit.errors import MediaError
from second_unit.jobs.sidecar import sidecar_path, write_page
from second_unit.media.conform import Conforming, Report, conform_file
from second_unit.media.credentials import read_credentials
from second_unit.media.facts import MediaFacts
from second_unit.media.probe import fingerprint_media


def hand_off(take: Path, to: Path, wanted: Conforming, report: Report | None = None) -> MediaFacts:
    """
    Write ``to`` from a take, its page beside it, and a copy of the take's content credentials where it has some.

    The page carries the take's own, so that it can be told what was ordered even where the file travels alone.

    Raises:
        MissingMedia, UnreadableMedia, MediaError: as :func:`~second_unit.media.conform.conform_file`.
    """
    story = _story(take)
    comment = json.dumps(_in_short(take, wanted, story), ensure_ascii=False)
    facts = conform_file(take, to, _with_comment(wanted, comment), report)
    manifest = read_credentials(take)
    if manifest is not None:
        to.with_suffix(".c2pa").write_bytes(manifest)
    page = {
        "file": to.name,
        "sha256": fingerprint_media(to),
        "made_from": {"file": take.name, "sha256": fingerprint_media(take)},
        "how": _how(wanted),
        "facts": facts.model_dump(mode="json"),
        "content_credentials": _credentials(take, to, there=manifest is not None),
        "take": story,
        "written_by": f"Second Unit {__version__}",
    }
    write_page(page, sidecar_path(to))
    return facts


def conformed_path(take: Path, wanted: Conforming) -> Path:
    """
    Return the name of a conformed file: ``SH010_take001_30fps_blended.mov``, free as it stands.

    Raises:
        MediaError: a hundred of that name are there.
    """
    said = [f"{float(wanted.rate.fraction):g}fps", wanted.how] if wanted.rate is not None else []
    said += [f"slower{float(wanted.slower):.1%}".replace("%", "pc")] if wanted.slower else []
    suffix = ".mov" if wanted.codec in {"prores", "dnxhr"} else ".mp4"
    stem = "_".join([take.stem, *said, *([wanted.codec] if not said else [])])
    for number in range(1, 100):
        path = take.with_name(f"{stem}{'' if number == 1 else f'_{number}'}{suffix}")
        if not path.exists() and not sidecar_path(path).exists():
            return path
    raise MediaError(f"'{stem}{suffix}' was written a hundred times.", remedy="Remove what isn't needed, or name it.")


def _with_comment(wanted: Conforming, comment: str) -> Conforming:
    from dataclasses import replace

    return replace(wanted, comment=comment)


def _story(take: Path) -> dict[str, Any] | None:
    """Return the take's page; None where it has none, or it can't be read."""
    try:
        told = json.loads(sidecar_path(take).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _in_short(take: Path, wanted: Conforming, story: dict[str, Any] | None) -> dict[str, Any]:
    told = {key: (story or {}).get(key) for key in ("service", "model", "task", "seed", "prompt", "ready_at")}
    return {"made_from": take.name, **_how(wanted), **{key: value for key, value in told.items() if value is not None}}


def _how(wanted: Conforming) -> dict[str, Any]:
    return {
        "codec": wanted.codec,
        "rate": None if wanted.rate is None else str(wanted.rate.fraction),
        "frames": wanted.how if wanted.rate is not None or wanted.slower else "as they came",
        "slower": str(wanted.slower),
    }


def _credentials(take: Path, to: Path, *, there: bool) -> str:
    if not there:
        return "The take bears none."
    return (
        f"The take '{take.name}' bears C2PA credentials and is unchanged. This file was written anew: they don't vouch "
        f"for it. A copy of its manifest is '{to.with_suffix('.c2pa').name}'."
    )
