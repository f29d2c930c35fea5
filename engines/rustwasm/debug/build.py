"""A module with debug information: the module without it, and custom sections behind its data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from engines.rustwasm.debug.dwarf import dwarf_sections
from engines.rustwasm.debug.layout import code_ranges
from engines.rustwasm.debug.origins import Origins
from engines.rustwasm.debug.source_map import source_map, url_section
from engines.rustwasm.driver import build
from engines.rustwasm.wasm.binary.encoder import encode
from engines.rustwasm.wasm.binary.sizes import code_offset

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation


@dataclass(frozen=True)
class DebugBuild:
    """The module's bytes, and the source map if one was asked for."""

    content: bytes
    source_map: str | None


def build_with_debug_info(
    compilation: Compilation,
    profile: str = "dev",
    names: bool = True,
    lowering: str = "linear",
    dwarf: bool = True,
    map_url: str | None = None,
    file: str = "",
) -> DebugBuild:
    """Build a checked program with DWARF sections (`dwarf`), with a source map that will be at `map_url`, or both.

    `file` is what the module will be called. Without the added sections it is byte for byte the module of
    `driver.build_bytes`.

    Raises:
        ValueError: as `driver.build` does.
    """
    origins = Origins()
    module = build(compilation, profile, lowering, origins)
    sources = compilation.sources
    ranges = code_ranges(module)
    if not names:
        module.names = type(module.names)()
    if dwarf:
        module.customs = [
            *module.customs,
            *dwarf_sections(ranges, origins.declared, sources.locate, compilation.main_file),
        ]
    if map_url is None:
        return DebugBuild(encode(module), None)
    module.customs = [*module.customs, url_section(map_url)]
    content = encode(module)
    texts = {one.name: one.text for one in sources.files}
    made = source_map(ranges, code_offset(content), sources.locate, texts.get, PurePath(file).name)
    return DebugBuild(content, made)
