"""LLVM's own RISC-V assembler and linker: the outside authority on encodings, for runners and for reproducers.

llvmlite carries the RISC-V code generator but not its assembly parser (only the host's is exported), so the
assembler is the clang integrated assembler of the `ziglang` package and the linker is its lld. Neither knows anything
of our tables. One call costs about 30 ms.
"""

from __future__ import annotations

import functools
import importlib.util
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

RV64GC: Final = "rv64imafdc_zicsr_zifencei"
"""The default instruction set, in the spelling of `-march`."""
TIMEOUT_S: Final = 60.0
"""More than any text needs; a stuck assembler ends here."""


class AssemblerUnavailableError(RuntimeError):
    """The `ziglang` package is not installed or carries no executable."""


class AssemblyError(ValueError):
    """The assembler or the linker refused the text; the message carries its diagnostics."""


@dataclass(frozen=True)
class Assembled:
    """Linked code: `code` is the image of `.text`, its first byte at `base`; `symbols` are absolute addresses."""

    base: int
    code: bytes
    symbols: dict[str, int]


def assemble_riscv64(text: str, *, base: int = 0, features: str = RV64GC) -> bytes:
    """Assemble RV64 source and link its `.text` at `base`; relaxation is off.

    Like every assembler it compresses what it can where C is enabled; `.option norvc` or an ISA without C prevents it.

    Args:
        text: GNU assembler syntax; everything belongs into `.text` (the section at the start).
        base: address of the first byte.
        features: an ISA string as `-march` takes it, such as `rv64imac` or `rv64gc_zba`.

    Raises:
        AssemblyError: unknown mnemonic, operand or extension, undefined symbol, displacement out of range.
        AssemblerUnavailableError: `ziglang` is missing.
    """
    return assemble_riscv64_with_symbols(text, base=base, features=features).code


def assemble_riscv64_with_symbols(text: str, *, base: int = 0, features: str = RV64GC) -> Assembled:
    """As `assemble_riscv64`, with the addresses of the labels that the text defines."""
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    zig = str(zig_executable())
    with tempfile.TemporaryDirectory(prefix="counterproof-as-") as folder:
        source, relocatable, linked = Path(folder, "in.s"), Path(folder, "in.o"), Path(folder, "out.elf")
        source.write_text(f".text\n{text}\n")
        target = ["--target=riscv64-unknown-none-elf", f"-march={features}", "-mno-relax"]
        invoke([zig, "clang", *target, "-x", "assembler", "-c", str(source), "-o", str(relocatable)])
        placed = ["--no-relax", "-e", "0", "--image-base=0", f"-Ttext={base:#x}"]
        invoke([zig, "ld.lld", *placed, "-o", str(linked), str(relocatable)])
        with linked.open("rb") as stream:
            elf = ELFFile(stream)
            section = elf.get_section_by_name(".text")
            code = bytes(section.data()) if section is not None else b""
            table = elf.get_section_by_name(".symtab")
            symbols: dict[str, int] = {}
            if isinstance(table, SymbolTableSection):
                symbols = {s.name: int(s["st_value"]) for s in table.iter_symbols() if s.name and "$" not in s.name}
    return Assembled(base, code, symbols)


def invoke(command: list[str]) -> None:
    """Run one of the tools; its diagnostics become the error."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise AssemblyError(f"{command[1]} did not finish within {TIMEOUT_S:g} s") from None
    if done.returncode != 0:
        raise AssemblyError(f"{command[1]} exited with {done.returncode}:\n{done.stderr.strip()}")


@functools.cache
def zig_executable() -> Path:
    """The `zig` program of the installed `ziglang` package.

    Raises:
        AssemblerUnavailableError: not installed; the message names the fix.
    """
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        raise AssemblerUnavailableError("the package `ziglang` is not installed; pip install 'counterproof[corpus]'")
    folder = Path(spec.origin).parent
    for name in ("zig", "zig.exe"):
        if (folder / name).is_file():
            return folder / name
    raise AssemblerUnavailableError(f"{folder} holds no zig executable; reinstall the package `ziglang`")
