"""WebAssembly, chapter by chapter as its specification: types and operations, binary, text, validation, names and
layout.

A module is plain data (`module.Module`); instructions are tuples `(name, *immediates)` in one flat list per body,
immediates in the order of the binary format. `binary` and `text` are two spellings of it, `validate` says whether it
is well formed.

Source: WebAssembly Core Specification 3.0 (GC, exceptions with `exnref`, tail calls, memory64, multiple memories,
SIMD and relaxed SIMD; threads, stack switching and the old exception instructions are absent).
"""
