"""The lowering to WebAssembly's garbage-collected objects: structs, arrays, casts and function references.

docs/reference/lower-gc.md says how each type of the language is represented.
"""
