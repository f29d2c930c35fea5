"""Building the programs: zig's clang and musl for riscv64, the host's own compiler (or zig's) for their native twins.

Every build is kept in the cache under a hash of all that went into it: sources, flags and compiler. Objects are
compiled with the variant's flags and linked with one set of flags, so the C library, rv64gc, is built once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final

from corpus.programs.manifest import OWN_SOURCES, Program, Variant, Workload, load_manifest
from corpus.programs.sources import fetch, unpack, why_not_fetchable
from harness.contract.case import ProgramCase
from harness.nearest import did_you_mean

GUEST: Final = "riscv64"
TIMEOUT_S: Final = 900.0
COMMON_FLAGS: Final = ("-std=gnu11", "-g0", "-w", "-ffp-contract=off", "-fno-strict-aliasing")
"""No contraction: x86_64 has no fused multiply-add by default and RISC-V has, so results would differ legally."""
NATIVE: Final = Variant("native", "-O0", True)
_ISA_OF_MACHINE: Final = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64", "riscv64": "riscv64"}


class BuildError(RuntimeError):
    """A compiler is missing, or refused a program; the message has its own words."""


@dataclass(frozen=True)
class Built:
    """An executable file of a program; `isa` is `riscv64` or the host's."""

    program: Program
    variant: Variant
    isa: str
    path: Path

    def case(self, workload: Workload) -> ProgramCase:
        """The workload as a case."""
        label = f"{self.program.name} {self.variant.name} {workload.name}"
        argv = (self.program.name, *workload.argv)
        return ProgramCase(self.isa, self.path.read_bytes(), argv, stdin=workload.stdin, label=label)


def cache_folder() -> Path:
    """`programs` in the cache of Counterproof: `$COUNTERPROOF_CACHE`, or the user's cache directory."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("COUNTERPROOF_CACHE") or user_cache_dir("counterproof")) / "programs"


def build(
    selection: str = "quick",
    names: Iterable[str] = (),
    *,
    jobs: int = 2,
    native: bool = True,
    left_out: dict[str, str] | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> list[Built]:
    """Build (or find in the cache) the variants of `selection`, with a native twin of each program.

    Args:
        selection: `quick` or `full`.
        names: only these programs; all when empty.
        jobs: compilers at a time.
        native: whether the twins are built too.
        left_out: gets the programs whose registry has no client here, with the reason; without it, that is an error.
        progress: told one line per build that is not in the cache.

    Raises:
        ValueError: a name that no program has.
        FetchError, BuildError: see their names.
    """
    programs = select(names)
    folder = cache_folder()
    if left_out is not None:
        for program in programs:
            reason = why_not_fetchable(program.source, folder / "archives") if program.source is not None else ""
            if reason:
                left_out[program.name] = reason
                progress(f"left out: {program.name}: {reason}")
        programs = [program for program in programs if program.name not in left_out]
    sources = {p.source.name: p.source for p in programs if p.source is not None}
    archives = fetch(list(sources.values()), folder / "archives")
    trees = {n: unpack(a, folder / "archives" / f"{n}-{sources[n].sha256[:16]}") for n, a in archives.items()}
    wanted = [(p, v, GUEST) for p in programs for v in p.variants[selection]]
    if native:
        wanted += [(p, NATIVE, host_isa()) for p in programs]

    def one(item: tuple[Program, Variant, str]) -> Built:
        program, variant, isa = item
        tree = trees[program.source.name] if program.source is not None else None
        return Built(program, variant, isa, _built_file(program, variant, isa, tree, folder, progress))

    with ThreadPoolExecutor(max_workers=jobs) as pool:
        return list(pool.map(one, wanted))


def select(names: Iterable[str]) -> list[Program]:
    """The programs called `names`, or all.

    Raises:
        ValueError: a name that no program has; the message lists those there are.
    """
    programs = {program.name: program for program in load_manifest()}
    unknown = [name for name in names if name not in programs]
    if unknown:
        hint = did_you_mean(unknown[0], programs)
        raise ValueError(f"no program is called {', '.join(unknown)}.{hint} There are {', '.join(programs)}")
    return [programs[name] for name in names] or list(programs.values())


def host_isa() -> str:
    machine = platform.machine()
    if machine not in _ISA_OF_MACHINE:
        raise BuildError(f"no programs are built for a {machine} host; there are {', '.join(_ISA_OF_MACHINE)}")
    return _ISA_OF_MACHINE[machine]


@dataclass(frozen=True)
class Toolchain:
    """A compiler command with its flags for compiling and for linking, and the text that identifies it."""

    command: tuple[str, ...]
    compile_flags: tuple[str, ...]
    link_flags: tuple[str, ...]
    identity: str


def toolchain(variant: Variant, isa: str) -> Toolchain:
    """What compiles `variant` for `isa`.

    Raises:
        BuildError: the `ziglang` package is missing.
    """
    if variant is NATIVE:
        compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler:
            flags = (*COMMON_FLAGS, variant.optimisation)
            return Toolchain((compiler,), flags, ("-lm",), _version(compiler, "--version"))
        command: tuple[str, ...] = (zig(), "cc")
        return Toolchain(command, (*COMMON_FLAGS, variant.optimisation), ("-lm",), _version(zig(), "version"))
    target = ("-target", f"{isa}-linux-musl")
    extension = "+c" if variant.compressed else "-c"
    own = ("-fno-sanitize=undefined", f"-mcpu=generic_rv64+m+a+f+d{extension}", variant.optimisation)
    link = (*target, "-mcpu=generic_rv64+m+a+f+d+c", "-O2", "-static", "-s", "-lm")
    return Toolchain((zig(), "cc"), (*target, *COMMON_FLAGS, *own), link, "zig " + _version(zig(), "version"))


@cache
def zig() -> str:
    """Path of the `zig` program in the `ziglang` package."""
    spec = importlib.util.find_spec("ziglang")
    path = Path(spec.origin).parent / "zig" if spec is not None and spec.origin is not None else None
    if path is None or not path.is_file():
        raise BuildError("the package `ziglang`, the compiler, is missing: pip install 'counterproof[corpus]'")
    return str(path)


@cache
def _version(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except OSError as error:
        raise BuildError(f"{command[0]} cannot be run: {error}") from None
    return done.stdout.partition("\n")[0]


def _built_file(
    program: Program, variant: Variant, isa: str, tree: Path | None, folder: Path, progress: Callable[[str], None]
) -> Path:
    tools = toolchain(variant, isa)
    own = sorted(OWN_SOURCES.rglob("*.[ch]"))
    recipe = {
        "program": [program.name, program.files, program.own, program.include, program.defines],
        "source": asdict(program.source) if program.source is not None else None,
        "own": {str(p.relative_to(OWN_SOURCES)): _digest(p) for p in own},
        "tools": [tools.command[1:], tools.compile_flags, tools.link_flags, tools.identity],
        "isa": isa,
    }
    key = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:32]
    path = folder / "built" / f"{program.name}-{variant.name}-{isa}-{key}"
    seal = path.with_name(path.name + ".sha256")
    if path.is_file() and seal.is_file():
        if seal.read_text() == _digest(path):
            return path
        progress(f"{path.name} was damaged in the cache")
    progress(f"building {program.name} {variant.name} for {isa}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=path.parent) as place:
        made, mark = _compile(program, tools, tree, Path(place)), Path(place, "seal")
        mark.write_text(_digest(made))
        seal.unlink(missing_ok=True)
        made.replace(path)
        mark.replace(seal)  # last: what has no seal is built again
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _compile(program: Program, tools: Toolchain, tree: Path | None, place: Path) -> Path:
    files = [path for pattern in program.files if tree is not None for path in sorted(tree.glob(pattern))]
    if tree is not None and not files:
        raise BuildError(f"{program.name}: the archive holds none of {', '.join(program.files)}")
    include = [f"-I{tree / name}" for name in program.include if tree is not None]
    flags = [*tools.compile_flags, *(f"-D{define}" for define in program.defines), *include, f"-I{OWN_SOURCES}"]
    objects = []
    for number, path in enumerate([*files, *(OWN_SOURCES / name for name in program.own)]):
        objects.append(str(place / f"{number}.o"))
        _run([*tools.command, *flags, "-c", str(path), "-o", objects[-1]], f"{program.name}: {path.name}")
    _run([*tools.command, *objects, *tools.link_flags, "-o", str(place / "program")], f"{program.name}: linking")
    return place / "program"


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise BuildError(f"{what} did not finish within {TIMEOUT_S:g} s") from None
    if done.returncode != 0:
        raise BuildError(f"{what}: {' '.join(command)} exited with {done.returncode}:\n{done.stderr.strip()[-2000:]}")
