"""Injected bugs in the Rust-subset compiler: checker, borrow checker, MIR, drop elaboration, lowering, release passes,
control flow, encoder.

They are made where the parts meet (the operation that a lowering emits, the error that a check reports, the order in
which a scope is left), so they stand whatever the code around them becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from fuzz.sabotage.bug import Area, Bug, Catalogue, replace_method

VERDICTS: Final = "fuzz.sabotage.rustwasm_judges:Verdicts"
DEVELOPMENT: Final = "fuzz.sabotage.rustwasm_judges:development"
RELEASE: Final = "fuzz.sabotage.rustwasm_judges:release"
_FRONT: Final = (VERDICTS, DEVELOPMENT)
_BACK: Final = (DEVELOPMENT,)
_LATE: Final = (RELEASE,)
COMMON_ERRORS: Final = ("tests/engines/rustwasm/typing/test_common_errors.py",)
REFUSED: Final = ("tests/engines/rustwasm/test_refused.py",)

BUGS: Final = Catalogue(judges=_BACK)

UNENFORCED: Final = (
    "E0004", "E0061", "E0106", "E0277", "E0308", "E0369", "E0373", "E0381", "E0382", "E0384", "E0425", "E0499", "E0502",
    "E0503", "E0505", "E0506", "E0507", "E0508", "E0509", "E0515", "E0521", "E0594", "E0596", "E0597", "E0599", "E0609",
    "E0621", "E0716",
)  # fmt: skip
"""Errors that are not reported any more: rules of the language that the compiler forgets."""

EMITTED: Final = (
    ("i32.lt_s", "i32.lt_u", "signed taken for unsigned"),
    ("i64.lt_s", "i64.le_s", "a boundary off by one"),
    ("i32.ge_u", "i32.gt_u", "a boundary off by one"),
    ("i32.gt_s", "i32.ge_s", "a boundary off by one"),
    ("i32.shr_s", "i32.shr_u", "signed taken for unsigned"),
    ("i64.shr_u", "i64.shr_s", "signed taken for unsigned"),
    ("i32.div_u", "i32.div_s", "signed taken for unsigned"),
    ("i32.rem_s", "i32.rem_u", "signed taken for unsigned"),
    ("i64.rem_u", "i64.rem_s", "signed taken for unsigned"),
    ("i32.xor", "i32.or", "a wrong operator"),
    ("i64.and", "i64.or", "a wrong operator"),
    ("i64.add", "i64.sub", "a wrong operator"),
    ("i32.extend8_s", "i32.extend16_s", "a value cut to the wrong width"),
    ("i64.extend_i32_u", "i64.extend_i32_s", "sign of an extension"),
    ("i64.extend_i32_s", "i64.extend_i32_u", "sign of an extension"),
    ("f64.sub", "f64.add", "a wrong operator"),
    ("f64.lt", "f64.le", "a boundary off by one"),
)
"""An operation, what the linear lowering emits in its place, and what the mistake stands for."""


def unenforced(code: str) -> Callable[[], None]:
    def inject() -> None:
        from engines.rustwasm.syntax.diagnostics import Diagnostics

        def wrapper(original: Any) -> Any:
            def add(self: Any, diagnostic: Any) -> Any:
                return diagnostic if diagnostic.code == code else original(self, diagnostic)

            return add

        replace_method(Diagnostics, "add", wrapper)

    return inject


def unreported(codes: Iterable[str], judges: tuple[str, ...]) -> Iterator[Bug]:
    """For each code a bug: its error is not reported any more."""
    for code in codes:
        what = f"programs with {code} are accepted"
        rule = "a rule of the language not enforced"
        yield Bug(f"rust-{code.lower()}-not-reported", Area.RUST_FRONT_END, rule, unenforced(code), what, judges)


BUGS.extend(unreported(UNENFORCED, (VERDICTS,)))


def _emitted(right: str, wrong: str) -> Callable[[], None]:
    def inject() -> None:
        from engines.rustwasm.lower_linear import nodes

        replace_method(nodes, "op", lambda original: lambda name, *a: original(wrong if name == right else name, *a))

    return inject


BUGS.extend(
    Bug(
        f"rust-lowers-{right.replace('.', '-').replace('_', '-')}-as-{wrong.replace('.', '-').replace('_', '-')}",
        Area.RUST_LOWERING,
        stands_for,
        _emitted(right, wrong),
        f"{right} is emitted as {wrong}",
        _BACK,
    )
    for right, wrong, stands_for in EMITTED
)


# -- The front end


@BUGS.action("rust-errors-one-line-late", Area.RUST_FRONT_END, "a message at the wrong place",
             description="the line of a position is one too far", judges=(VERDICTS,))  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax.diagnostics import SourceMap

    def wrapper(original: Any) -> Any:
        def locate(self: Any, position: int) -> Any:
            file, line, column = original(self, position)
            return file, line + 1, column

        return locate

    replace_method(SourceMap, "locate", wrapper)


@BUGS.action("rust-loans-never-outlast", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a value that goes out of scope is never still borrowed", judges=(VERDICTS,))  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.conflicts import Conflicts

    replace_method(Conflicts, "_dropped", lambda original: lambda self, *rest: None)


@BUGS.action("rust-moves-in-loops-forgotten", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="what a loop moves counts as there in its next round", judges=(VERDICTS,))  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.moves import Moves

    replace_method(Moves, "_has_loop", lambda original: lambda self: False)
    replace_method(Moves, "_check_once", lambda original: lambda self: None)


BUGS.extend(unreported(("E0415",), COMMON_ERRORS))


@BUGS.action("rust-parameters-need-no-size", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a str may be a parameter or a result", judges=COMMON_ERRORS)  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.check import BodyChecker

    replace_method(BodyChecker, "require_size", lambda original: lambda self, one, syntax: None)


@BUGS.action("rust-indexing-borrows-late", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="`index_mut` borrows once the index is known: the fix of 32050df taken back",
             judges=("tests/engines/rustwasm/borrow/test_indexing.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.body import Ref
    from engines.rustwasm.mir.build_places import PlaceBuilder
    from engines.rustwasm.syntax import tree

    lent: set[int] = set()

    def index(original: Any) -> Any:
        def wrapper(self: Any, node: tree.Index) -> Any:
            lent.add(id(node.base))
            return original(self, node)

        return wrapper

    def adjusted(original: Any) -> Any:
        def wrapper(self: Any, node: Any) -> Any:
            place, rvalue, one = original(self, node)
            if id(node) in lent and isinstance(rvalue, Ref) and rvalue.kind == "mut":
                rvalue.kind = "two_phase"
            return place, rvalue, one

        return wrapper

    replace_method(PlaceBuilder, "index", index)
    replace_method(PlaceBuilder, "adjusted", adjusted)


@BUGS.action("rust-constants-call-anything", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="E0015 of calls is not looked for", judges=COMMON_ERRORS)  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import calls

    replace_method(calls, "check_call", lambda original: lambda checker, callee, span: None)


@BUGS.action("rust-every-trait-has-objects", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="E0038 looks at no supertraits", judges=COMMON_ERRORS)  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import dyn_compatible

    def wrapper(original: Any) -> Any:
        return lambda compilation, trait, seen: None if seen else original(compilation, trait, seen)

    replace_method(dyn_compatible, "_violation", wrapper)


# -- MIR


@BUGS.action("rust-lent-constants-die-with-the-frame", Area.RUST_MIR, "a place used after its end",
             description="`&[1, 2]` that is returned is in the frame of the function that returns it",
             judges=("fresh tests/engines/rustwasm/lower_linear/test_promotion.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build import _Builder

    replace_method(_Builder, "lasting", lambda original: lambda self, node: None)


@BUGS.action("rust-parameters-dropped-after-all-patterns", Area.RUST_MIR, "the order of effects",
             description="all that parameters' patterns bind is dropped before any parameter: a35d510 taken back",
             judges=("tests/engines/rustwasm/mir/test_parameter_drops.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.scopes import ScopeBuilder

    def wrapper(original: Any) -> Any:
        def leave(self: Any, scope: Any, span: Any) -> None:
            if any(local == 1 for local, _ in scope.locals):
                scope.locals.sort(key=lambda one: one[0] > self.body.arg_count)
            original(self, scope, span)

        return leave

    replace_method(ScopeBuilder, "leave", wrapper)


@BUGS.action("rust-scope-drops-in-order-of-declaration", Area.RUST_MIR, "the order of effects",
             description="variables are dropped first to last", judges=_FRONT)  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.scopes import ScopeBuilder

    def wrapper(original: Any) -> Any:
        def leave(self: Any, scope: Any, span: Any) -> None:
            scope.locals.reverse()
            original(self, scope, span)
            scope.locals.reverse()

        return leave

    replace_method(ScopeBuilder, "leave", wrapper)


@BUGS.action("rust-jumps-drop-nothing", Area.RUST_MIR, "an effect left out",
             description="break, continue and return leave scopes without dropping", judges=_FRONT)  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.scopes import ScopeBuilder

    replace_method(ScopeBuilder, "leave_to", lambda original: lambda self, depth, span: None)


@BUGS.action("rust-temporaries-live-on", Area.RUST_MIR, "an effect left out",
             description="temporaries of a statement are not dropped", judges=_FRONT)  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.scopes import ScopeBuilder

    def wrapper(original: Any) -> Any:
        def leave(self: Any, scope: Any, span: Any) -> None:
            scope.locals = [one for one in scope.locals if self.body.locals[one[0]].name is not None]
            original(self, scope, span)

        return leave

    replace_method(ScopeBuilder, "leave", wrapper)


@BUGS.action("rust-assignment-keeps-the-old-value", Area.RUST_MIR, "an effect left out",
             description="the value that an assignment replaces is not dropped", judges=_FRONT)  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import body as m
    from engines.rustwasm.mir.build_expressions import ExpressionBuilder

    def store(self: Any, target: Any, value: Any, one: Any, span: Any) -> None:
        self.assign(target, m.Use(value), span)

    replace_method(ExpressionBuilder, "store", lambda original: store)


for _wrong, _right, _class in (
    ("sub", "add", "a wrong operator"), ("or", "xor", "a wrong operator"), ("le", "lt", "a boundary off by one"),
    ("eq", "ne", "a condition the wrong way round"), ("rem", "div", "a wrong operator"),
    ("shl", "shr", "a wrong operator"),
):  # fmt: skip

    def _interpreted(right: str = _right, wrong: str = _wrong) -> None:
        from engines.rustwasm.mir import interpreter

        replace_method(
            interpreter,
            "binary",
            lambda original: lambda op, *rest: original(wrong if op == right else op, *rest),
        )

    BUGS.append(
        Bug(f"rust-interprets-{_right}-as-{_wrong}", Area.RUST_MIR, _class, _interpreted,
            f"the interpreter computes {_wrong} for {_right}", _BACK)
    )  # fmt: skip


# -- Drop elaboration


@BUGS.action("rust-moved-values-dropped-again", Area.RUST_LOWERING, "an effect twice",
             description="every path holds a value at its drop")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.moves import Moves

    replace_method(Moves, "holds", lambda original: lambda self, block, path: (True, False))


@BUGS.action("rust-maybe-moved-values-leak", Area.RUST_LOWERING, "an effect left out",
             description="what is moved on one way only is never dropped")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.moves import Moves

    def wrapper(original: Any) -> Any:
        def holds(self: Any, block: int, path: int) -> tuple[bool, bool]:
            maybe, missing = original(self, block, path)
            return maybe and not missing, False

        return holds

    replace_method(Moves, "holds", wrapper)


@BUGS.action("rust-partly-moved-values-dropped-whole", Area.RUST_LOWERING, "an effect twice",
             description="a struct is dropped whole although a field was moved out")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.drops import DropLowering

    replace_method(DropLowering, "_surely", lambda original: lambda self, number, path: True)


@BUGS.action("rust-trait-objects-drop-nothing", Area.RUST_LOWERING, "an effect left out",
             description="dropping a Box of a struct runs no destructor")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.drops import DropLowering

    replace_method(DropLowering, "drop_pointee", lambda original: lambda self, one, arguments: None)


# -- The linear lowering


@BUGS.action("rust-indices-not-checked", Area.RUST_LOWERING, "a check left out",
             description="an index beyond the end reads what is there")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.places import FrameBuilder

    replace_method(FrameBuilder, "check_index", lambda original: lambda self, index, length, span: None)


@BUGS.action("rust-overflow-not-checked", Area.RUST_LOWERING, "a check left out",
             description="development builds wrap")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear import arithmetic

    replace_method(arithmetic, "checked", lambda original: lambda *args: arithmetic.overflowing(*args[:-1])[0])


@BUGS.action("rust-narrow-results-not-cut", Area.RUST_LOWERING, "a value cut to the wrong width",
             description="8- and 16-bit results keep their upper bits")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear import arithmetic

    replace_method(arithmetic, "narrow", lambda original: lambda value, bits, signed: value)


@BUGS.action("rust-fields-share-their-place", Area.RUST_LOWERING, "memory laid out wrongly",
             description="every integer takes a byte in memory")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear import layout

    replace_method(layout, "_round", lambda original: lambda value, alignment: value - value % alignment)


@BUGS.action("rust-array-elements-one-byte-apart", Area.RUST_LOWERING, "memory laid out wrongly",
             description="an index is not multiplied by the size")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.places import FrameBuilder

    replace_method(FrameBuilder, "scaled", lambda original: lambda self, index, size: index)


# -- Control flow and encoding


@BUGS.action("rust-branches-inverted", Area.RUST_CONTROL, "a condition the wrong way round",
             description="both ways of a branch are exchanged")  # fmt: skip
def _() -> None:
    from engines.rustwasm.structure.relooper import Branch

    def exchanged(leave: Any) -> Any:
        return Branch(leave.condition, leave.other, leave.then) if isinstance(leave, Branch) else leave

    change_exits(exchanged)


def change_exits(change: Callable[[Any], Any]) -> None:
    """Every block leaves in another way."""
    from engines.rustwasm.structure import relooper

    def wrapper(original: Any) -> Any:
        def init(self: Any, blocks: Any, first_label: int) -> None:
            for block in blocks:
                block.exit = change(block.exit)
            original(self, blocks, first_label)

        return init

    replace_method(relooper._Structurer, "__init__", wrapper)


@BUGS.action("rust-loops-run-once", Area.RUST_CONTROL, "control flow lost",
             description="a jump back is taken for one forward")  # fmt: skip
def _() -> None:
    from engines.rustwasm.structure.graph import Graph

    replace_method(Graph, "is_back", lambda original: lambda self, source, target: False)


@BUGS.action("rust-negative-constants-encoded-unsigned", Area.RUST_CONTROL, "sign of an extension",
             description="the sign bit of signed LEB128 is left out")  # fmt: skip
def _() -> None:
    from engines.rustwasm.wasm import leb128
    from engines.rustwasm.wasm.binary import encoder

    def signed(value: int) -> bytes:
        return leb128.unsigned(value if value >= 0 else value + (1 << 32))

    for owner in (leb128, encoder):
        if hasattr(owner, "signed"):
            replace_method(owner, "signed", lambda original: signed)


@BUGS.action("rust-offsets-encoded-as-zero", Area.RUST_CONTROL, "an immediate lost",
             description="loads and stores lose their offset")  # fmt: skip
def _() -> None:
    from engines.rustwasm.wasm.binary import encoder

    replace_method(encoder, "_memory", lambda original: lambda alignment, offset, index: original(alignment, 0, index))


# -- The release passes


@BUGS.action("rust-loads-move-over-stores", Area.RUST_RELEASE, "effects reordered", judges=_LATE,
             description="nothing conflicts with anything")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release import effects, locals

    never = tuple(tuple(False for _ in row) for row in effects.FLAGS_CONFLICT)
    replace_method(effects.Effects, "conflicts", lambda original: lambda self, later: False)
    for owner in (effects, locals):
        replace_method(owner, "FLAGS_CONFLICT", lambda original: never)


@BUGS.action("rust-effects-without-use-dropped", Area.RUST_RELEASE, "an effect left out", judges=_LATE,
             description="a store counts as an expression without effect")  # fmt: skip
def _() -> None:
    from engines.rustwasm.release.effects import Effects

    replace_method(Effects, "matter", lambda original: property(lambda self: False))


for _name, _module, _function, _what in (
    (
        "condition-negated",
        "fold",
        "condition",
        lambda original: lambda node: __import__("engines.rustwasm.release.fold", fromlist=["negated"]).negated(node),
    ),
):

    def _folded(module: str = _module, function: str = _function, what: Any = _what) -> None:
        import importlib

        replace_method(importlib.import_module(f"engines.rustwasm.release.{module}"), function, what)

    BUGS.append(
        Bug(f"rust-release-{_name}", Area.RUST_RELEASE, "wrong constant folding", _folded,
            f"release.{_module}.{_function} gives something else", _LATE)
    )  # fmt: skip


@BUGS.action("rust-elements-of-constants-written-where-they-lie", Area.RUST_LOWERING, "an alias overlooked",
             judges=("fresh tests/engines/rustwasm/test_statics.py",),
             description="an assignment to an element of a constant changes the constant")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_places import PlaceBuilder

    replace_method(PlaceBuilder, "index", lambda original: lambda self, node, read: original(self, node, True))
