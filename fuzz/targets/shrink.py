"""Reducing a failing input: the smallest bytes, or the simplest program, that fail in the same way.

`python -m fuzz.targets.shrink NAME INPUT OUT` does it in a process of its own, since a failing input may do anything.
"""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Final

from fuzz.targets import stored
from fuzz.targets.catalogue import load
from fuzz.targets.target import Target, is_planted

MAX_ATTEMPTS: Final = 4_000
_HANG_SECONDS: Final = 10.0
_ROOT: Final = str(Path(stored.__file__).parents[2])


class HangError(Exception):
    """An input that takes too long."""


def failure(target: Target, data: bytes) -> str:
    """How `data` fails: the exception's class and the innermost function of ours; empty where it does not."""
    previous = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _HANG_SECONDS)
    try:
        target.one_input(data)
    except Exception as error:  # noqa: BLE001  (whatever a target raises is what is looked for)
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_ROOT)]
        where = f"{Path(frames[-1].filename).stem}.{frames[-1].name}" if frames else "outside"
        return f"{type(error).__name__} in {where}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    return ""


def _give_up(number: int, frame: FrameType | None) -> None:
    raise HangError(f"no end after {_HANG_SECONDS:g} s")


def shrink(
    data: bytes,
    fails: Callable[[bytes], bool],
    simpler: Callable[[bytes], Iterator[bytes]] | None = None,
    max_attempts: int = MAX_ATTEMPTS,
) -> bytes:
    """The simplest input found for which `fails` holds, going from one to the first of `simpler` that still fails.

    By default runs of bytes are removed, longest first, then bytes made plain.

    Raises:
        ValueError: `fails` does not hold for `data`.
    """
    if not fails(data):
        raise ValueError("the input does not fail")
    attempts = 0
    improved = True
    while improved:
        improved = False
        for candidate in (simpler or _simpler)(data):
            attempts += 1
            if attempts > max_attempts:
                return data
            if fails(candidate):
                data, improved = candidate, True
                break
    return data


def _simpler(data: bytes) -> Iterator[bytes]:
    """Inputs that are simpler than `data`, the most drastic first."""
    size = len(data)
    step = size
    while step:
        for at in range(0, size - step + 1, max(step, 1)):
            yield data[:at] + data[at + step :]
        step //= 2
    for at, byte in enumerate(data):
        for plain in (0, ord("0"), ord(" ")):
            if byte not in (0, ord("0"), ord(" ")):
                yield data[:at] + bytes((plain,)) + data[at + 1 :]


def reduce_input(target: Target, data: bytes) -> tuple[bytes, str]:
    """(the reduced input, how it fails); an input that does not fail comes back with an empty text."""
    how = failure(target, data)
    if not how:
        return data, ""
    return shrink(data, lambda candidate: failure(target, candidate) == how, target.simpler), how


def main(arguments: list[str]) -> int:
    """NAME INPUT OUT: reduce, write OUT and print how it fails. Exit status: 0 reduced, 1 it does not fail."""
    name, source, out = arguments
    target = load(name)
    if is_planted():
        target.planted()
    data, how = reduce_input(target, Path(source).read_bytes())
    if not how:
        return 1
    Path(out).write_bytes(data)
    print(how)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
