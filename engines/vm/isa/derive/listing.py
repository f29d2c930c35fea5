"""A reference page derived from an instruction table, committed so that a table change shows in the diff."""

from __future__ import annotations

from engines.vm.isa.derive.effects import Control
from engines.vm.isa.describe import Extension, Instruction


def listing(title: str, command: str, extensions: tuple[Extension, ...], edition: str, preface: str = "") -> str:
    """Markdown: one table per extension with pattern, assembly, effects, section and sentence of each instruction.

    `command` is what regenerates the page; it stands in the page's first lines. `edition` is the manual's; `preface`
    is Markdown that comes before the tables.
    """
    total = sum(len(extension) for extension in extensions)
    lines = [
        f"# {title}",
        "",
        f"Derived from the instruction table by `{command}`; do not edit. {total} instructions. Sections are those of "
        f"the RISC-V {extensions[0].manual}, {edition}. `match/mask` is what a decoder tests; `≠` and fields "
        "called nz… exclude reserved values.",
        "",
        *([preface, ""] if preface else []),
    ]
    for extension in extensions:
        lines += [f"## {extension.name}", ""]
        lines += ["| instruction | pattern | match/mask | § | effects | what it does |", "|---|---|---|---|---|---|"]
        lines += [_row(record) for record in extension]
        lines.append("")
    return "\n".join(lines)


def _row(record: Instruction) -> str:
    digits = 2 * record.length
    assembly = "" if record.assembly == "-" else f" {record.assembly}"
    cells = (
        f"`{record.mnemonic}{assembly}`",
        f"`{record.pattern}`".replace("|", "\\|"),
        f"`{record.match:0{digits}x}/{record.mask:0{digits}x}`",
        record.section.rpartition("§")[2],
        effects_text(record),
        record.doc,
    )
    return f"| {' | '.join(cells)} |"


def effects_text(record: Instruction) -> str:
    """Effects in a few words: `load 4, reserve`, `branch`, `rounds`."""
    effects = record.effects
    words = []
    if effects.control is not Control.NONE:
        words.append(effects.control.value)
    if effects.load_bytes:
        words.append(f"load {effects.load_bytes}")
    if effects.store_bytes:
        words.append(f"store {effects.store_bytes}")
    if effects.atomic:
        words.append(effects.atomic)
    words += [word for word in ("csr", "fence", "fence_i") if getattr(effects, word)]
    if effects.rounding:
        words.append("rounds")
    words += sorted(f"fp {operation}" for operation in effects.float_operations)
    return ", ".join(words)
