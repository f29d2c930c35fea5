"""Formatting macros (`format!`, `print!`, `write!`, `panic!`) as calls of the core library's `fmt_` functions."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_patterns import PatternBuilder
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

WIDTH: Final = 2
PRECISION: Final = 64
"""Flags of `fmt::Formatter`: that a width or a precision is given."""


def is_plain(piece: t.FormatSpec) -> bool:
    """Whether a placeholder says nothing but its trait."""
    return not piece.align and not piece.flags and piece.width is None and piece.precision is None


class FormatBuilder(PatternBuilder):
    """Expands a formatting macro whose pieces the type checker has resolved."""

    def text(self, value: bytes) -> m.Constant:
        return m.Constant(ty.ref(ty.STR_TY), value)

    def format(self, place: Place, node: t.Format) -> None:
        span = node.span
        kind = node.kind
        plain = not any(isinstance(p, t.FormatSpec) for p in node.pieces)
        whole = b"".join(node.pieces) if plain else b""
        if plain and kind in ("print", "eprint"):
            self.call_lang(f"{kind}_str", (), [self.text(whole)], ty.UNIT, span)
            self.assign(place, m.Aggregate(ty.UNIT, []), span)
            return
        if plain and kind == "panic":
            self.diverge("panic", [self.text(whole)], span)
            return
        string = ty.adt(self.compilation.lang("String"), ())
        formatter_ty = ty.adt(self.compilation.lang("Formatter"), ())
        references: list[Place] = []
        for arg in node.args:
            held = Place(self.local(ty.ref(self.adjusted_type(arg)), None, False, arg.span))
            self.assign(held, m.Ref("shared", self.adjusted_place(arg)), arg.span)
            references.append(held)
        calls = node.target
        buffer: Place | None = None
        if kind in ("print", "eprint"):
            stream = ty.adt(self.compilation.lang("Stream"), ())
            held = self.call_lang("stdout" if kind == "print" else "stderr", (), [], stream, span)
            formatter = self.writer(held, stream, span)
        elif kind in ("format", "format_args", "panic"):
            buffer = self.temp(string, span)
            self.call(self.function(self.compilation.lang("string_new"), ()), [], buffer, span)
            formatter = self.writer(buffer, string, span)
        else:
            calls, how, step = node.target
            destination = self.operand(node.destination)
            if how == "Formatter":
                formatter = self.call_lang("fmt_child", (), [destination], formatter_ty, span)
            else:
                formatter = self.call_lang("fmt_writer", (self.checker.final(step),), [destination], formatter_ty, span)
        result_ty = ty.adt(self.compilation.lang("Result"), (ty.UNIT, ty.adt(self.compilation.lang("FmtError"), ())))
        done = self.block()
        specs = iter(calls)
        for piece in node.pieces:
            if isinstance(piece, bytes):
                method = self.function(self.compilation.lang("fmt_literal"), ())
                arguments: list[m.Operand] = [self.text(piece)]
            else:
                method_def, args = next(specs)
                arguments = []
                plain_method = method_def.owner.methods.get("fmt_plain")
                if plain_method is not None and is_plain(piece):
                    method_def = plain_method
                else:
                    self.spec(piece, formatter, formatter_ty, references, span)
                method = self.function(method_def, args)
            borrowed = Place(self.local(ty.ref(formatter_ty, True), None, False, span))
            self.assign(borrowed, m.Ref("mut", formatter), span)
            result = Place(self.local(result_ty, None, False, span))
            if isinstance(piece, bytes):
                self.call(method, [m.Move(borrowed), *arguments], result, span)
            else:
                self.call(method, [m.Copy(references[piece.argument]), m.Move(borrowed)], result, span)
            if kind == "write":
                self.assign(place, m.Use(m.Copy(result)), span)
                tag = Place(self.local(ty.I32, None, False, span))
                self.assign(tag, m.Discriminant(result), span)
                following = self.block()
                self.end(m.Switch(m.Copy(tag), [0], [following], done), following)
        if kind == "write":
            if not node.pieces:
                unit = Place(self.local(ty.UNIT, None, False, span))
                self.assign(unit, m.Aggregate(ty.UNIT, []), span)
                self.assign(place, m.Aggregate(result_ty, [m.Copy(unit)], 0), span)
            self.goto(done, done)
        elif kind == "panic":
            assert buffer is not None
            self.diverge("panic_string", [m.Move(buffer)], span)
        elif kind == "format_args":
            assert buffer is not None
            made = ty.adt(self.compilation.lang("Arguments"), ())
            self.assign(place, m.Aggregate(made, [m.Move(buffer)]), span)
        elif kind == "format":
            assert buffer is not None
            self.assign(place, m.Use(m.Move(buffer)), span)
        else:
            self.assign(place, m.Aggregate(ty.UNIT, []), span)

    def writer(self, target: Place, one: Ty, span: Any) -> Place:
        """A formatter that writes into `target`, a `Stream` or `String`."""
        held = Place(self.local(ty.ref(one, True), None, False, span))
        self.assign(held, m.Ref("mut", target), span)
        formatter_ty = ty.adt(self.compilation.lang("Formatter"), ())
        return self.call_lang("fmt_writer", (one,), [m.Move(held)], formatter_ty, span)

    def spec(self, piece: t.FormatSpec, formatter: Place, formatter_ty: Ty, references: list[Place], span: Any) -> None:
        borrowed = Place(self.local(ty.ref(formatter_ty, True), None, False, span))
        self.assign(borrowed, m.Ref("mut", formatter), span)

        def count(value: Any, without: int) -> m.Operand:
            if value is None:
                return m.Constant(ty.USIZE, without)
            return m.Constant(ty.USIZE, value) if isinstance(value, int) else m.Copy(references[value[1]].deref())

        align = {"": 0, "<": 1, "^": 2, ">": 3}[piece.align]
        if is_plain(piece):
            self.call_lang("fmt_reset", (), [m.Move(borrowed)], ty.UNIT, span)
            return
        flags = piece.flags | WIDTH * (piece.width is not None) | PRECISION * (piece.precision is not None)
        arguments: list[m.Operand] = [
            m.Move(borrowed), m.Constant(ty.CHAR_TY, ord(piece.fill)), m.Constant(ty.U32, align),
            m.Constant(ty.U32, flags), count(piece.width, 0), count(piece.precision, 0xFFFF_FFFF),
        ]  # fmt: skip
        self.call_lang("fmt_spec", (), arguments, ty.UNIT, span)
