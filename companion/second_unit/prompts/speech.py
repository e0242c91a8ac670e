"""
Spoken lines: what stands in quotation marks.

Models look for dialogue in straight double quotes and speak it better when its language is named. Editors type the
marks of their own language: “English”, „Deutsch“, « français », »dansk«, 「日本語」.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTES = re.compile(
    '"(?P<straight>[^"]*)"'
    "|“(?P<english>[^“”]*)”"
    '|„(?P<german>[^„“”"]*)[“”"]'
    "|”(?P<swedish>[^”]*)”"
    "|«(?P<french>[^«»]*)»"
    "|»(?P<danish>[^«»]*)«"
    "|「(?P<corner>[^「」]*)」"
    "|『(?P<double_corner>[^『』]*)』"
    "|＂(?P<wide>[^＂]*)＂"
)
_INNER_QUOTES = re.compile('["“”„«»「」『』＂]')


class Span(NamedTuple):
    """A piece of a prompt: narration, or one spoken line without its quotation marks."""

    text: str
    spoken: bool


def split_speech(text: str) -> tuple[Span, ...]:
    """
    Return the text as narration and spoken lines, in order. A mark without its partner stays in the narration.

    >>> split_speech("She whispers « Viens ! » and goes.")[1]
    Span(text='Viens !', spoken=True)
    """
    spans, at = [], 0
    for found in _QUOTES.finditer(text):
        line = next(group for group in found.groups() if group is not None)
        if not line.strip():
            continue
        spans.append(Span(text[at : found.start()], spoken=False))
        spans.append(Span(_INNER_QUOTES.sub("'", line.strip()), spoken=True))
        at = found.end()
    spans.append(Span(text[at:], spoken=False))
    return tuple(span for span in spans if span.text)


# The scripts that one living language, or nearly one, is written in.
_ONE_LANGUAGE = {
    "Japanese": "\u3040-\u30ff\uff66-\uff9f",
    "Korean": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "Thai": "\u0e01-\u0e5b",
    "Lao": "\u0e80-\u0eff",
    "Khmer": "\u1780-\u17ff",
    "Burmese": "\u1000-\u109f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Hebrew": "\u0590-\u05ff",
    "Armenian": "\u0530-\u058f",
    "Georgian": "\u10a0-\u10ff",
    "Bengali": "\u0980-\u09ff",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Gujarati": "\u0a80-\u0aff",
    "Punjabi": "\u0a00-\u0a7f",
    "Sinhala": "\u0d80-\u0dff",
    "Amharic": "\u1200-\u137f",
}
# In scripts shared by several languages a letter (or word) that only one of them has settles it, first match first.
_TELLTALES = {
    "Belarusian": "[ўЎ]",
    "Ukrainian": "[їєґЇЄҐ]",
    "Serbian": "[ђћљњџЂЋЉЊЏ]",
    "Macedonian": "[ќѓѕЌЃЅ]",
    "Russian": "[ыэёЫЭЁ]",
    "Urdu": "[ٹڈڑںےھ]",
    "Kurdish": "[ڕڵۆێ]",
    "Persian": "[پچژگکی]",
    "Arabic": "[\u0620-\u064a]",
    "Marathi": "ळ|आहे|नाही",
    "Nepali": "छ(?![\u0900-\u097f])|हुन्छ",
    "Hindi": "[\u0900-\u097f]",
    "Chinese": "[\u3400-\u9fff\U00020000-\U0003ffff]",
}
_BY_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _ONE_LANGUAGE.items()} | {
    name: re.compile(letters) for name, letters in _TELLTALES.items()
}
_LANGUAGE = (
    r"(?P<language>Afrikaans|Albanian|Amharic|Arabic|Armenian|Azerbaijani|Basque|Belarusian|Bengali|Bosnian|Bulgarian|Burmese"
    r"|Cantonese|Catalan|Chinese|Croatian|Czech|Danish|Dutch|English|Estonian|Filipino|Finnish|Flemish|French|Galician"
    r"|Georgian|German|Greek|Gujarati|Hausa|Hebrew|Hindi|Hungarian|Icelandic|Igbo|Indonesian|Irish|Italian|Japanese"
    r"|Kannada|Kazakh|Khmer|Korean|Kurdish|Lao|Latin|Latvian|Lithuanian|Macedonian|Malay|Malayalam|Maltese|Mandarin"
    r"|Marathi|Mongolian|Nepali|Norwegian|Pashto|Persian|Farsi|Polish|Portuguese|Punjabi|Romanian|Russian|Scottish"
    r"|Serbian|Sinhala|Slovak|Slovene|Slovenian|Somali|Spanish|Swahili|Swedish|Tagalog|Tamil|Telugu|Thai|Turkish"
    r"|Ukrainian|Urdu|Uzbek|Vietnamese|Welsh|Xhosa|Yoruba|Zulu)"
)
# "In French", "French dialogue", or nothing else in the clause; not "a French horn".
_SAID_LANGUAGE = re.compile(
    rf"(?i:\b(?:in|speaks?|speaking|spoken|language|dialogue|voice):? (?:\w+ )?){_LANGUAGE}\b(?! horns?\b)"
    rf"|\b{_LANGUAGE.replace('language', 'adjective')} (?i:dialogue|speech|voices?|lines?|spoken|language|accent)\b"
    rf"|(?:^|[,;:(.])\s*{_LANGUAGE.replace('language', 'alone')}\s*(?=$|[,;.)])"
)


def languages_named(text: str) -> tuple[str, ...]:
    """Return the spoken languages that the editor's own words name in English, each once, in order."""
    found = (
        match.group("language") or match.group("adjective") or match.group("alone")
        for match in _SAID_LANGUAGE.finditer(text)
    )
    return tuple(dict.fromkeys(found))


def language_of(line: str, whole: str = "") -> str | None:
    """
    Return the language that the letters of a spoken line give away, or None where they leave more than one.

    Latin letters never tell. Han alone is Chinese unless the ``whole`` prompt holds kana: 了解 may be either.
    """
    for name, letters in _BY_LETTERS.items():
        if letters.search(line):
            is_japanese = name == "Chinese" and _BY_LETTERS["Japanese"].search(whole)
            return "Japanese" if is_japanese else name
    return None
