"""Where a program begins: `main`, or the test that is run instead of it, and what becomes of the value that it returns.

Source: The Rust Reference, "Crates and source files" (main functions) and "Testing attributes".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.rustwasm.mir import body as m
from engines.rustwasm.resolve.modules import VALUES
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import AMBIGUOUS

if TYPE_CHECKING:
    from pathlib import Path

    from engines.rustwasm.compilation import Compilation


def entry_of(compilation: Compilation) -> FnDef:
    """The function without parameters and result that runs the program: `main` itself if it returns `()`, else one that
    reports what `main` returns (`Error: ...` and exit status 1 for an `Err`).

    Raises:
        ValueError: the program has no `main`.
    """
    if compilation.entry is not None:
        return returning_nothing(compilation, compilation.entry)
    main = compilation.root.names[VALUES].get("main")
    if main is None or not isinstance(main.definition, FnDef):
        raise ValueError("the program has no `main`; add `fn main() {}`")
    return returning_nothing(compilation, main.definition)


def returning_nothing(compilation: Compilation, function: FnDef) -> FnDef:
    """A function that calls `function` and hands what it returns to the library's `main_result`."""
    result = ty.erase(function.output)
    if result in (ty.UNIT, ty.NEVER_TY):
        return function
    wrapper = FnDef(function.name, function.span, function.module)
    wrapper.path = function.path
    wrapper.output = ty.UNIT
    body = m.Body(function.name, wrapper, 0, function.span)
    body.locals = [m.Local(one, None, True, function.span) for one in (ty.UNIT, result)]
    body.blocks = [m.Block() for _ in range(3)]
    report = m.Constant(ty.fn_def(compilation.lang("main_result"), (result,)))
    called = m.Constant(ty.fn_def(function, ()))
    body.blocks[0].statements = [m.StorageLive(1)]
    body.blocks[0].terminator = m.Call(called, [], m.Place(1), 1, function.span)
    body.blocks[1].terminator = m.Call(report, [m.Move(m.Place(1))], m.Place(0), 2, function.span)
    body.blocks[2].terminator = m.Return()
    wrapper.mir = body
    return wrapper


def check_entry(compilation: Compilation, crate: str) -> None:
    """E0601: there is no `main`; E0131, E0646, E0277, E0580: `main` is generic, has a `where` clause, returns what is
    no status, has parameters."""
    main = compilation.root.names[VALUES].get("main")
    diagnostics = compilation.diagnostics
    if main is None or not isinstance(main.definition, FnDef):
        end = compilation.main_end
        error = diagnostics.error("E0601", f"`main` function not found in crate `{crate}`", (end, end))
        error.helps.append("consider adding a `main` function")
        return
    if main.definition.module.root is compilation.root:
        check_runnable(compilation, main.definition, "main")


def check_runnable(compilation: Compilation, function: FnDef, role: str) -> None:
    """Can the function be run by itself? `role` is what it is called in messages: `main`, or `test`."""
    compilation.collector.ensure_signature(function)
    diagnostics = compilation.diagnostics
    syntax = function.syntax
    if syntax.generics.params:
        message = f"`{role}` function is not allowed to have generic parameters"
        diagnostics.error("E0131", message, function.span, f"`{role}` cannot have generic parameters")
        return
    if syntax.generics.where:
        message = f"`{role}` function is not allowed to have a `where` clause"
        diagnostics.error("E0646", message, syntax.generics.where[0][2])
    if function.inputs:
        message = f"`{role}` function has wrong type"
        error = diagnostics.error("E0580", message, function.span, "incorrect number of function parameters")
        error.notes.append(f"expected signature `fn()`, found one with {len(function.inputs)} parameters")
        return
    result = ty.erase(function.output)
    if result.flags & ty.HAS_ERROR:
        return
    if Inference(compilation, []).select(compilation.lang("Termination"), (result,), True) in (None, AMBIGUOUS):
        message = f"`{role}` has invalid return type `{ty.show(result)}`"
        span = syntax.result.span if syntax.result is not None else function.span
        error = diagnostics.error(
            "E0277", message, span, f"`{role}` can only return types that implement `Termination`"
        )
        error.helps.append("consider using `()`, or a `Result`")


def crate_name(path: Path) -> str:
    """What a crate is called after its main file: the directory's name for `src/main.rs` and `src/lib.rs`."""
    directory = path.resolve().parent
    name = directory.parent.name if path.stem in ("main", "lib") and directory.name == "src" else path.stem
    return name.replace("-", "_")
