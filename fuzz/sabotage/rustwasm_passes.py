"""Injected bugs in the Rust-subset compiler's later parts: release passes, the GC lowering, branch tables, and two bugs
that it had.

Found by running generated programs, of both modes, built in the way that goes through the part.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from fuzz.sabotage.bug import Area, Bug, Catalogue, replace_method
from fuzz.sabotage.rustwasm import DEVELOPMENT, RELEASE, VERDICTS, change_exits

_GC: Final = "fuzz.sabotage.rustwasm_judges:development_gc"
_RELEASE_GC: Final = "fuzz.sabotage.rustwasm_judges:release_gc"

BUGS: Final = Catalogue(judges=(RELEASE,))


def _replaced(place: str, wrapper: Callable[[Any], Any]) -> Callable[[], None]:
    """Replace `module:attribute` or `module:Class.attribute` of `engines.rustwasm`."""

    def inject() -> None:
        module, _, path = place.partition(":")
        owner: Any = importlib.import_module(f"engines.rustwasm.{module}")
        *holders, name = path.split(".")
        for holder in holders:
            owner = getattr(owner, holder)
        replace_method(owner, name, wrapper)

    return inject


# -- Release passes: (name, what it stands for, place, wrapper, description)


def _all_slots(original: Any) -> Any:
    def slots(tree: Any, bases: set[int], stack: int) -> Any:
        from engines.rustwasm.release.promote import _access
        from engines.rustwasm.release.tree import walk

        found: dict[int, list[Any]] = {base: [] for base in bases}
        for node in walk(tree.body):
            if node.args and node.args[0].op == "local.get" and node.args[0].imm[0] in bases:
                slot = _access(node)
                if slot is not None:
                    found[node.args[0].imm[0]].append(slot)
        return found

    return slots


def _never_leave(original: Any) -> Any:
    def rewrite(body: Any, change: Any) -> None:
        if change.__name__ != "leave":
            original(body, change)

    return rewrite


def _first_arm(original: Any) -> Any:
    def branches(self: Any, node: Any, known: Any, arrivals: Any = None) -> None:
        one, two = dict(known), dict(known)
        then = self.statements(node.then, one)
        self.statements(node.other, two)
        known.clear()
        known.update(one if then else two)

    return branches


def _copies_kept(original: Any) -> Any:
    def learn(self: Any, known: Any, local: int, value: Any) -> None:
        self.copies.clear()
        original(self, known, local, value)

    return learn


def _no_uses(body: Any) -> Any:
    return Counter()


def _last_byte_lost(original: Any) -> Any:
    def pieces(segment: Any) -> Any:
        from dataclasses import replace

        return [replace(one, content=one.content[:-1]) for one in original(segment)]

    return pieces


def _first_test_lost(original: Any) -> Any:
    from engines.rustwasm.release.tree import If

    def rotated(tree: Any, loop: Any) -> Any:
        made = original(tree, loop)
        if made is not None:
            at = next(index for index, node in enumerate(made) if isinstance(node, If))
            made[at : at + 1] = made[at].then
        return made

    return rotated


_Table = tuple[tuple[str, str, str, Callable[[Any], Any], str], ...]

_PASSES: Final[_Table] = (
    ("slots-of-several-shapes-promoted", "memory laid out wrongly", "release.promote:_single",
     lambda original: lambda slots: dict.fromkeys(slots), "overlapping slots of a frame become locals of their own"),
    ("escaping-frames-promoted", "an alias overlooked", "release.promote:_slots", _all_slots,
     "a frame's object becomes locals although its address goes elsewhere"),
    ("loops-forget-nothing", "a value known too long", "release.propagate:_Propagation._forget_all",
     lambda original: lambda self, known, written: None, "what a loop or block writes is still known as it was"),
    ("copies-outlive-their-source", "a value known too long", "release.propagate:_Propagation._learn", _copies_kept,
     "a local is read as another that has changed since"),
    ("first-arm-believed", "a value known too long", "release.propagate:_Propagation._branches", _first_arm,
     "after a conditional the first arm's values are believed"),
    ("branches-still-bring-values", "an effect left out", "release.exits:rewrite", _never_leave,
     "branches out of a block whose value goes to a local do not set the local"),
    ("blocks-with-branches-opened", "control flow lost", "release.flatten:label_uses", lambda original: _no_uses,
     "a block that branches leave gives its statements away"),
    ("guards-not-negated", "a condition the wrong way round", "release.control:negated",
     lambda original: lambda node: node, "a block left early becomes a conditional on the same test"),
    ("places-shared-by-live-locals", "an alias overlooked", "release.coalesce:_Liveness.interference",
     lambda original: lambda self: {}, "locals share a place although both are needed"),
    ("threaded-tests-inverted", "a condition the wrong way round", "release.thread:outcome",
     lambda original: lambda test, known: None if (value := original(test, known)) is None else not value,
     "branches go past a test as if its outcome were the other"),
    ("data-segments-cut", "memory laid out wrongly", "release.merge:_pieces", _last_byte_lost,
     "the last byte of each piece of data is lost"),
    ("inlined-functions-return-nowhere", "control flow lost", "release.inline:_copied",
     lambda original: lambda node, locals_, labels: original(node, locals_, labels)
     if node.op != "br_if" else original(type(node)("drop", (), node.args), locals_, labels),
     "conditional branches of an inlined function fall through"),
    ("numbers-outlive-writes", "a value known too long", "release.number:_Numbering._forget",
     lambda original: lambda self, locals_: None, "what a loop or block writes still has the number that it had"),
    ("one-caller-speaks-for-all", "a value known too long", "release.signatures:_parameters",
     lambda original: lambda tree, index, sites: original(tree, index, sites[:1]),
     "a parameter is the constant that the first call gives"),
    ("comparisons-mirrored-as-they-were", "a condition the wrong way round", "release.fold:_MIRRORED",
     lambda original: {name: name for name in original}, "operands change places and the comparison stays"),
)  # fmt: skip

_TESTED: Final[_Table] = (
    ("loops-run-at-least-once", "a test left out", "release.rotate:_rotated", _first_test_lost,
     "a loop that tests at its end is entered without a test"),
    ("values-that-are-not-zero-exceed-one", "a value known too exactly", "release.number:_Numbering._not_zero",
     lambda original: lambda self, number, type_: self._bound(number, 2, self.range_of(number, type_)[1]),
     "what is not zero is taken for two at least"),
)  # fmt: skip
_SUITES: Final = tuple(f"fresh tests/engines/rustwasm/release/test_{name}.py" for name in ("rotate", "number"))

_GC_PASSES: Final[_Table] = (
    ("null-tests-of-objects-fail", "a condition the wrong way round", "release.objects:_Simplifier._is_null",
     lambda original: lambda self, node: type(node)("i32.const", (0,), (), 0x7F), "no reference is ever null"),
    ("types-defined-behind-their-use", "a reference to what is not there", "release.groups:_components",
     lambda original: lambda uses: original(uses)[::-1], "groups of types stand before those that they need"),
    ("shared-objects-to-locals", "an alias overlooked", "release.objects:_candidates",
     lambda original: _every_object, "an object becomes locals although somebody else has it"),
)  # fmt: skip


def _every_object(tree: Any, facts: Any) -> dict[int, int]:
    from engines.rustwasm.release.tree import walk

    made = {}
    for node in walk(tree.body):
        if node.op == "local.set" and node.args[0].op == "struct.new" and node.imm[0] >= tree.parameters:
            made[node.imm[0]] = node.args[0].imm[0]
    return made


def _reversed_fields(original: Any) -> Any:
    def body(ty: Any, fields: Any, drop: Any) -> Any:
        return original(ty, {variant: held[::-1] for variant, held in fields.items()}, drop)

    return body


def _signed_bytes(original: Any) -> Any:
    def array_get(self: Any, ty: Any, array: Any, index: Any) -> Any:
        node = original(self, ty, array, index)
        node.op = "array.get_s" if node.op == "array.get_u" else node.op
        return node

    return array_get


def _nothing_overwritten(original: Any) -> Any:
    def overwrite(self: Any, ty: Any, target: Any, source: Any) -> Any:
        from engines.rustwasm.release.tree import Node

        return Node("drop", (), (source,))

    return overwrite


def _own_cell(original: Any) -> Any:
    from engines.rustwasm.lower_gc.places import Place

    return Place.cell


def _mixed() -> int:
    from engines.rustwasm.lower_gc.representation import MIXED

    return MIXED


def _first_element(original: Any) -> Any:
    def array_copy(self: Any, ty: Any, to: Any, to_at: Any, source: Any, at: Any, count: Any) -> Any:
        from engines.rustwasm.lower_gc import nodes

        return original(self, ty, to, to_at, source, nodes.i32(0), count)

    return array_copy


_LOWERED: Final[_Table] = (
    ("copies-share", "an alias made", "lower_gc.objects:Objects.copy", lambda original: lambda self, ty, value: value,
     "a copied struct is the same object"),
    ("shallow-copies-share", "an alias made", "lower_gc.objects:Objects.shallow",
     lambda original: lambda self, ty, value: value, "a value moved out of a place is still the object there"),
    ("overwriting-does-nothing", "an effect left out", "lower_gc.objects:Objects.overwrite", _nothing_overwritten,
     "writing to an object through a reference changes nothing"),
    ("references-to-fields-are-copies", "an alias lost", "lower_gc.places:Field.cell", _own_cell,
     "`&mut` of a field refers to a copy"),
    ("references-to-elements-are-copies", "an alias lost", "lower_gc.places:Element.cell", _own_cell,
     "`&mut` of an element refers to a copy"),
    ("references-into-variants-are-copies", "an alias lost", "lower_gc.places:Held.cell", _own_cell,
     "`&mut` of what a variant holds, in an enum kept as a reference, refers to a copy"),
    ("numbers-lose-their-upper-bit", "a value cut to the wrong width",
     "lower_gc.representation:Representations.is_small", lambda original: lambda self, ty: True,
     "a number of 32 bits beside a reference is kept in 31"),
    ("enums-kept-as-references-share", "an alias made", "lower_gc.representation:Representations.needs_copy",
     lambda original: lambda self, ty: self.of(self.peel(ty)).kind != _mixed() and original(self, ty),
     "the copy of an enum kept as a reference has the same object"),
    ("bytes-read-signed", "signed taken for unsigned", "lower_gc.objects:Objects.array_get", _signed_bytes,
     "elements of 8 and 16 bits are extended by their sign"),
    ("arrays-copied-from-their-start", "an offset lost", "lower_gc.objects:Objects.array_copy", _first_element,
     "copies of parts of arrays begin at element 0"),
    ("fields-dropped-last-to-first", "the order of effects", "lower_gc.program:glue_body", _reversed_fields,
     "a struct's fields are dropped in the wrong order"),
    ("partly-moved-values-dropped-whole", "an effect twice", "lower_gc.drops:DropLowering._surely",
     lambda original: lambda self, number, path: True, "a struct is dropped whole although a field was moved out"),
    ("nothing-dropped", "an effect left out", "lower_gc.drops:DropLowering.drop_whole",
     lambda original: lambda self, where: None, "destructors do not run"),
    ("indices-not-checked", "a check left out", "lower_gc.function:FunctionLowering.panic_if",
     lambda original: lambda self, condition, message, span: None, "divisions by zero and the like do not panic"),
)  # fmt: skip

for _part, _table, _judges, _area in (
    ("release", _PASSES, (RELEASE,), Area.RUST_RELEASE),
    ("release", _TESTED, _SUITES, Area.RUST_RELEASE),
    ("release-gc", _GC_PASSES, (_RELEASE_GC,), Area.RUST_RELEASE),
    ("gc", _LOWERED, (_GC,), Area.RUST_LOWERING),
):
    for _name, _class, _place, _wrapper, _what in _table:
        BUGS.append(Bug(f"rust-{_part}-{_name}", _area, _class, _replaced(_place, _wrapper), _what, _judges))


@BUGS.action("rust-gc-all-handles-are-the-same", Area.RUST_LOWERING, "a condition the wrong way round",
             description="`same` says of any two objects that they are one", judges=(_GC,))  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_gc import intrinsics, nodes

    intrinsics.TABLE["gc_same"] = lambda use: nodes.i32(1)


# -- Branch tables


@BUGS.action("rust-branch-tables-rotated", Area.RUST_CONTROL, "a wrong target", judges=(DEVELOPMENT,),
             description="each case of a branch table does what the next one should")  # fmt: skip
def _() -> None:
    from engines.rustwasm.structure.relooper import Table

    change_exits(
        lambda leave: (
            Table(leave.selector, [*leave.targets[1:], leave.targets[0]], leave.default)
            if isinstance(leave, Table)
            else leave
        )
    )


@BUGS.action("rust-branch-tables-without-default", Area.RUST_CONTROL, "a wrong target", judges=(DEVELOPMENT,),
             description="what no case of a branch table names does what its first case does")  # fmt: skip
def _() -> None:
    from engines.rustwasm.structure.relooper import Table

    change_exits(
        lambda leave: Table(leave.selector, leave.targets, leave.targets[0]) if isinstance(leave, Table) else leave
    )


@BUGS.action("rust-branch-tables-off-by-one", Area.RUST_CONTROL, "a boundary off by one", judges=(DEVELOPMENT,),
             description="a branch table has no last case")  # fmt: skip
def _() -> None:
    from engines.rustwasm.structure.relooper import Table

    change_exits(
        lambda leave: Table(leave.selector, leave.targets[:-1], leave.default) if isinstance(leave, Table) else leave
    )


# -- Bugs that the compiler had


@BUGS.action("rust-closures-move-out-of-droppable-values", Area.RUST_FRONT_END, "an effect left out",
             judges=(DEVELOPMENT,), description="a closure captures a field of what has a Drop impl")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import captures

    replace_method(captures, "_whole_droppable", lambda original: lambda checker, variable, path, one: (path, one))


@BUGS.action("rust-closures-capture-no-counts", Area.RUST_FRONT_END, "a case left out",
             judges=("tests/engines/rustwasm/library/test_library_programs.py",),
             description="closures do not capture what the count of a `vec![value; count]` reads")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax import tree as t
    from engines.rustwasm.typing.captures import _Uses

    def visit(original: Any) -> Any:
        def changed(self: Any, node: Any) -> None:
            if isinstance(node, t.VecMacro) and isinstance(node.inner, t.Repeat):
                self.value(node.inner.element)
            else:
                original(self, node)

        return changed

    replace_method(_Uses, "visit", visit)


@BUGS.action("rust-interpreter-drops-no-captures", Area.RUST_MIR, "an effect left out",
             judges=(DEVELOPMENT, "tests/engines/rustwasm/library/test_library_programs.py"),
             description="a closure called once keeps what it captured")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.interpreter import Frame

    descriptor = Frame.__dict__["consumed"]  # the slot of that name
    forgetful = property(descriptor.__get__, lambda self, value: descriptor.__set__(self, None))
    setattr(Frame, "consumed", forgetful)  # noqa: B010


@BUGS.action("rust-interpreter-cannot-call-boxed-once", Area.RUST_MIR, "a value taken apart wrongly",
             judges=(DEVELOPMENT,), description="a Box<dyn FnOnce()> is read as a sized value")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import body as m
    from engines.rustwasm.mir.interpreter import WHOLE, Interpreter

    def wrapper(original: Any) -> Any:
        def operand(self: Any, frame: Any, one: Any, span: Any = (0, 0)) -> Any:
            if type(one) is not m.Constant and one.place.projection:
                container, key = self.locate(frame, one.place, span)
                if key is WHOLE:
                    return container[key]
            return original(self, frame, one, span)

        return operand

    replace_method(Interpreter, "operand", wrapper)


@BUGS.action("rust-methods-of-nothing-not-lowered", Area.RUST_MIR, "a value taken apart wrongly",
             judges=("tests/engines/rustwasm/typing/test_hostile_sources.py",),
             description="calling a method of what never gives a value ends the compiler")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_expressions
    from engines.rustwasm.syntax import tree as t

    original = build_expressions._TABLE[t.MethodCall]

    def method_call(self: Any, place: Any, node: Any) -> None:
        _, _ = node.target
        original(self, place, node)

    build_expressions._TABLE[t.MethodCall] = method_call


@BUGS.action("rust-frames-joined-after-the-first-went", Area.RUST_RELEASE, "memory used after it was given back",
             judges=("fresh tests/engines/rustwasm/release/test_promote.py",),
             description="frames made after the first was given back become places in it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release import promote

    replace_method(promote, "_made_after_return", lambda original: lambda tree, own, frames, stack: set())


@BUGS.action("rust-frames-joined-where-their-end-is-unknown", Area.RUST_RELEASE, "memory used after it was given back",
             judges=("fresh tests/engines/rustwasm/release/test_promote.py",),
             description="frames are joined although the stack pointer is also set from a local")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release import promote

    replace_method(promote, "_set_otherwise", lambda original: lambda tree, frames, stack: False)


@BUGS.action("rust-middles-moved-as-one", Area.RUST_MIR, "an effect twice", judges=(DEVELOPMENT,),
             description="what is moved out of the middle of an array is dropped with the array, too")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_patterns import PatternBuilder

    replace_method(PatternBuilder, "elements", lambda original: lambda self, value, one: None)


@BUGS.action("rust-interpreter-writes-to-copies-of-middles", Area.RUST_MIR, "an alias lost", judges=(DEVELOPMENT,),
             description="`rest` of `[first, rest @ ..] = &mut array` refers to a copy")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import interpreter
    from engines.rustwasm.mir.values import duplicate

    replace_method(
        interpreter, "Middle", lambda original: lambda fields, start, stop: original(
            [duplicate(one) for one in fields], start, stop
        )
    )  # fmt: skip


@BUGS.action("rust-gc-middles-are-copies", Area.RUST_LOWERING, "an alias lost", judges=(_GC,),
             description="references to the middle of an array are to arrays of their own")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_gc import calls, function

    for module in (calls, function):
        replace_method(module, "viewed", lambda original: lambda body, parameters, locate: body)


@BUGS.action("rust-middles-overlap-no-element", Area.RUST_FRONT_END, "an alias overlooked",
             judges=(VERDICTS,),
             description="borrowing the middle of an array leaves its elements free")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import loans

    replace_method(
        loans, "indices_overlap", lambda original: lambda step, other, whole: step[0] == other[0]
        and original(step, other, whole)
    )  # fmt: skip


@BUGS.action("rust-lets-read-the-whole-value", Area.RUST_MIR, "a check too many", judges=(DEVELOPMENT,),
             description="`let (first, _) = pair` reads the parts that it does not bind")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import body as m
    from engines.rustwasm.mir.build_patterns import PatternBuilder

    def wrapper(original: Any) -> Any:
        def bind(self: Any, pattern: Any, place: Any, scope: Any) -> None:
            self.emit(m.FakeRead(place, pattern.span))
            original(self, pattern, place, scope)

        return bind

    replace_method(PatternBuilder, "bind_irrefutable", wrapper)


@BUGS.action("rust-matches-read-no-whole-value", Area.RUST_FRONT_END, "a check left out",
             judges=("fresh tests/engines/rustwasm/borrow/test_matched.py",),
             description="a match of variants accepts a value of which a part was moved")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_control import ControlBuilder

    replace_method(ControlBuilder, "reads_all", lambda original: lambda self, arms: False)


@BUGS.action("rust-matches-read-the-whole-value", Area.RUST_FRONT_END, "a check too many",
             judges=("fresh tests/engines/rustwasm/borrow/test_matched.py",),
             description="a match whose arms test no part that was moved is rejected")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_control import ControlBuilder

    replace_method(ControlBuilder, "reads_all", lambda original: lambda self, arms: True)


@BUGS.action("rust-foreign-traits-for-foreign-types", Area.RUST_FRONT_END, "a check left out", judges=(VERDICTS,),
             description="a trait of the library may be implemented for a type of the library")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import coherence

    replace_method(coherence, "_may_be_here", lambda original: lambda compilation, impl: True)


@BUGS.action("rust-impls-never-overlap", Area.RUST_FRONT_END, "a check left out", judges=(VERDICTS,),
             description="two impls of a trait may be for the same type")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import coherence

    replace_method(coherence, "_meeting", lambda original: lambda compilation, one, other: ())


@BUGS.action("rust-impls-overlap-whatever-they-ask-for", Area.RUST_FRONT_END, "a check too many",
             judges=("fresh tests/engines/rustwasm/typing/test_coherence.py",),
             description="impls conflict although no type meets the bounds of both")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import coherence

    replace_method(coherence, "_may_hold", lambda original: lambda compilation, inference, impl, args: True)


@BUGS.action("rust-long-slices-forgotten", Area.RUST_FRONT_END, "a check left out",
             judges=("fresh tests/engines/rustwasm/typing/test_slice_patterns.py",),
             description="a match covers slices that are longer than its patterns")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.exhaustiveness import _Matrix

    replace_method(
        _Matrix, "lengths", lambda original: lambda self, column, patterns: [
            made for made in original(self, column, patterns) if not made[0][2]
        ]
    )  # fmt: skip


# -- Sessions: what an edit leaves is used again


_SESSIONS: Final = ("tests/engines/rustwasm/test_session.py::test_an_edit_and_its_return",)


@BUGS.action("rust-session-keeps-lowered-functions", Area.RUST_LOWERING, "an old result taken for a new one",
             judges=_SESSIONS, description="a function whose body was edited is not lowered again")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.development import DevelopmentProgram

    replace_method(DevelopmentProgram, "_source", lambda original: lambda self, key: None)


@BUGS.action("rust-session-keeps-old-addresses", Area.RUST_LOWERING, "an old result taken for a new one",
             judges=_SESSIONS, description="code that is used again has the addresses of the last build")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.development import DevelopmentProgram

    def wrapper(original: Any) -> Any:
        def reused(self: Any, key: Any) -> Any:
            kept = self.kept.functions.get(key)
            before = None if kept is None else kept.answers
            found = original(self, key)
            if found is not None:
                found.answers = before
            return found

        return reused

    replace_method(DevelopmentProgram, "_reused", wrapper)


@BUGS.action("rust-session-keeps-old-checks", Area.RUST_FRONT_END, "an old result taken for a new one",
             judges=_SESSIONS, description="a function whose body was edited is not checked again")  # fmt: skip
def _() -> None:
    from engines.rustwasm.session import Session

    replace_method(Session, "_recheck", lambda original: lambda self, compilation: None)


@BUGS.action("rust-release-pieces-stored-backwards", Area.RUST_RELEASE, "memory laid out wrongly",
             judges=("fresh tests/engines/rustwasm/release/test_initial.py",),
             description="stores of constants that become one store have their bytes in the other order")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release import initial

    replace_method(initial, "_stored", lambda original: lambda local, start, piece: original(local, start, piece[::-1]))


@BUGS.action("rust-release-decided-tests-inverted", Area.RUST_RELEASE, "a condition the wrong way round",
             judges=("fresh tests/engines/rustwasm/release/test_number.py",),
             description="a test whose outcome is known is replaced by the other outcome")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release.number import _Numbering

    def inverted(original: Any) -> Any:
        return lambda self, number: None if (known := original(self, number)) is None else not known

    replace_method(_Numbering, "known", inverted)


_PROGRAMS: Final = "fresh tests/engines/rustwasm/library/test_library_programs.py::test_prints_what_rustc_prints"


@BUGS.action("rust-check-arguments-fitted-to-parameters-alone", Area.RUST_FRONT_END, "a coercion that is missed",
             judges=(f"{_PROGRAMS}[coercions]",),
             description="what a call's expected result says of its arguments is not used")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.calls import CallChecker

    def wrapper(original: Any) -> Any:
        return lambda self, arg, actual, wanted, hint: original(self, arg, actual, wanted, wanted)

    replace_method(CallChecker, "coerce_argument", wrapper)


@BUGS.action("rust-derive-forgets-raw-names", Area.RUST_FRONT_END, "a name taken for another",
             judges=(f"{_PROGRAMS}[derives]",),
             description="a derived impl writes a field that is called like a keyword without r#")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax import derive

    replace_method(derive, "_field", lambda original: lambda name: name)


@BUGS.action("rust-check-forgets-the-lifetimes-of-lets", Area.RUST_FRONT_END, "a borrow that is not seen",
             judges=("fresh tests/engines/rustwasm/borrow/test_borrowed_programs.py",),
             description="lifetimes in the type that a `let` gives are not held to")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_expressions import ExpressionBuilder

    replace_method(ExpressionBuilder, "declared", lambda original: lambda self, node, local: None)


@BUGS.action("rust-check-every-closure-is-clone", Area.RUST_FRONT_END, "a bound taken for met",
             judges=("fresh tests/engines/rustwasm/mir/test_build_clone.py",),
             description="a closure is Clone whatever it owns")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.projection import Inference

    replace_method(Inference, "closure_is_clone", lambda original: lambda self, closure: True)


@BUGS.action("rust-values-of-statements-end-last", Area.RUST_MIR, "drops in the wrong order",
             judges=(f"{_PROGRAMS}[values_of_statements]",),
             description="the value of a statement drops after what it was made of")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.scopes import ScopeBuilder

    replace_method(ScopeBuilder, "end_first", lambda original: lambda self, place, scope: None)


@BUGS.action("rust-places-of-statements-made-twice", Area.RUST_MIR, "drops in the wrong order",
             judges=(f"{_PROGRAMS}[values_of_statements]",),
             description="a statement that is a place makes what the place is in twice")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_control import ControlBuilder
    from engines.rustwasm.typing.coercion import is_place

    def wrapper(original: Any) -> Any:
        def statement(builder: Any, node: Any) -> None:
            if is_place(node) and not node.adjust and not builder.checker.is_copy(builder.type_of(node)):
                builder.place(node)
            original(builder, node)

        return statement

    replace_method(ControlBuilder, "statement", wrapper)
