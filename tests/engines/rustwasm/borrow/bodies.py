"""Hand-built MIR for the tests of the borrow checker: a few words make a body."""

from __future__ import annotations

from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.report import Reporter
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax.diagnostics import Diagnostics, SourceMap
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import AdtDef, FieldDef, FnDef, VariantDef
from engines.rustwasm.typing.types import Ty

STRING_DEF = AdtDef("String", False, (0, 0), None)
STRING = ty.adt(STRING_DEF)
PAIR_DEF = AdtDef("Pair", False, (0, 0), None)
_variant = VariantDef("Pair", 0, "named", (0, 0), PAIR_DEF)
_variant.fields = [FieldDef("left", STRING, True, (0, 0)), FieldDef("right", STRING, True, (0, 0))]
PAIR_DEF.variants.append(_variant)
PAIR = ty.adt(PAIR_DEF)


class BodyMaker:
    """Statement number n has the span (n, n + 1) of a text of spaces, so that a message's place is its statement."""

    def __init__(self, *, arguments: int = 0, **locals_: tuple[Ty, bool]) -> None:
        definition = FnDef("f", (0, 0), None)
        definition.output = ty.UNIT
        self.body = m.Body("f", definition, arguments, (0, 1))
        self.body.locals.append(m.Local(ty.UNIT, None, True, (0, 1)))
        self.number = 10
        self.names: dict[str, int] = {}
        for name, (one, mutable) in locals_.items():
            self.names[name] = len(self.body.locals)
            shown = None if name.startswith("t_") else name
            self.body.locals.append(m.Local(one, shown, mutable, (0, 1)))
        definition.inputs = tuple(local.ty for local in self.body.locals[1 : arguments + 1])
        self.block()

    def block(self) -> int:
        self.body.blocks.append(m.Block())
        return len(self.body.blocks) - 1

    def place(self, text: str) -> m.Place:
        """`*a.0` is the field 0 of `a`, dereferenced."""
        name, *fields = text.lstrip("*").split(".")
        place = m.Place(self.names[name])
        for part in fields:
            place = place.field(int(part), STRING)
        for _ in range(len(text) - len(text.lstrip("*"))):
            place = place.deref()
        return place

    def span(self) -> m.Span:
        self.number += 1
        return (self.number, self.number + 1)

    def assign(self, target: str, rvalue: m.Rvalue, block: int = -1) -> int:
        span = self.span()
        self.body.blocks[block].statements.append(m.Assign(self.place(target), rvalue, span))
        return span[0]

    def live(self, *names: str, block: int = -1) -> None:
        for name in names:
            self.body.blocks[block].statements.append(m.StorageLive(self.names[name]))

    def dead(self, name: str, block: int = -1) -> int:
        span = self.span()
        self.body.blocks[block].statements.append(m.StorageDead(self.names[name], span))
        return span[0]

    def move(self, source: str) -> m.Use:
        return m.Use(m.Move(self.place(source)))

    def copy(self, source: str) -> m.Use:
        return m.Use(m.Copy(self.place(source)))

    def value(self) -> m.Use:
        return m.Use(m.Constant(STRING, None))

    def ref(self, source: str, kind: str = "shared") -> m.Ref:
        return m.Ref(kind, self.place(source))

    def end(self, terminator: m.Terminator, block: int = -1) -> None:
        self.body.blocks[block].terminator = terminator

    def reporter(self) -> tuple[Facts, Reporter]:
        for block in self.body.blocks:
            if block.terminator is None:
                block.terminator = m.Return()
        sources = SourceMap()
        sources.add("main.rs", " " * 200)
        facts = Facts(self.body)
        return facts, Reporter(facts, Diagnostics(sources))
