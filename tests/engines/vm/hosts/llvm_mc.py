"""LLVM's assembler for any host, one call for many lines: clang's integrated assembler from the `ziglang` package."""

from __future__ import annotations

import importlib.util
import io
import subprocess
import tempfile
from pathlib import Path

TARGETS = {"arm64": ["-target", "aarch64-linux-musl"], "riscv64": ["-target", "riscv64-linux-musl"]}


def assemble(host: str, lines: list[str]) -> bytes:
    """The code of the lines; for riscv64 nothing is compressed or relaxed."""
    from elftools.elf.elffile import ELFFile

    found = importlib.util.find_spec("ziglang")
    assert found is not None and found.origin is not None
    zig = Path(found.origin).parent / "zig"
    prelude = ".option norvc\n.option norelax\n" if host == "riscv64" else ""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "a.s"), Path(folder, "a.o")
        source.write_text(prelude + "\n".join(lines) + "\n")
        command = [str(zig), "cc", *TARGETS[host], "-c", str(source), "-o", str(target)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        section = ELFFile(io.BytesIO(target.read_bytes())).get_section_by_name(".text")
        assert section is not None
        return bytes(section.data())


def agree(host: str, cases: list[tuple[bytes, str]]) -> None:
    """Our code of each case must be what the assembler makes of its text."""
    theirs = assemble(host, [text for _, text in cases])
    at = 0
    for code, text in cases:
        assert theirs[at : at + len(code)] == code, f"{text}: ours {code.hex()}, LLVM {theirs[at : at + 4].hex()}"
        at += len(code)
    assert at == len(theirs), "LLVM made more instructions than we"
