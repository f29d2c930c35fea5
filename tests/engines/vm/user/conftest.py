"""Guest programs for the user-mode tests: small ones assembled, C ones built once with zig and kept in the cache."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import AddressSpace
from engines.vm.runtime.object_cache import cache_directory, content_key
from engines.vm.tiers.reference import ReferenceTier
from engines.vm.user.file_table import FileTable
from engines.vm.user.paths import GuestPaths
from engines.vm.user.process import Options, Process

SOURCES = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[4]
CODE_ADDRESS = 0x10000
DATA_ADDRESS = 0x20000
_GLIBC_COMPILER = "riscv64-linux-gnu-gcc"


def _elf(code: bytes, data: bytes = b"", **changes: int) -> bytes:
    """A static riscv64 executable: `code` at CODE_ADDRESS (read, execute), `data` and a page more at DATA_ADDRESS.

    `changes` replace header fields by name; `code_…` and `data_…` those of the two program headers.
    """
    offset = 0x1000
    data_offset = offset + (len(code) + 0xFFF & ~0xFFF)
    fields = {"ident": 0, "type": 2, "machine": 243, "version": 1, "entry": CODE_ADDRESS, "phoff": 64, "shoff": 0}
    fields |= {"flags": 5, "ehsize": 64, "phentsize": 56, "phnum": 2, "shentsize": 0, "shnum": 0, "shstrndx": 0}
    headers = {
        "code": {"type": 1, "flags": 5, "offset": offset, "vaddr": CODE_ADDRESS, "paddr": 0, "filesz": len(code)},
        "data": {"type": 1, "flags": 6, "offset": data_offset, "vaddr": DATA_ADDRESS, "paddr": 0, "filesz": len(data)},
    }
    headers["code"] |= {"memsz": len(code), "align": 4096}
    headers["data"] |= {"memsz": len(data) + 4096, "align": 4096}
    for name, value in changes.items():
        prefix, _, rest = name.partition("_")
        if prefix in headers:
            headers[prefix][rest] = value
        else:
            fields[name] = value
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    packed = struct.pack("<16sHHIQQQIHHHHHH", ident, *list(fields.values())[1:])
    packed += b"".join(struct.pack("<IIQQQQQQ", *header.values()) for header in headers.values())
    return packed.ljust(offset, b"\0") + code.ljust(data_offset - offset, b"\0") + data


@pytest.fixture(scope="session")
def make_elf() -> Callable[..., bytes]:
    return _elf


@pytest.fixture(scope="session")
def assembled() -> Callable[..., bytes]:
    """`(assembly, data) -> ELF image`."""

    def build(text: str, data: bytes = b"") -> bytes:
        return _elf(assemble(text, CODE_ADDRESS), data)

    return build


@dataclass
class InProcess:
    """A guest process inside the test's own, on the reference tier, its output in a pipe."""

    process: Process
    output: int

    def run(self) -> tuple[Any, bytes]:
        end = self.process.run()
        self.process.close()
        with os.fdopen(self.output, "rb") as pipe:
            return end, pipe.read()


@pytest.fixture
def in_process() -> Callable[..., InProcess]:
    """`(image, arguments, options) -> InProcess`, standard input at its end."""

    def start(image: bytes, *arguments: bytes, **options: Any) -> InProcess:
        read_end, write_end = os.pipe()
        files = FileTable({0: os.open(os.devnull, os.O_RDONLY), 1: write_end, 2: os.dup(write_end)})
        options.setdefault("random", bytes)
        process = Process(ReferenceTier().run, AddressSpace(), files, GuestPaths(), Options(**options))
        process.load(image, b"program", [b"program", *arguments], [b"A=1"])
        return InProcess(process, read_end)

    return start


def _zig() -> list[str]:
    if importlib.util.find_spec("ziglang") is None:
        pytest.skip("ziglang is not installed: pip install 'counterproof[corpus]'")
    return [sys.executable, "-m", "ziglang", "cc", "-target", "riscv64-linux-musl"]


def _compiler(libc: str) -> tuple[list[str], str]:
    """The command and its version."""
    if libc == "musl":
        return _zig(), importlib.metadata.version("ziglang")
    if shutil.which(_GLIBC_COMPILER) is None:
        pytest.skip(f"{_GLIBC_COMPILER} is not installed: apt-get install gcc-riscv64-linux-gnu")
    done = subprocess.run([_GLIBC_COMPILER, "--version"], capture_output=True, text=True, check=True)
    return [_GLIBC_COMPILER], done.stdout


@pytest.fixture(scope="session")
def guest_program() -> Callable[..., Path]:
    """`(name, libc, *flags) -> path` of programs/`name`.c, linked statically unless flags say otherwise."""

    def build(name: str, libc: str = "musl", *flags: str) -> Path:
        command, version = _compiler(libc)
        options = ["-O1", "-w", "-pthread", *(flags or ("-static",))]
        source = SOURCES / f"{name}.c"
        key = content_key([*command[1:], version, *options, source.read_bytes()])
        target = cache_directory() / "test-programs" / f"{name}-{key[:24]}"
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_suffix(f".{os.getpid()}")
            subprocess.run([*command, *options, str(source), "-o", str(fresh)], check=True)
            fresh.replace(target)
        return target

    return build


@dataclass
class Ended:
    """How an emulated program ended; `report` is empty when it could not start."""

    returncode: int
    stdout: str
    stderr: str
    report: dict[str, Any]


@pytest.fixture
def emulate(tmp_path: Path) -> Callable[..., Ended]:
    """`(path, *arguments, **fields of Launch) -> Ended`, in a process of its own and an empty working directory."""

    def run(path: Path, *arguments: str, stdin: str = "", report: bool = True, **launch: Any) -> Ended:
        work = tmp_path / "ours"
        work.mkdir(exist_ok=True)
        read_end, write_end = os.pipe()
        fields = {"program": str(path), "arguments": arguments, "base_environment": ["A=1"], **launch}
        if report:
            fields["report_fd"] = write_end
        options = tmp_path / "options.json"
        options.write_text(json.dumps(fields))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COV_")}
        environment["PYTHONPATH"] = str(ROOT)
        done = subprocess.run(
            [sys.executable, "-P", "-m", "engines.vm.user", str(options)],
            cwd=work,
            env=environment,
            input=stdin.encode(),
            capture_output=True,
            pass_fds=(write_end,),
            timeout=120,
            check=False,
        )
        os.close(write_end)
        with os.fdopen(read_end, "rb") as pipe:
            text = pipe.read()
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode(), json.loads(text) if text else {})

    return run


@pytest.fixture
def under_qemu(tmp_path: Path) -> Callable[..., Ended]:
    """As `emulate`, under qemu-riscv64; skips the test where that is not installed."""

    def run(path: Path, *arguments: str, stdin: str = "", options: tuple[str, ...] = ()) -> Ended:
        qemu = shutil.which("qemu-riscv64")
        if qemu is None:
            pytest.skip("qemu-riscv64 is not installed: apt-get install qemu-user")
        work = tmp_path / "qemu"
        work.mkdir(exist_ok=True)
        done = subprocess.run(
            [qemu, *options, str(path), *arguments],
            cwd=work,
            env={"A": "1"},
            input=stdin.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode(), {})

    return run
