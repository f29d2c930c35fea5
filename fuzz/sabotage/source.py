"""Injected bugs derived from source code: one place of one function changed, and only its code object replaced.

A function is parsed, every place that can be wrong in a plausible way is listed (operators, comparisons, constants, the
order of arguments, effects, conditions), and a fixed few of the resulting bugs are taken: those whose names have the
smallest hashes, which favours nothing. To inject one, the changed module is compiled and the code of the function,
which everybody has a reference to already, is exchanged.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

from fuzz.sabotage.bug import Area, Bug
from fuzz.sabotage.equivalent import argument

ROOT: Final = Path(__file__).parents[2]

COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], str]]] = {
    ast.Lt: (ast.LtE, "a boundary off by one"),
    ast.LtE: (ast.Lt, "a boundary off by one"),
    ast.Gt: (ast.GtE, "a boundary off by one"),
    ast.GtE: (ast.Gt, "a boundary off by one"),
    ast.Eq: (ast.NotEq, "a condition the wrong way round"),
    ast.NotEq: (ast.Eq, "a condition the wrong way round"),
    ast.In: (ast.NotIn, "a condition the wrong way round"),
    ast.NotIn: (ast.In, "a condition the wrong way round"),
    ast.Is: (ast.IsNot, "a condition the wrong way round"),
    ast.IsNot: (ast.Is, "a condition the wrong way round"),
}
OPERATORS: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
}
_SYMBOLS: Final[dict[type[ast.AST], str]] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne", ast.In: "in",
    ast.NotIn: "not-in", ast.Is: "is", ast.IsNot: "is-not", ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul",
    ast.FloorDiv: "div", ast.Mod: "mod", ast.LShift: "shl", ast.RShift: "shr", ast.BitAnd: "and", ast.BitOr: "or",
    ast.BitXor: "xor",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A change of one node.

    Attributes:
        kind: what is done, for the name: `lt-as-le`.
        stands_for: the class of mistake.
        at: which node of the function, in the order of `ast.walk`.
    """

    kind: str
    stands_for: str
    at: int


def _changes(node: ast.AST) -> Iterator[tuple[str, str, Callable[[Any], ast.AST]]]:
    """(kind, class, change of a copy of the node) of everything that may be wrong in `node`."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        old = type(node.ops[0])
        new, stands_for = COMPARISONS[old]
        yield f"{_SYMBOLS[old]}-as-{_SYMBOLS[new]}", stands_for, lambda n: _with(n, ops=[new()])
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not isinstance(node.left, ast.JoinedStr):
        wrong = OPERATORS[type(node.op)]
        kind = f"{_SYMBOLS[type(node.op)]}-as-{_SYMBOLS[wrong]}"
        yield kind, "a wrong operator", lambda n: _with(n, op=wrong())
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        kind = "and-as-or" if other is ast.Or else "or-as-and"
        yield f"bool-{kind}", "a condition the wrong way round", lambda n: _with(n, op=other())
        yield "condition-dropped", "a special case not treated", _without_last
    elif isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield "unary-dropped", "a sign or a negation left out", lambda n: n.operand
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield "constant-plus-one", "a constant off by one", lambda n: _with(n, value=n.value + 1)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield "constant-inverted", "a condition the wrong way round", lambda n: _with(n, value=not n.value)
    elif isinstance(node, ast.If | ast.IfExp):
        never = ast.Constant(False)
        yield "branch-never-taken", "a special case not treated", lambda n: _with(n, test=never)
    elif _is_effect(node):
        yield "statement-dropped", "an effect left out", lambda n: ast.Pass()
    elif isinstance(node, ast.Call) and len(node.args) >= 2 and _alike(node.args[0], node.args[1]):
        kind = "arguments-swapped"
        yield kind, "operands in the wrong order", lambda n: _with(n, args=[n.args[1], n.args[0], *n.args[2:]])


def _is_effect(node: ast.AST) -> bool:
    """A statement that changes something in place; not with `super()`, which needs a cell that the code must keep."""
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and "super()" not in ast.unparse(node)
    return isinstance(node, ast.AugAssign)


def _without_last(node: ast.BoolOp) -> ast.AST:
    return node.values[0] if len(node.values) == 2 else _with(node, values=node.values[:-1])


def _alike(a: ast.expr, b: ast.expr) -> bool:
    """Whether two arguments could be taken for one another: two names, or two attributes."""
    return isinstance(a, ast.Name | ast.Attribute) and type(a) is type(b)


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def _candidates(function: ast.AST) -> Iterator[tuple[int, ast.AST]]:
    """The nodes that are code: no annotations, docstrings, messages of errors, assertions."""
    skipped: set[int] = set()
    for index, node in enumerate(ast.walk(function)):
        if id(node) in skipped or isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.arg | ast.arguments):
            skipped.update(map(id, ast.iter_child_nodes(node)))
            if isinstance(node, ast.Assert | ast.Raise) or id(node) in skipped:
                continue
            if isinstance(node, ast.JoinedStr | ast.arg | ast.arguments):
                continue
        if isinstance(node, ast.FunctionDef):
            skipped.update(map(id, (*node.decorator_list, *([node.returns] if node.returns else []))))
        if isinstance(node, ast.AnnAssign):
            skipped.add(id(node.annotation))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield index, node


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(), file)


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Functions and methods by qualified name; nested ones belong to the function around them."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def places(function: ast.FunctionDef) -> list[Place]:
    """Everything that may be wrong in a function."""
    return [Place(kind, stands_for, at) for at, node in _candidates(function) for kind, stands_for, _ in _changes(node)]


def described(module: str, qualified: str, place: Place) -> str:
    """The place before and after, in words."""
    node, change = _found(_tree(_file(module)), qualified, place.at, place.kind)
    return f"{module}.{qualified}: `{_shown(node)}` becomes `{_shown(change(copy.deepcopy(node)))}`"


def _found(tree: ast.Module, qualified: str, at: int, kind: str) -> tuple[ast.AST, Callable[[Any], ast.AST]]:
    node = dict(_candidates(dict(_definitions(tree))[qualified]))[at]
    return node, {k: change for k, _, change in _changes(node)}[kind]


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}: …"
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:69] + "…"


class _Change(ast.NodeTransformer):
    """Replace one node, known by identity."""

    def __init__(self, target: ast.AST, new: ast.AST) -> None:
        self._target = target
        self._new = new

    def visit(self, node: ast.AST) -> Any:
        return self._new if node is self._target else self.generic_visit(node)


def changed_code(module: str, qualified: str, at: int, kind: str) -> CodeType:
    """The code of a function with one place changed.

    Raises:
        KeyError: no such function, or no such place in it.
    """
    file = _file(module)
    tree = ast.parse(Path(file).read_text(), file)
    function = dict(_definitions(tree))[qualified]
    node, change = _found(tree, qualified, at, kind)
    new = change(copy.deepcopy(node))
    ast.copy_location(new, node)
    # Above the function nothing changes, so the qualified name and the first line still say which code it is.
    _Change(node, ast.fix_missing_locations(new)).visit(function)
    line = function.decorator_list[0].lineno if function.decorator_list else function.lineno
    return next(
        code
        for code in _codes(compile(ast.fix_missing_locations(tree), file, "exec"))
        if code.co_qualname == qualified and code.co_firstlineno == line
    )


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _file(module: str) -> str:
    path = ROOT / Path(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return str(file)


def function_of(module: str, qualified: str) -> FunctionType:
    """The function object, below decorators such as `property`, `staticmethod` and `cache`.

    Raises:
        TypeError: there is none.
    """
    found: Any = importlib.import_module(module)
    for part in qualified.split("."):
        found = inspect.getattr_static(found, part)
    for attribute in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, attribute, found)
    found = inspect.unwrap(found) if callable(found) else found
    if not isinstance(found, FunctionType):
        raise TypeError(f"{module}.{qualified} is {found!r}, no function whose code could be exchanged")
    return found


def _inject(module: str, qualified: str, place: Place) -> Callable[[], None]:
    def inject() -> None:
        function = function_of(module, qualified)
        function.__code__ = changed_code(module, qualified, place.at, place.kind)

    return inject


def all_bugs(
    module: str, functions: tuple[str, ...] = (), without: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, Place]]:
    """(name, function, place) of everything that may be wrong in a module's `functions`, or in all but `without`."""
    prefix = "-".join(module.split(".")[-2:]).replace("_", "-")
    for qualified, definition in _definitions(_tree(_file(module))):
        if (functions and qualified not in functions) or qualified in without:
            continue
        counts: dict[str, int] = {}
        for place in places(definition):
            counts[place.kind] = number = counts.get(place.kind, 0) + 1
            spelt = qualified.replace(".", "-").replace("_", "-").strip("-").replace("--", "-").lower()
            yield f"{prefix}-{spelt}-{place.kind}-{number}", qualified, place


def source_bugs(
    module: str,
    area: Area,
    judges: tuple[str, ...],
    count: int,
    *,
    functions: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    equivalent: Mapping[str, str] = {},
) -> list[Bug]:
    """`count` bugs in the functions of `module`: those whose names have the smallest hashes.

    Args:
        functions: qualified names of the only functions to change; all where empty.
        without: functions to leave alone: what formats messages, or never runs in what judges.
        equivalent: arguments why some of them change nothing that can be observed, by patterns of names.
    """
    found = sorted(all_bugs(module, functions, without), key=lambda f: hashlib.sha256(f[0].encode()).digest())[:count]
    return [
        Bug(
            name,
            area,
            place.stands_for,
            _inject(module, qualified, place),
            described(module, qualified, place),
            judges,
            argument(equivalent, name),
        )
        for name, qualified, place in found
    ]
