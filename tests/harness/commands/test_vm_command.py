"""`counterproof vm run` as a user meets it: in a process of its own, with real signals."""

from __future__ import annotations

import os
import pty
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.vm.isa.riscv64.coding import assemble
from engines.vm.user.launch import Launch
from harness.commands import vm_run as vm_run_command

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-P", "-m", "harness.cli", "vm", "run"]
EXIT = "addi a7, zero, 93\necall\n"
READY = "addi a0, zero, 1\nlui a1, 32\naddi a2, zero, 6\naddi a7, zero, 64\necall\n"
CODE, DATA = 0x10000, 0x20000

Build = Callable[..., str]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """`(assembly, data) -> path` of a static riscv64 executable."""

    def write(text: str, data: bytes = b"ready\n") -> str:
        code = assemble(text, CODE)
        ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
        header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 243, 1, CODE, 64, 0, 5, 64, 56, 2, 0, 0, 0)
        header += struct.pack("<IIQQQQQQ", 1, 5, 0x1000, CODE, 0, len(code), len(code), 4096)
        header += struct.pack("<IIQQQQQQ", 1, 6, 0x2000, DATA, 0, len(data), 4096, 4096)
        path = tmp_path / "program"
        path.write_bytes(header.ljust(0x1000, b"\0") + code.ljust(0x1000, b"\0") + data)
        return str(path)

    return write


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME") or k.startswith("COUNTERPROOF_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def vm_run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, "--tier", "reference", *arguments]
    return subprocess.run(command, env=environment(), input=stdin, capture_output=True, timeout=120, check=False)


def test_streams_and_status_pass_through(build: Build) -> None:
    echo = "lui a1, 32\naddi a2, zero, 100\naddi a7, zero, 63\necall\nadd a2, a0, zero\naddi a0, zero, 1\n"
    done = vm_run(build(echo + "addi a7, zero, 64\necall\n" + EXIT), stdin=b"twelve bytes")
    assert (done.stdout, done.stderr, done.returncode) == (b"twelve bytes", b"", 12)


def test_a_fatal_signal_is_ours_too(build: Build) -> None:
    done = vm_run(build(READY + ".half 0\n"))
    assert (done.returncode, done.stdout) == (-signal.SIGILL, b"ready\n")
    assert done.stderr.startswith(b"counterproof: uncaught target signal 4 (Illegal instruction): SIGILL at 0x")


def test_arguments_after_the_program_are_its_own(build: Build) -> None:
    program = build("ld a0, 0(sp)\n" + EXIT)
    assert vm_run(program, "--stats", "-x", "--").returncode == 4
    assert vm_run(program, "--", "--stats").returncode == 2


@pytest.mark.parametrize(
    "options", [(), ("--limit", "1000"), ("--limit=1000", "--stats"), ("--",), ("--seed", "1", "--")]
)
@pytest.mark.parametrize(
    ("words", "count"),
    [((), 1), (("--",), 1), (("--", "--"), 2), (("x", "--"), 3), (("--", "--", "x"), 3), (("--", "--limit", "--"), 3)],
)
def test_two_dashes_are_taken_once_before_the_program_and_once_after(
    build: Build, options: tuple[str, ...], words: tuple[str, ...], count: int
) -> None:
    assert vm_run(*options, build("ld a0, 0(sp)\n" + EXIT), *words).returncode == count


def test_stats_tell_what_was_done(build: Build) -> None:
    done = vm_run("--stats", build(READY + "addi a7, zero, 1000\necall\n" + EXIT))
    text = done.stderr.decode()
    assert "tier             reference" in text
    assert "retired          6 instructions" in text
    assert "unknown calls    1\n  number 1000" in text
    assert "  write " in text


def test_strace_is_on_standard_error(build: Build) -> None:
    lines = vm_run("--strace", build(READY + EXIT)).stderr.decode().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["write(1,0x20000,6) = 6", "exit(6)"]


def test_the_environment_is_passed_on_and_changed(build: Build) -> None:
    count = "addi a0, zero, -1\naddi t0, sp, 24\nld t1, 0(t0)\naddi t0, t0, 8\naddi a0, a0, 1\nbne t1, zero, -12\n"
    program = build(count + EXIT)
    plain = vm_run(program).returncode
    assert plain == len(environment())
    assert vm_run("-E", "NEW=1", "-E", "PATH=changed", program).returncode == plain + 1
    assert vm_run("-U", "PATH", program).returncode == plain - 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/nonexistent"], "/nonexistent: No such file or directory"),
        (["--tier", "imaginary", "{}"], "no tier is called 'imaginary'"),
        (["--limit=-1", "{}"], "argument --limit: -1: must be 0 or more"),
        (["--no-such-option", "{}"], "unrecognized arguments: --no-such-option"),
        ([], "the following arguments are required: PROG"),
        (["--cpu", "z80", "{}"], "--cpu z80: there is only"),
        (["-E", "NAME", "{}"], "-E NAME: must be VAR=VAL"),
        (["-L", "/nonexistent", "{}"], "-L /nonexistent: not a directory"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(build: Build, arguments: list[str], words: str) -> None:
    program = build(EXIT)
    done = vm_run(*(argument.format(program) for argument in arguments))
    assert done.returncode == 2
    assert words in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_bad_image_is_one_line_and_status_2(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"MZ")
    done = vm_run(str(tmp_path / "bad"))
    assert done.returncode == 2
    assert done.stderr.decode().endswith(": not an ELF file: it begins with b'MZ', an ELF file with b'\\x7fELF'\n")


def test_the_same_options_behind_the_other_commands_of_vm(build: Build) -> None:
    app = "from harness.commands.vm import app; app(prog_name='vm')"
    for command in ([*COMMAND], [sys.executable, "-P", "-c", app, "run"]):
        shown = subprocess.run([*command, "--help"], env=environment(), capture_output=True, check=True).stdout
        assert b"--strace" in shown
        line = [*command, "--limit", "5", "--tier", "reference", build("jal zero, 0\n"), "--help"]
        done = subprocess.run(line, env=environment(), capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (124, b"")


WORDS = ("--tier", "--aot", "-L", "--prefix", "--stats", "--strace", "--seed", "-x", "--", "auto", "", "prog", "7")


@given(st.lists(st.sampled_from(WORDS), max_size=6))
def test_options_that_are_taken_without_a_parser_are_what_it_makes_of_them(words: list[str]) -> None:
    """Where it refuses a command line, or one needs what is not plain, the parser is asked."""
    plain = vm_run_command.plain_options(words)
    if plain is None:
        return
    options, (program, *arguments) = plain
    given_words = vm_run_command.parser().parse_args(words)
    assert (given_words.program, given_words.arguments) == (program, arguments)
    for name in ("tier", "aot", "prefix", "stats", "strace"):
        assert getattr(given_words, name) == options.get(name, getattr(Launch(program=program), name))


@pytest.mark.parametrize("words", [["prog", "--stats"], ["--tier", "llvm", "--stats", "prog", "-x"]])
def test_plain_options_need_no_parser(words: list[str]) -> None:
    assert vm_run_command.plain_options(words) is not None


HEAVY = {
    "argparse", "collections", "contextlib", "ctypes", "dataclasses", "enum", "fcntl", "functools", "hashlib",
    "importlib.util", "inspect", "json", "llvmlite", "numpy", "pathlib", "platform", "platformdirs", "random", "re",
    "rich", "signal", "struct", "tempfile", "threading", "typer", "typing", "warnings", "weakref",
    "engines.vm.runtime.linker", "engines.vm.user.syscalls.files",
}  # fmt: skip
"""Modules of which most take a millisecond or more, alone or with what they import; all can be done without."""
PRINTS = (
    "addi a0, zero, 0\naddi a7, zero, 214\necall\n"  # brk
    "addi a0, zero, 0\naddi a1, zero, 3\naddi a2, zero, 0\naddi a3, sp, -64\naddi a7, zero, 261\necall\n"  # prlimit64
    "addi a0, zero, -100\naddi a1, sp, 0\naddi a2, sp, -256\naddi a3, zero, 64\naddi a7, zero, 78\necall\n"
    "lui a0, 32\nlui a1, 1\naddi a2, zero, 1\naddi a7, zero, 226\necall\n"  # mprotect
    "addi a0, zero, 1\naddi a1, sp, 1\naddi a2, sp, -256\nlui a3, 1\naddi a7, zero, 79\necall\n"  # newfstatat, no name
    "addi a0, zero, 1\nlui a1, 5\naddi a1, a1, 1043\naddi a2, sp, -64\naddi a7, zero, 29\necall\n"  # TIOCGWINSZ
    "addi a0, zero, 1\naddi a1, sp, 0\naddi a2, zero, 0\naddi a7, zero, 64\necall\n"
    "addi a0, zero, 0\naddi a7, zero, 94\necall\n"
)
"""brk, prlimit64, readlinkat, mprotect, newfstatat, ioctl, write, exit_group: what C libraries do for a
program that prints."""
MOST_MODULES = 90
"""They were 88 when this was written, seven of them families of system calls. Each is a fifth of a millisecond, and
more with what it defines."""


def test_starting_a_program_imports_nothing_heavy(build: Build) -> None:
    """What a user waits for before each program, in modules and not in time; `ci/bench_start.py` measures that.

    Without `site`, whose files belong to the installation.
    """
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from harness.commands import vm_run\n"
        f"assert vm_run.run([{build(PRINTS)!r}]) == 0\n"
        "print(*set(sys.modules) - before)\n"
    )
    kept = environment() | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    line = [sys.executable, "-S", "-c", script]
    subprocess.run(line, env=kept, check=True)  # the first start may have something to compile
    shown = subprocess.run(line, env=kept, capture_output=True, text=True, check=True)
    imported = set(shown.stdout.split())
    assert "engines.vm.tiers.auto" in imported or sys.platform != "linux"
    assert not sorted(imported & HEAVY)
    assert len(imported) <= MOST_MODULES, sorted(imported)


THREAD = "import threading, time; threading.Thread(target=lambda: (time.sleep(0.3), print('completed'))).start()\n"


@pytest.mark.parametrize(("before", "last"), [("", ""), (THREAD, "completed\n")])
def test_what_waits_for_the_end_is_done(build: Build, before: str, last: str) -> None:
    """A run ends without taking Python apart, but functions registered for the end and threads have their turn."""
    script = (
        f"import atexit, sys\n{before}atexit.register(lambda: sys.stdout.write('registered\\n'))\n"
        f"sys.argv[1:] = ['vm', 'run', '--tier', 'reference', {build('addi a0, zero, 7' + chr(10) + EXIT)!r}]\n"
        "from harness.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, f"{last}registered\n", "")


def test_no_garbage_is_collected_before_the_program_runs(build: Build) -> None:
    script = (
        "import gc, sys\nfrom harness.cli import main\nfrom engines.vm.user.process import Process\n"
        "run = Process.run\n"
        "def watched(self): print(gc.isenabled(), gc.get_freeze_count() > 1000); return run(self)\n"
        "Process.run = watched\n"
        f"main(['vm', 'run', '--tier', 'reference', {build(EXIT)!r}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("True True\n", "")


@pytest.mark.parametrize("option", [("--limit", "1000"), ("--timeout", "0.3")])
def test_an_endless_program_is_stopped(build: Build, option: tuple[str, str]) -> None:
    done = vm_run(*option, build("jal zero, 0\n"))
    assert done.returncode == 124
    assert done.stderr.startswith(b"counterproof: stopped: ")


def ready(build: Build, text: str) -> subprocess.Popen[bytes]:
    """Start a program and wait for its first line."""
    command = [*COMMAND, "--tier", "reference", build(text)]
    process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_outside_signal_ends_a_program_without_handler(build: Build, number: signal.Signals) -> None:
    with ready(build, READY + "jal zero, 0\n") as process:
        process.send_signal(number)
        assert process.wait(30) == -number
        assert process.stderr is not None
        assert process.stderr.read() == b""


def handler(number: int) -> str:
    """Install the code at +128 as the handler of `number`: it exits with the signal's number."""
    return (
        "auipc t0, 0\naddi t0, t0, 128\nlui t1, 32\naddi t1, t1, 256\nsd t0, 0(t1)\nsd zero, 8(t1)\nsd zero, 16(t1)\n"
        f"addi a0, zero, {number}\nadd a1, t1, zero\nadd a2, zero, zero\naddi a3, zero, 8\naddi a7, zero, 134\necall\n"
    )


@pytest.mark.parametrize("waiting", ["jal zero, 0\n", "addi a7, zero, 73\nadd a0, zero, zero\nadd a1, zero, zero\n"])
def test_an_outside_signal_reaches_the_programs_handler(build: Build, waiting: str) -> None:
    poll = "add a2, zero, zero\nadd a3, zero, zero\necall\njal zero, -4\n"
    text = handler(2) + READY + (waiting if waiting.startswith("jal") else waiting + poll)
    code = assemble(text, CODE)
    assert len(code) <= 128
    padding = "addi zero, zero, 0\n" * ((128 - len(code)) // 4)
    with ready(build, text + padding + EXIT) as process:
        time.sleep(0.2)  # so that it is inside its loop or its poll; either way the handler must run
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == signal.SIGINT


def test_a_terminal_is_a_terminal(build: Build) -> None:
    size = "addi a0, zero, 1\nlui a1, 5\naddi a1, a1, 1043\nlui a2, 32\naddi a7, zero, 29\necall\nlhu a0, 0(a2)\n"
    main_end, terminal = pty.openpty()
    import fcntl

    fcntl.ioctl(terminal, 0x5414, struct.pack("<4H", 33, 80, 0, 0))
    try:
        command = [*COMMAND, "--tier", "reference", build(size + EXIT)]
        done = subprocess.run(command, env=environment(), stdin=terminal, stdout=terminal, timeout=60, check=False)
        assert done.returncode == 33
    finally:
        os.close(main_end)
        os.close(terminal)


OPENS_ALL = (
    "addi a7, zero, 23\naddi a0, zero, 0\necall\nbge a0, zero, -8\naddi s0, a0, 0\n"
    "addi a7, zero, 160\naddi a0, sp, -1024\necall\nsub a0, zero, s0\naddi a7, zero, 93\necall\n"
)
"""dup until it fails, then uname, which the host reads a file of ours for; ends with dup's errno."""


@pytest.mark.parametrize(("most", "status"), [(9, 2), (32, 2), (64, 24), (256, 24), (1024, 24)])
def test_a_guest_that_opens_all_it_may_leaves_us_descriptors(build: Build, most: int, status: int) -> None:
    command = f'ulimit -n {most}; exec "$0" "$@"'
    done = subprocess.run(
        ["sh", "-c", command, *COMMAND, "--tier", "interpreter", build(OPENS_ALL)],
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    if status == 2:
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"counterproof: `ulimit -n` is {most}, too few") and line.endswith(f"to {most + 64}")
    else:
        assert not done.stderr
