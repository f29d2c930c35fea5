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
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path.name}: {error}") from None
    except RecursionError:
        raise ManifestError(f"{path.name}: nested too deeply to be a manifest") from None
    _only(document, {"sources", "variants", "programs"}, path.name)
    sources = {name: _source(name, entry) for name, entry in _table(document, "sources", path.name).items()}
    variants = {name: _variant(name, entry) for name, entry in _table(document, "variants", path.name).items()}
    programs = tuple(_program(entry, sources, variants) for entry in _list(document, "programs", path.name))
    names = [program.name for program in programs]
    if len(set(names)) != len(names):
        raise ManifestError(f"a program is listed twice: {', '.join(names)}")
    return programs


def _only(entry: object, known: set[str], where: str) -> None:
    """Refuse what is no table, and keys other than `known`."""
    if not isinstance(entry, Mapping):
        raise ManifestError(f"{where}: {entry!r} must be a table")
    unknown = set(entry) - known
    if unknown:
        raise ManifestError(f"{where}: unknown {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")


def _text(entry: Mapping[str, Any], key: str, where: str, default: str | None = None) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str):
        raise ManifestError(f"{where}: {key} is {value!r}, must be a string")
    return value


def _table(entry: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = entry.get(key, {})
    if not isinstance(value, Mapping):
        raise ManifestError(f"{where}: {key} is {value!r}, must be a table")
    return value


def _list(entry: Mapping[str, Any], key: str, where: str) -> list[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise ManifestError(f"{where}: {key} is {value!r}, must be a list")
    return value


def _texts(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    values = _list(entry, key, where)
    if not all(isinstance(value, str) for value in values):
        raise ManifestError(f"{where}: {key} is {values!r}, must be a list of strings")
    return tuple(values)


def _source(name: str, entry: Mapping[str, Any]) -> Source:
    known = {"registry", "package", "version", "archive", "sha256"}
    where = f"source {name}"
    _only(entry, known, where)
    missing = known - set(entry)
    if missing:
        raise ManifestError(f"{where}: missing {', '.join(sorted(missing))}")
    texts = {key: _text(entry, key, where) for key in known}
    if texts["registry"] not in ("pypi", "npm"):
        raise ManifestError(f"{where}: registry {texts['registry']!r} is neither pypi nor npm")
    if len(texts["sha256"]) != 64 or not set(texts["sha256"]) <= set("0123456789abcdef"):
        raise ManifestError(f"{where}: sha256 {texts['sha256']!r} is not 64 lower-case hexadecimal digits")
    return Source(name, **texts)


def _variant(name: str, entry: Mapping[str, Any]) -> Variant:
    _only(entry, {"optimisation", "compressed"}, f"variant {name}")
    optimisation, compressed = entry.get("optimisation"), entry.get("compressed")
    if optimisation not in ("-O0", "-O1", "-O2", "-O3", "-Os") or not isinstance(compressed, bool):
        raise ManifestError(f"variant {name}: needs an optimisation of -O0 … -O3 or -Os, and compressed: true or false")
    return Variant(name, str(optimisation), compressed)


def _program(entry: Mapping[str, Any], sources: dict[str, Source], variants: dict[str, Variant]) -> Program:
    name = entry.get("name", "?") if isinstance(entry, Mapping) else "?"
    where = f"program {name}"
    lists = ("files", "own", "include", "defines")
    _only(entry, {"name", "source", "workloads", *lists, *SETS}, where)
    chosen: dict[str, tuple[Variant, ...]] = {}
    for selection in SETS:
        wanted = _texts(entry, selection, where)
        unknown = [v for v in wanted if v not in variants]
        if unknown or not wanted:
            raise ManifestError(f"{where}: {selection} needs variants out of {', '.join(variants)}, not {unknown}")
        chosen[selection] = tuple(variants[v] for v in wanted)
    source = _text(entry, "source", where, "")
    if source and source not in sources:
        raise ManifestError(f"{where}: unknown source {source!r}; known: {', '.join(sources)}")
    files, own, include, defines = (_texts(entry, key, where) for key in lists)
    for path in own:
        if "\0" in path or not (OWN_SOURCES / path).is_file():
            raise ManifestError(f"{where}: {path} is not in corpus/programs/c")
    workloads = tuple(_workload(w, where) for w in _list(entry, "workloads", where))
    name = _text(entry, "name", where)
    return Program(name, sources.get(source), files, own, include, defines, chosen, workloads)


def _workload(entry: Mapping[str, Any], where: str) -> Workload:
    where = f"{where}, a workload"
    _only(entry, {"name", "argv", "stdin", "exit_status", "limitations"}, where)
    status = entry.get("exit_status", 0)
    if type(status) is not int or not 0 <= status <= 255:
        raise ManifestError(f"{where}: exit_status is {status!r}, must be 0 … 255")
    limitations = _table(entry, "limitations", where)
    return Workload(
        _text(entry, "name", where),
        _texts(entry, "argv", where),
        _text(entry, "stdin", where, "").encode(),
        status,
        tuple((reference, _text(limitations, reference, where)) for reference in limitations),
    )
