"""Read the edit that a command was given: a Timeline as JSON, or OpenTimelineIO."""

from __future__ import annotations

from pathlib import Path

from second_unit.errors import MissingMedia, SecondUnitError, UnreadableMedia
from second_unit.timeline import ShootSettings, Timeline


def read_edit(path: Path) -> Timeline:
    """
    Return the timeline in ``path``, by its suffix: ``.json`` or ``.otio``.

    Raises:
        MissingMedia, UnreadableMedia: there is no such file, or it isn't an edit.
    """
    if not path.is_file():
        raise MissingMedia(f"There is no edit at {path}.", remedy="Check the path.")
    if path.suffix.lower() == ".otio":
        return _read_otio(path)
    if path.suffix.lower() == ".blend":
        raise UnreadableMedia(
            f"'{path.name}' is Blender's, and this is the command for edits without it.",
            remedy=f"Use Blender's: blender -b {path.name} -c second_unit …",
        )
    from pydantic import ValidationError

    try:
        return Timeline.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableMedia(
            f"'{path.name}' is not a timeline: {where or 'the file'}: {first['msg']}.",
            remedy="Give an .otio file, or what Timeline.model_dump_json() writes.",
        ) from error


def _read_otio(path: Path) -> Timeline:
    try:
        from second_unit.otio.reading import read_otio
    except ModuleNotFoundError as error:
        raise SecondUnitError(
            "Reading OpenTimelineIO needs the extra `otio`.", remedy="Install second-unit[otio]."
        ) from error
    return read_otio(path)


def with_settings(
    timeline: Timeline,
    *,
    service: str | None = None,
    model: str | None = None,
    ratio: str | None = None,
    resolution: str | None = None,
    audio: bool | None = None,
    seed: int | None = None,
    options: dict[str, str | int | float | bool] | None = None,
) -> Timeline:
    """Return the timeline with its settings overridden by what was given; None leaves a setting as it is."""
    said = {"service": service, "model": model, "ratio": ratio, "resolution": resolution, "audio": audio, "seed": seed}
    given = {name: value for name, value in said.items() if value is not None}
    if service is not None and service != timeline.settings.service and model is None:
        given["model"] = ""  # another service's model would be unknown there
    merged = timeline.settings.model_dump() | given | {"options": timeline.settings.options | (options or {})}
    return timeline.model_copy(update={"settings": ShootSettings.model_validate(merged)})
