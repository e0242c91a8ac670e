"""Cast members that a request attaches nothing for: words stand in for them."""

from __future__ import annotations

from collections.abc import Sequence

from second_unit.prompts.mentions import locate_mentions
from second_unit.timeline import CastMember, Prompt


def spell_absent(prompt: Prompt, absent: Sequence[CastMember], cast: Sequence[CastMember]) -> Prompt:
    """
    Return the prompt with each ``@name`` of an absent member as plain words, described at its first mention.

    ``@ana waits, @ana leaves`` is ``ana (a woman in a red raincoat) waits, ana leaves``.
    """
    if not absent:
        return prompt
    members = {member.name: member for member in absent}
    names = [member.name for member in cast]
    told: set[str] = set()
    fields = {name: _spell(value, members, names, told) for name, value in prompt.model_dump().items()}
    return prompt.model_copy(update=fields)


def _spell(text: str, absent: dict[str, CastMember], names: Sequence[str], told: set[str]) -> str:
    pieces, end = [], 0
    for mention in locate_mentions(text, names):
        member = absent.get(mention.name)
        if member is None:
            continue
        described = f" ({member.description.strip()})" if member.description.strip() and member.name not in told else ""
        told.add(member.name)
        pieces += [text[end : mention.start], member.name + described]
        end = mention.end
    return "".join([*pieces, text[end:]])
