"""Running a target under libFuzzer in a process of its own: what it found, and how far it came.

The process may die in any way; what it leaves is a log, a corpus and the inputs that failed.
"""

from __future__ import annotations

import importlib.util
import math
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fuzz.targets import stored
from fuzz.targets.catalogue import load, module_of
from fuzz.targets.target import PLANTED, Target

_STATUS: Final = re.compile(rb"^#(\d+)\s+\S+\s+cov: (\d+) ft: (\d+) corp: (\d+)/\S+ .*?exec/s: (\d+)", re.MULTILINE)
_RUNS: Final = re.compile(rb"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
_CPU_TICKS: Final = os.sysconf("SC_CLK_TCK")
_ALL_DAY: Final = 86_400.0
_BUSY: Final = 10
"""By so much a busy machine may lengthen an input's time, which libFuzzer takes by the clock."""
_CODES: Final = {70: "hang", 71: "out of memory", 77: "failure"}
_GRACE_SECONDS: Final = 15.0
"""How long libFuzzer may take to notice that its time is over, or that it was interrupted."""


class EngineMissingError(RuntimeError):
    """atheris is not installed; the message says how to get it, and what works without."""


@dataclass(frozen=True)
class Status:
    """How far a run has come: executions, covered edges, features, inputs in the corpus, executions per second."""

    executions: int = 0
    edges: int = 0
    features: int = 0
    corpus: int = 0
    speed: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        kind: `clean`, `failure`, `hang`, `out of memory`, `interrupted` or `broken` (it did not get going or died).
        inputs: those that failed, as libFuzzer wrote them.
        log: what the process printed.
        cpu_seconds: processor time of the process and its children, its start included.
    """

    kind: str
    status: Status
    seconds: float
    inputs: tuple[Path, ...]
    log: Path
    cpu_seconds: float = 0.0

    @property
    def found(self) -> bool:
        return self.kind in _CODES.values()


def require_engine() -> None:
    """Raises:
    EngineMissingError: atheris cannot be imported here.
    """
    if importlib.util.find_spec("atheris") is None:
        raise EngineMissingError(
            f"atheris is not installed for Python {sys.version_info.major}.{sys.version_info.minor}: pip install "
            "'counterproof[atheris]' (it is published for 3.11 to 3.13); `counterproof fuzz replay` works without"
        )


def require_packages(target: Target) -> None:
    """Raises:
    EngineMissingError: a package that the target cannot do without is missing.
    """
    for package in target.requires:
        if importlib.util.find_spec(package) is None:
            raise EngineMissingError(f"this target needs the Python package {package!r}, which is not installed")


def environment(planted: bool = False) -> dict[str, str]:
    """The environment of a target's process: ours, importable packages, and the switch of the planted bug."""
    root = str(Path(stored.__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    return os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0", PLANTED: "1" if planted else "0"}


def write_dictionary(target: Target, path: Path) -> None:
    """The target's words in libFuzzer's format."""
    lines = []
    for word in target.dictionary:
        text = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02x}" for b in word)
        lines.append(f'"{text}"\n')
    path.write_text("".join(lines), encoding="ascii")


def prepare(name: str, folder: Path) -> tuple[Target, list[str]]:
    """Write generated seeds and dictionary below `folder`; gives the target and the arguments that name them.

    Raises:
        OSError: the folder cannot be written.
    """
    target = load(name)
    seeds = folder / "seeds"
    for data in target.seeds():
        stored.keep(seeds, data[: target.max_bytes])
    for _, data in stored.all_inputs(name, lambda line: print(line, file=sys.stderr, flush=True)):
        usable = target.fuzzable(data)
        if usable:
            stored.keep(seeds, usable)
    arguments = [str(seeds)]
    if target.dictionary:
        write_dictionary(target, folder / "words.dict")
        arguments.append(f"-dict={folder / 'words.dict'}")
    return target, arguments


def run(
    name: str,
    folder: Path,
    *,
    seconds: float = 60.0,
    runs: int = -1,
    seed: int = 0,
    planted: bool = False,
    by_processor: bool = False,
    show: Callable[[Status], None] = lambda status: None,
) -> Outcome:
    """Fuzz target `name` in `folder` (corpus, failing inputs and log) until something fails or the time is over.

    Args:
        runs: at most so many executions; -1 for no limit.
        seed: of libFuzzer; 0 lets it choose.
        planted: with the target's planted bug.
        by_processor: `seconds` are of processor time, whatever else the machine does.

    Raises:
        EngineMissingError: something that has to be installed is not.
        OSError: `folder` cannot be used.
    """
    require_engine()
    corpus, failing = folder / "corpus", folder / "failing"
    for made in (corpus, failing):
        made.mkdir(parents=True, exist_ok=True)
    target, prepared = prepare(name, folder)
    require_packages(target)
    before = set(failing.iterdir())
    limit = _ALL_DAY if by_processor else seconds
    command = [sys.executable, "-m", module_of(name), f"-max_total_time={max(1, round(limit))}", f"-runs={runs}"]
    command += [f"-artifact_prefix={failing}/", "-print_final_stats=1", "-rss_limit_mb=4096"]
    command += [f"-seed={seed}"] if seed else []
    command += [f"-timeout={_BUSY * target.pause_seconds}"] if by_processor else []
    log = folder / "log"
    begun = time.monotonic()
    before_cpu = _children_seconds()
    code, interrupted = _supervise(
        [*command, str(corpus), *prepared], log, limit, planted, show, seconds if by_processor else math.inf
    )
    written = log.read_bytes()
    inputs = tuple(sorted(set(failing.iterdir()) - before))
    kind = "interrupted" if interrupted else "clean" if code == 0 else _CODES.get(code, "broken")
    if kind == "broken" and inputs:
        kind = "failure"
    took = time.monotonic() - begun
    return Outcome(kind, _status(written), took, inputs, log, _children_seconds() - before_cpu)


def _children_seconds() -> float:
    """Processor time of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _processor_seconds(pid: int) -> float:
    """Processor time of a running process and of its children that have ended; proc(5), `/proc/PID/stat` 14 to 17."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _CPU_TICKS


def _supervise(
    command: Sequence[str],
    log: Path,
    seconds: float,
    planted: bool,
    show: Callable[[Status], None],
    cpu_seconds: float,
) -> tuple[int, bool]:
    """(exit status, whether it was interrupted) of `command`, which is never left behind.

    After `cpu_seconds` of processor time libFuzzer is asked to end (SIGUSR1), once it has shown that it handles that.
    """
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            stdout=file,
            stderr=file,
            stdin=subprocess.DEVNULL,
            env=environment(planted),
            start_new_session=True,
        )
        deadline = time.monotonic() + seconds + 60 + _GRACE_SECONDS
        try:
            while True:
                try:
                    return process.wait(1.0), False
                except subprocess.TimeoutExpired:
                    status = _status(log.read_bytes()[-65536:])
                    show(status)
                if status.executions and _processor_seconds(process.pid) > cpu_seconds:
                    process.send_signal(signal.SIGUSR1)
                if time.monotonic() > deadline:
                    return -1, False
        except KeyboardInterrupt:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(_GRACE_SECONDS)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                return -1, True
            return 130, True
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _status(log: bytes) -> Status:
    found = _STATUS.findall(log)
    status = Status(*map(int, found[-1])) if found else Status()
    total = _RUNS.search(log)
    if total is None:
        return status
    return Status(int(total[1]), status.edges, status.features, status.corpus, status.speed)


def merge(name: str, into: Path, sources: Sequence[Path]) -> int:
    """Add to `into` those inputs of `sources` that reach something new, the smallest of each; gives how many.

    Raises:
        EngineMissingError: something that has to be installed is not.
        RuntimeError: libFuzzer failed; the message ends with what it said.
        OSError: `into` cannot be written.
    """
    require_engine()
    target = load(name)
    require_packages(target)
    into.mkdir(parents=True, exist_ok=True)
    before = {path.name for path in into.iterdir()}
    command = [sys.executable, "-m", module_of(name), "-merge=1", str(into), *map(str, sources)]
    done = subprocess.run(command, capture_output=True, env=environment(), check=False)
    if done.returncode:
        raise RuntimeError(f"merging failed: {done.stderr.decode(errors='replace')[-2000:]}")
    added = [path for path in into.iterdir() if path.name not in before]
    for path in added:
        data = path.read_bytes()
        path.unlink()
        stored.keep(into, target.keep(data))
    return len(added)
