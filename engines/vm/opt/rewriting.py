"""Rewrite rules: one line of text each, compiled to Python for the optimiser and to SMT terms for the proof.

    add-of-add    add.T(add.T(x, A), B) => add.T(x, {A + B})

The left side is a tree of operations. A name in small letters stands for any value (the same name for the same value),
one in capitals for any constant or immediate, a number for that constant. The right side may use them all;
`{expression}` makes a constant (or immediate) from those of the left side and `W`, the width of `T`, modulo the
constant's width. A rule with types stands for one rule per type, `T` being replaced. A condition over the constants may
follow.

Expressions are Python over `+ - * & | ^ ~ << ==` and the like, the same text for integers and for SMT terms, where
comparisons are unsigned. Rules must make progress: towards fewer operations, or constants on the right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from engines.vm.errors import MachineError
from engines.vm.ir.ops import OPCODE, OPS, Op
from engines.vm.runtime.generated_code import GENERATED

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>-?\d\w*)|(?P<braced>\{[^}]*\})|(?P<name>[A-Za-z_][\w.]*)|(?P<mark>[(),]))"
)
_COLUMN: Final = re.compile(r"\s\|\s(?![^{]*\})")


class RuleError(MachineError, ValueError):
    """The text of a rule is malformed. The message names the rule and the place."""


@dataclass(frozen=True)
class Variable:
    """Any value, by name."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A constant or immediate: a name that is bound, or an expression."""

    text: str
    binds: bool


@dataclass(frozen=True)
class Apply:
    """An operation on operands and immediates."""

    op: Op
    operands: tuple[Term, ...]
    immediates: tuple[Constant, ...]


Term = Variable | Constant | Apply


@dataclass(frozen=True)
class Rule:
    """One rule at one type.

    Attributes:
        name: with the type: `add-of-add.i64`.
        left, right: what is found, what takes its place.
        width: `W` of expressions.
        where: condition over the constants; empty for none.
        text: as written.
    """

    name: str
    left: Apply
    right: Term
    width: int
    where: str
    text: str

    @property
    def opcode(self) -> int:
        return self.left.op.code


def rules(text: str) -> tuple[Rule, ...]:
    """Rules from a table: per line a name, types or `-`, the rule, and optionally `where` and a condition, separated by
    ` | `.

    Raises:
        RuleError: a line is malformed.
    """
    return tuple(rule for line in text.strip().splitlines() if line.strip() for rule in _line(line))


def _line(line: str) -> Iterator[Rule]:
    columns = [column.strip() for column in _COLUMN.split(line)]
    if len(columns) not in (3, 4):
        raise RuleError(f"{line.strip()!r} has {len(columns)} columns; name | types | rule, and perhaps | condition")
    name, types, text, where = (*columns, "")[:4]
    for type in types.split():
        rule, width = (text, 64) if type == "-" else (re.sub(r"\bT\b", type, text), int(type[1:]))
        full = name if type == "-" else f"{name}.{type}"
        sides = rule.split("=>")
        if len(sides) != 2:
            raise RuleError(f"{full}: {rule!r} needs one =>")
        left, right = (_Parser(full, side).term() for side in sides)
        if not isinstance(left, Apply):
            raise RuleError(f"{full}: the left side {sides[0]!r} is no operation")
        yield Rule(full, left, right, width, where, rule)


class _Parser:
    def __init__(self, rule: str, text: str) -> None:
        self.rule = rule
        self.text = text
        self.tokens = [(found.lastgroup or "", found[found.lastgroup or 0]) for found in _TOKEN.finditer(text)]
        if "".join(t for _, t in self.tokens).replace(" ", "") != text.replace(" ", ""):
            raise RuleError(f"{rule}: {text!r} is no term")
        self.at = 0

    def term(self) -> Term:
        found = self._term()
        if self.at != len(self.tokens):
            raise RuleError(f"{self.rule}: {self.tokens[self.at][1]!r} after the end of {self.text!r}")
        return found

    def _take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise RuleError(f"{self.rule}: {self.text!r} ends too early")
        self.at += 1
        return self.tokens[self.at - 1]

    def _term(self) -> Term:
        kind, text = self._take()
        if kind == "number":
            return Constant(text, False)
        if kind == "braced":
            return Constant(text[1:-1], False)
        if kind != "name":
            raise RuleError(f"{self.rule}: {text!r} in {self.text!r} begins no term")
        if self.at < len(self.tokens) and self.tokens[self.at][1] == "(":
            return self._apply(text)
        return Constant(text, True) if text.isupper() else Variable(text)

    def _apply(self, name: str) -> Apply:
        if name not in OPCODE:
            raise RuleError(f"{self.rule}: no operation is called {name!r}")
        op = OPS[OPCODE[name]]
        arguments: list[Term] = []
        self._take()
        while self.tokens[self.at][1] != ")":
            arguments.append(self._term())
            if self.tokens[self.at : self.at + 1] == [("mark", ",")]:
                self._take()
            if self.at >= len(self.tokens):
                raise RuleError(f"{self.rule}: {self.text!r} lacks a )")
        self._take()
        if len(arguments) != op.length - 1:
            raise RuleError(f"{self.rule}: {name} has {len(arguments)} arguments, needs {op.length - 1}")
        immediates = arguments[op.arity :]
        if not all(isinstance(i, Constant) for i in immediates):
            raise RuleError(f"{self.rule}: immediates of {name} must be capitals, numbers or {{expressions}}")
        return Apply(op, tuple(arguments[: op.arity]), tuple(i for i in immediates if isinstance(i, Constant)))


# -- compiling to Python ------------------------------------------------------------------------------------------

Rewrite = Callable[[list[Any], Callable[[Any], int], Any], int]
"""`(out, emit, instruction) -> value number`, or -1 where no rule fits. `out` holds the instructions so far, `emit`
simplifies and appends one."""


def compile_rules(opcode: int, found: Iterable[Rule], fold: Callable[[Any], int] | None = None) -> Rewrite:
    """The function that tries the rules of one opcode in order.

    Args:
        fold: for operations of which all operands are constants, `(constant instruction values…) -> value`; if given,
            these are computed before any rule is tried.
    """
    source = rewrite_source(opcode, tuple(found), fold is not None)
    namespace: dict[str, Any] = {"fold": fold}
    GENERATED.execute(source, f"<rules of {OPS[opcode].name}>", namespace)
    rewrite: Rewrite = namespace["rewrite"]
    return rewrite


def rewrite_source(opcode: int, found: tuple[Rule, ...], folds: bool) -> str:
    """Python source of `rewrite`."""
    op = OPS[opcode]
    lines = ["def rewrite(out, emit, i):"]
    lines += [f"    v{k} = i[{k + 1}]; d{k} = out[v{k}]; c{k} = d{k}[0]" for k in range(op.arity)]
    if folds:
        test = " and ".join(f"c{k} == {_const(op, k)}" for k in range(op.arity))
        result = OPCODE[f"const.{op.result.spelling}"]
        arguments = ", ".join(f"d{k}[1]" for k in range(op.arity))
        lines.append(f"    if {test}: return emit(({result}, fold({arguments})))")
    for rule in found:
        lines += ["    " + line for line in _rule_source(rule)]
    lines.append("    return -1")
    return "\n".join(lines) + "\n"


def _const(op: Op, operand: int) -> int:
    return OPCODE[f"const.{op.operands[operand].spelling}"]


def _rule_source(rule: Rule) -> list[str]:
    """One `if` per rule: tests from the outside in; names are bound by `:=` where they are first seen."""
    tests: list[str] = []
    bound: dict[str, str] = {}
    conditions: list[str] = []
    for position, immediate in enumerate(rule.left.immediates):
        _bind(immediate, f"i[{1 + rule.left.op.arity + position}]", 64, rule, tests, bound)
    for k, operand in enumerate(rule.left.operands):
        _match(operand, f"{k}", rule.left.op, k, rule, tests, bound)
    if rule.where:
        conditions.append(f"({_python(rule.where, rule, bound)})")
    source = " and ".join((*tests, *conditions)) or "True"
    return [f"if {source}:  # {rule.name}", f"    return {_build(rule.right, rule, bound, outer=True)}"]


def _match(term: Term, path: str, op: Op, operand: int, rule: Rule, tests: list[str], bound: dict[str, str]) -> None:
    """Tests that operand number `operand` of `op`, held in `v<path>` and `d<path>`, is `term`."""
    if isinstance(term, Variable):
        if term.name in bound:
            tests.append(f"v{path} == {bound[term.name]}")
        else:
            bound[term.name] = f"v{path}"
        return
    if isinstance(term, Constant):
        tests.append(f"c{path} == {_const(op, operand)}")
        _bind(term, f"d{path}[1]", op.operands[operand].width, rule, tests, bound)
        return
    tests.append(f"c{path} == {term.op.code}")
    for position, immediate in enumerate(term.immediates):
        _bind(immediate, f"d{path}[{1 + term.op.arity + position}]", 64, rule, tests, bound)
    for k, child in enumerate(term.operands):
        below = f"{path}_{k}"
        if isinstance(child, Variable):
            if child.name in bound:
                tests.append(f"d{path}[{k + 1}] == {bound[child.name]}")
            else:
                tests.append(f"((v{below} := d{path}[{k + 1}]) >= 0)")
                bound[child.name] = f"v{below}"
            continue
        tests.append(f"((c{below} := (d{below} := out[d{path}[{k + 1}]])[0]) >= 0)")
        _match(child, below, term.op, k, rule, tests, bound)


def _bind(term: Constant, source: str, width: int, rule: Rule, tests: list[str], bound: dict[str, str]) -> None:
    if not term.binds:
        value = evaluate_constant(term.text, {}, rule.width) & (1 << width) - 1
        tests.append(f"{source} == {value}")
    elif term.text in bound:
        tests.append(f"{source} == {bound[term.text]}")
    else:
        bound[term.text] = source


def _python(text: str, rule: Rule, bound: dict[str, str]) -> str:
    def name(found: re.Match[str]) -> str:
        word = found[0]
        if word == "W":
            return str(rule.width)
        if word in bound:
            return bound[word]
        if word in ("and", "or", "not"):
            return word
        raise RuleError(f"{rule.name}: {word!r} in {text!r} is not on the left side")

    return re.sub(r"\b[A-Za-z_]\w*\b", name, text)


def _build(term: Term, rule: Rule, bound: dict[str, str], *, outer: bool = False) -> str:
    if isinstance(term, Variable):
        if term.name not in bound:
            raise RuleError(f"{rule.name}: {term.name!r} is not on the left side")
        return bound[term.name]
    if isinstance(term, Constant):
        if not outer:
            raise AssertionError("constants are built with their type")
        result = rule.left.op.result
        return _constant(term, result.spelling, result.width, rule, bound)
    parts = [str(term.op.code)]
    for operand, type in zip(term.operands, term.op.operands, strict=True):
        if isinstance(operand, Constant):
            parts.append(_constant(operand, type.spelling, type.width, rule, bound))
        else:
            parts.append(_build(operand, rule, bound))
    parts += [_python(i.text, rule, bound) for i in term.immediates]
    return f"emit(({', '.join(parts)}))"


def _constant(term: Constant, spelling: str, width: int, rule: Rule, bound: dict[str, str]) -> str:
    value = _python(term.text, rule, bound)
    return f"emit(({OPCODE[f'const.{spelling}']}, ({value}) & {(1 << width) - 1:#x}))"


def evaluate_constant(text: str, values: dict[str, Any], width: int) -> Any:
    """The value of an expression over constants: integers or SMT terms."""
    return eval(text, {"__builtins__": {}}, {**values, "W": width})
