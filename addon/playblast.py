"""
What a child Blender needs to render a plan's scenes and strips: small library files, and how to start it.

Writing one takes a few milliseconds, changes nothing in the session and marks nothing as changed. The worker starts
the child when it prepares the order (``second_unit.jobs.playblast``).
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

if TYPE_CHECKING:
    from second_unit.plan import OrderReference, Plan
    from second_unit.shots import SceneSource, StripSource

JOB = Path(__file__).with_name("playblast_job.py")


def write_libraries(plan: Plan, folder: Path, engine: str = "WORKBENCH") -> Plan:
    """
    Write every scene that the plan's references show into ``folder``; return the plan with its references led there.

    Args:
        plan: of the edit that is open.
        folder: where prepared references are kept; made where there is something to write.
        engine: who renders: ``"WORKBENCH"``, ``"CYCLES"``, or ``"SCENE"`` for each scene's own.

    Raises:
        MissingMedia: a scene isn't there any more.
        ReadOnlyFolder: the folder can't be written.
    """
    written: dict[tuple[str, str], Path] = {}

    def led(reference: OrderReference) -> OrderReference:
        source = reference.source
        if source.kind not in {"scene", "strip"}:
            return reference
        needs = (source.scene, source.camera if source.kind == "scene" else "")
        if needs not in written:
            written[needs] = _write(source, reference.name, folder, engine)
        return reference.model_copy(update={"source": source.model_copy(update={"blend": written[needs]})})

    requests = tuple(
        request.model_copy(update={"references": tuple(led(one) for one in request.references)})
        for request in plan.requests
    )
    return plan.model_copy(update={"requests": requests})


def child_command() -> list[str]:
    """Return the command that runs :mod:`.playblast_job` in this Blender; the job's JSON comes last."""
    if not bpy.app.binary_path:  # the bpy module: Python itself
        return [sys.executable, str(JOB), "--"]
    return [bpy.app.binary_path, "-b", "--factory-startup", "--python", str(JOB), "--"]


def _write(source: SceneSource | StripSource, strip: str, folder: Path, engine: str) -> Path:
    from second_unit.errors import MissingMedia, ReadOnlyFolder

    scene = bpy.data.scenes.get(source.scene)
    if scene is None:
        raise MissingMedia(
            f"'{strip}' shows the scene '{source.scene}', which isn't there any more.",
            remedy="Choose its scene again, or mute the strip.",
            strip=strip,
        )
    camera = bpy.data.objects.get(source.camera) if source.kind == "scene" else None
    part = folder / f".{hashlib.sha256(source.scene.encode()).hexdigest()[:12]}.part.blend"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _lay_view_layers()
        needed = {scene, camera} - {None}
        bpy.data.libraries.write(str(part), needed, path_remap="ABSOLUTE", fake_user=True)
        with part.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        library = part.replace(folder / f"{content}.blend")
        told = {"command": child_command(), "engine": engine}
        library.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    except (OSError, RuntimeError) as error:
        raise ReadOnlyFolder(
            f"The scene '{source.scene}' can't be written into '{folder}' for its playblast: {error}.",
            remedy="Make room there, or make it writable. Nothing was ordered.",
            strip=strip,
        ) from error
    return library


def _lay_view_layers() -> None:
    """
    Let every scene's view layers know what is in them.

    A scene that was never on screen doesn't know yet, and Blender 5.2 crashes when it writes one into a library. Asking
    for the active object lays them, and evaluates nothing.
    """
    for scene in bpy.data.scenes:
        for layer in scene.view_layers:
            _ = layer.objects.active
