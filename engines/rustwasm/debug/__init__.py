"""Where code comes from: positions on instructions, DWARF lines, source maps (docs/reference/debug-info.md)."""
