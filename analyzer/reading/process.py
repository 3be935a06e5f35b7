"""A process that touches documents, as seen from outside: started, bounded and, if need be, stopped here."""

from __future__ import annotations

import marshal
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Answer = tuple[Any, ...]

#: What the process ends with when it is refused memory: it gives up by one of these signals (4, 5 and 6 on POSIX), or
#: the system kills it (9) when its own memory runs out.
_OUT_OF_MEMORY = {-4, -5, -6, -9}
#: Answers that others follow.
_MORE_TO_COME = {"pages", "page", "blocks", "part"}


class StoppedError(Exception):
    """The process ended before it had answered; ``costly`` tells whether it took too much time or memory."""

    def __init__(self, costly: bool) -> None:
        super().__init__()
        self.costly = costly


class Worker:
    """A running ``script`` of this folder, for one caller at a time."""

    def __init__(self, script: str, memory_bytes: int) -> None:
        # The worker is started by its path, so it is told where this process finds its packages.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        folder = Path(__file__).parent
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(folder / "worker.py"), str(memory_bytes), str(folder / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.owner = os.getpid()
        self.busy = False

    def ask(self, request: Answer, data: bytes, seconds: Callable[[], float]) -> Iterator[Answer]:
        """Yield the answers to ``request``, each awaited for ``seconds()``; raise ``StoppedError`` if one fails."""
        assert self.process.stdin and self.process.stdout
        self.busy = True
        sent = marshal.dumps(request)
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.process.kill()

        while True:
            timer = threading.Timer(seconds(), stop)
            timer.daemon = True
            timer.start()
            try:
                if sent:
                    self.process.stdin.write(struct.pack("<I", len(sent)) + sent + struct.pack("<I", len(data)))
                    self.process.stdin.write(data)
                    self.process.stdin.flush()
                    sent = b""
                head = self.process.stdout.read(4)
                body = self.process.stdout.read(struct.unpack("<I", head)[0]) if len(head) == 4 else b""
            except OSError:
                body = b""
            finally:
                timer.cancel()
            if not body:
                raise StoppedError(late.is_set() or self.process.wait() in _OUT_OF_MEMORY)
            answer: Answer = marshal.loads(body)
            if answer[0] not in _MORE_TO_COME:
                self.busy = False
                if answer[0] != "end":
                    yield answer
                return
            yield answer

    def close(self) -> None:
        """End the process."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()
