"""Bodies of functions whose types are right, and of which nobody knows whether their moves and borrows are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

from fuzz.strategies.rust.erased_types import (
    STRUCTS,
    Type,
    coerced,
    concrete,
    has,
    inferred,
    is_variable,
    owned,
    parse,
    sized,
    substituted,
    unified,
    variables_in,
)
from fuzz.strategies.rust.ownership_rules import ACTIONS, RULES, Need, Rule

UNIT: Final = Type("()")
_SMALL: Final = tuple(parse(one) for one in ("String", "&String", "i32", "&mut String", "View", "Vec<String>"))
_DEREFERENCED: Final = frozenset(("&", "&mut", "Box"))


@dataclass
class Variable:
    """A local variable or parameter. `gone`: it was moved out of somewhere above."""

    name: str
    type: Type
    mutable: bool
    gone: bool = False


@dataclass(frozen=True)
class Place:
    """A variable or a part of what it holds or leads to. `movable`: a value may be moved out of it; `lasting`: a
    reference leads to it, so that it may outlive the function."""

    text: str
    type: Type
    mutable: bool
    movable: bool
    root: Variable
    lasting: bool = False


@dataclass
class Body:
    """The body being written.

    Attributes:
        care: from 0 to 1, how often what is surely wrong is left out (moved values, constants written to).
        result: what `return` takes; None where nothing may return.
        own: the fields of `Self`.
        rules: expressions that only this function has: of its parameters and closures.
    """

    random: Random
    care: float
    result: Type | None
    own: Mapping[str, Type] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    scopes: list[list[Variable]] = field(default_factory=lambda: [[]])
    lines: list[str] = field(default_factory=list)
    depth: int = 2
    names: int = 0
    loops: int = 0
    returned: bool = False
    """What is being written leaves the function."""

    def fresh(self, stem: str = "v") -> str:
        self.names += 1
        return f"{stem}{self.names}"

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def declare(self, name: str, type_: Type, mutable: bool) -> None:
        self.scopes[-1].append(Variable(name, type_, mutable))

    @contextmanager
    def scope(self, *variables: tuple[str, Type, bool]) -> Iterator[None]:
        self.scopes.append([])
        rules = len(self.rules)
        for one in variables:
            self.declare(*one)
        yield
        self.scopes.pop()
        del self.rules[rules:]

    # -- Places

    def places(self) -> list[Place]:
        """Every place within three steps of a variable."""
        found: list[Place] = []
        for scope in self.scopes:
            for one in scope:
                if one.gone and self.random.random() < self.care:
                    continue
                level = [Place(one.name, one.type, one.mutable, True, one)]
                for _ in range(3):
                    found += level
                    level = [part for place in level for part in self._parts(place)]
        return found

    def _parts(self, place: Place) -> Iterator[Place]:
        head, args = place.type.head, place.type.args
        base = place.text.removeprefix("(*").removesuffix(")") if place.text.startswith("(*") else place.text
        if head in _DEREFERENCED:
            mutable = head == "&mut" or (head == "Box" and place.mutable)
            movable, lasting = head == "Box" and place.movable, head != "Box" or place.lasting
            yield Place(f"(*{place.text})", args[0], mutable, movable, place.root, lasting)
        elif head == "()":
            for number, one in enumerate(args):
                yield Place(f"{base}.{number}", one, place.mutable, place.movable, place.root, place.lasting)
        elif head == "Self" or head in STRUCTS:
            fields = self.own.items() if head == "Self" else STRUCTS[head].fields
            for name, type_ in fields:
                movable = place.movable and not has(place.type, "Drop")
                yield Place(f"{base}.{name}", type_, place.mutable, movable, place.root, place.lasting)
        elif head in ("Vec", "[]"):
            yield Place(f"{base}[{self.random.randrange(2)}]", args[0], place.mutable, False, place.root, place.lasting)

    def _of(
        self, pattern: Type, known: Mapping[str, Type], mutable: bool = False
    ) -> list[tuple[Place, dict[str, Type]]]:
        careful = self.random.random() < max(self.care, 0.9)
        lasting = self.returned and self.random.random() < self.care
        found = []
        for place in self.places():
            if lasting and not place.lasting:
                continue
            bound = unified(pattern, place.type, known)
            if bound is not None and (place.mutable or not mutable or not careful):
                found.append((place, bound))
        return found

    # -- Expressions

    def value(self, type_: Type, depth: int) -> str:
        """An expression of the type."""
        random = self.random
        if random.random() < 0.55 or depth <= 0:
            text = self._moved_or_copied(type_)
            if text:
                return text
        if depth <= 0:
            return self._least(type_)
        if type_.head in ("BoxFn", "ImplFn", "BoxMap") and random.random() < 0.7:
            return self._closure(type_, depth)
        if concrete(type_) and random.random() < 0.12:
            return self._compound(type_, depth)
        literal = self._literal(type_, depth)
        if literal and random.random() < 0.5:
            return literal
        special: list[tuple[Rule, dict[str, Type]]] = []
        general: list[tuple[Rule, dict[str, Type]]] = []
        for one in (*RULES, *self.rules):
            bound = unified(one.result, type_, {})
            if bound is not None and (concrete(type_) or not is_variable(one.result)):
                (general if is_variable(one.result) else special).append((one, bound))
        for _ in range(4):
            if not special and not general:
                break
            chosen = special if special and (not general or random.random() < 0.75) else general
            one, bound = random.choice(chosen)
            if one.text in ("&{0}", "&mut {0}") and not one.needs[0].place and random.random() < self.care * 0.8:
                continue
            text = self.applied(one, bound, depth)
            if text:
                return text
        return self._least(type_)

    def _moved_or_copied(self, type_: Type) -> str:
        copied = has(type_, "Copy")
        strict = self.random.random() < 0.97
        found = [one for one in self.places() if one.type == type_ and (copied or one.movable or not strict)]
        if not found:
            return ""
        place = self.random.choice(found)
        if not copied:
            place.root.gone = True
        return place.text

    def _least(self, type_: Type) -> str:
        """The simplest expression of the type, of what is there in no case."""
        head = type_.head
        if head == "Iter":
            return f"make::<Vec<{inferred(type_.args[0])}>>().into_iter()"
        if head == "BoxFn":
            return f"(Box::new(|| {self._least(type_.args[0])}) as {inferred(type_)})"
        if head == "ImplFn":
            return f"|| {self._least(type_.args[0])}"
        if head == "&" and sized(type_.args[0]) and self.random.random() > max(self.care, 0.8):
            return f"&{self._least(type_.args[0])}"
        return {"i32": "3", "String": "String::new()"}.get(head, f"make::<{inferred(type_)}>()")

    def _closure(self, type_: Type, depth: int) -> str:
        move = self.random.choice(("", "move "))
        if type_.head == "BoxMap":
            name = self.fresh("w")
            with self.scope((name, parse("&String"), False)):
                inside = self._inside(parse("&String"), depth)
            return f"(Box::new({move}|{name}| {inside}) as Box<dyn Fn(&String) -> &String + '_>)"
        inside = self._inside(type_.args[0], depth)
        if type_.head == "ImplFn":
            return f"{move}|| {inside}"
        return f"(Box::new({move}|| {inside}) as {inferred(type_)})"

    def _inside(self, type_: Type, depth: int) -> str:
        """The body of a closure."""
        with self._closed():
            return self.value(type_, depth - 1)

    def _compound(self, type_: Type, depth: int) -> str:
        which = self.random.randrange(4)
        if which == 0:
            return f"(if cond() {{ {self.value(type_, depth - 1)} }} else {{ {self.value(type_, depth - 1)} }})"
        if which == 1:
            inner, name = self.some_type(), self.fresh()
            first = self.value(inner, depth - 1)
            said = f": {inferred(inner)}" if coerced(inner) else ""
            with self.scope((name, inner, True)):
                return f"({{ let mut {name}{said} = {first}; {self.value(type_, depth - 1)} }})"
        inner = self.some_type()
        scrutinee = self.scrutinee(inner, depth)
        name = self.fresh()
        with self.scope((name, scrutinee[1], False)):
            first = self.value(type_, depth - 1)
        otherwise = (self.leaving(depth) if which == 2 else "") or self.value(type_, depth - 1)
        return f"(match {scrutinee[0]} {{ Some({name}) => {first}, None => {otherwise} }})"

    def scrutinee(self, inner: Type, depth: int) -> tuple[str, Type]:
        """An expression of an option to match, and what `Some(name)` binds."""
        options = self._of(Type("Option", (Type("A"),)), {})
        if options and self.random.random() < 0.7:
            place, known = self.random.choice(options)
            inner = known["A"]
            mark = self.random.choice(("", "&", "&mut "))
            if mark == "" and not has(inner, "Copy"):
                if not place.movable and self.random.random() < 0.95:
                    mark = "&"
                else:
                    place.root.gone = True
            if mark == "&mut " and not place.mutable and self.random.random() < self.care:
                mark = "&"
            return mark + place.text, Type(mark.strip(), (inner,)) if mark else inner
        return self.value(Type("Option", (inner,)), depth - 1), inner

    def _literal(self, type_: Type, depth: int) -> str:
        """A struct with its fields, or what is left of another."""
        struct = STRUCTS.get(type_.head)
        if struct is None:
            return ""
        names = list(struct.fields)
        rest = ""
        if len(names) > 1 and self.random.random() < 0.15:
            whole = self._of(type_, {})
            if whole:
                rest = f", ..{self.random.choice(whole)[0].text}"
                names = [self.random.choice(names)]
        fields = ", ".join(f"{name}: {self.value(one, depth - 1)}" for name, one in names)
        return f"({struct.name} {{ {fields}{rest} }})"

    def some_type(self) -> Type:
        """A type that a variable may have, often one that there is."""
        if self.random.random() < 0.7:
            types = {
                one.type for one in self.places() if sized(one.type) and concrete(one.type) and not _self(one.type)
            }
            if types:
                found = self.random.choice(sorted(types, key=str))
                wrapped = self.random.random()
                if wrapped < 0.25:
                    return Type("&", (found,))
                if wrapped < 0.45:
                    return Type("&mut", (found,))
                return Type("Option", (found,)) if wrapped < 0.52 else found
        small = self.random.choice(_SMALL)
        if self.random.random() < 0.3:
            result = self.random.choice(RULES).result
            made = substituted(result, {name: self.random.choice(_SMALL) for name in variables_in(result)})
            return made if concrete(made) and sized(made) else small
        return small

    def applied(self, one: Rule, known: dict[str, Type], depth: int) -> str:
        """The rule's text with what it needs; "" where it cannot be had."""
        if "|" in one.text:
            with self._closed():
                return self._applied(one, known, depth)
        return self._applied(one, known, depth)

    @contextmanager
    def _closed(self) -> Iterator[None]:
        """Inside a closure, which cannot return from the function nor leave its loops."""
        kept, loops, self.result, self.loops = self.result, self.loops, None, 0
        yield
        self.result, self.loops = kept, loops

    def _applied(self, one: Rule, known: dict[str, Type], depth: int) -> str:
        bound, parts, name = known, [], self.fresh("w")
        for number, need in enumerate(one.needs):
            binds = one.binds is not None and number == len(one.needs) - 1
            with self.scope(*(((name, one.binds, False),) if binds and one.binds else ())):
                made = self._needed(need, bound, depth, f"{{{number}}} =" in one.text)
            if made is None:
                return ""
            text, bound = made
            held = {v for pattern in (one.result, *(need.type for need in one.needs)) for v in owned(pattern)} & set(
                bound
            )
            if any(not sized(bound[v]) for v in held):
                return ""
            if any(not concrete(one) for one in bound.values()) and len(one.needs) > 1:
                return ""
            if any(v in bound and not has(bound[v], trait) for v, trait in one.bounds):
                return ""
            parts.append(_wrapped(text))
        return one.text.format(*parts, w=name, **{v: inferred(type_) for v, type_ in bound.items()})

    def _needed(
        self, need: Need, known: dict[str, Type], depth: int, assigned: bool
    ) -> tuple[str, dict[str, Type]] | None:
        pattern = substituted(need.type, known)
        found = self._of(pattern, known, need.mutable)
        if need.place:
            # What fits exactly and is no part of anything stands in few rules otherwise.
            if found and (depth <= 1 or self.random.random() < 0.85):
                place, bound = self.random.choice(found)
                return place.text, bound
            if assigned:
                return None
        bound = known
        if any(True for _ in variables_in(pattern)):
            usable = [one for _, one in found if all(sized(v) and concrete(v) and not _self(v) for v in one.values())]
            if usable and self.random.random() < 0.8:
                bound = self.random.choice(usable)
            else:
                bound = {**known, **{name: self.some_type() for name in variables_in(pattern)}}
        type_ = substituted(pattern, bound)
        if not sized(type_) or (type_.head != "Iter" and not concrete(type_)):
            return None
        if need.place and concrete(type_) and self.random.random() < max(self.care, 0.9):
            return f"(*{self.value(Type('&mut', (type_,)), depth - 1)})", bound
        return self.value(type_, depth - 1), bound

    def leaving(self, depth: int) -> str:
        """`return`, `break` or `continue`, whichever is possible here; "" where none is."""
        if self.loops and (self.result is None or self.random.random() < 0.6):
            return self.random.choice(("break", "break", "continue"))
        if self.result is None or not concrete(self.result):
            return ""
        if self.result == UNIT:
            return "return"
        return f"return {self.last(self.result, depth - 1)}"

    def last(self, type_: Type, depth: int) -> str:
        """A value that leaves the function."""
        self.returned = True
        text = self.value(type_, depth)
        self.returned = False
        return text

    # -- Statements

    def action(self, depth: int) -> None:
        """A call whose result nobody takes."""
        own = list(self.rules)
        for _ in range(4):
            one = self.random.choice(own) if own and self.random.random() < 0.25 else self.random.choice(ACTIONS)
            text = self.applied(one, {}, depth)
            if text:
                self.line(f"{text};")
                return


def _self(type_: Type) -> bool:
    """Whether it is `Self`, which only `self` leads to."""
    return type_.head == "Self" or any(_self(one) for one in type_.args)


def _wrapped(text: str) -> str:
    """In parentheses where an operator might take it apart."""
    plain = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    tight = not text.startswith(("&", "*", "|", "move")) and not any(one in text for one in (" + ", " as ", " = "))
    return text if plain or tight else f"({text})"


def chosen(random: Random, weighted: Sequence[tuple[int, str]]) -> str:
    return random.choices([name for _, name in weighted], [weight for weight, _ in weighted])[0]
