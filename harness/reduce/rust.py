"""Reduction of a Rust program: smaller sources that still compile and still fail.

The syntax tree says where things are; what changes is the text between two places, so that nothing has to be printed
anew. Items, statements and arms go; blocks, branches and loops give way to what is in them; expressions to one of their
parts or to a literal; a variable that is used once to its value. Our checker decides what is a program.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, NamedTuple

from engines.rustwasm.compilation import check_source
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.syntax.diagnostics import Diagnostics, SourceMap
from engines.rustwasm.syntax.parse_items import parse

Fails = Callable[[str], bool]

LITERALS: Final = ("0", "1", "true", "false", '""', "String::new()", "()")
_ITEMS: Final = (
    t.FnItem, t.StructItem, t.EnumItem, t.AliasItem, t.ConstItem, t.TraitItem, t.ImplItem, t.ModItem, t.UseItem,
)  # fmt: skip
_NOT_CHILDREN: Final = frozenset(("span", "name_span", "ty", "adjust", "target", "mode", "derefs"))
_OPEN: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSED: Final = {close: open_ for open_, close in _OPEN.items()}


class Edit(NamedTuple):
    """`text[start:end]` becomes `new`."""

    start: int
    end: int
    new: str = ""


Change = tuple[Edit, ...]
"""Edits that only make sense together."""


@dataclass(frozen=True)
class RustReduction:
    """The result.

    Attributes:
        source: the smallest program found.
        tries: programs that were run.
    """

    source: str
    tries: int

    @property
    def lines(self) -> int:
        """Lines that are not empty."""
        return sum(bool(line.strip()) for line in self.source.splitlines())


def reduce_rust(source: str, fails: Fails, max_tries: int = 1_500, program: Fails | None = None) -> RustReduction:
    """The smallest program found within `max_tries` runs of `fails`, which is asked about what `program` says is one:
    without, what our compiler accepts.

    Raises:
        ValueError: `source` does not compile, or does not fail.
    """
    program = compiles if program is None else program
    if not program(source):
        raise ValueError("the program to reduce does not compile")
    if not fails(source):
        raise ValueError("the program to reduce does not fail")
    work = _Reduction(source, fails, max_tries, program)
    before = ""
    while before != work.source and work.left > 0:
        before = work.source
        work.removed_in_groups()
        work.simplified()
    return RustReduction(work.source, max_tries - work.left)


def compiles(source: str) -> bool:
    """Whether our compiler accepts the program."""
    return not check_source(source).diagnostics.has_errors


class _Reduction:
    def __init__(self, source: str, fails: Fails, tries: int, program: Fails) -> None:
        self.source = source
        self.left = tries
        self._fails, self._program = fails, program
        self._seen: set[str] = set()

    def better(self, candidate: str) -> bool:
        """Whether the candidate takes the source's place."""
        candidate = _tidied(candidate)
        if self.left <= 0 or candidate in self._seen or len(candidate) >= len(self.source):
            return False
        self._seen.add(candidate)
        if not _parses(candidate) or not self._program(candidate):
            return False
        self.left -= 1
        if not self._fails(candidate):
            return False
        self.source = candidate
        return True

    def removed_in_groups(self) -> None:
        """Items and statements, many at a time, then fewer."""
        size = max(1, len(list(removals(self.source))) // 2)
        while self.left > 0:
            position = 0
            while self.left > 0:
                units = list(removals(self.source))
                if position >= len(units):
                    break
                if not self.better(_applied(self.source, units[max(0, len(units) - position - size) :][:size])):
                    position += size
            if size == 1:
                return
            size //= 2

    def simplified(self) -> None:
        """Every edit by itself, those that take most first."""
        position = 0
        while self.left > 0:
            changes = sorted(changes_of(self.source), key=_growth)
            # What came before was refused a moment ago, and is still likely to be; the next round asks again.
            while position < len(changes) and not self.better(_applied(self.source, changes[position])):
                position += 1
            if position >= len(changes):
                return


def removals(source: str) -> list[Edit]:
    """Items and statements in the order of the text, outermost only where they nest."""
    return sorted({*_item_edits(source), *_statement_edits(source)}, key=lambda edit: (edit.start, -edit.end))


def changes_of(source: str) -> set[Change]:
    """Every change that is worth a try; most give no program."""
    found: set[Edit] = {Edit(m.start(), m.end()) for m in re.finditer(r"^\s*#!?\[[^\]\n]*\]\n", source, re.MULTILINE)}
    found.update(_item_edits(source))
    found.update(_statement_edits(source))
    nodes = list(_nodes(_tree(source)))
    for node in nodes:
        found.update(_edits_at(node, source))
    changes: set[Change] = {(edit,) for edit in found if source[edit.start : edit.end] != edit.new}
    for item in nodes:
        if isinstance(item, t.FnItem):
            changes.update(_without_parameter(item, nodes, source))
            changes.update(_called_in_place(item, nodes, source))
        elif isinstance(item, t.StructItem):
            changes.update(_without_field(item, nodes, source))
    return changes


def _growth(change: Change) -> int:
    return sum(len(edit.new) - (edit.end - edit.start) for edit in change)


def _element(source: str, span: tuple[int, int]) -> Edit:
    """An element of a list, with a comma next to it."""
    start, end = _balanced(source, *span)
    after = _past_comma(source, end)
    if after == end:
        before = re.search(r",\s*$", source[:start])
        start = before.start() if before else start
    return Edit(start, after)


def _without_parameter(function: t.FnItem, nodes: list[Any], source: str) -> Iterator[Change]:
    """A parameter goes, and with it the argument of every call of a function of that name."""
    for index, (pattern, type_) in enumerate(function.params):
        edits = [_element(source, (pattern.span[0], type_.span[1]))]
        for node in nodes:
            called = _last_name(node.callee) if isinstance(node, t.Call) else getattr(node, "name", "")
            if isinstance(node, (t.Call, t.MethodCall)) and called == function.name and len(node.args) > index:
                edits.append(_element(source, node.args[index].span))
        yield tuple(edits)


def _without_field(struct: t.StructItem, nodes: list[Any], source: str) -> Iterator[Change]:
    """A field goes, and with it its value in every literal of a struct of that name."""
    for one in struct.fields:
        edits = [_element(source, _balanced(source, one.span[0], max(one.span[1], one.ty.span[1])))]
        for node in nodes:
            if isinstance(node, t.StructLiteral) and node.path.segments[-1].name == struct.name:
                for name, value, span in node.fields:
                    if name == one.name:
                        edits.append(_element(source, (span[0], max(span[1], value.span[1]))))
        yield tuple(edits)


def _called_in_place(function: t.FnItem, nodes: list[Any], source: str) -> Iterator[Change]:
    """A call gives way to the function's body, the parameters to the arguments' text."""
    if function.body is None or function.self_param is not None:
        return
    names = [getattr(pattern, "name", "") for pattern, _ in function.params]
    for node in nodes:
        if isinstance(node, t.Call) and _last_name(node.callee) == function.name and len(node.args) == len(names):
            body = source[function.body.span[0] : function.body.span[1]]
            if not function.body.statements and function.body.tail is not None:
                body = source[slice(*_balanced(source, *function.body.tail.span))]
            for name, argument in zip(names, node.args, strict=True):
                text = source[slice(*_balanced(source, *argument.span))]
                body = text.join(re.split(rf"\b{re.escape(name)}\b(?!:)", body)) if name else body
            here = Edit(*_balanced(source, *node.span), body)
            yield (here,)
            yield here, Edit(_item_start(function, source), _item_end(function, source))


def _last_name(callee: Any) -> str:
    return callee.path.segments[-1].name if isinstance(callee, t.PathExpr) else ""


def _item_edits(source: str) -> Iterator[Edit]:
    for node in _nodes(_tree(source)):
        if isinstance(node, _ITEMS) and not (isinstance(node, t.FnItem) and node.name == "main"):
            yield Edit(_item_start(node, source), _item_end(node, source))
        elif isinstance(node, (t.VariantSyntax, t.FieldSyntax, t.Arm)):
            yield Edit(node.span[0], _past_comma(source, _balanced(source, *node.span)[1]))


def _item_start(node: t.Item, source: str) -> int:
    """Before its attributes."""
    start = min([node.span[0], *(span[0] for _, _, span in node.attributes)])
    while source[:start].rstrip().endswith(("#[", "#")):
        start = source.rfind("#", 0, start)
    public = re.search(r"\bpub(\([^)]*\))?\s*$", source[:start])
    return public.start() if public else start


def _item_end(node: t.Item, source: str) -> int:
    """After its braces: the span of an `impl` is its head."""
    end = node.span[1]
    if source[node.span[0] : end].rstrip().endswith(("}", ";")):
        return end
    opening = re.compile(r"[{;]").search(source, end)
    if opening is None or opening.group() == ";":
        return end if opening is None else opening.end()
    return _closing(source, opening.start()) + 1


def _statement_edits(source: str) -> Iterator[Edit]:
    for node in _nodes(_tree(source)):
        if isinstance(node, (t.LetStatement, t.ExprStatement)):
            yield Edit(*_balanced(source, *node.span))


def _edits_at(node: Any, source: str) -> Iterator[Edit]:
    """What may take the place of an expression, or of a part of a statement."""
    if isinstance(node, t.ExprStatement):
        for block in _blocks_in(node.expr):
            inside = source[block.span[0] + 1 : block.span[1] - 1]
            yield Edit(*_balanced(source, *node.span), inside)
    elif isinstance(node, t.LetStatement):
        yield from _inlined(node, source)
        if node.annotation is not None and node.value is not None:
            yield Edit(_balanced(source, *node.pattern.span)[1], _before_equals(source, node.annotation.span[1]))
    elif isinstance(node, t.Expr):
        start, end = _balanced(source, *node.span)
        for child in _children(node):
            if isinstance(child, t.Expr):
                low, high = _balanced(source, *child.span)
                if start <= low and high <= end:
                    yield Edit(start, end, source[low:high])
            if isinstance(child, t.Arm) and isinstance(child.body, t.Expr):
                yield Edit(start, end, source[slice(*_balanced(source, *child.body.span))])
        for receiver in _receivers(node):
            yield Edit(start, end, source[slice(*_balanced(source, *receiver.span))])
        if isinstance(node, t.Block) and node.tail is not None:
            yield Edit(*_balanced(source, *node.tail.span))
        if end - start > 1 and not isinstance(node, t.Block):
            for literal in LITERALS:
                yield Edit(start, end, literal)
        if isinstance(node, t.If) and node.otherwise is not None:
            yield Edit(node.then.span[1], node.otherwise.span[1])
        if isinstance(node, t.Format) and node.args:
            head = source[start : source.index("(", start) + 1]
            yield Edit(start, end, f'{head}"")')
            for one in node.args:
                yield Edit(start, end, f'{head}"{{}}", {source[slice(*_balanced(source, *one.span))]})')
        if isinstance(node, (t.Array, t.Tuple)):
            for one in node.elements:
                yield Edit(one.span[0], _past_comma(source, _balanced(source, *one.span)[1]))
        if source[start - 1 : start] == "(" and source[end : end + 1] == ")":
            yield Edit(start - 1, end + 1, source[start:end])


def _receivers(node: t.Expr) -> Iterator[t.Expr]:
    """What stands at the left of a chain of calls and fields, from the second step on: `a` of `a.b.c()`."""
    steps = 0
    while isinstance(node, (t.MethodCall, t.Field)):
        node = node.receiver if isinstance(node, t.MethodCall) else node.base
        steps += 1
        if steps > 1:
            yield node


def _inlined(node: t.LetStatement, source: str) -> Iterator[Edit]:
    """The value takes the place of the variable's uses, of which there are few; the statement goes."""
    if not isinstance(node.pattern, t.BindingPattern) or node.value is None:
        return
    start, end = _balanced(source, *node.span)
    value = source[slice(*_balanced(source, *node.value.span))]
    for most in (1, 3):
        rest, uses = re.subn(rf"\b{re.escape(node.pattern.name)}\b", lambda _: value, source[end:], count=most)
        if uses:
            yield Edit(start, len(source), rest)


def _blocks_in(expr: Any) -> Iterator[t.Block]:
    if isinstance(expr, t.Block):
        yield expr
    for child in _children(expr):
        if isinstance(child, t.Block):
            yield child
        elif isinstance(child, t.Arm) and isinstance(child.body, t.Block):
            yield child.body


# -- The tree and the text


def _tree(source: str) -> list[Any]:
    """The items; none where the text does not parse, which `check_source` will say."""
    sources = SourceMap()
    base = sources.add("main.rs", source).base
    items = parse(source, base, Diagnostics(sources))
    if base:
        raise AssertionError(f"the first file begins at {base}, not at 0")
    return items


def _parses(source: str) -> bool:
    sources = SourceMap()
    diagnostics = Diagnostics(sources)
    parse(source, sources.add("main.rs", source).base, diagnostics)
    return not diagnostics.has_errors


def _nodes(items: list[Any]) -> Iterator[Any]:
    stack = list(reversed(items))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(_children(node))))


def _children(node: Any) -> Iterator[Any]:
    """The nodes directly below, in the order of the text."""
    if is_dataclass(node):
        for one in fields(node):
            if one.name not in _NOT_CHILDREN:
                yield from _within(getattr(node, one.name, None))


def _within(value: Any) -> Iterator[Any]:
    if isinstance(value, t.Node):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _within(one)


def _applied(source: str, edits: Sequence[Edit]) -> str:
    """The source after `edits`; those inside another one are left out."""
    parts, place = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start >= place:
            parts += [source[place : edit.start], edit.new]
            place = edit.end
    return "".join([*parts, source[place:]])


def _tidied(source: str) -> str:
    """Without empty lines and doubled spaces at the ends of lines; `{` and `}` that hold nothing meet."""
    text = re.sub(r"\{\s+\}", "{}", source)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip() not in ("", ";"))


def _balanced(source: str, start: int, end: int) -> tuple[int, int]:
    """The span, widened until its brackets match: spans do not hold the parentheses around an expression's first and
    last parts. Brackets in texts and characters are counted as well; the worst that comes of it is a refused edit."""
    depth = lowest = 0
    for character in source[start:end]:
        depth += (character in "([{") - (character in ")]}")
        lowest = min(lowest, depth)
    while lowest < 0 and start > 0:
        start -= 1
        if source[start] in "([{":
            lowest += 1
            depth += 1
    while depth > 0 and end < len(source):
        if source[end] in ")]}":
            depth -= 1
        end += 1
    return start, end


def _closing(source: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(source)):
        depth += (source[place] in "([{") - (source[place] in ")]}")
        if depth == 0:
            return place
    return len(source) - 1


def _past_comma(source: str, end: int) -> int:
    found = re.compile(r"\s*,").match(source, end)
    return found.end() if found else end


def _before_equals(source: str, end: int) -> int:
    found = re.compile(r"\s*(?==)").search(source, end)
    return found.start() if found else end
