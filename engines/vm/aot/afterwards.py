"""Translation of what was hot in a run, for the next one: a process of its own, which begins when the run is over.

`python -m engines.vm.aot.afterwards PROGRAM ADDRESS...` compiles the functions that have instructions at these guest
addresses, the first ones first, as `counterproof vm aot` does, and keeps them for `--tier auto`, which tries whether
they are faster than what it has. It has the lowest priority, begins nothing more after `MOST_SECONDS`, and holds a lock
on a file in the cache, so that only one runs at a time.
"""

from __future__ import annotations

import os
import sys

from engines.vm.runtime.object_cache import cache_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Final

    from engines.vm.aot.image import StoredRegion

_ROOT: Final = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
VARIABLE: Final = "COUNTERPROOF_TRANSLATE"
"""An environment variable: 0 begins no translation."""
STORE: Final = "auto"
"""The tier that the code is kept for."""
MOST_PLACES: Final = 64
"""That a process is given."""
MOST_SECONDS: Final = 20
"""Of processor time for new regions; those that are left, a later run asks for again."""
_LIMIT_SECONDS: Final = 120
"""After so many, the system ends it."""


def begin(program: str, places: Sequence[int]) -> int:
    """Have the functions of the executable `program` that have `places` compiled; how many places, 0 if another process
    does such work, or none can be made.

    The process is no child of this one, which it outlives, and has none of its files. Of more than `MOST_PLACES`, it
    gets the first.
    """
    if os.environ.get(VARIABLE, "") == "0" or not places:
        return 0
    files = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in range(3)]
    closed = [(os.POSIX_SPAWN_CLOSE, fd) for fd in _inherited()]
    path = os.pathsep.join(filter(None, (_ROOT, os.environ.get("PYTHONPATH", ""))))
    arguments = [sys.executable, "-m", "engines.vm.aot.afterwards", program, *map(str, places[:MOST_PLACES])]
    environment = os.environ | {"PYTHONPATH": path}
    between = os.fork()
    if not between:
        status = 1
        try:
            held = (os.POSIX_SPAWN_DUP2, _locked(blocks=False), 3)
            actions = [*files, *closed, held]
            os.posix_spawn(sys.executable, arguments, environment, file_actions=actions, setsid=True, setsigmask=())
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(between, 0)
    return 0 if status else len(places[:MOST_PLACES])


def wait() -> None:
    """Until no translation runs.

    Raises:
        OSError: the cache cannot be written.
    """
    os.close(_locked(blocks=True))


def _locked(*, blocks: bool) -> int:
    """The file that whoever translates holds a lock on, locked; it stays so until it is closed everywhere."""
    import fcntl

    os.makedirs(cache_folder(), exist_ok=True)
    file = os.open(f"{cache_folder()}/translating.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if blocks else fcntl.LOCK_NB))
    except BlockingIOError:
        os.close(file)
        raise
    return file


def _inherited() -> list[int]:
    """Open files, but for the standard ones, that a new program gets."""
    found = []
    for fd in map(int, os.listdir("/proc/self/fd")):
        try:
            if fd > 2 and os.get_inheritable(fd):
                found.append(fd)
        except OSError:  # the descriptor of the listing itself
            continue
    return found


def translate_hot(program: str, places: Iterable[int], most_seconds: float = MOST_SECONDS) -> list[StoredRegion]:
    """What LLVM makes of the functions of an executable that have `places`, untried yet.

    What it refuses comes as a region that failed, so that nobody asks again. What comes after `most_seconds` of
    processor time is left out.

    Raises:
        OSError, LaunchError: the program cannot be loaded.
        ValueError: the system gives no memory for code.
    """
    from time import process_time

    from engines.vm.aot.functions import functions
    from engines.vm.aot.image import Kind, StoredRegion
    from engines.vm.aot.program_regions import ProgramRegions
    from engines.vm.record import replace
    from engines.vm.user import elf
    from engines.vm.user.launch import Launch, start

    with open(program, "rb") as file:
        executable = file.read()
    process, executor = start(Launch(program=program, tier="llvm"))
    try:
        if executor.degraded:
            raise ValueError(executor.degraded)
        tier: Any = executor.tier
        hart = process.current.hart
        bias = process.map.brk_start - elf.parse(executable).high
        starts = [bias + address for address in functions(executable)]
        compiler = ProgramRegions(tier, hart, starts)
        regions: list[StoredRegion] = []
        begun = process_time()
        for place, planned in compiler.plan_hot(places):
            if process_time() - begun > most_seconds:
                break
            made = compiler.compile_one(*planned) if planned is not None else ""
            if isinstance(made, StoredRegion):
                regions.append(replace(made, kind=Kind.UNTRIED))
            else:
                guest = hart.memory.read(place, 2)
                regions.append(StoredRegion(b"", ((place, 0),), ((place, place + 2),), (), guest, kind=Kind.FAILED))
        return regions
    finally:
        process.close()


def main(arguments: list[str]) -> int:
    """Translate, and keep what came out; 1 if nothing could be."""
    import resource

    from engines.vm.aot.store import RegionStore
    from engines.vm.user.launch import LaunchError

    os.nice(19)
    resource.setrlimit(resource.RLIMIT_CPU, (_LIMIT_SECONDS, _LIMIT_SECONDS))
    program, *places = arguments
    try:
        regions = translate_hot(program, map(int, places))
        with open(program, "rb") as file:
            store = RegionStore(file.read(), STORE)
        store.keep(regions)
    except (OSError, LaunchError, ValueError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
