"""Where the functions of an executable begin: its symbols tell, and where they were stripped its unwind tables.

Sources: System V ABI, "Symbol Table"; Linux Standard Base Core 5.0, §10.6 (`.eh_frame`).
"""

from __future__ import annotations

import io


def functions(executable: bytes) -> list[int]:
    """Addresses of the functions that an ELF file's symbols and unwind tables tell of, in order."""
    found = {address for _, address in named_functions(executable)}
    return sorted(found | _unwound(executable))


def named_functions(executable: bytes) -> list[tuple[str, int]]:
    """The functions that an ELF file's symbol tables name, with their addresses."""
    from elftools.common.exceptions import ELFError
    from elftools.elf.elffile import ELFFile
    from elftools.elf.sections import SymbolTableSection

    try:
        return [
            (symbol.name, symbol["st_value"])
            for section in ELFFile(io.BytesIO(executable)).iter_sections()
            if isinstance(section, SymbolTableSection)
            for symbol in section.iter_symbols()
            if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_value"]
        ]
    except ELFError:  # section headers are not needed to run, and may be cut off
        return []


def _unwound(executable: bytes) -> set[int]:
    """Where the ranges of the frame description entries begin."""
    from elftools.common.exceptions import ELFError
    from elftools.construct import ConstructError
    from elftools.dwarf.callframe import FDE
    from elftools.elf.elffile import ELFFile

    try:
        elf = ELFFile(io.BytesIO(executable))
        if elf.get_section_by_name(".eh_frame") is None:
            return set()
        entries = elf.get_dwarf_info(relocate_dwarf_sections=False).EH_CFI_entries()
        return {entry["initial_location"] for entry in entries if isinstance(entry, FDE)}
    except (ELFError, ConstructError):
        return set()
