"""Standard output and error that end a command clearly when they cannot be written.

A reader that goes away (`counterproof … | head -1`) ends the process as other Unix programs end, quietly and with the
status of SIGPIPE; a disk that is full is one line on standard error. Neither looks like a result: status 1 would say
that something diverged. What a campaign has kept by then stays kept, and `--resume` goes on from there.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

CLOSED: Final = 141
"""128 + SIGPIPE, what a shell reports of a program whose reader went away."""
UNWRITABLE: Final = 3
_DESCRIPTORS: Final = {"stdout": 1, "stderr": 2}


class _Descriptor(io.FileIO):
    """A standard stream's descriptor. The first write that fails ends the process; later ones are dropped."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "wb", closefd=False)
        self._lost = False

    def write(self, data: object, /) -> int:
        """All of `data`, or what the system took of it.

        Raises:
            SystemExit: the stream cannot be written.
        """
        assert isinstance(data, bytes | bytearray | memoryview)
        size = memoryview(data).nbytes
        if self._lost:
            return size
        try:
            return super().write(data)
        except OSError as error:
            self._lost = True
            if isinstance(error, BrokenPipeError):
                raise SystemExit(CLOSED) from None
            if self.fileno() == _DESCRIPTORS["stdout"]:
                print(f"counterproof: standard output cannot be written: {error.strerror}", file=sys.stderr)
            raise SystemExit(UNWRITABLE) from None


@contextmanager
def guarded_streams() -> Iterator[None]:
    """Within the block, a standard stream that fails ends the process. Streams that someone replaced stay."""
    replaced: dict[str, TextIO] = {}
    for name, number in _DESCRIPTORS.items():
        stream = getattr(sys, name)
        if stream is None or stream is not getattr(sys, f"__{name}__") or not isinstance(stream, io.TextIOWrapper):
            continue
        stream.flush()
        replaced[name] = stream
        guarded = io.TextIOWrapper(
            io.BufferedWriter(_Descriptor(number)),
            encoding=stream.encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering,
        )
        setattr(sys, name, guarded)
    try:
        yield
    finally:
        try:
            for name in replaced:
                getattr(sys, name).flush()
        finally:
            for name, stream in replaced.items():
                setattr(sys, name, stream)
