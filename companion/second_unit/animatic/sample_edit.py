"""The demo's edit as plain values: eight shots, twenty seconds, a cast of one. Loads no codec: Blender may read it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from second_unit.timeline import CastMember, Prompt, Role, Value

MANIFEST = "sample.json"


class SampleShot(Value):
    """
    One shot of the demo.

    Args:
        name: ``"SH010"``.
        start_seconds, end_seconds: where it lies in the edit.
        prompt: its six fields.
        panel: its drawn picture.
        role: what the picture is for.
    """

    name: str
    start_seconds: Fraction
    end_seconds: Fraction
    prompt: Prompt
    panel: Path
    role: Role = Role.COMPOSITION


class SampleSound(Value):
    """A sound of the demo, from one moment of the edit to another."""

    name: str
    file: Path
    start_seconds: Fraction
    end_seconds: Fraction
    role: Role


class SampleMovie(Value):
    """A movie of the demo: what of it is used, from its first frame on, and where it lies in the edit."""

    name: str
    file: Path
    start_seconds: Fraction
    end_seconds: Fraction
    role: Role = Role.MOTION


class SampleMedia(Value):
    """
    Everything that the demo lays on a timeline; also written to ``sample.json`` beside the media.

    Args:
        shots: in order, without gaps, from 0 to ``seconds``.
        movies, sounds: with their places in the edit.
        cast: the keeper, mentioned in prompts as ``@Mara``.
        look: words that hold for every shot.
        seconds: how long the edit is.
    """

    shots: tuple[SampleShot, ...]
    movies: tuple[SampleMovie, ...]
    sounds: tuple[SampleSound, ...]
    cast: tuple[CastMember, ...]
    look: str
    seconds: Fraction


LOOK = "Painterly animated film, simple shapes, warm lamplight against cold blue, fine grain."

LENGTHS = tuple(Fraction(length) for length in ("3", "2", "2.5", "2.5", "2", "3", "2", "3"))

PROMPTS: dict[str, Prompt] = {
    "SH010": Prompt(
        subject="A striped lighthouse with a dark lamp",
        action="stands on its bare rock over a restless sea",
        camera="wide shot, slow push in",
        environment="open sea before dawn, stars fading, a red line on the horizon",
        lighting="deep blue night, faint warm rim from the left",
        audio="wind, slow swell, far bell; lonely",
    ),
    "SH020": Prompt(
        subject="@Mara with a lantern in her hand",
        action="climbs the spiral stairs in a hurry",
        camera="medium shot, crane up with her",
        environment="the narrow stairwell of the lighthouse, one small window",
        lighting="only her lantern, swinging shadows",
        audio="quick steps on iron, breath; urgent",
    ),
    "SH030": Prompt(
        subject="A small fishing boat with one mast lamp",
        action="rolls and drifts, its bow searching left and right",
        camera="handheld from another boat's deck",
        environment="thick fog on open water",
        lighting="flat grey light, a weak glow around the lamp",
        audio="creaking wood, a foghorn far off; lost",
    ),
    "SH040": Prompt(
        subject="@Mara in her red sleeves",
        action="lights the great lamp with a match",
        camera="close-up, push in on the flame",
        environment="the lamp room, glass and brass",
        lighting="darkness, then gold blooming through the lens",
        audio="match, a soft roar as the lamp takes; relief",
    ),
    "SH050": Prompt(
        subject="The lit lighthouse",
        action="throws its beam across the water to the right",
        camera="wide shot, pan right with the beam",
        environment="the rock and the sea, still night",
        lighting="one hard warm beam, everything else blue",
        audio="low turning of the lens, music swells",
    ),
    "SH060": Prompt(
        subject="The fishing boat",
        action="turns towards the light and runs in over the swell",
        camera="track right alongside the boat",
        environment="open sea, fog torn apart, the lighthouse small behind it",
        lighting="first dawn, the beam passing overhead",
        audio="engine, bow wave; hopeful",
    ),
    "SH070": Prompt(
        subject="@Mara at the rail of the gallery",
        action="watches the boat come in and lifts a hand",
        camera="medium shot, static",
        environment="high above the sea, gulls below her",
        lighting="sunrise from the left, warm edge on her hood",
        audio="she says {There you are.}, wind, gulls",
    ),
    "SH080": Prompt(
        subject="The fishing boat",
        action="glides past the quay, where a lantern still burns",
        camera="wide shot, slow pull back",
        environment="a small harbour at sunrise, houses waking",
        lighting="low gold sun, long reflection on the water",
        audio="gulls, water lapping, the music comes to rest",
    ),
}
