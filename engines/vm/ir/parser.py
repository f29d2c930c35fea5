"""Text to blocks. Any text at all gives blocks or an `IrSyntaxError` with line and column.

The parser checks what concerns one line: names, numbers, operand types, ranges. `engines.vm.ir.verifier` checks the
rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NoReturn

from engines.vm.errors import MachineError
from engines.vm.ir.block import Block, GuestState
from engines.vm.ir.ops import HINTS, MODES, OPCODE, OPS, QUIET, REASONS, Imm, Op
from engines.vm.ir.types import Type
from engines.vm.ir.verifier import immediate_problem

_TOKEN: Final = re.compile(
    r"[ \t]*(?:(?P<value>%\w+)|(?P<retired>@\d+)|(?P<number>-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.]))"
    r"|(?P<word>[A-Za-z_][\w.\-]*)|(?P<mark>[{},=]))",
    re.ASCII,
)
_LONGEST_NUMBER: Final = 40
_MAX_LINE: Final = 100_000


class IrSyntaxError(MachineError, ValueError):
    """Text is no IR.

    Attributes:
        line, column: from 1.
    """

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


def parse_blocks(text: str, state: GuestState) -> list[Block]:
    """Read any number of blocks over the guest `state`. `;` and `#` begin comments.

    Raises:
        IrSyntaxError: with line and column of the first mistake.
    """
    parser = _Parser(state)
    lines = re.split(r"\r?\n", text)
    for number, line in enumerate(lines, 1):
        parser.line(number, line)
    parser.finish(len(lines))
    return parser.blocks


def parse_block(text: str, state: GuestState) -> Block:
    """Read exactly one block.

    Raises:
        IrSyntaxError: a mistake, or another number of blocks.
    """
    blocks = parse_blocks(text, state)
    if len(blocks) != 1:
        raise IrSyntaxError(f"{len(blocks)} blocks, need 1", 1, 1)
    return blocks[0]


class _Line:
    """The tokens of one line."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.column = 1
        self.tokens: list[tuple[str, str, int]] = []
        self.at = 0
        text = re.split("[;#]", text, maxsplit=1)[0].rstrip()
        if len(text) > _MAX_LINE:
            self.fail(f"the line has {len(text)} characters; at most {_MAX_LINE}", 1)
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None or found.lastgroup is None:
                blank = len(text) - len(text[position:].lstrip())
                self.fail(f"{text[blank : blank + 12]!r} is no part of IR text", blank + 1)
            self.tokens.append((found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1))
            position = found.end()
        self.end_column = len(text) + 1

    def fail(self, message: str, column: int | None = None) -> NoReturn:
        raise IrSyntaxError(message, self.number, self.column if column is None else column)

    def next(self, kind: str, what: str) -> str:
        """The next token, of this kind; `what` says what it should be."""
        if self.at >= len(self.tokens):
            self.fail(f"the line ends; expected {what}", self.end_column)
        found, text, self.column = self.tokens[self.at]
        if found != kind:
            self.fail(f"{text!r}: expected {what}")
        self.at += 1
        return text

    def mark(self, mark: str) -> None:
        if self.next("mark", f"{mark!r}") != mark:
            self.fail(f"{self.tokens[self.at - 1][1]!r}: expected {mark!r}")

    def peek(self) -> tuple[str, str] | None:
        if self.at >= len(self.tokens):
            return None
        kind, text, _ = self.tokens[self.at]
        return kind, text

    def integer(self, what: str) -> int:
        text = self.next("number", what)
        if len(text) > _LONGEST_NUMBER:
            self.fail(f"number of {len(text)} characters; at most {_LONGEST_NUMBER}")
        return int(text, 0) if "x" in text or "X" in text else int(text)

    def address(self, what: str) -> int:
        value = self.integer(what)
        if not 0 <= value < 1 << 64:
            self.fail(f"{value:#x}: {what} has 0 … 64 bits and no sign")
        return value

    def done(self) -> None:
        if self.at < len(self.tokens):
            self.fail(f"{self.tokens[self.at][1]!r} after the end of the instruction", self.tokens[self.at][2])


class _Parser:
    def __init__(self, state: GuestState) -> None:
        self.state = state
        self.blocks: list[Block] = []
        self.block: Block | None = None
        self.names: dict[str, int] = {}

    def line(self, number: int, text: str) -> None:
        line = _Line(number, text)
        head = line.peek()
        if head is None:
            return
        if self.block is None:
            self._begin(line)
        elif head == ("mark", "}"):
            line.next("mark", "}")
            self.blocks.append(self.block)
            self.block = None
        elif head == ("word", "pcs"):
            line.next("word", "pcs")
            while line.peek() is not None:
                self.block.pcs.append(line.address("a guest address"))
        else:
            self._instruction(line, self.block)
        line.done()

    def finish(self, lines: int) -> None:
        if self.block is not None:
            raise IrSyntaxError("the text ends inside a block; expected '}'", lines, 1)

    def _begin(self, line: _Line) -> None:
        self._word(line, "block")
        pc = line.address("the block's guest address")
        self._word(line, "end")
        end = line.address("the guest address after the block")
        line.mark("{")
        self.block = Block(self.state, pc, [], [], end)
        self.names = {}

    def _word(self, line: _Line, word: str) -> None:
        if line.next("word", repr(word)) != word:
            line.fail(f"{line.tokens[line.at - 1][1]!r}: expected {word!r}")

    def _instruction(self, line: _Line, block: Block) -> None:
        name = None
        if line.tokens[0][0] == "value":
            name = line.next("value", "a value")
            if name in self.names:
                line.fail(f"{name} is defined already, as instruction {self.names[name]}")
            line.mark("=")
        operation = line.next("word", "an operation")
        code = OPCODE.get(operation)
        if code is None:
            line.fail(f"no operation is called {operation!r}; see docs/reference/ir.md")
        op = OPS[code]
        if (name is None) != (op.result is Type.VOID):
            line.fail(f"{operation} has {'no' if op.result is Type.VOID else 'a'} result", 1)
        arguments: list[int] = [code]
        for wanted in op.operands:
            self._comma(line, arguments)
            arguments.append(self._operand(line, block, wanted))
        for kind in op.immediates:
            self._comma(line, arguments)
            arguments.append(self._immediate(line, op, kind, block))
        if name is not None:
            self.names[name] = len(block.code)
        block.code.append(tuple(arguments))

    def _comma(self, line: _Line, arguments: list[int]) -> None:
        if len(arguments) > 1:
            line.mark(",")

    def _operand(self, line: _Line, block: Block, wanted: Type) -> int:
        name = line.next("value", f"a value of type {wanted.spelling}")
        number = self.names.get(name)
        if number is None:
            line.fail(f"{name} is not defined above")
        actual = OPS[block.code[number][0]].result
        if actual is not wanted:
            line.fail(f"{name} is {actual.spelling}; needs {wanted.spelling}")
        return number

    def _immediate(self, line: _Line, op: Op, kind: Imm, block: Block) -> int:
        value = self._immediate_value(line, op, kind)
        problem = immediate_problem(op, kind, value, self.state, len(block.pcs))
        if problem:
            line.fail(problem)
        return value

    def _immediate_value(self, line: _Line, op: Op, kind: Imm) -> int:
        match kind:
            case Imm.CONSTANT:
                return self._constant(line, op.result.width)
            case Imm.SLOT:
                return self._named(line, self.state.index, f"a register of {self.state.name}")
            case Imm.PC:
                return line.address("a guest address")
            case Imm.RETIRED:
                text = line.next("retired", "@ and a count of guest instructions")
                if len(text) > _LONGEST_NUMBER:
                    line.fail(f"count of {len(text) - 1} digits; at most {_LONGEST_NUMBER}")
                return int(text[1:])
            case Imm.MODE:
                mode = self._named(line, {name: value for value, name in MODES.items()}, "a rounding mode")
                quiet = line.peek() == ("word", "quiet")
                if quiet:
                    line.next("word", "quiet")
                return mode | (QUIET if quiet else 0)
            case Imm.FLAGS:
                return self._named(line, {"loud": 0, "quiet": QUIET}, "loud or quiet")
            case Imm.HINT:
                return self._named(line, {name: i for i, name in enumerate(HINTS)}, "a jump hint")
            case Imm.REASON:
                return self._named(line, {name: i for i, name in enumerate(REASONS)}, "a reason")
            case Imm.OFFSET:
                return line.integer("an offset")

    def _constant(self, line: _Line, width: int) -> int:
        value = line.integer("a constant")
        if not -(1 << width - 1) <= value < 1 << width:
            line.fail(f"{value} does not fit {width} bits: {-(1 << width - 1)} … {(1 << width) - 1}")
        return value & (1 << width) - 1

    def _named(self, line: _Line, names: Mapping[str, int], what: str) -> int:
        word = line.next("word", what)
        if word not in names:
            line.fail(f"{word!r} is not {what}; there are {', '.join(list(names)[:70])}")
        return names[word]
