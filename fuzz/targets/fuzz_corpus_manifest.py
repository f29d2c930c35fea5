"""The manifest of the real programs: refused with the entry's name, or programs that can be listed and built."""

from __future__ import annotations

import atexit
import random
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace, words, write_file

with instrumented(__name__):
    from corpus.programs import manifest
    from corpus.programs.manifest import MANIFEST, ManifestError, load_manifest


@cache
def _file() -> Path:
    made = tempfile.TemporaryDirectory(prefix="fuzz-manifest-")
    atexit.register(made.cleanup)
    return Path(made.name) / "manifest.toml"


def one_input(data: bytes) -> None:
    write_file(_file(), data)
    try:
        programs = load_manifest(_file())
    except ManifestError:
        return
    for program in programs:
        lists = (program.files, program.own, program.include, program.defines)
        texts = [program.name, *(text for one in lists for text in one)]
        texts += [v.optimisation for vs in program.variants.values() for v in vs]
        for workload in program.workloads:
            texts += [workload.name, *workload.argv, *(text for pair in workload.limitations for text in pair)]
        if program.source is not None:
            texts += [program.source.package, program.source.version, program.source.archive]
        if not all(isinstance(text, str) for text in texts):
            raise FindingError(f"{program.name!r} holds something else than text: {texts}")


def _mutate(data: bytes, max_bytes: int, seed: int) -> bytes:
    """Lines removed, repeated, moved, or their value exchanged for another kind."""
    chance = random.Random(seed)
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 3)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        key, equals, _ = lines[at].partition(b"=")
        match chance.randrange(5):
            case 0 if len(lines) > 1:
                del lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2 if equals:
                lines[at] = key + b"= " + chance.choice(_VALUES)
            case 3 if equals:
                lines[at] = key + b"=" + lines[other].partition(b"=")[2]
            case _:
                where = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:where] + chance.choice((*_VALUES, b"", b"x")) + lines[at][where + 1 :]
    return b"\n".join(lines)[:max_bytes]


_VALUES = tuple(words('1 -1 0.5 true [] [1] [[]] {} {a=1} "" \'x\' "-O2" nan 1979-05-27 "\\u0000" ["x"]'))


def seeds() -> Iterable[bytes]:
    text = MANIFEST.read_text(encoding="utf-8")
    head, *entries = text.split("\n[[programs]]")
    yield (head + "\n[[programs]]" + entries[0]).encode()
    for entry in entries[1:3]:
        yield (head + "\n[[programs]]" + entry).encode()


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def only(entry: Any, known: set[str], where: str) -> None:
            if where.startswith("variant"):
                if set(entry) - known:
                    raise KeyError(min(set(entry) - known))
                return
            original(entry, known, where)

        return only

    replace(manifest, "_only", wrapper)


TARGET = Target(
    one_input,
    "the manifest of the real programs: refused with the entry's name, or usable",
    ("corpus.programs.manifest",),
    seeds,
    planted,
    "an unknown key of a variant ends in a KeyError",
    mutate=_mutate,
    max_bytes=8000,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
