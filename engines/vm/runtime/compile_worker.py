"""Compiles LLVM modules in several processes side by side. llvmlite holds one lock for all threads of a process.

`python -m engines.vm.runtime.compile_worker TRIPLE CPU FEATURES` is such a process. It reads modules from standard
input and writes an answer for each: a length of 8 bytes, little-endian, and that much. A module's first byte is
`_QUICK` or `_WELL`; an answer's is `_DONE` before an object file, or `_REFUSED` before LLVM's message.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Final

from engines.vm.runtime.llvm import HostTarget, Module, compile_object

MOST_WORKERS: Final = 4
_WELL: Final = b"\0"
_QUICK: Final = b"\1"
_DONE: Final = b"\0"
_REFUSED: Final = b"\1"
_LENGTH_BYTES: Final = 8
_ROOT: Final = Path(__file__).parents[3]


def compile_all(modules: Iterable[Module], target: HostTarget, workers: int = 0) -> list[bytes]:
    """Object files of `modules`, in their order; each is compiled as soon as the iterator gives it.

    A process that cannot be started, or ends before its time, is told by a warning; what it leaves is compiled here.

    Args:
        workers: processes; by default one for each processor that this process may use, at most `MOST_WORKERS`. With
            one, all is compiled here.

    Raises:
        RuntimeError: LLVM refuses a module; the message is LLVM's.
    """
    workers = workers or min(len(os.sched_getaffinity(0)), MOST_WORKERS)
    if workers < 2:
        return [_compiled(module, target) for module in modules]
    jobs: SimpleQueue[tuple[int, Module] | None] = SimpleQueue()
    compilers = [_Compiler(jobs, target) for _ in range(workers)]
    taken: list[Module] = []
    try:
        for module in modules:
            jobs.put((len(taken), module))
            taken.append(module)
    finally:
        for _ in compilers:
            jobs.put(None)
        for compiler in compilers:
            compiler.join()
    found = {number: answer for compiler in compilers for number, answer in compiler.answers.items()}
    for problem in dict.fromkeys(compiler.problem for compiler in compilers if compiler.problem):
        warnings.warn(f"code is compiled by fewer processes than planned: {problem}", RuntimeWarning, stacklevel=2)
    for answer in found.values():
        if answer[:1] == _REFUSED:
            raise RuntimeError(answer[1:].decode(errors="replace"))
    return [found[n][1:] if n in found else _compiled(module, target) for n, module in enumerate(taken)]


def _compiled(module: Module, target: HostTarget) -> bytes:
    return compile_object(module.text, target, quick=module.quick)


class _Compiler(threading.Thread):
    """Hands jobs to a process of its own until there are no more, or the process ends.

    Attributes:
        answers: by the job's number.
        problem: why the process did less than its part; empty if it did not.
    """

    def __init__(self, jobs: SimpleQueue[tuple[int, Module] | None], target: HostTarget) -> None:
        super().__init__(daemon=True)
        self.answers: dict[int, bytes] = {}
        self.problem = ""
        self._jobs = jobs
        self._target = target
        self._process: subprocess.Popen[bytes] | None = None
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        command = [sys.executable, "-P", "-m", "engines.vm.runtime.compile_worker"]
        try:
            self._process = subprocess.Popen(
                [*command, target.triple, target.cpu, target.features],
                env=os.environ | {"PYTHONPATH": path},
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        except OSError as error:
            self.problem = f"{sys.executable}: {error.strerror}"
        self.start()

    def run(self) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        to, answers = process.stdin, process.stdout
        with process:
            while (job := self._jobs.get()) is not None:
                number, module = job
                try:
                    _send(to, (_QUICK if module.quick else _WELL) + module.text.encode())
                    self.answers[number] = _receive(answers)
                except (OSError, EOFError):
                    self.problem = f"a process of {sys.executable} ended before its time"
                    process.kill()
                    return


def _send(file: IO[bytes], data: bytes) -> None:
    left = memoryview(len(data).to_bytes(_LENGTH_BYTES, "little") + data)
    while left:
        left = left[file.write(left) :]
    file.flush()


def _receive(file: IO[bytes]) -> bytes:
    """Raises:
    EOFError: the other end is gone, or went in mid-message.
    """
    return _exactly(file, int.from_bytes(_exactly(file, _LENGTH_BYTES), "little"))


def _exactly(file: IO[bytes], size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = file.read(size - len(data))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def main(arguments: list[str]) -> int:
    """Answer until standard input ends; the exit status."""
    target = HostTarget(*arguments)
    while True:
        try:
            given = _receive(sys.stdin.buffer)
        except EOFError:
            return 0
        try:
            answer = _DONE + _compiled(Module(given[1:].decode(), quick=given[:1] == _QUICK), target)
        except RuntimeError as error:
            answer = _REFUSED + str(error).encode()
        _send(sys.stdout.buffer, answer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
