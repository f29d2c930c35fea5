"""What of std is outside the subset, by name, and what there is instead: docs/reference/rust-subset.md shows it."""

from __future__ import annotations

from typing import Final

STD: Final[dict[str, str]] = {
    "alloc": "`Vec` and `Box`",
    "any::Any": "an enum of the types, or a trait with what is wanted of them",
    "any::TypeId": "an enum of the types",
    "arch": "the language's own operators",
    "ascii": "`char::is_ascii` and its kin",
    "backtrace": "messages of panics, which name the place",
    "cell::UnsafeCell": "`Cell` or `RefCell`",
    "collections::LinkedList": "`VecDeque`",
    "collections::TryReserveError": "`reserve`",
    "env": "constants: a program gets no arguments",
    "ffi": "`String`",
    "fs": "text in the program",
    "future": "calls",
    "hash::BuildHasherDefault": "`HashMap` with the hasher that it has",
    "io": "`print!` and text in the program",
    "mem::ManuallyDrop": "`Option::take`",
    "mem::MaybeUninit": "`Option`",
    "mem::align_of": "nothing: layouts are not those of other targets",
    "mem::align_of_val": "nothing: layouts are not those of other targets",
    "mem::size_of": "nothing: layouts are not those of other targets",
    "mem::size_of_val": "nothing: layouts are not those of other targets",
    "mem::transmute": "`from_bits`, `to_bits` and `from_le_bytes`",
    "mem::zeroed": "`Default::default`",
    "net": "text in the program",
    "num::NonZero": "the integer itself",
    "num::NonZeroU32": "the integer itself",
    "num::NonZeroU64": "the integer itself",
    "num::NonZeroU8": "the integer itself",
    "num::NonZeroUsize": "the integer itself",
    "num::Saturating": "`saturating_add` and its kin",
    "os": "text in the program",
    "panic": "`Result`: nothing catches a panic",
    "path": "`String`",
    "pin": "`Box`",
    "process::Command": "functions",
    "ptr": "references, `Rc::ptr_eq`",
    "simd": "loops over slices",
    "sync": "`Rc`, `Cell` and `RefCell`: there is one thread",
    "task": "calls",
    "thread": "calls: there is one thread",
    "time": "counters",
}
"""Paths below `std`."""
FREE: Final[dict[str, str]] = {one: f"mem::{one}" for one in ("align_of", "align_of_val", "size_of", "size_of_val")}
"""Functions of std that need no path, with theirs."""
_FLOATS: Final = (
    "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp", "exp2", "exp_m1", "ln",
    "ln_1p", "log", "log10", "log2", "powf", "sin", "sin_cos", "sinh", "tan", "tanh",
)  # fmt: skip
METHODS: Final[dict[str, str]] = {
    **dict.fromkeys(_FLOATS, "`sqrt`, `powi` and a series of the program's own: hosts differ in the last digit"),
    "as_mut_ptr": "references and indices",
    "as_ptr": "references and indices",
    "escape_ascii": "`escape_default` of characters",
    "extract_if": "`retain` or `partition`",
    "get_unchecked": "an index",
    "get_unchecked_mut": "an index",
    "into_raw": "`Box::leak`",
    "set_len": "`truncate` or `resize`",
    "spare_capacity_mut": "`push`",
    "unwrap_unchecked": "`unwrap`",
    "utf8_chunks": "`String::from_utf8_lossy`",
}
"""Methods of std's types."""
ASSOCIATED: Final[dict[str, str]] = {
    "from_raw": "`Box::new`",
    "new_uninit": "`new` with a value",
    "with_capacity_and_hasher": "`with_capacity`",
    "with_hasher": "`new`",
}
"""Functions of std's types."""


def outside(path: str) -> tuple[str, str] | None:
    """The message about a path below `std` that is outside, or is below such a one, and what there is instead."""
    parts = path.split("::")
    for count in (1, 2):
        name = "::".join(parts[:count])
        if name in STD:
            return f"`std::{name}` is outside the subset", f"in its place: {STD[name]}"
    return None
