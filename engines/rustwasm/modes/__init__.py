"""Modes: what is ruled by ownership and what by the collector (`#[wasm::gc]`; docs/reference/wasm-gc.md)."""
