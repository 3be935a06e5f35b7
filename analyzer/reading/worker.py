"""The loop of the processes that touch documents: requests come in, answers go out, until the caller hangs up.

It is run by its path with the bytes of addresses it may have and the path of a script, and imports nothing of
``analyzer``, so that it starts at once. The script has a function ``answers(request, data)``.

Requests and answers are frames: four bytes of length (little endian), then a marshalled tuple; the bytes of the file
follow a request in a frame of their own.
"""

from __future__ import annotations

import marshal
import os
import runpy
import struct
import sys
from contextlib import suppress
from typing import Any, BinaryIO


def _receive(channel: BinaryIO) -> bytes | None:
    """Return the next frame, ``None`` at the end."""
    head = channel.read(4)
    return channel.read(struct.unpack("<I", head)[0]) if len(head) == 4 else None


def _send(channel: BinaryIO, answer: tuple[Any, ...]) -> None:
    """Write one frame."""
    frame = marshal.dumps(answer)
    channel.write(struct.pack("<I", len(frame)) + frame)
    channel.flush()


def _bound_memory(size: int) -> None:
    """Keep this process below ``size`` bytes of addresses, where the system knows how to."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def main() -> None:
    """Answer requests until the caller hangs up."""
    _bound_memory(int(sys.argv[1]))
    channel = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up between the frames.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    answers = runpy.run_path(sys.argv[2])["answers"]
    while (request := _receive(sys.stdin.buffer)) is not None:
        data = _receive(sys.stdin.buffer)
        if data is None:
            break
        for answer in answers(marshal.loads(request), data):
            _send(channel, answer)


if __name__ == "__main__":
    main()
