"""
C2PA content credentials in movies: whether a take bears some, and a copy of them.

They are a signed claim about the very bytes of the file. A take is never changed, so what a service sends stays valid
in it. A conformed file is another file, which they don't vouch for: a copy of the manifest is laid beside it, as the
story of where it came from, and nothing is claimed for the new file.

Source: C2PA technical specification 2.2, "Embedding manifests into BMFF-based assets": a ``uuid`` box of this type,
version and flags, the purpose ``manifest`` ended by a zero, the offset of a Merkle box, then the JUMBF boxes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

BOX_TYPE = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_MOST_BYTES = 64_000_000


def read_credentials(movie: Path) -> bytes | None:
    """
    Return the C2PA manifest store (JUMBF) of an MP4 or MOV file; None where it has none, or is no such file.

    Whether its signature holds isn't checked.
    """
    with movie.open("rb") as file:
        for kind, start, size in _boxes(file, movie.stat().st_size):
            if kind != b"uuid" or not 16 < size <= _MOST_BYTES:
                continue
            file.seek(start)
            content = file.read(size)
            if content[:16] == BOX_TYPE:
                purpose, _, rest = content[20:].partition(b"\0")
                if purpose == b"manifest" and len(rest) > 8:
                    return rest[8:]
    return None


def _boxes(file: BinaryIO, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the top boxes of a file: type, where the content starts, and its size."""
    at = 0
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, kind = struct.unpack(">I4s", head[:8])
        content = at + 8
        if size == 1 and len(head) == 16:
            size, content = struct.unpack(">Q", head[8:])[0], at + 16
        elif size == 0:
            size = end - at
        if size < content - at or at + size > end:
            return
        yield kind, content, at + size - content
        at += size
