"""The core library as it is after loading, on disk: a start reads it instead of parsing and declaring it again.

A snapshot is a pickle of the library's `Compilation`, found by the content of the compiler's and the library's sources.
What nothing looks at after loading is left out: the syntax of types whose meaning is known by then. Bodies that are not
parsed yet are kept as their tokens. Types are made anew by `intern`, so they are the process's one of their kind.

Only command lines read snapshots (`use_snapshot`): who changes the compiler while it runs, as tests do that plant bugs,
gets a library that was loaded by the compiler at hand.
"""

from __future__ import annotations

import io
import marshal
import pickle
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.build_cache import compiler_digest
from engines.rustwasm.compilation import (
    Compilation,
    install_library,
    library,
    library_is_loaded,
    quiet_runtime,
)
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.lexer import Tokens
from engines.rustwasm.syntax.parse_items import Parser, UnparsedBody
from engines.rustwasm.typing.type_env import TypeEnv
from engines.vm.runtime.object_cache import ObjectCache, cache_directory, content_key

if TYPE_CHECKING:
    from pathlib import Path

CAN_BE_RESTORED: Final = not hasattr(Compilation, "__mypyc_attrs__")
"""Whether objects of the compiler's can be made without their arguments, as unpickling does. Of classes that are
machine code they cannot: that compiler loads the library, and makes its bodies, again."""
_STACK_BYTES: Final = 256 << 20
_RECURSION: Final = 400_000
"""The library's definitions refer to each other in long chains, which pickling follows by recursion."""


def use_snapshot(directory: Path | None = None) -> bool:
    """Have `compilation.library` give the snapshot of the library, made now if there is none. True if there was one.

    Does nothing where the library is loaded already or cannot be restored. A directory of caches that cannot be written
    is no error: the library is then loaded as it is without snapshots.
    """
    if library_is_loaded() or not CAN_BE_RESTORED:
        return False
    store = ObjectCache(directory or cache_directory() / "rust")
    key = content_key(["library", compiler_digest(), str(pickle.HIGHEST_PROTOCOL), sys.version])
    content = store.get(key)
    if content is not None:
        with quiet_runtime():
            install_library(restored(content))
        return True
    with suppress(OSError):
        store.put(key, snapshot(library()))
    return False


def snapshot(base: Compilation) -> bytes:
    """The library as bytes. It has to be loaded just now: bodies that are parsed already come with their syntax."""
    out = io.BytesIO()
    failed: list[BaseException] = []

    def write() -> None:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(_RECURSION)
        try:
            _Pickler(out).dump(base)
        except (pickle.PicklingError, AttributeError, RecursionError, TypeError) as error:
            failed.append(error)
        finally:
            sys.setrecursionlimit(limit)

    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    if failed:
        raise ValueError(f"the core library cannot be written as a snapshot: {failed[0]}") from failed[0]
    return out.getvalue()


def restored(content: bytes) -> Compilation:
    """The library that `snapshot` wrote."""
    found: Compilation = pickle.loads(content)
    return found


class _Pickler(pickle.Pickler):
    """Leaves out what is of no use after loading."""

    def __init__(self, out: io.BytesIO) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)

    def reducer_override(self, one: Any) -> Any:
        kind = type(one)
        if kind is UnparsedBody:
            return _reduce_body(one)
        if kind is TypeEnv:
            return _reduce_environment(one)
        if kind is t.FnItem:
            return _reduce_function(one)
        if kind is t.ImplItem:
            return t.ImplItem, (one.span, "", one.name_span, None, one.attributes, None, None, None, [])
        return NotImplemented


def _reduce_body(one: UnparsedBody) -> Any:
    parser = one.parser
    end = parser.at
    parser.at = one.at
    parser.skip_group()
    stop, parser.at = parser.at, end
    if any(name in parser.macros for name in parser.texts[one.at : stop]):
        return _itself, (one.parse(),)
    lists = [column[one.at : stop] for column in (parser.kinds, parser.texts, parser.starts, parser.ends)]
    return _unparsed, (marshal.dumps(lists), parser.diagnostics)


def _itself(one: Any) -> Any:
    return one


def _unparsed(content: bytes, diagnostics: Any) -> UnparsedBody:
    return UnparsedBody(_Later(content, diagnostics))  # type: ignore[arg-type]


class _Later:
    """Stands for a parser at the beginning of a body until the body is parsed."""

    at = 0

    def __init__(self, content: bytes, diagnostics: Any) -> None:
        self.content = content
        self.diagnostics = diagnostics

    def block_expression(self) -> Any:
        """Parse the body."""
        tokens = Tokens()
        tokens.kinds, tokens.texts, tokens.starts, tokens.ends = marshal.loads(self.content)
        tokens.add("eof", "", tokens.ends[-1], tokens.ends[-1])
        return Parser(tokens, self.diagnostics).block_expression()


def _reduce_environment(one: TypeEnv) -> Any:
    """Without the functions that make lifetimes and types: whoever needs one sets it."""
    kept = (one.params, one.self_ty, one.trait, one.lifetimes, one.bounds, one.generics)
    return TypeEnv, (one.module,), kept, None, None, _fill_environment


def _fill_environment(env: TypeEnv, state: Any) -> None:
    env.params, env.self_ty, env.trait, env.lifetimes, env.bounds, env.generics = state


def _reduce_function(one: t.FnItem) -> Any:
    """Without the syntax of its signature's types."""
    self_param = one.self_param and (*one.self_param[:2], None, None, one.self_param[4])
    params = [(pattern, None) for pattern, _ in one.params]
    return t.FnItem, (
        one.span, one.name, one.name_span, one.public, one.attributes, None, self_param, params, None, one.body,
        one.unsafe, one.is_const,
    )  # fmt: skip
