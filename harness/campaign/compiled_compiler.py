"""The Rust compiler itself as machine code: a copy of `engines.rustwasm` compiled by mypyc.

The copy is made once for these sources and this Python, and kept with the caches: a copy of other sources is never
used. It has to give the bytes that the sources give: `differing` asks them both, which a campaign does now and then.
What mypyc cannot compile stays Python.

Source: https://mypyc.readthedocs.io (a compiled module's functions and classes cannot be replaced at run time,
so injected bugs and debugging want the sources).

`counterproof wasm accelerate` makes the copy, which the commands of `counterproof wasm` then take by themselves;
`counterproof diff rust --compile` makes and takes it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import util
from pathlib import Path
from signal import SIGKILL
from threading import Timer
from typing import TYPE_CHECKING, Final

import engines
from engines.vm.runtime.object_cache import cache_directory, content_key

if TYPE_CHECKING:
    from harness.subjects.rustwasm_program import Build, CompiledProgram

SECONDS: Final = 7_200.0
"""Wall clock that compiling may take: minutes, but for a machine with much else to do."""
LEFT: Final = (
    "__init__.py",
    "build_cache.py",
    "debug/*",
    "unit_tests.py",
    "lower_linear/library_bodies.py",
    "lower_linear/library_instances.py",
    "lower_linear/linked.py",
    "mir/names.py",
    "mir/parser.py",
    "mir/printer.py",
    "mir/reader.py",
    "modes/advice.py",
    "release/errands.py",
    "release/placed.py",
    "release/processes.py",
    "snapshot.py",
    "wasm/positions.py",
    "wasm/text/*",
)
"""Sources that stay Python: what builds and campaigns do not run, and what mypyc has no room for (a subclass of `int`).
"""
_SOURCES: Final = Path(engines.__path__[0]) / "rustwasm"
_BESIDE: Final = Path(engines.__path__[0]) / "whole_file.py"
"""What the compiler imports beside itself. mypyc is shown its types; it stays Python, and is found in the sources."""
_BUILD: Final = Path(__file__).with_name("machine_code.py")
_PROGRESS: Final = re.compile(r"progress (\d+) (\d+)\n")
_REFUSED: Final = re.compile(r"^(engines/rustwasm/[\w/]+\.py):\d+: (?:error|\w*Error)", re.MULTILINE)
PROBE: Final = """
use std::{collections::HashMap, fmt, rc::Rc};
trait Shape { fn name(&self) -> &str; fn area(&self) -> f64 { 0.0 } }
#[derive(Clone, Debug, PartialEq)]
enum Kind<'a, T> { Named(&'a str, T), Pair { left: T, right: T }, Nothing }
struct Square<'a>(&'a str, f64);
impl<'a> Shape for Square<'a> { fn name(&self) -> &str { self.0 } fn area(&self) -> f64 { self.1 * self.1 } }
impl<'a, T: fmt::Display> fmt::Display for Kind<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Named(name, value) => write!(f, "{name}={value:>4}"),
            Kind::Pair { left, right } => write!(f, "{}/{}", left, right),
            Kind::Nothing => f.write_str("-"),
        }
    }
}
fn longest<'a>(texts: &[&'a str]) -> Option<&'a str> { texts.iter().copied().max_by_key(|text| text.len()) }
fn called<'a, F: Fn(&'a str) -> R, R>(text: &'a str, f: F) -> R { f(text) }
fn boxed<'a>(prefix: &'a str) -> Box<dyn Fn(&str) -> String + 'a> { Box::new(move |text| format!("{prefix}{text}")) }
fn parsed(text: &str) -> Result<i32, std::num::ParseIntError> { Ok(text.trim().parse::<i32>()? * 2) }
fn main() {
    let words = vec!["a", "bcd", "ef"];
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in &words { *counts.entry(word).or_insert(0) += word.len(); }
    let mut total = 0;
    let mut add = |n: usize| { total += n; total };
    for (i, word) in words.iter().enumerate().rev().filter(|(i, _)| i % 2 == 0) { add(i * word.len()); }
    let shapes: Vec<Rc<dyn Shape>> = vec![Rc::new(Square("square", 1.5))];
    let kinds = [Kind::Named("x", 7), Kind::Pair { left: 1, right: total as i32 }, Kind::Nothing];
    let parts: Vec<String> = kinds.iter().map(|kind| kind.to_string()).collect();
    let [first, .., last] = &parts[..] else { return };
    println!("{first} {last} {:?} {:?} {}", longest(&words), parsed("21"), called("abc", |text| &text[1..]));
    let area = shapes[0].area() + counts["bcd"] as f64;
    println!("{} {:?} {area}", boxed("<")(shapes[0].name()), kinds[1].clone() == kinds[2]);
}
"""
"""What a new copy has to compile to the modules that the sources make of it, or it is not kept."""
TRIES: Final = 6
"""So often files that mypyc refuses are left to Python."""
KEPT: Final = 3
"""So many copies, of the sources of other days too, are kept."""
_PARTIAL: Final = "partial-"


class CompilingError(RuntimeError):
    """The compiler cannot be compiled here; the message says why and what to do."""


def compiled(tell: Callable[[int, int], None] = lambda done, files: None) -> Path:
    """The directory of the compiled copy, which is made now if it is not there. Who comes while another process makes
    it waits for that. `tell` is told how many files of how many are compiled.

    Raises:
        CompilingError: mypyc or a C compiler is missing, or fails.
        OSError: the directory of caches cannot be written.
    """
    place = _place()
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with _alone(place.parent):
        for orphan in place.parent.glob(f"{_PARTIAL}*"):  # whoever made it was killed
            shutil.rmtree(orphan, ignore_errors=True)
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=place.parent, prefix=_PARTIAL) as scratch:
                files = [path.relative_to(_SOURCES) for path in _files() if path.suffix == ".py"]
                _compile(Path(scratch), files, tell)
                _try(Path(scratch) / "whole")
                (Path(scratch) / "whole").rename(place)
            for old in _copies()[KEPT:]:
                shutil.rmtree(old, ignore_errors=True)
    return place


def existing() -> Path | None:
    """The directory of the compiled copy of these sources; None if it was not made."""
    if not _directory().is_dir():
        return None
    place = _place()
    return place if place.is_dir() else None


def outdated() -> bool:
    """Whether there are compiled copies, but of other sources or for another Python only."""
    return existing() is None and bool(_copies())


def _directory() -> Path:
    return cache_directory() / "compiled-compiler"


def _copies() -> list[Path]:
    """Whole copies, the youngest first."""
    if not _directory().is_dir():
        return []
    found = [one for one in _directory().iterdir() if one.is_dir() and not one.name.startswith(_PARTIAL)]
    return sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)


def _files() -> list[Path]:
    return sorted(path for path in _SOURCES.rglob("*") if path.suffix in (".py", ".rs"))


def _place() -> Path:
    """Where the copy of these sources is, or will be."""
    parts: list[str | bytes] = [sys.version, platform.machine(), _BUILD.read_bytes(), "\n".join(LEFT)]
    for path in _files():
        parts += [str(path.relative_to(_SOURCES)), path.read_bytes()]
    return _directory() / content_key(parts)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """While no other process compiles."""
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use(place: Path) -> None:
    """From now on `engines.rustwasm` is the copy in `place`, in this process and its forks.

    Raises:
        RuntimeError: it is imported already.
    """
    if "engines.rustwasm" in sys.modules:
        raise RuntimeError("engines.rustwasm is imported already; a compiled copy has to be chosen before")
    engines.__path__.insert(0, str(place / "engines"))
    sys.path.insert(0, str(place))  # the library that mypyc's modules share


def _compile(scratch: Path, files: list[Path], tell: Callable[[int, int], None]) -> None:
    if util.find_spec("mypyc") is None or util.find_spec("setuptools") is None:
        raise CompilingError("compiling the compiler needs mypyc and setuptools: pip install 'counterproof[compiled]'")
    whole = scratch / "whole"
    copy = whole / "engines" / "rustwasm"
    shutil.copytree(_SOURCES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (whole / "engines" / "__init__.py").touch()
    beside = whole / "engines" / _BESIDE.name
    shutil.copy(_BESIDE, beside)
    chosen = [str(Path("engines", "rustwasm", one)) for one in files if not any(one.match(left) for left in LEFT)]
    environment = {**os.environ, "MYPYPATH": str(whole), "PYTHONPATH": str(whole)}
    for _ in range(TRIES):
        command = [sys.executable, "-P", str(_BUILD), *chosen]
        status, said = _run(command, whole, environment, tell)
        shutil.rmtree(whole / "build", ignore_errors=True)
        if not status:
            shutil.rmtree(whole / ".mypy_cache", ignore_errors=True)
            beside.unlink()
            return
        refused = set(_REFUSED.findall(said))
        if not refused:
            break
        chosen = [one for one in chosen if one not in refused]
    told = "; ".join([line for line in said.splitlines() if "error" in line.lower()][:3])
    raise CompilingError(f"mypyc cannot compile the compiler (it needs a C compiler, such as Debian's gcc): {told}")


def _try(whole: Path) -> None:
    """Compile the probe with a new copy and with the sources."""
    try:
        ours = _asked(PROBE, ("dev", "dev-gc", str(whole)))
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or [f"exit status {error.returncode}"])[-1]
        raise CompilingError(f"the compiled compiler does not work, a bug of ours or of mypyc: {reason}") from error
    if differing(PROBE, ours):
        raise CompilingError("the compiled compiler makes other modules than its sources, which is a bug")


def _run(
    command: list[str], folder: Path, environment: dict[str, str], tell: Callable[[int, int], None]
) -> tuple[int, str]:
    """A command's exit status and what it said, but for progress, which `tell` is told."""
    said = []
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        late = Timer(SECONDS, process.kill)
        late.start()
        assert process.stdout is not None
        try:
            for line in process.stdout:
                progress = _PROGRESS.fullmatch(line)
                if progress is None:
                    said.append(line)
                else:
                    tell(int(progress[1]), int(progress[2]))
            status = process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            late.cancel()
    if status == -SIGKILL:
        raise CompilingError(f"compiling was killed: it took more than {SECONDS:.0f} s or there was too little memory")
    return status, "".join(said)


def in_use() -> bool:
    """Whether `engines.rustwasm` is a compiled copy in this process."""
    return Path(engines.__path__[0]) / "rustwasm" != _SOURCES


def digests(compiled: CompiledProgram, builds: Sequence[Build]) -> dict[str, str]:
    """A digest of each build's module."""
    return {build.name: hashlib.sha256(compiled.module(build)).hexdigest() for build in builds}


def differing(source: str, ours: dict[str, str]) -> list[str]:
    """The builds of a program whose digests are not those that the compiler's sources give, in a process of their own.

    Raises:
        CalledProcessError, TimeoutExpired: they give none.
    """
    right = _asked(source, ours)
    return [name for name, digest in ours.items() if right[name] != digest]


def _asked(source: str, arguments: Iterable[str]) -> dict[str, str]:
    """Digests of a program's modules, from a process of their own; `arguments` as `_main` takes them."""
    command = [sys.executable, "-m", __name__, *arguments]
    done = subprocess.run(command, input=source, capture_output=True, text=True, timeout=SECONDS, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _main(arguments: list[str]) -> None:
    """Compile the compiler; with names of builds, print the digests of a program's modules instead. A path behind them
    is that of the compiled copy to take."""
    if not arguments:
        print(compiled())
        return
    builds = [one for one in arguments if "/" not in one]
    for place in arguments[len(builds) :]:
        use(Path(place))
    from harness.subjects.rustwasm_program import BUILDS, CompiledProgram

    program = CompiledProgram(sys.stdin.read())
    print(json.dumps(digests(program, [one for one in BUILDS if one.name in builds])))


if __name__ == "__main__":
    _main(sys.argv[1:])
