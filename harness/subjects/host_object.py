"""Object files for arm64 and riscv64 hosts, linked to run at one address: what LLVM makes of our interpreter.

Relocations are those of position-independent code in one piece, nothing else (ELF for the Arm 64-bit Architecture
§5.7, RISC-V psABI "Relocations"); any other is refused by number.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Any, Final

_WORD: Final = struct.Struct("<I")
_PAGE: Final = 4096
_LIBRARY: Final = """
define void @memcpy(ptr noalias %to, ptr noalias %from, i64 %size) nounwind "no-builtins" {
start:
  %none = icmp eq i64 %size, 0
  br i1 %none, label %done, label %next
next:
  %at = phi i64 [ 0, %start ], [ %after, %next ]
  %source = getelementptr i8, ptr %from, i64 %at
  %target = getelementptr i8, ptr %to, i64 %at
  %byte = load i8, ptr %source, align 1
  store i8 %byte, ptr %target, align 1
  %after = add i64 %at, 1
  %more = icmp ult i64 %after, %size
  br i1 %more, label %next, label %done
done:
  ret void
}
define void @memset(ptr %to, i32 %value, i64 %size) nounwind "no-builtins" {
start:
  %byte = trunc i32 %value to i8
  %none = icmp eq i64 %size, 0
  br i1 %none, label %done, label %next
next:
  %at = phi i64 [ 0, %start ], [ %after, %next ]
  %target = getelementptr i8, ptr %to, i64 %at
  store i8 %byte, ptr %target, align 1
  %after = add i64 %at, 1
  %more = icmp ult i64 %after, %size
  br i1 %more, label %next, label %done
done:
  ret void
}
"""
"""The two functions of C's library that LLVM calls for its own intrinsics."""
_TARGETS: Final = {
    "arm64": ("aarch64-unknown-linux-gnu", "generic", ""),
    "riscv64": ("riscv64-unknown-linux-gnu", "generic-rv64", "+m,+a,+f,+d,+c"),
}


class HostLinkError(ValueError):
    """An object file that cannot be linked; the message names what is in the way."""


@dataclass(frozen=True, slots=True)
class Linked:
    """Code and constants for one address.

    Attributes:
        symbols: addresses of the functions that are visible from outside.
    """

    content: bytes
    symbols: dict[str, int]


def compile_for(host: str, text: str) -> bytes:
    """An object file of LLVM assembly `text` for a host, optimised as the interpreter is for this machine.

    Raises:
        RuntimeError: LLVM refuses the text, or was built without this target.
    """
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    triple, cpu, features = _TARGETS[host]
    machine = llvm.Target.from_triple(triple).create_target_machine(
        cpu=cpu, features=features, opt=2, reloc="pic", codemodel="small"
    )
    module = llvm.parse_assembly(text + _LIBRARY)
    module.triple, module.data_layout = triple, str(machine.target_data)
    module.verify()
    passes = llvm.create_new_module_pass_manager()
    passes.add_new_gvn_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1)))
    compiled: bytes = machine.emit_object(module)
    return compiled


def link(host: str, object_code: bytes, base: int) -> Linked:
    """Lay an object file's sections out from `base` on, a multiple of 4096, and resolve all its relocations.

    Raises:
        HostLinkError: it needs a relocation, or a symbol, that is not there.
    """
    from elftools.elf.elffile import ELFFile
    from elftools.elf.relocation import RelocationSection

    file = ELFFile(io.BytesIO(object_code))
    content = bytearray()
    places: dict[int, int] = {}
    for index, section in enumerate(file.iter_sections()):
        if section["sh_flags"] & 2 and section["sh_size"]:
            content += bytes(-len(content) % max(section["sh_addralign"], 16))
            places[index] = base + len(content)
            content += section.data()
    table: Any = file.get_section_by_name(".symtab")
    addresses: dict[int, int] = {}
    symbols: dict[str, int] = {}
    for number, symbol in enumerate(table.iter_symbols()):
        if symbol["st_shndx"] in places:
            addresses[number] = places[symbol["st_shndx"]] + symbol["st_value"]
            if symbol["st_info"]["bind"] == "STB_GLOBAL":
                symbols[symbol.name] = addresses[number]
    apply = _arm64 if host == "arm64" else _riscv64
    for section in file.iter_sections():
        if not isinstance(section, RelocationSection) or section["sh_info"] not in places:
            continue
        halves: dict[int, int] = {}
        entries = list(section.iter_relocations())
        for entry in sorted(entries, key=lambda e: e["r_info_type"] == _PCREL_LO12_I):
            if entry["r_info_sym"] not in addresses:
                name = table.get_symbol(entry["r_info_sym"]).name
                raise HostLinkError(f"the code for {host} hosts calls {name!r}, which nothing defines")
            place = places[section["sh_info"]] + entry["r_offset"]
            value = addresses[entry["r_info_sym"]] + entry["r_addend"]
            apply(content, place - base, place, value, entry["r_info_type"], halves)
    return Linked(bytes(content), symbols)


def _change(content: bytearray, at: int, keep: int, bits: int) -> None:
    (word,) = _WORD.unpack_from(content, at)
    _WORD.pack_into(content, at, word & keep | bits)


def _within(what: str, value: int, bits: int) -> int:
    if not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise HostLinkError(f"{what}: a distance of {value:#x} does not fit into {bits} bits")
    return value


def _arm64(content: bytearray, at: int, place: int, value: int, kind: int, _: dict[int, int]) -> None:
    if kind == 275:  # R_AARCH64_ADR_PREL_PG_HI21
        pages = _within("adrp", (value & -_PAGE) - (place & -_PAGE), 33) >> 12
        _change(content, at, 0x9F00_001F, (pages & 3) << 29 | (pages >> 2 & 0x7FFFF) << 5)
    elif kind == 277:  # R_AARCH64_ADD_ABS_LO12_NC
        _change(content, at, 0xFFC0_03FF, (value & 0xFFF) << 10)
    elif kind in (282, 283):  # R_AARCH64_JUMP26, R_AARCH64_CALL26
        _change(content, at, 0xFC00_0000, _within("b", value - place, 28) >> 2 & 0x3FF_FFFF)
    else:
        raise HostLinkError(f"arm64 relocation {kind} at {place:#x} is none of 275, 277, 282, 283")


_PCREL_LO12_I: Final = 24


def _riscv64(content: bytearray, at: int, place: int, value: int, kind: int, halves: dict[int, int]) -> None:
    if kind in (35, 39):  # R_RISCV_ADD32, R_RISCV_SUB32
        (word,) = _WORD.unpack_from(content, at)
        _WORD.pack_into(content, at, (word + value if kind == 35 else word - value) & 0xFFFF_FFFF)
    elif kind in (18, 19, 23):  # R_RISCV_CALL, R_RISCV_CALL_PLT, R_RISCV_PCREL_HI20
        distance = _within("auipc", value - place, 32)
        _change(content, at, 0xFFF, distance + 0x800 & 0xFFFF_F000)
        if kind == 23:
            halves[place] = distance
        else:
            _change(content, at + 4, 0xF_FFFF, (distance & 0xFFF) << 20)
    elif kind == _PCREL_LO12_I:  # of the auipc that the symbol stands at
        if value not in halves:
            raise HostLinkError(f"riscv64 relocation {kind} at {place:#x} belongs to no auipc")
        _change(content, at, 0xF_FFFF, (halves[value] & 0xFFF) << 20)
    else:
        raise HostLinkError(f"riscv64 relocation {kind} at {place:#x} is none of 18, 19, 23, 24, 35, 39")
