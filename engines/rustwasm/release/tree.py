"""Function bodies as trees, which the passes rewrite, and back.

An operand is a child of the operation that takes it, so evaluation order is the order of the tree. Blocks, loops and
arms of conditionals are lists of statements; only the last may leave a value. Labels are numbers that stay the same
when code moves, so a branch names its target and not a depth.

Where the flat form keeps a value on the stack across a statement, the tree keeps it in a fresh local. A body with what
the tree has no room for (several values at once, `try_table`, branches that carry a value past a test) is not a tree:
`NotATreeError` says why, and such a function is left as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from engines.rustwasm.release.placed import Placed
from engines.rustwasm.wasm.module import Expression, Function, Instruction
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.positions import Position, Positioned
from engines.rustwasm.wasm.types import EMPTY, I32, FunctionType, Ref, ValueType
from engines.rustwasm.wasm.validate.context import Context


class NotATreeError(Exception):
    """The body has something that trees do not express; the message names the operation."""


class Node:
    """An operation with its operands.

    Attributes:
        op: its name; `br`, `br_if` and `br_table` name labels, not depths. A call of several results has a last
            immediate more: see `extra_results`.
        imm: its immediates.
        args: operands in order of evaluation.
        type: of the value that it leaves, or None.
        span: where it comes from, where that is known (`Tree.positioned`); else it is not set.
    """

    __slots__ = ("args", "imm", "op", "span", "type")
    span: Position

    def __init__(
        self, op: str, imm: tuple[Any, ...] = (), args: Sequence[Node] = (), type: ValueType | None = None
    ) -> None:
        self.op = op
        self.imm = imm
        self.args = [*args]
        self.type = type

    def __repr__(self) -> str:
        return f"({' '.join([self.op, *map(str, self.imm), *map(repr, self.args)])})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Node):
            return NotImplemented
        return (self.op, self.imm, self.type) == (other.op, other.imm, other.type) and self.args == other.args

    __hash__ = None  # type: ignore[assignment]

    def bodies(self) -> tuple[list[Node], ...]:
        """Lists of statements inside; none for plain operations."""
        return ()


class Block(Node):
    """`block` or `loop`: a label and statements."""

    __slots__ = ("body", "label")

    def __init__(self, op: str, label: int, body: list[Node], type: ValueType | None) -> None:
        super().__init__(op, (), (), type)
        self.label = label
        self.body = body

    def __repr__(self) -> str:
        return f"({self.op} @{self.label} {' '.join(map(repr, self.body))})"

    def __eq__(self, other: object) -> bool:
        return (
            super().__eq__(other) and isinstance(other, Block) and self.label == other.label and self.body == other.body
        )

    __hash__ = None

    def bodies(self) -> tuple[list[Node], ...]:
        return (self.body,)


class If(Node):
    """`if`: `args[0]` is the condition. Its label, if a branch names it, is that of a block around it."""

    __slots__ = ("other", "then")

    def __init__(self, condition: Node, then: list[Node], other: list[Node], type: ValueType | None) -> None:
        super().__init__("if", (), (condition,), type)
        self.then = then
        self.other = other

    def __repr__(self) -> str:
        return f"(if {self.args[0]!r} (then {self.then!r}) (else {self.other!r}))"

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and isinstance(other, If) and self.then == other.then and self.other == other.other

    __hash__ = None

    def bodies(self) -> tuple[list[Node], ...]:
        return (self.then, self.other)


NEVER_RETURNS: Final = frozenset({"br", "br_table", "return", "unreachable", "throw", "throw_ref"})
"""Operations after which nothing of the statement list runs."""

BRANCHES: Final = frozenset({"br", "br_if", "br_table"})

CONSTANTS: Final = frozenset({"i32.const", "i64.const", "f32.const", "f64.const", "v128.const"})


class Tree:
    """A function's body as statements. `locals` are the types of all locals, parameters first; `positioned` says that
    nodes know where they come from. One that is not `growing` is never given a fresh label."""

    positioned = False

    def __init__(
        self,
        parameters: int,
        locals_: list[ValueType],
        body: list[Node],
        results: tuple[ValueType, ...],
        growing: bool = True,
    ) -> None:
        self.parameters = parameters
        self.locals = locals_
        self.body = body
        self.results = results
        self.labels = 0
        if growing:
            self.labels = 1 + max((node.label for node in nodes_of(body) if isinstance(node, Block)), default=0)

    def become(self, other: Tree) -> None:
        """Be that tree, which is nobody's from now on."""
        self.parameters, self.locals, self.results = other.parameters, other.locals, other.results
        self.body, self.labels, self.positioned = other.body, other.labels, other.positioned

    def fresh_local(self, type_: ValueType) -> int:
        self.locals.append(type_)
        return len(self.locals) - 1

    def fresh_label(self) -> int:
        self.labels += 1
        return self.labels - 1


def walk(body: list[Node]) -> list[Node]:
    """Every node of a statement list, operands before their operation."""
    out: list[Node] = []
    stack = list(body)
    while stack:
        node = stack.pop()
        out.append(node)
        if node.args:
            stack += node.args
        if node.__class__ is Node:
            continue
        if isinstance(node, Block):
            stack += node.body
        elif isinstance(node, If):
            stack += node.then
            stack += node.other
    out.reverse()
    return out


def nodes_of(body: list[Node]) -> list[Node]:
    """Every node of a statement list, in any order: sooner than `walk`."""
    out = list(body)
    for node in out:  # which grows meanwhile
        if node.args:
            out += node.args
        if node.__class__ is not Node:
            for inner in node.bodies():
                out += inner
    return out


def rewrite(body: list[Node], change: Callable[[Node], Node]) -> None:
    """Replace every node by what `change` gives for it, operands before their operation."""
    for index, node in enumerate(body):
        if node.args:
            rewrite(node.args, change)
        if node.__class__ is not Node:
            for inner in node.bodies():
                rewrite(inner, change)
        made = change(node)
        if made is not node:
            body[index] = made
            if hasattr(node, "span") and not hasattr(made, "span"):
                made.span = node.span


def targets(node: Node) -> tuple[int, ...]:
    """Labels that a branch may go to."""
    if node.op not in BRANCHES:
        return ()
    if node.op == "br_table":
        return (*node.imm[0], node.imm[1])
    return (node.imm[0],)


def extra_results(node: Node) -> tuple[int, ...]:
    """Locals that take what a call gives besides its value, last popped first; -1 drops."""
    if node.op == "call":
        return node.imm[1] if len(node.imm) > 1 else ()
    return node.imm[2] if node.op == "call_indirect" and len(node.imm) > 2 else ()


def with_extra_results(node: Node, locals_: tuple[int, ...]) -> None:
    """Let a call of several results put all but the first into these locals."""
    node.imm = (*node.imm[: 1 if node.op == "call" else 2], locals_)


def label_uses(body: list[Node]) -> Counter[int]:
    """How many branches go to each label."""
    out: Counter[int] = Counter()
    for node in nodes_of(body):
        if node.op in BRANCHES:
            for label in set(targets(node)):
                out[label] += 1
    return out


def branches_to(node: Node, label: int) -> bool:
    """Whether a branch in the tree goes to the label."""
    return any(one.op in BRANCHES and label in targets(one) for one in nodes_of([node]))


# -- From the flat form


class _Frame:
    """A block under construction: what it is, its statements so far, and the values on its stack."""

    def __init__(self, op: str, label: int, type_: ValueType | None) -> None:
        self.op = op
        self.label = label
        self.type = type_
        self.body: list[Node] = []
        self.stack: list[Node] = []
        self.condition: Node | None = None
        self.then: list[Node] | None = None
        self.dead = False


class _Grower:
    def __init__(self, context: Context, function: Function) -> None:
        signature = context.types.function(function.type, "")
        self.context = context
        self.signature = signature
        self.locals: list[ValueType] = [*signature.parameters, *function.locals]
        self.labels = 1
        result = signature.results[0] if len(signature.results) == 1 else None
        self.frames = [_Frame("function", 0, result)]
        self.several = len(signature.results) > 1
        self.skipped = 0
        self.position: Position | None = None
        self.positioned = False

    def run(self, body: Expression) -> Tree:
        for one in body:
            if one.__class__ is not tuple:
                self.positioned = True
                self.position = one.position if isinstance(one, Positioned) else None
            if self.frames[-1].dead:
                self._skip(one)
            else:
                self._instruction(one)
        top = self.frames[0]
        if self.several and not top.dead:
            _return(self, ("return",))
        self._finish(top)
        statements = top.body
        if any(0 in targets(node) for node in walk(statements)):
            # Branches to the function's own label leave it: a block around everything takes them.
            label = self.labels
            for node in walk(statements):
                retarget(node, 0, label)
            statements = [Block("block", label, statements, top.type)]
        tree = Tree(len(self.signature.parameters), self.locals, statements, self.signature.results)
        tree.positioned = self.positioned
        return tree

    # -- Stack

    def _push(self, node: Node) -> None:
        frame = self.frames[-1]
        if self.position is not None:
            node.span = self.position
        if node.type is None:
            self._spill()
            frame.body.append(node)
            if node.op in NEVER_RETURNS:
                frame.dead = True
        else:
            frame.stack.append(node)

    def _spill(self) -> None:
        """Values that wait on the stack while a statement runs go to locals; constants may wait."""
        frame = self.frames[-1]
        for index, node in enumerate(frame.stack):
            if node.op.endswith(".const"):
                continue
            assert node.type is not None
            self.locals.append(node.type)
            local = len(self.locals) - 1
            frame.body.append(Node("local.set", (local,), (node,)))
            frame.stack[index] = Node("local.get", (local,), (), node.type)

    def _pop(self, count: int) -> list[Node]:
        frame = self.frames[-1]
        if len(frame.stack) < count:
            raise NotATreeError("operands from outside the block")
        taken = frame.stack[len(frame.stack) - count :]
        del frame.stack[len(frame.stack) - count :]
        return taken

    def _label(self, depth: int) -> int:
        return self.frames[-1 - depth].label

    def _label_type(self, depth: int) -> ValueType | None:
        frame = self.frames[-1 - depth]
        return None if frame.op == "loop" else frame.type

    # -- Blocks

    def _open(self, one: Instruction) -> None:
        type_ = one[1]
        if isinstance(type_, int) and type_ >= 0:
            signature = self.context.types.function(type_, "")
            if signature.parameters or len(signature.results) > 1:
                raise NotATreeError(f"{one[0]} with several values")
            type_ = signature.results[0] if signature.results else EMPTY
        condition = self._pop(1)[0] if one[0] == "if" else None
        self._spill()
        frame = _Frame(one[0], self.labels, None if type_ == EMPTY else type_)
        frame.condition = condition
        self.labels += 1
        self.frames.append(frame)

    def _skip(self, one: Instruction) -> None:
        """Unreachable code is dropped, up to the `else` or `end` of its block."""
        name = one[0]
        if name in ("block", "loop", "if", "try_table"):
            self.skipped += 1
        elif name == "end" and self.skipped:
            self.skipped -= 1
        elif name == "end":
            self._close()
        elif name == "else" and not self.skipped:
            self._else()

    def _finish(self, frame: _Frame) -> None:
        """What is left on the block's stack is its value."""
        if frame.dead:
            frame.stack.clear()
            return
        if len(frame.stack) > (frame.type is not None):
            raise NotATreeError("several values at the end of a block")
        if frame.stack:
            frame.body.append(frame.stack.pop())

    def _else(self) -> None:
        frame = self.frames[-1]
        self._finish(frame)
        frame.then, frame.body, frame.dead = frame.body, [], False

    def _close(self) -> None:
        frame = self.frames.pop()
        self._finish(frame)
        if frame.op == "if":
            assert frame.condition is not None
            then, other = (frame.body, []) if frame.then is None else (frame.then, frame.body)
            node: Node = If(frame.condition, then, other, frame.type)
            if any(frame.label in targets(inner) for inner in (*walk(then), *walk(other))):
                node = Block("block", frame.label, [node], frame.type)
        else:
            node = Block(frame.op, frame.label, frame.body, frame.type)
        self._push(node)

    # -- Instructions

    def _instruction(self, one: Instruction) -> None:
        name = one[0]
        if name in ("block", "loop", "if"):
            self._open(one)
        elif name == "else":
            self._else()
        elif name == "end":
            self._close()
        elif name in _SHAPES:
            _SHAPES[name](self, one)
        else:
            self._plain(one)

    def _plain(self, one: Instruction) -> None:
        operands, result = self._shape(one)
        node = Node(one[0], one[1:], self._pop(operands), result)
        self._push(node)
        more = self._more_results(one)
        if more:
            locals_ = tuple(range(len(self.locals), len(self.locals) + len(more)))
            self.locals += more
            with_extra_results(node, locals_)
            self.frames[-1].stack += [Node("local.get", (local,), (), self.locals[local]) for local in locals_]

    def _more_results(self, one: Instruction) -> tuple[ValueType, ...]:
        """Types of what a call gives besides its value."""
        if one[0] == "call":
            return self.context.types.function(self.context.functions[one[1]], "").results[1:]
        return self.context.types.function(one[1], "").results[1:] if one[0] == "call_indirect" else ()

    def _shape(self, one: Instruction) -> tuple[int, ValueType | None]:
        """Operands taken and the type left."""
        name = one[0]
        signature = OPERATIONS[name].signature
        if signature is not None:
            if len(signature.results) > 1:
                raise NotATreeError(name)
            operands = len(signature.operands)
            return operands, signature.results[0] if signature.results else None
        shape = _TYPED.get(name)
        if shape is None:
            raise NotATreeError(name)
        return shape(self, one)

    def called(self, signature: FunctionType, extra: int) -> tuple[int, ValueType | None]:
        return len(signature.parameters) + extra, signature.results[0] if signature.results else None

    def called_once(self, signature: FunctionType, extra: int) -> tuple[int, ValueType | None]:
        if len(signature.results) > 1:
            raise NotATreeError("a call through a reference with several results")
        return self.called(signature, extra)


def retarget(node: Node, old: int, new: int) -> None:
    """Let a branch that goes to `old` go to `new`."""
    if node.op == "br_table":
        labels, default = node.imm
        node.imm = (tuple(new if one == old else one for one in labels), new if default == old else default)
    elif node.op in BRANCHES and node.imm[0] == old:
        node.imm = (new,)


def _br(grower: _Grower, one: Instruction) -> None:
    carried = grower._pop(1) if grower._label_type(one[1]) is not None else []
    grower._push(Node("br", (grower._label(one[1]),), carried))


def _br_if(grower: _Grower, one: Instruction) -> None:
    type_ = grower._label_type(one[1])
    (condition,) = grower._pop(1)
    if type_ is None:
        grower._push(Node("br_if", (grower._label(one[1]),), [condition]))
        return
    # `br_if` with a value leaves the value: test first, from a local, then an unconditional branch.
    (value,) = grower._pop(1)
    grower.frames[-1].stack.append(value)
    grower.frames[-1].stack.append(condition)
    grower._spill()
    value, condition = grower._pop(2)
    branch = Node("br", (grower._label(one[1]),), [value])
    grower._push(If(condition, [branch], [], None))
    grower._push(Node(value.op, value.imm, (), value.type))


def _br_table(grower: _Grower, one: Instruction) -> None:
    (selector,) = grower._pop(1)
    carried = grower._pop(1) if grower._label_type(one[2]) is not None else []
    labels = tuple(grower._label(depth) for depth in one[1])
    grower._push(Node("br_table", (labels, grower._label(one[2])), [*carried, selector]))


def _return(grower: _Grower, one: Instruction) -> None:
    grower._push(Node("return", (), grower._pop(len(grower.signature.results))))


def _drop(grower: _Grower, one: Instruction) -> None:
    grower._push(Node("drop", (), grower._pop(1)))


def _select(grower: _Grower, one: Instruction) -> None:
    taken = grower._pop(3)
    grower._push(Node(one[0], one[1:], taken, one[1][0] if len(one) > 1 else taken[0].type))


_SHAPES: Final[dict[str, Callable[[_Grower, Instruction], None]]] = {
    "br": _br,
    "br_if": _br_if,
    "br_table": _br_table,
    "return": _return,
    "drop": _drop,
    "select": _select,
    "select_typed": _select,
    "unreachable": lambda grower, one: grower._push(Node("unreachable")),
    "nop": lambda grower, one: None,
}


def _field(grower: _Grower, one: Instruction) -> ValueType:
    return grower.context.types.struct(one[1], "").fields[one[2]].unpacked


def _element(grower: _Grower, one: Instruction) -> ValueType:
    return grower.context.types.array(one[1], "").unpacked


def _fields(grower: _Grower, one: Instruction) -> int:
    return len(grower.context.types.struct(one[1], "").fields)


_Shape = Callable[[_Grower, Instruction], tuple[int, ValueType | None]]
_TYPED: Final[dict[str, _Shape]] = {
    "local.get": lambda g, one: (0, g.locals[one[1]]),
    "local.set": lambda g, one: (1, None),
    "local.tee": lambda g, one: (1, g.locals[one[1]]),
    "global.get": lambda g, one: (0, g.context.globals[one[1]].value),
    "global.set": lambda g, one: (1, None),
    "memory.size": lambda g, one: (0, I32),
    "memory.grow": lambda g, one: (1, I32),
    "memory.fill": lambda g, one: (3, None),
    "memory.copy": lambda g, one: (3, None),
    "memory.init": lambda g, one: (3, None),
    "call": lambda g, one: g.called(g.context.types.function(g.context.functions[one[1]], ""), 0),
    "call_indirect": lambda g, one: g.called(g.context.types.function(one[1], ""), 1),
    "call_ref": lambda g, one: g.called_once(g.context.types.function(one[1], ""), 1),
    "throw": lambda g, one: (len(g.context.tag_type(one[1], "").parameters), None),
    "table.get": lambda g, one: (1, g.context.tables[one[1]].element),
    "table.set": lambda g, one: (2, None),
    "table.size": lambda g, one: (0, I32),
    "ref.null": lambda g, one: (0, Ref(True, one[1])),
    "ref.is_null": lambda g, one: (1, I32),
    "ref.func": lambda g, one: (0, Ref(False, g.context.functions[one[1]])),
    "ref.as_non_null": lambda g, one: (1, _non_null(g)),
    "ref.test": lambda g, one: (1, I32),
    "ref.cast": lambda g, one: (1, one[1]),
    "struct.new": lambda g, one: (_fields(g, one), Ref(False, one[1])),
    "struct.new_default": lambda g, one: (0, Ref(False, one[1])),
    "struct.get": lambda g, one: (1, _field(g, one)),
    "struct.get_s": lambda g, one: (1, I32),
    "struct.get_u": lambda g, one: (1, I32),
    "struct.set": lambda g, one: (2, None),
    "array.new": lambda g, one: (2, Ref(False, one[1])),
    "array.new_default": lambda g, one: (1, Ref(False, one[1])),
    "array.new_fixed": lambda g, one: (one[2], Ref(False, one[1])),
    "array.new_data": lambda g, one: (2, Ref(False, one[1])),
    "array.get": lambda g, one: (2, _element(g, one)),
    "array.get_s": lambda g, one: (2, I32),
    "array.get_u": lambda g, one: (2, I32),
    "array.set": lambda g, one: (3, None),
    "array.fill": lambda g, one: (4, None),
    "array.copy": lambda g, one: (5, None),
}


def _non_null(grower: _Grower) -> ValueType:
    type_ = grower.frames[-1].stack[-1].type
    assert isinstance(type_, Ref)
    return Ref(False, type_.heap)


def grow(context: Context, function: Function) -> Tree:
    """The tree of a valid function.

    Raises:
        NotATreeError: it has what trees do not express.
    """
    return _Grower(context, function).run(function.body)


# -- To the flat form


class _Feller:
    def __init__(self) -> None:
        self.out: Expression = []
        self.labels: list[int] = []

    def statements(self, body: list[Node]) -> None:
        for node in body:
            self.node(node)

    def depth(self, label: int) -> int:
        return self.labels[::-1].index(label)

    def node(self, node: Node) -> None:
        for argument in node.args:
            self.node(argument)
        if isinstance(node, Block):
            self.out.append((node.op, EMPTY if node.type is None else node.type))
            self.labels.append(node.label)
            self.statements(node.body)
        elif isinstance(node, If):
            self.out.append(("if", EMPTY if node.type is None else node.type))
            self.labels.append(-1)
            self.statements(node.then)
            if node.other:
                self.out.append(("else",))
                self.statements(node.other)
        else:
            self.out.append(self.plain(node))
            for local in reversed(extra_results(node)):
                self.out.append(("local.set", local) if local >= 0 else ("drop",))
            return
        self.out.append(("end",))
        self.labels.pop()

    def plain(self, node: Node) -> Instruction:
        if node.op in ("br", "br_if"):
            return (node.op, self.depth(node.imm[0]))
        if node.op == "br_table":
            labels, default = node.imm
            return (node.op, tuple(map(self.depth, labels)), self.depth(default))
        if node.op == "call":
            return ("call", node.imm[0])
        return (node.op, *node.imm[:2]) if node.op == "call_indirect" else (node.op, *node.imm)


class _PositionedFeller(_Feller):
    """A node without position has its first operand's, else that of what it is an operand of, else the last."""

    def __init__(self) -> None:
        super().__init__()
        self.here: Position | None = None
        self.out = Placed(self)

    def node(self, node: Node) -> None:
        outer = self.here
        self.here = _position(node) or outer
        super().node(node)
        self.here = outer


def _position(node: Node) -> Position | None:
    """A node's position, else that of its first operand that has one."""
    found: Position | None = getattr(node, "span", None)
    for argument in node.args if found is None else ():
        found = _position(argument)
        if found is not None:
            break
    return found


def fell(tree: Tree, type_: int) -> Function:
    """The function of a tree."""
    feller = _PositionedFeller() if tree.positioned else _Feller()
    body = tree.body
    feller.statements(body)
    return Function(type_, tree.locals[tree.parameters :], list(feller.out) if tree.positioned else feller.out)
