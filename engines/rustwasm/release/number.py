"""Values that are calculated twice, and tests whose outcome is known: numbers for values instead of for locals.

Two expressions have the same number if they are the same operation on the same numbers, so a number stands for one
value however many locals hold it, and what a test told about it stays true wherever that test was passed.

    (if (i32.ge_u i n) unreachable)            (if (i32.ge_u i n) unreachable)
    (use (i32.add p (i32.mul i 56)))     →     (use (local.tee t (i32.add p (i32.mul i 56))))
    (if (i32.ge_u i n) unreachable)            (use (local.get t))
    (use (i32.add p (i32.mul i 56)))

Reads of memory, of arrays and of structs have the number of the read before if nothing of the kind was written since.
One walk in order of evaluation: an arm of a conditional, or a block that branches leave, takes back what it learned
when it ends.

Source: value numbering over the dominator tree (P. Briggs, K. D. Cooper, L. T. Simpson, "Value Numbering", 1997), with
intervals for comparisons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from engines.rustwasm.release.coalesce import members
from engines.rustwasm.release.effects import OF_OPERATION, TRAPS, WRITES
from engines.rustwasm.release.fold import constant, is_test
from engines.rustwasm.release.tree import NEVER_RETURNS, Block, If, Node, Tree, extra_results, label_uses
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.types import F32, F64, I32, I64

WORTH: Final = 5
"""Bytes of a repeated expression that is worth a local of its own: setting and reading it costs four."""

_BITS: Final = {I32: 32, I64: 64}
_MEMORY, _ARRAYS, _STRUCTS = -1, -2, -3
"""What stands for the contents of memory, of all arrays and of all structs among the locals."""
_CONTENTS: Final = frozenset({_MEMORY, _ARRAYS, _STRUCTS})
_SWAPPED: Final = {"gt_u": "lt_u", "le_u": "ge_u", "gt_s": "lt_s", "le_s": "ge_s"}
_NEGATED: Final = {"ge_u": "lt_u", "ge_s": "lt_s", "ne": "eq"}
_SYMMETRIC: Final = frozenset({"add", "mul", "and", "or", "xor", "eq"})
_COMPARED: Final = frozenset(f"{type_}.{action}" for type_ in ("i32", "i64") for action in ("lt_u", "lt_s", "eq"))
_READS: Final = {"load8_u": 255, "load16_u": 65535}

_CONSTANTS: Final = frozenset({"i32.const", "i64.const", "f32.const", "f64.const"})

Range = tuple[int, int]


class Numbered(NamedTuple):
    """The number of an expression, and those of its operands."""

    number: int
    operands: Sequence[Numbered]


def _numbered(name: str) -> bool:
    """Whether equal operands always give an equal value of a number type, traps apart."""
    operation = OPERATIONS[name]
    if operation.signature is None or operation.immediates or len(operation.signature.results) != 1:
        return False
    types = {*operation.signature.operands, *operation.signature.results}
    return not OF_OPERATION[name] & ~TRAPS and types <= {I32, I64, F32, F64} and bool(operation.signature.operands)


_PURE: Final = frozenset(name for name in OPERATIONS if _numbered(name))
_LOADS: Final = frozenset(
    name
    for name in OPERATIONS
    if name.partition(".")[2].startswith("load") and name.partition(".")[0] in ("i32", "i64", "f32", "f64")
)
_FULL: Final = {
    "i32.store": ("i32.load", I32), "i64.store": ("i64.load", I64),
    "f32.store": ("f32.load", F32), "f64.store": ("f64.load", F64),
}  # fmt: skip


_OBJECT_READS: Final = {
    **{name: _ARRAYS for name in OPERATIONS if name.startswith("array.get")},
    **{name: _STRUCTS for name in OPERATIONS if name.startswith("struct.get")},
}


_DIVISIONS: Final = frozenset(
    f"{type_}.{name}" for type_ in ("i32", "i64") for name in ("div_s", "div_u", "rem_s", "rem_u")
)
"""Whoever passes one knows that what divided was not zero."""
_WITH_NUMBER: Final = frozenset({*_PURE, *_LOADS, *_OBJECT_READS, "select"})
"""What has a number if its operands have."""
_FIRST: Final = -min(_CONTENTS)


def _changed(op: str) -> int:
    """Which contents an operation that writes may change, as bits: bit n + `_FIRST` is content n. A call may any."""
    if op.startswith("array."):
        return 1 << _ARRAYS + _FIRST
    if op.startswith("struct."):
        return 1 << _STRUCTS + _FIRST
    return 1 << _MEMORY + _FIRST if "store" in op or op.startswith("memory.") else (1 << _FIRST) - 1


_WRITTEN: Final = {op: _changed(op) for op, flags in OF_OPERATION.items() if flags & WRITES}


def number_values(tree: Tree, share: bool) -> None:
    """Replace tests of known outcome by that, and expressions whose value a local holds by the local. `share`: where
    none holds it, the first expression puts it into one."""
    _Numbering(tree, share).statements(tree.body)


class _Numbering:
    def __init__(self, tree: Tree, share: bool) -> None:
        self.tree = tree
        self.share = share
        self.uses = label_uses(tree.body)
        self.numbers: dict[Any, int] = {}
        """What is calculated, from numbers, to its own number."""
        self.keys: dict[int, Any] = {}
        self.last = 0
        self.held: dict[int, int] = {}
        """Local to the number of its value; memory is one."""
        self.holders: dict[int, list[int]] = {}
        """Number to locals that held it at some time."""
        self.ranges: dict[int, Range] = {}
        """Number to the least and greatest value that it may have, unsigned; as far as it was tested."""
        self.first: dict[int, Node] = {}
        """Number to the expression that calculated it on every way to here."""
        self.trail: list[tuple[dict[int, Any], int, Any]] = []
        self.written: dict[int, int] = {}
        """Identity of a block to what is written in it: bit n + `_FIRST` is local n."""
        self._writes(tree.body)
        for local in range(min(_CONTENTS), len(tree.locals)):
            self.held[local] = self._fresh()
            self.holders[self.held[local]] = [local]

    # State, and taking it back

    def _fresh(self) -> int:
        self.last += 1
        return self.last

    def _put(self, table: dict[int, Any], key: int, value: Any) -> None:
        self.trail.append((table, key, table.get(key)))
        table[key] = value

    def _hold(self, local: int, number: int) -> None:
        self._put(self.held, local, number)
        self.holders.setdefault(number, []).append(local)

    def _back(self, mark: int) -> dict[int, int]:
        """Take back everything since `mark`; what the locals changed since then held at last."""
        changed = {}
        while len(self.trail) > mark:
            table, key, old = self.trail.pop()
            if table is self.held and key not in changed:
                changed[key] = table[key]
            if old is None:
                del table[key]
            else:
                table[key] = old
        return changed

    def _writes(self, body: list[Node]) -> int:
        """Locals written in a statement list, contents among them; kept for blocks."""
        out = 0
        for node in body:
            op = node.op
            if op == "local.set" or op == "local.tee":
                out |= 1 << node.imm[0] + _FIRST
            elif op in _WRITTEN:
                out |= _WRITTEN[op]
                for one in extra_results(node):
                    out |= 1 << one + _FIRST if one >= 0 else 0
            if node.args:
                out |= self._writes(node.args)
            if node.__class__ is Node:
                continue
            if isinstance(node, Block):
                self.written[id(node)] = inner = self._writes(node.body)
                out |= inner
            elif isinstance(node, If):
                out |= self._writes(node.then) | self._writes(node.other)
        return out

    def _forget(self, written: int) -> None:
        for one in members(written):
            self._hold(one - _FIRST, self._fresh())

    # Numbers

    def _number(self, key: Any) -> int:
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = self._fresh()
            self.keys[found] = key
        return found

    def _operation(self, name: str, operands: list[int]) -> int:
        """The number of an operation; comparisons that say the same have one."""
        type_, _, action = name.partition(".")
        if type_ in ("i32", "i64"):
            if action in _SWAPPED:
                action, operands = _SWAPPED[action], operands[::-1]
            if action in _NEGATED:
                return self._not(self._operation(f"{type_}.{_NEGATED[action]}", operands))
            if action == "eqz" and type_ == "i32" and self._is_test(operands[0]):
                return self._not(operands[0])
            if action in _SYMMETRIC:
                operands = sorted(operands)
            if action in ("add", "and"):
                same = self._same(type_, action, operands)
                if same is not None:
                    return same
        return self._number((f"{type_}.{action}", *operands))

    def _constant(self, number: int) -> int | None:
        key = self.keys.get(number)
        return int(key[1]) if key is not None and key[0] in ("i32.const", "i64.const") else None

    def _same(self, type_: str, action: str, operands: list[int]) -> int | None:
        """The number of a sum of a sum and constants, or of what a mask leaves as it is."""
        for one, other in (operands, operands[::-1]):
            value = self._constant(other)
            if value is None:
                continue
            if action == "and":
                wide = I64 if type_ == "i64" else I32
                return one if value & value + 1 == 0 and self.range_of(one, wide)[1] <= value else None
            key = self.keys.get(one)
            if key is None or key[0] != f"{type_}.add":
                return one if value == 0 else None
            for inner, added in (key[1:], key[:0:-1]):
                before = self._constant(added)
                if before is not None:
                    whole = constant(type_, before + value)
                    return self._operation(f"{type_}.add", [inner, self._number((whole.op, whole.imm[0]))])
        return None

    def _not(self, number: int) -> int:
        key = self.keys.get(number)
        if key is not None and key[0] == "not":
            return int(key[1])
        return self._number(("not", number))

    def _is_test(self, number: int) -> bool:
        key = self.keys.get(number)
        return key is not None and (key[0] == "not" or key[0].partition(".")[2] in ("lt_u", "lt_s", "eq", "eqz"))

    def of(self, node: Node) -> Numbered | None:
        """The number of an expression that changes nothing, and those of its operands; None if it may change something,
        or is not a number."""
        op = node.op
        if op == "local.get":
            return Numbered(self.held[node.imm[0]], ())
        if op in _CONSTANTS:
            return Numbered(self._number((op, node.imm[0])), ())
        if op not in _WITH_NUMBER:
            return None
        found = []
        for argument in node.args:
            one = self.of(argument)
            if one is None:
                return None
            found.append(one)
        operands = [one.number for one in found]
        if op in _LOADS:
            number = self._number((op, node.imm, operands[0], self.held[_MEMORY]))
        elif op in _OBJECT_READS:
            number = self._number((op, node.imm, *operands, self.held[_OBJECT_READS[op]]))
        else:
            number = self._number((op, *operands)) if op == "select" else self._operation(op, operands)
        return Numbered(number, found)

    # What is known of numbers

    def range_of(self, number: int, type_: int) -> Range:
        """The least and greatest value, unsigned."""
        top = (1 << _BITS[type_]) - 1
        low, high = self.ranges.get(number, (0, top))
        key = self.keys.get(number)
        if key is not None:
            least, most = self._range_of_key(key, type_, top)
            low, high = max(low, least), min(high, most)
        return low, high

    def _range_of_key(self, key: Any, type_: int, top: int) -> Range:
        action = key[0].partition(".")[2]
        if action == "const":
            return key[1] & top, key[1] & top
        if key[0] == "not" or action in ("lt_u", "lt_s", "eq", "eqz"):
            return 0, 1
        if action in _READS:
            return 0, _READS[action]
        if action == "and":
            return 0, min(self.range_of(one, type_)[1] for one in key[1:3])
        if action == "shr_u":
            by = self.range_of(key[2], type_)
            if by[0] == by[1] and by[0] < _BITS[type_]:
                low, high = self.range_of(key[1], type_)
                return low >> by[0], high >> by[0]
        if action in ("rem_u", "div_u"):
            by = self.range_of(key[2], type_)
            if by[0] and action == "rem_u":
                return 0, by[1] - 1
            if by[0]:
                return 0, self.range_of(key[1], type_)[1] // by[0]
        if key[0] == "i32.wrap_i64":
            low, high = self.range_of(key[1], I64)
            return (low, high) if high <= top else (0, top)
        if key[0] == "i64.extend_i32_u":
            return self.range_of(key[1], I32)
        if action == "add":
            (low, high), (least, most) = self.range_of(key[1], type_), self.range_of(key[2], type_)
            if high + most <= top:
                return low + least, high + most
        return 0, top

    def known(self, number: int) -> bool | None:
        """The outcome of a test, if it is known."""
        low, high = self.ranges.get(number, (0, 1))
        if low == high or low > 0:
            return bool(low)
        key = self.keys.get(number)
        if key is None:
            return None
        if key[0] == "not":
            inner = self.known(key[1])
            return None if inner is None else not inner
        if key[0] in ("i32.eqz", "i64.eqz"):
            least, most = self.range_of(key[1], I64 if key[0] == "i64.eqz" else I32)
            return True if not most else False if least else None
        if key[0] in _COMPARED:
            type_, _, action = key[0].partition(".")
            return self._compared(action, key[1], key[2], I64 if type_ == "i64" else I32)
        return None

    def _compared(self, action: str, left: int, right: int, type_: int) -> bool | None:
        if left == right:
            return action == "eq"
        (low, high), (least, most) = self.range_of(left, type_), self.range_of(right, type_)
        if action == "eq":
            return False if high < least or most < low else None
        if action == "lt_s" and max(high, most) >> (_BITS[type_] - 1):
            return None
        if high < least:
            return True
        return False if low >= most else None

    def learn(self, number: int, holds: bool) -> None:
        """A test came out so on the way to here."""
        key = self.keys.get(number)
        if key is not None and key[0] == "not":
            self.learn(key[1], not holds)
            return
        if not holds:
            self._put(self.ranges, number, (0, 0))
        elif self._is_test(number):
            self._put(self.ranges, number, (1, 1))
        else:
            self._not_zero(number, I32)
        if key is None:
            return
        type_, _, action = key[0].partition(".")
        if action == ("and" if holds else "or"):
            for one in key[1:]:
                if self._is_test(one):
                    self.learn(one, holds)
        elif action == "eqz" and holds:
            self._bound(key[1], 0, 0)
        elif action == "eqz":
            self._not_zero(key[1], I64 if type_ == "i64" else I32)
        elif key[0] in _COMPARED:
            self._narrow(action, key[1], key[2], I64 if type_ == "i64" else I32, holds)

    def _narrow(self, action: str, left: int, right: int, type_: int, holds: bool) -> None:
        (low, high), (least, most) = self.range_of(left, type_), self.range_of(right, type_)
        if action == "eq":
            if holds:
                both = max(low, least), min(high, most)
                self._bound(left, *both)
                self._bound(right, *both)
            elif least == most:
                self._bound(left, low + (low == least), high - (high == least))
            elif low == high:
                self._bound(right, least + (least == low), most - (most == low))
            return
        if action == "lt_s" and max(high, most) >> (_BITS[type_] - 1):
            return
        if holds:
            self._bound(left, low, min(high, most - 1))
            self._bound(right, max(least, low + 1), most)
        else:
            self._bound(left, max(low, least), high)
            self._bound(right, least, min(most, high))

    def _not_zero(self, number: int, type_: int) -> None:
        low, high = self.range_of(number, type_)
        self._bound(number, max(low, 1), high)

    def _bound(self, number: int, low: int, high: int) -> None:
        # An empty range means that nobody comes here; nothing is concluded from that.
        if low <= high and self.keys.get(number, ("",))[0] not in ("i32.const", "i64.const"):
            self._put(self.ranges, number, (low, high))

    # The walk

    def statements(self, body: list[Node]) -> bool:
        """Visit a statement list; whether control may come out at its end."""
        for index, node in enumerate(body):
            body[index], _, completes = self.visit(node)
            if not completes or node.op in NEVER_RETURNS:
                return False
        return True

    def visit(self, node: Node, found: Numbered | None = None) -> tuple[Node, int, bool]:
        """The node in its new form, the number of its value, and whether control comes out behind it. `found`: what
        `of` says of it, if that was asked already."""
        if isinstance(node, Block):
            return node, self._fresh(), self._block(node)
        if isinstance(node, If):
            return node, self._fresh(), self._if(node)
        op = node.op
        if op == "local.get":
            return node, self.held[node.imm[0]], True
        if op in _CONSTANTS:
            return node, self._number((op, node.imm[0])), True
        if found is None:
            found = self.of(node)
        if found is not None:
            number = found.number
            better = self._instead(node, number)
            if better is not None:
                return better, number, True
            if op == "i32.and" and found.operands[0].number == number:
                return self.visit(node.args[0], found.operands[0])
            for index, operand in enumerate(found.operands):
                node.args[index] = self.visit(node.args[index], operand)[0]
            if op in _DIVISIONS:
                self._not_zero(found.operands[1].number, I64 if op.startswith("i64") else I32)
            if number not in self.first:
                self._put(self.first, number, node)
            return node, number, True
        operands = []
        for index, argument in enumerate(node.args):
            node.args[index], one, completes = self.visit(argument)
            operands.append(one)
            if not completes:
                return node, self._fresh(), False
        number = self._effect(node, operands)
        if is_test(node):
            outcome = self.known(number)
            if outcome is not None and not OF_OPERATION[op]:
                # Only what its operands do besides is left of it.
                done = [Node("drop", (), (one,)) for one in node.args]
                body = [*done, constant("i32", int(outcome))]
                return Block("block", self.tree.fresh_label(), body, I32), number, True
        return node, number, True

    def _effect(self, node: Node, operands: list[int]) -> int:
        """Something that may change locals or memory, or that has operands which did."""
        op = node.op
        if op in ("local.set", "local.tee"):
            self._hold(node.imm[0], operands[0])
            return operands[0]
        if op == "br_if":
            self._decide(node, operands[0])
            self.learn(operands[0], False)
        elif op in _WRITTEN:
            self._forget(_WRITTEN[op])
            for local in extra_results(node):
                if local >= 0:
                    self._hold(local, self._fresh())
            if op in _FULL:
                load, _ = _FULL[op]
                key = (load, node.imm, operands[0], self.held[_MEMORY])
                self.numbers[key] = operands[1]
        elif op in _PURE:
            if op in _DIVISIONS:
                self._not_zero(operands[1], I64 if op.startswith("i64") else I32)
            return self._operation(op, operands)
        return self._fresh()

    def _decide(self, node: Node, number: int) -> None:
        """A branch on a local of which is known whether it is zero."""
        if node.args[0].op == "local.get":
            outcome = self.known(number)
            if outcome is not None:
                node.args[0] = constant("i32", int(outcome))

    def _instead(self, node: Node, number: int) -> Node | None:
        """What is shorter than the expression and has its value."""
        if node.type == I32 and is_test(node) and _droppable(node):
            outcome = self.known(number)
            if outcome is not None:
                return constant("i32", int(outcome))
        for local in reversed(self.holders.get(number, ())):
            if self.held[local] == number and local >= 0 and self.tree.locals[local] == node.type:
                return Node("local.get", (local,), (), node.type)
        first = self.first.get(number)
        if not self.share or first is None or _bytes(node) < WORTH:
            return None
        if first.op != "local.tee":
            # Wherever the first expression was passed, a local of its own holds the value.
            inner = Node(first.op, first.imm, first.args, first.type)
            first.op, first.imm, first.args = "local.tee", (self.tree.fresh_local(node.type),), [inner]  # type: ignore[arg-type]
        return Node("local.get", first.imm, (), node.type)

    def _block(self, block: Block) -> bool:
        written = self.written[id(block)]
        if block.op == "loop":
            self._forget(written)
            return self.statements(block.body)
        if not self.uses[block.label]:
            return self.statements(block.body)
        mark = len(self.trail)
        self.statements(block.body)
        self._back(mark)
        self._forget(written)
        return True

    def _if(self, node: If) -> bool:
        node.args[0], test, completes = self.visit(node.args[0])
        if not completes:
            return False
        self._decide(node, test)
        mark = len(self.trail)
        self.learn(test, True)
        then = self.statements(node.then)
        changed = self._back(mark)
        if not then:
            self.learn(test, False)
            return self.statements(node.other)
        self.learn(test, False)
        other = self.statements(node.other)
        changed_too = self._back(mark)
        if not other:
            self.learn(test, True)
            for local, number in changed.items():
                self._hold(local, number)
            return True
        for local in sorted(changed.keys() | changed_too.keys()):
            one, two = (each.get(local, self.held[local]) for each in (changed, changed_too))
            self._hold(local, one if one == two else self._fresh())
        return True


def _droppable(node: Node) -> bool:
    """Whether nobody would notice that the expression is not evaluated."""
    return not OF_OPERATION.get(node.op, 0) and all(_droppable(one) for one in node.args)


def _bytes(node: Node) -> int:
    """About the encoded length of an expression."""
    own = 1
    if node.op in ("i32.const", "i64.const"):
        own = 2 + (node.imm[0] if node.imm[0] >= 0 else ~node.imm[0]).bit_length() // 7
    elif node.op == "local.get":
        own = 2
    elif node.op in ("f64.const", "f32.const"):
        own = 9 if node.op[1] == "6" else 5
    elif node.op in _LOADS:
        own = 3
    elif node.op in _OBJECT_READS:
        own = 2 + len(node.imm)
    return own + sum(map(_bytes, node.args))
