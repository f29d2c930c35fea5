"""ELF-64 executables: strict parsing of the header and program headers, and loading into a guest address space.

Only what running needs is read: the ELF header, the program headers, the segments that they name. Every count, offset
and address is checked before it is used, so any byte string either parses or raises `ElfError`.

Source: System V ABI, ELF-64 object file format; gabi chapters 4 and 5; RISC-V ELF psABI §8 (e_flags).
"""

from __future__ import annotations

import _struct as struct

from engines.vm.enumeration import IntEnum
from engines.vm.errors import MachineError
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_EHDR: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_PHDR: Final = struct.Struct("<IIQQQQQQ")
_MAGIC: Final = b"\x7fELF"
_CLASSES: Final = {1: "ELFCLASS32", 2: "ELFCLASS64"}
_DATA: Final = {1: "little-endian", 2: "big-endian"}
_TYPES: Final = {1: "ET_REL, not linked", 2: "ET_EXEC", 3: "ET_DYN", 4: "ET_CORE, a core dump"}
_MAX_PHDR_BYTES: Final = 65536
"""As the kernel's load_elf_phdrs: more program headers than this are refused."""
_MAX_INTERPRETER_BYTES: Final = 4096
MAX_IMAGE_BYTES: Final = 1 << 33
"""The segments of one image, gaps included, may span this much: the guest has 64 GiB in all."""
_PAGE_MASK: Final = PAGE_BYTES - 1


class Machine(IntEnum):
    """e_machine of the guests that we know."""

    X86_64 = 62
    AARCH64 = 183
    RISCV = 243


class SegmentType(IntEnum):
    """p_type; others are ignored, as the kernel does."""

    LOAD = 1
    DYNAMIC = 2
    INTERP = 3
    PHDR = 6
    TLS = 7
    GNU_STACK = 0x6474E551


EF_RISCV_RVE: Final = 0x8
PF_X: Final = 1
PF_W: Final = 2
PF_R: Final = 4
ET_EXEC: Final = 2
ET_DYN: Final = 3


class ElfError(MachineError, ValueError):
    """The image cannot be run. The message names the field, its value and the legal range."""


@record(frozen=True)
class Segment:
    """One PT_LOAD program header. `permission` is an OR of the address space's READ, WRITE, EXEC."""

    index: int
    address: int
    memory_bytes: int
    offset: int
    file_bytes: int
    permission: int

    @property
    def first_page(self) -> int:
        return self.address & ~_PAGE_MASK

    @property
    def end(self) -> int:
        return self.address + self.memory_bytes

    @property
    def end_page(self) -> int:
        return (self.end + _PAGE_MASK) & ~_PAGE_MASK


@record(frozen=True)
class Elf:
    """A checked executable.

    Attributes:
        position_independent: ET_DYN; addresses are relative to the load bias.
        entry: address of the first instruction, before the bias.
        phdr_offset, phdr_count: of the program headers in the file.
        segments: PT_LOAD, ascending, not overlapping.
        interpreter: PT_INTERP path, or None for a static program.
        executable_stack: PT_GNU_STACK asks for it.
    """

    machine: int
    position_independent: bool
    entry: int
    phdr_offset: int
    phdr_count: int
    segments: tuple[Segment, ...]
    interpreter: str | None
    executable_stack: bool

    @property
    def low(self) -> int:
        return self.segments[0].first_page

    @property
    def high(self) -> int:
        return self.segments[-1].end_page


@record(frozen=True)
class LoadedImage:
    """Where an `Elf` ended up in guest memory. `phdr` is 0 when no segment contains the program headers."""

    bias: int
    entry: int
    phdr: int
    phdr_count: int
    low: int
    high: int


def parse(image: bytes, machine: Machine = Machine.RISCV, address_bits: int = 36) -> Elf:
    """Check `image` as an executable for `machine` that fits `address_bits` of address space.

    Raises:
        ElfError: it is not one; the message says which field, its value and what is legal.
    """
    if image[:4] != _MAGIC[: len(image[:4])] or not image:
        raise ElfError(f"not an ELF file: it begins with {image[:4]!r}, an ELF file with {_MAGIC!r}")
    if len(image) < _EHDR.size:
        raise ElfError(f"truncated: the file has {len(image)} bytes, the ELF header alone needs {_EHDR.size}")
    header = _EHDR.unpack_from(image)
    ident, kind, e_machine, version, entry, phoff, _, flags, ehsize, phentsize, phnum = header[:11]
    if ident[4] != 2:
        raise ElfError(f"EI_CLASS is {_named(_CLASSES, ident[4])}; must be 2 (ELFCLASS64)")
    if ident[5] != 1:
        raise ElfError(f"EI_DATA is {_named(_DATA, ident[5])}; must be 1 (little-endian)")
    if ident[6] != 1 or version != 1:
        raise ElfError(f"EI_VERSION is {ident[6]} and e_version is {version}; both must be 1")
    if e_machine != machine:
        raise ElfError(f"e_machine is {_machine_name(e_machine)}; must be {machine.value} ({machine.name})")
    if kind not in (ET_EXEC, ET_DYN):
        raise ElfError(f"e_type is {_named(_TYPES, kind)}; must be 2 (ET_EXEC) or 3 (ET_DYN)")
    if machine is Machine.RISCV and flags & EF_RISCV_RVE:
        raise ElfError(f"e_flags is {flags:#x}, which asks for RVE; the guest is RV64I with 32 registers")
    if ehsize < _EHDR.size:
        raise ElfError(f"e_ehsize is {ehsize}; must be at least {_EHDR.size}")
    headers = _program_headers(image, phoff, phentsize, phnum)
    segments = _load_segments(image, headers, address_bits)
    entry_segment = next((s for s in segments if s.address <= entry < s.end and s.permission & EXEC), None)
    if entry_segment is None:
        legal = ", ".join(f"[{s.address:#x}, {s.end:#x})" for s in segments if s.permission & EXEC) or "none"
        raise ElfError(f"e_entry is {entry:#x}, outside every executable segment ({legal})")
    if machine is not Machine.X86_64 and entry & 1:
        raise ElfError(f"e_entry is {entry:#x}; must be even")
    stack_flags = next((h[1] for h in headers if h[0] == SegmentType.GNU_STACK), PF_R | PF_W)
    return Elf(
        machine=e_machine,
        position_independent=kind == ET_DYN,
        entry=entry,
        phdr_offset=phoff,
        phdr_count=phnum,
        segments=segments,
        interpreter=_interpreter(image, headers),
        executable_stack=bool(stack_flags & PF_X),
    )


def load(memory: AddressSpace, image: bytes, elf: Elf, bias: int = 0) -> LoadedImage:
    """Map the segments of `elf` at `bias` (page-aligned; 0 for ET_EXEC), with their own permissions.

    As the kernel does, the first page comes whole from the file; what lies beyond `file_bytes` reads as zero. A page
    that two segments share holds both and has the permissions of both.

    Raises:
        ElfError: the biased image leaves the address space.
        ValueError: `bias` is not page-aligned.
    """
    if bias & _PAGE_MASK:
        raise ValueError(f"load bias {bias:#x} is not a multiple of {PAGE_BYTES}")
    if elf.high + bias > memory.limit:
        raise ElfError(f"the image would end at {elf.high + bias:#x}; the address space ends at {memory.limit:#x}")
    view = memoryview(image)
    mapped_end, previous_permission = 0, 0
    for segment in elf.segments:
        if not segment.memory_bytes:
            continue
        start, end = segment.first_page + bias, segment.end_page + bias
        permission = segment.permission
        if start < mapped_end:
            memory.protect(start, PAGE_BYTES, permission | previous_permission)
        first_new = max(start, mapped_end)
        if end > first_new:
            memory.map(first_new, end - first_new, permission, to_be_filled=bool(permission & WRITE))
        lead = segment.address - segment.first_page if start >= mapped_end else 0
        place_at = segment.address + bias - lead
        memory.place(place_at, view[segment.offset - lead : segment.offset + segment.file_bytes])
        mapped_end, previous_permission = max(end, mapped_end), permission
    phdr = 0
    for segment in elf.segments:
        if segment.offset <= elf.phdr_offset < segment.offset + segment.file_bytes:
            phdr = elf.phdr_offset - segment.offset + segment.address + bias
    return LoadedImage(bias, elf.entry + bias, phdr, elf.phdr_count, elf.low + bias, elf.high + bias)


def _program_headers(image: bytes, phoff: int, phentsize: int, phnum: int) -> list[tuple[int, ...]]:
    """(type, flags, offset, vaddr, paddr, filesz, memsz, align) of each."""
    if phentsize != _PHDR.size:
        raise ElfError(f"e_phentsize is {phentsize}; must be {_PHDR.size}")
    if not 1 <= phnum <= _MAX_PHDR_BYTES // _PHDR.size:
        raise ElfError(f"e_phnum is {phnum}; must be 1 to {_MAX_PHDR_BYTES // _PHDR.size}")
    if phoff + phnum * _PHDR.size > len(image):
        raise ElfError(
            f"truncated: {phnum} program headers at e_phoff {phoff:#x} end at {phoff + phnum * _PHDR.size:#x}, "
            f"the file at {len(image):#x}"
        )
    return [_PHDR.unpack_from(image, phoff + i * _PHDR.size) for i in range(phnum)]


def _load_segments(image: bytes, headers: list[tuple[int, ...]], address_bits: int) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    for index, (kind, flags, offset, address, _, file_bytes, memory_bytes, align) in enumerate(headers):
        if kind != SegmentType.LOAD:
            continue
        where = f"program header {index} (PT_LOAD)"
        if file_bytes > memory_bytes:
            raise ElfError(f"{where}: p_filesz {file_bytes:#x} is more than p_memsz {memory_bytes:#x}")
        if offset + file_bytes > len(image):
            raise ElfError(
                f"{where}: truncated: p_offset {offset:#x} + p_filesz {file_bytes:#x} is beyond the file's "
                f"{len(image):#x} bytes"
            )
        if align & (align - 1):
            raise ElfError(f"{where}: p_align is {align:#x}; must be 0 or a power of two")
        if (address ^ offset) & _PAGE_MASK:
            raise ElfError(f"{where}: p_vaddr {address:#x} and p_offset {offset:#x} must be equal modulo {PAGE_BYTES}")
        if address + memory_bytes > 1 << address_bits:
            raise ElfError(
                f"{where}: p_vaddr {address:#x} + p_memsz {memory_bytes:#x} is beyond the guest's address space, "
                f"which ends at {1 << address_bits:#x}"
            )
        if segments and address < segments[-1].end:
            raise ElfError(
                f"{where}: p_vaddr {address:#x} overlaps or precedes program header {segments[-1].index}, which ends "
                f"at {segments[-1].end:#x}; PT_LOAD segments must ascend without overlap"
            )
        permission = (READ if flags & PF_R else 0) | (WRITE if flags & PF_W else 0) | (EXEC if flags & PF_X else 0)
        segments.append(Segment(index, address, memory_bytes, offset, file_bytes, permission))
    if not segments:
        raise ElfError("there is no PT_LOAD program header; at least one is needed")
    span = segments[-1].end_page - segments[0].first_page
    if span > MAX_IMAGE_BYTES:
        raise ElfError(f"the PT_LOAD segments span {span:#x} bytes; at most {MAX_IMAGE_BYTES:#x}")
    return tuple(segments)


def _interpreter(image: bytes, headers: list[tuple[int, ...]]) -> str | None:
    for index, (kind, _, offset, _, _, file_bytes, _, _) in enumerate(headers):
        if kind != SegmentType.INTERP:
            continue
        where = f"program header {index} (PT_INTERP)"
        if not 2 <= file_bytes <= _MAX_INTERPRETER_BYTES:
            raise ElfError(f"{where}: p_filesz is {file_bytes:#x}; must be 2 to {_MAX_INTERPRETER_BYTES:#x}")
        if offset + file_bytes > len(image):
            raise ElfError(
                f"{where}: truncated: p_offset {offset:#x} + p_filesz {file_bytes:#x} is beyond the file's "
                f"{len(image):#x} bytes"
            )
        raw = image[offset : offset + file_bytes]
        if raw[-1] != 0 or 0 in raw[:-1]:
            raise ElfError(f"{where}: {raw[:64]!r} must be one path ending in a NUL byte")
        return raw[:-1].decode("utf-8", "surrogateescape")
    return None


def _named(names: dict[int, str], value: int) -> str:
    return f"{value} ({names[value]})" if value in names else str(value)


def _machine_name(value: int) -> str:
    known = {3: "EM_386", 8: "EM_MIPS", 20: "EM_PPC", 21: "EM_PPC64", 22: "EM_S390", 40: "EM_ARM"}
    known |= {m.value: f"EM_{m.name}" for m in Machine}
    return _named(known, value)
