"""The mode rules: GC types and ownership types meet only in explicit conversions (docs/reference/wasm-gc.md).

| code | what is wrong |
|---|---|
| GC001 | a GC type has a field that owns, or is a cell |
| GC002 | a GC type has a field that borrows |
| GC003 | an ownership type, or a static, holds a GC type |
| GC004 | a variable, parameter or result of a GC function owns |
| GC005 | a type argument of a GC type owns, borrows or is a cell |
| GC006 | a GC type implements Drop or Copy |
| GC007 | a reference into an enum that may become another variant meanwhile, or one into an object that is kept |
| GC008 | a type argument of a GC function owns |
| GC009 | an ownership type stands where its GC counterpart is expected, or the other way round |
| GC010 | an attribute of modes stands where it means nothing |

`check_body` also says how much of the borrow checker a body needs. All of it does a GC function that hands out
references, keeps shared references to its own variables, or leaves a variable without value. One that keeps only
mutable ones may have several of one place, but none of a variable that is gone.
"""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.modes.attributes import GC, INHERITED, LINEAR, derives
from engines.rustwasm.modes.kinds import Kinds, counterpart, overlays
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostic, Diagnostics
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, ConstDef, FnDef, ImplDef
from engines.rustwasm.typing.types import Ty

NOTHING: Final = 0
ENDINGS: Final = 1
"""Whether references outlive what they lead to, and nothing else, is for the borrow checker to find."""
EVERYTHING: Final = 2

_WHY: Final = {
    "owning": "a GC object is reclaimed by the collector, which drops nothing: what it holds must own nothing",
    "cell": "every copy of the handle shares the object and may change it: a cell inside is copied with its content",
    "borrowing": "a GC object lives as long as anyone has its handle, so no borrow can be known to outlive it",
}


class ModeRules:
    """Checks the definitions and bodies of one compilation."""

    def __init__(self, compilation: Any, diagnostics: Diagnostics) -> None:
        self.compilation = compilation
        self.diagnostics = diagnostics
        self.kinds = Kinds(compilation)
        self._said: set[t.Span] = set()
        self._blamed: set[Ty] = set()
        """Types of the body at hand that an error is about: said once, where they appear first."""
        self._of_signature: dict[FnDef, set[Ty]] = {}
        self._inside: set[int] = set()
        """Locals of the body at hand that hold references to parts of GC objects."""
        own = compilation.sources.files[len(compilation.base.sources.files) if compilation.base is not None else 0 :]
        mentioned = any("Gc" in file.text or "wasm::" in file.text for file in own)
        self.active = mentioned or "wasm_gc" in compilation.settings
        """Does the crate mention GC mode at all? Without that none of its types can be a GC type."""

    def error(self, code: str, message: str, span: t.Span, label: str, why: str) -> Diagnostic | None:
        """One error for a place; None if there is one already."""
        if span in self._said:
            return None
        self._said.add(span)
        error = self.diagnostics.error(code, message, span, label)
        error.notes.append(why)
        return error

    # Definitions

    def check_definitions(self, declarations: Any) -> None:
        """Check every type, impl, static and signature of a crate."""
        if not self.active:
            return
        for adt in declarations.adts:
            self._blamed = set()
            self.check_adt(adt)
        for impl in declarations.impls:
            self.check_impl(impl)
        for const in declarations.consts:
            self.check_static(const)
        for function in declarations.functions:
            if isinstance(function.syntax, t.FnItem) and function.output is not None:
                self._blamed = set()
                self.check_signature(function)
                if self._blamed:
                    self._of_signature[function] = self._blamed

    def check_adt(self, adt: AdtDef) -> None:
        """GC001, GC002, GC003, GC005, GC006 and GC010 of a struct or enum."""
        syntax = adt.syntax
        written = [a for a in syntax.attributes if a[0] == GC and a[1] != INHERITED]
        if written and derives(syntax, "Copy"):
            error = self.error(
                "GC006", f"GC type `{adt.name}` derives Copy", written[0][2], "its values are handles already",
                "copying a value of a GC type copies the handle: both lead to the same object",
            )  # fmt: skip
            if error is not None:
                error.helps.append("remove `Copy` from the derives, or the attribute: then it is a plain value")
        self.check_attributes(syntax.attributes)
        sources = [syntax] if isinstance(syntax, t.StructItem) else syntax.variants
        for variant, source in zip(adt.variants, sources, strict=True):
            for field, written_field in zip(variant.fields, source.fields, strict=True):
                span = written_field.ty.span
                one = field.ty
                if one.kind < ty.ADT:
                    continue  # plain, and without arguments
                if adt.gc:
                    self.check_gc_field(adt, field.name, one, span)
                else:
                    held = self.kinds.shared(ty.erase(one))
                    if held is not None:
                        self.holder(f"field `{field.name}` of ownership type `{adt.name}`", held, span, adt.name)
                self.check_arguments(ty.erase(one), span)
                self.check_mixture(ty.erase(one), span)
        if adt.gc and adt.drop is not None:
            error = self.error(
                "GC006", f"GC type `{adt.name}` implements Drop", adt.drop.span, "never called",
                "the collector reclaims objects at no known moment and runs nothing of the program",
            )  # fmt: skip
            if error is not None:
                error.helps.append("close what the object holds in a method, or make the type an ownership type")

    def check_gc_field(self, adt: AdtDef, name: str, one: Ty, span: t.Span) -> None:
        erased = ty.erase(one)
        if one.kind == ty.REF and one.args[0] is ty.STR_TY and one.regions == ("'static",):
            return
        unfit = self.kinds.unfit(erased)
        if unfit is None:
            return
        kind, part = unfit
        if kind == "borrowing":
            error = self.error(
                "GC002", f"field `{name}` of GC type `{adt.name}` holds a reference", span, f"`{ty.show(part)}` here",
                _WHY[kind],
            )  # fmt: skip
        else:
            what = "ownership type" if kind == "owning" else "cell"
            error = self.error(
                "GC001", f"field `{name}` of GC type `{adt.name}` is of {what} `{ty.show(part)}`", span,
                f"`{ty.show(part)}` in a GC type", _WHY[kind],
            )  # fmt: skip
        if error is not None:
            self.suggest(error, erased, part, span)

    def suggest(self, error: Diagnostic, one: Ty, part: Ty, span: t.Span) -> None:
        """The GC type to write instead."""
        better = counterpart(part)
        if better is None:
            error.helps.append("keep it outside, or make its type `#[wasm::gc]`")
        elif one is part:
            error.suggestion = (span, better, "use the type of GC mode")
        else:
            error.helps.append(f"use `{better}` in place of `{ty.show(part)}`")

    def holder(self, what: str, held: Ty, span: t.Span, name: str) -> None:
        error = self.error(
            "GC003", f"{what} holds GC type `{ty.show(held)}`", span, f"`{ty.show(held)}` in an ownership type",
            "the collector does not look into memory that ownership rules, so it would not see this handle",
        )  # fmt: skip
        if error is not None:
            error.helps.append(f"make `{name}` a GC type, too: `#[wasm::gc]`")

    def check_static(self, const: ConstDef) -> None:
        """GC003 of a static."""
        if const.is_static and const.syntax.ty is not None:
            held = self.kinds.shared(ty.erase(const.ty))
            if held is not None:
                self.error(
                    "GC003", f"static `{const.name}` holds GC type `{ty.show(held)}`", const.syntax.ty.span,
                    f"`{ty.show(held)}` in a static", "statics lie in memory that the collector does not look into",
                )  # fmt: skip

    def check_impl(self, impl: ImplDef) -> None:
        """GC006 of `impl Copy`; GC010."""
        one = impl.erased_self
        copies = impl.trait is not None and impl.trait.lang == "Copy" and ty.is_handle(one)
        if copies and not derives(one.data.syntax, "Copy"):
            self.error(
                "GC006", f"GC type `{ty.show(one)}` implements Copy", impl.span, "handles are Copy",
                "copying a value of a GC type copies the handle: both lead to the same object",
            )  # fmt: skip
        self.check_attributes(impl.syntax.attributes)

    def check_attributes(self, attributes: list[tuple[str, str, t.Span]]) -> None:
        """GC010: `wasm::gc` with arguments or beside `wasm::linear`, and what is no attribute of ours."""
        own = [a for a in attributes if a[0].startswith("wasm::")]
        for name, text, span in own:
            if text == INHERITED:
                continue
            arguments = text.replace(" ", "").removeprefix("::" + name.removeprefix("wasm::"))
            if name not in (GC, LINEAR):
                why = "the legal ones are `wasm::gc` and `wasm::linear`"
                self.error("GC010", f"unknown attribute `{name}`", span, "not an attribute of modes", why)
            elif arguments:
                self.error("GC010", f"`{name}` takes no arguments", span, f"`{arguments}`", f"write `#[{name}]`")
        said = {a[0] for a in own if a[1] != INHERITED}
        if {GC, LINEAR} <= said:
            why = "an item is of one mode"
            self.error("GC010", "`wasm::gc` and `wasm::linear` on one item", own[-1][2], "contradicts the other", why)

    # Types in bodies and signatures

    def check_arguments(self, one: Ty, span: t.Span) -> None:
        """GC005: arguments of the GC types in a type."""
        if not one.args or one.kind in (ty.FNPTR, ty.FNDEF):
            return
        if ty.is_shared(one):
            for arg in one.args:
                if arg.kind == ty.DYN:
                    continue
                unfit = self.kinds.unfit(arg)
                if unfit is not None and one not in self._blamed:
                    kind, part = unfit
                    self._blamed |= {one, part}
                    what = {"owning": "ownership type ", "cell": "cell ", "borrowing": "reference "}[kind]
                    error = self.error(
                        "GC005", f"`{ty.show(one)}` holds {what}`{ty.show(part)}`", span,
                        f"`{ty.show(part)}` in a GC type", _WHY[kind],
                    )  # fmt: skip
                    if error is not None:
                        self.suggest(error, one, part, span)
        for arg in one.args:
            self.check_arguments(arg, span)

    def check_mixture(self, one: Ty, span: t.Span) -> None:
        """GC003 of a type that is written or inferred."""
        mixed = self.kinds.mixed(one)
        if mixed is None or mixed[0] in self._blamed:
            return
        holder, held = mixed
        self._blamed.add(holder)
        error = self.error(
            "GC003", f"ownership type `{ty.show(holder)}` holds GC type `{ty.show(held)}`", span,
            f"`{ty.show(held)}` in an ownership type",
            "the collector does not look into memory that ownership rules, so it would not see this handle",
        )  # fmt: skip
        better = counterpart(holder)
        if error is not None and better is not None:
            error.helps.append(f"use `{better}` in place of `{ty.show(holder)}`")

    def check_signature(self, function: FnDef) -> None:
        """GC004 of parameters and result; GC010."""
        syntax = function.syntax
        self.check_attributes(syntax.attributes)
        inputs = list(function.inputs)[1 if syntax.self_param is not None else 0 :]
        written = [one for _, one in syntax.params]
        pairs = [("parameter", one, w.span) for one, w in zip(inputs, written, strict=False)]
        if syntax.self_param is not None and function.gc:
            pairs.insert(0, ("parameter `self`", function.inputs[0], syntax.self_param[4]))
        if syntax.result is not None:
            pairs.append(("result", function.output, syntax.result.span))
        for what, one, span in pairs:
            if one.kind < ty.ADT:
                continue  # plain, and without arguments
            erased = ty.erase(one)
            self.check_arguments(erased, span)
            self.check_mixture(erased, span)
            if not function.gc:
                continue
            while erased.kind == ty.REF:
                erased = erased.args[0]
            if erased.kind == ty.DYN:
                continue
            part = self.kinds.owning(erased)
            if part is not None:
                self.owner_in_gc(f"{what} of GC function `{function.name}`", part, span, erased is part)

    def owner_in_gc(self, what: str, part: Ty, span: t.Span, whole: bool) -> None:
        error = self.error(
            "GC004", f"{what} is of ownership type `{ty.show(part)}`", span, f"`{ty.show(part)}` in a GC function",
            "in a GC function every value may be copied and used again, so it can hold nothing that has one owner",
        )  # fmt: skip
        if error is None:
            return
        better = counterpart(part)
        if better is not None:
            name = better.split("<")[0]
            error.helps.append(f"convert explicitly where it comes from, `{name}::from(...)`, and pass a `{better}`")
        else:
            error.helps.append("convert it where it comes from, or make this function one of ownership mode")

    # Bodies

    def check_body(self, body: m.Body) -> int:
        """GC003 to GC005, GC007 and GC008 of a body; NOTHING, ENDINGS or EVERYTHING that borrow checking is."""
        gc = body.definition.gc
        if not gc and not self.active:
            return EVERYTHING
        before = len(self.diagnostics.messages)
        self._inside.clear()
        needed = not gc
        previous: Ty | None = None
        mixed, kinds = self.kinds._mixed, self.kinds
        named_reference = owning_temporary = keeps = False
        self._blamed = set(self._of_signature.get(body.definition, ()))
        for i, local in enumerate(body.locals):
            one = local.ty
            if one.kind < ty.ADT:
                continue
            if one is not previous:
                previous = one
                if one not in mixed or mixed[one] is not None:
                    self.check_mixture(one, local.span)
                if one.args:
                    self.check_arguments(one, local.span)
            if not gc:
                continue
            part = kinds.owning(one)
            if part is not None:
                if local.name is not None and i > body.arg_count and local.name != "{environment}":
                    self.owner_in_gc(f"variable `{local.name}`", part, local.span, one is part)
                owning_temporary = True
            elif local.name is not None and (i > body.arg_count or local.mutable):
                held = kinds.borrowing(one)
                if held is not None:
                    keeps = True
                    if i > body.arg_count:
                        named_reference = True
                        # Who writes to a variable while a shared reference to it is kept, the borrow checker finds.
                        needed = needed or not held.data
            if one.flags & (ty.HAS_PROJECTION | ty.HAS_OPAQUE):
                needed = True
        needed = self.check_blocks(body, gc) or needed
        if gc and not needed:
            needed = (owning_temporary and named_reference) or self.hands_out(body.definition) or body.deferred
        if gc and len(self.diagnostics.messages) > before:
            return NOTHING
        return EVERYTHING if needed else ENDINGS if keeps else NOTHING

    def hands_out(self, function: FnDef) -> bool:
        """May references leave the function: in its result, in what a parameter leads to, or in a GC object?"""
        kinds = self.kinds
        if isinstance(function.output, Ty) and kinds.borrowing(ty.erase(function.output)) is not None:
            return True
        owner = function.owner
        own = len(function.generics.names) - function.generics.parent_count
        if own > 0 and owner is not None and (not isinstance(owner, ImplDef) or owner.trait is not None):
            return True
        for one in function.inputs:
            inner = ty.erase(one)
            if inner.kind == ty.REF and inner.data:
                held = inner.args[0]
                if kinds.borrowing(held) is not None and not (held.kind == ty.ADT and held.data.name == "Formatter"):
                    return True
        return False

    def check_blocks(self, body: m.Body, gc: bool) -> bool:
        """GC007 and GC008; in a GC function: is there something that only the borrow checker can judge?"""
        needed = False
        views: set[int] = set()
        locals_ = body.locals
        fixed = [one.name is not None and not one.mutable for one in locals_]
        for block in body.blocks:
            for statement in block.statements:
                if type(statement) is not m.Assign:
                    continue
                place, rvalue = statement.place, statement.rvalue
                if type(rvalue) is m.Ref:
                    if rvalue.place.projection or gc:
                        self.check_reference(body, gc, statement, views)
                    if gc and rvalue.kind != "shared" and fixed[rvalue.place.local]:
                        variable, steps = locals_[rvalue.place.local], rvalue.place.projection
                        own = not steps or (steps[0][0] != m.DEREF and variable.name != "{environment}")
                        needed = needed or (own and not ty.is_shared(variable.ty))
                elif views and type(rvalue) is m.Use and not isinstance(rvalue.operand, m.Constant):
                    if rvalue.operand.place.local in views and not rvalue.operand.place.projection:
                        views.add(place.local)
                elif gc and type(rvalue) is m.Aggregate and rvalue.ty.kind == ty.ADT and rvalue.ty.data.surface:
                    needed = needed or any(one.kind == ty.REF for one in self.kinds.parts(rvalue.ty))
            call = block.terminator
            if type(call) is m.Call:
                self.check_call(body, call, views)
        return needed

    def check_reference(self, body: m.Body, gc: bool, statement: m.Assign, views: set[int]) -> None:
        """GC007 of a reference that is taken."""
        assert isinstance(statement.rvalue, m.Ref)
        place = statement.rvalue.place
        one = body.locals[place.local].ty
        free = gc or place.local in views
        behind = place.local in self._inside
        for step in place.projection:
            if step[0] == m.DEREF:
                if ty.is_handle(one):
                    free = behind = True
                one = ty.pointee(one) if one.args or ty.is_handle(one) else one
            elif step[0] == m.FIELD:
                one = step[2]
            elif step[0] == m.DOWNCAST:
                if free and overlays(one) and step is not place.projection[-1]:
                    self.enum_reference(one, statement.span)
                    return
            elif step[0] != m.SUBSLICE:
                one = one.args[0] if one.args else one
        if free and overlays(one):
            views.add(statement.place.local)
        if behind and statement.rvalue.kind == "shared" and not statement.place.projection:
            self._inside.add(statement.place.local)
            self.kept_reference(body, statement.place.local, ty.show(one), statement.span)

    def kept_reference(self, body: m.Body, local: int, shown: str, span: t.Span) -> None:
        """GC007 of a variable that keeps a reference to a part of an object."""
        variable = body.locals[local]
        owner = body.definition.owner
        derived = isinstance(owner, ImplDef) and owner.span == body.definition.span
        if variable.name is None or derived:
            return
        error = self.error(
            "GC007", f"variable `{variable.name}` keeps a reference to a `{shown}` in a GC object", span,
            "reference into a shared object",
            "others may write to the object while the reference is in use: what it would show then is not defined",
        )  # fmt: skip
        if error is not None:
            error.helps.append("take the value: parts of GC objects are copied out by reading or matching them")

    def enum_reference(self, one: Ty, span: t.Span) -> None:
        error = self.error(
            "GC007", f"reference into `{ty.show(one)}`, which may become another variant meanwhile", span,
            "reference into an enum",
            "what is shared, and what a GC function uses, may be overwritten while the reference is in use",
        )  # fmt: skip
        if error is not None:
            error.helps.append("take the value out: match on the enum itself, not on a reference to it")

    def check_call(self, body: m.Body, call: m.Call, views: set[int]) -> None:
        """GC008, and GC007 of functions that lead references out of an enum."""
        for argument in call.arguments:
            if views and not isinstance(argument, m.Constant) and argument.place.local in views:
                result = body.locals[call.destination.local].ty
                if self.kinds.borrowing(result) is not None:
                    pointer = body.locals[argument.place.local].ty
                    self.enum_reference(pointer.args[0] if pointer.args else pointer, call.span)
        function = call.function
        if type(function) is not m.Constant or function.ty.kind != ty.FNDEF:
            return
        callee = function.ty.data
        if type(callee) is not FnDef or not callee.gc or not function.ty.args:
            return
        owner = callee.owner
        of_gc_type = isinstance(owner, ImplDef) and ty.is_shared(owner.erased_self)
        for arg in function.ty.args[callee.generics.parent_count if of_gc_type else 0 :]:
            if arg.kind == ty.DYN:
                continue
            part = self.kinds.owning(arg)
            if part is not None and part not in self._blamed:
                error = self.error(
                    "GC008", f"GC function `{callee.name}` is used with ownership type `{ty.show(part)}`", call.span,
                    f"a value of `{ty.show(part)}` would be copied in it",
                    "in a GC function every value may be copied and used again, so it can take nothing with one owner",
                )  # fmt: skip
                if error is not None:
                    better = counterpart(part)
                    error.helps.append(
                        f"convert explicitly: use `{better}`" if better else "let it borrow what it uses instead"
                    )
