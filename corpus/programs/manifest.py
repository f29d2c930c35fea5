"""The manifest of the programs, read strictly."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = Path(__file__).parent / "manifest.toml"
OWN_SOURCES: Final = Path(__file__).parent / "c"
SETS: Final = ("quick", "full")


class ManifestError(ValueError):
    """The manifest says something that it may not; the message names the entry."""


@dataclass(frozen=True)
class Source:
    """A package's source archive in a public registry.

    Attributes:
        registry: `pypi` (a source distribution) or `npm` (a package tarball).
        sha256: of the archive, in hexadecimal; checked before anything looks inside.
    """

    name: str
    registry: str
    package: str
    version: str
    archive: str
    sha256: str


@dataclass(frozen=True)
class Variant:
    """How a program's own code is compiled for riscv64; the C library is always rv64gc."""

    name: str
    optimisation: str
    compressed: bool


@dataclass(frozen=True)
class Workload:
    """One run of a program: what it gets, and the exit status that it must end with everywhere.

    `limitations` name references that are known to get it wrong, each with the reason.
    """

    name: str
    argv: tuple[str, ...] = ()
    stdin: bytes = b""
    exit_status: int = 0
    limitations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Program:
    """A program and how it is built; paths in `files` and `include` are inside the archive, those in `own` are ours."""

    name: str
    source: Source | None
    files: tuple[str, ...]
    own: tuple[str, ...]
    include: tuple[str, ...]
    defines: tuple[str, ...]
    variants: Mapping[str, tuple[Variant, ...]]
    workloads: tuple[Workload, ...]


def load_manifest(path: Path = MANIFEST) -> tuple[Program, ...]:
    """All programs, in the order of the manifest.

    Raises:
        ManifestError: an unknown key or name, a missing value, or a value of the wrong shape.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{path.name}: {error}") from None
    _only(document, {"sources", "variants", "programs"}, path.name)
    sources = {name: _source(name, entry) for name, entry in document.get("sources", {}).items()}
    variants = {name: _variant(name, entry) for name, entry in document.get("variants", {}).items()}
    programs = tuple(_program(entry, sources, variants) for entry in document.get("programs", []))
    names = [program.name for program in programs]
    if len(set(names)) != len(names):
        raise ManifestError(f"a program is listed twice: {', '.join(names)}")
    return programs


def _only(entry: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = set(entry) - known
    if unknown:
        raise ManifestError(f"{where}: unknown {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _source(name: str, entry: Mapping[str, Any]) -> Source:
    known = {"registry", "package", "version", "archive", "sha256"}
    _only(entry, known, f"source {name}")
    missing = known - set(entry)
    if missing:
        raise ManifestError(f"source {name}: missing {', '.join(sorted(missing))}")
    if entry["registry"] not in ("pypi", "npm"):
        raise ManifestError(f"source {name}: registry {entry['registry']!r} is neither pypi nor npm")
    if len(entry["sha256"]) != 64 or not set(entry["sha256"]) <= set("0123456789abcdef"):
        raise ManifestError(f"source {name}: sha256 {entry['sha256']!r} is not 64 lower-case hexadecimal digits")
    return Source(name, **entry)


def _variant(name: str, entry: Mapping[str, Any]) -> Variant:
    _only(entry, {"optimisation", "compressed"}, f"variant {name}")
    if entry.get("optimisation") not in ("-O0", "-O1", "-O2", "-O3", "-Os") or "compressed" not in entry:
        raise ManifestError(f"variant {name}: needs an optimisation of -O0 … -O3 or -Os, and compressed")
    return Variant(name, entry["optimisation"], bool(entry["compressed"]))


def _program(entry: Mapping[str, Any], sources: dict[str, Source], variants: dict[str, Variant]) -> Program:
    where = f"program {entry.get('name', '?')}"
    lists = ("files", "own", "include", "defines")
    _only(entry, {"name", "source", "workloads", *lists, *SETS}, where)
    chosen: dict[str, tuple[Variant, ...]] = {}
    for name in SETS:
        unknown = [v for v in entry.get(name, []) if v not in variants]
        if unknown or not entry.get(name):
            raise ManifestError(f"{where}: {name} needs variants out of {', '.join(variants)}, not {unknown}")
        chosen[name] = tuple(variants[v] for v in entry[name])
    if entry.get("source") not in (None, *sources):
        raise ManifestError(f"{where}: unknown source {entry['source']!r}; known: {', '.join(sources)}")
    for path in entry.get("own", []):
        if not (OWN_SOURCES / path).is_file():
            raise ManifestError(f"{where}: {path} is not in corpus/programs/c")
    files, own, include, defines = (tuple(entry.get(name, ())) for name in lists)
    source = sources.get(entry.get("source", ""))
    workloads = tuple(_workload(w, where) for w in entry["workloads"])
    return Program(entry["name"], source, files, own, include, defines, chosen, workloads)


def _workload(entry: Mapping[str, Any], where: str) -> Workload:
    _only(entry, {"name", "argv", "stdin", "exit_status", "limitations"}, f"{where}, a workload")
    return Workload(
        entry["name"],
        tuple(entry.get("argv", ())),
        entry.get("stdin", "").encode(),
        int(entry.get("exit_status", 0)),
        tuple(entry.get("limitations", {}).items()),
    )
