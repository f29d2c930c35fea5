"""Functions full of lifetimes, moves and borrows whose validity nobody knows beforehand: a judge is to say.

What a function would be without lifetimes is right by construction (`erased_types`, `ownership_rules`); lifetimes in
signatures, their bounds, what is moved and what is lent are drawn. Of a seed there is one function with what it needs,
in a module of its own, so that a crate holds many and what is said of each can be told apart by its lines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from fuzz.strategies.rust.erased_types import Type, lifetimes_in, parse, written
from fuzz.strategies.rust.generate import ALLOW
from fuzz.strategies.rust.ownership_bodies import UNIT, Body
from fuzz.strategies.rust.ownership_rules import ITEMS, Need, Rule, rule
from fuzz.strategies.rust.ownership_statements import DEPTH, statements

POOL: Final = tuple(
    parse(one)
    for one in (
        "String", "&String", "&String", "&mut String", "&mut String", "View", "Edit", "Vec<String>", "Vec<&String>",
        "&mut Vec<&String>", "&[String]", "&mut [String]", "&[&String]", "Option<&mut String>", "&mut View",
        "&mut Edit", "Both", "Deep", "&mut Deep", "Guard", "Watch", "Inv", "&Inv", "Sink", "&mut Sink", "Wrap",
        "&mut Wrap", "Box<String>", "Box<&mut String>", "Pair", "&Pair", "&mut Pair", "&mut Pair", "Loud",
        "(String, &String)", "(&mut String, &mut String)", "Cell<&String>", "&Cell<&String>", "RefCell<String>",
        "&RefCell<Vec<&String>>",
        "BoxLook", "&dyn Look", "BoxFn<&String>", "BoxFn<String>", "BoxMap", "&BoxMap", "TakesRef", "Take", "Chain",
        "&mut Chain", "&mut Option<Box<Chain>>", "Option<String>", "&mut Option<&mut Pair>", "i32", "&i32", "&mut i32",
        "&&String", "&mut &String", "&mut &mut String", "&&mut String", "Vec<Edit>", "Option<View>", "Vec<&mut Pair>",
        "&View", "&Edit", "&mut Option<String>", "Option<Box<Chain>>", "&mut Vec<String>", "&Vec<View>",
    )
)  # fmt: skip
"""Types of parameters, fields and results."""
_RESULTS: Final = tuple(
    parse(one) for one in ("Iter<&String>", "Iter<&mut String>", "ImplFn<&String>", "ImplFn<String>")
)
_SELF: Final = Type("Self")


@dataclass(frozen=True)
class Unit:
    """The function of one seed, with the items of its own.

    Attributes:
        text: items, which may stand in a module beside others or in a file by themselves, after `ITEMS`.
    """

    seed: int
    text: str

    @property
    def alone(self) -> str:
        """A crate of it alone."""
        return f"{ALLOW}{ITEMS}{self.text}fn main() {{}}\n"


def generate_unit(seed: int) -> Unit:
    """The function of a seed; the same of the same seed."""
    return Unit(seed, _Unit(Random(seed)).text())


def gather_units(units: Sequence[Unit]) -> tuple[str, Mapping[int, range]]:
    """A crate of them, and the lines (from 1) of each by its seed."""
    text = f"{ALLOW}{ITEMS}"
    lines: dict[int, range] = {}
    for one in units:
        module = f"mod unit{one.seed} {{\nuse super::*;\n{one.text}}}\n"
        first = text.count("\n") + 1
        text += module
        lines[one.seed] = range(first, first + module.count("\n"))
    return f"{text}fn main() {{}}\n", lines


@dataclass
class _Signature:
    """A function's head, and what its body has."""

    text: str
    parameters: list[tuple[str, Type, bool]]
    result: Type
    rules: list[Rule]
    call: Rule | None


class _Unit:
    """Writes the items of one seed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._care = random.choice((0.8, 0.95, 1.0))

    def text(self) -> str:
        """Items around one function."""
        random = self._random
        shared: list[Rule] = []
        found: list[str] = []
        for number in range(random.choice((0, 1, 1, 2))):
            head = self._signature(f"aid{number}", callable_=True)
            found.append(self._function(head, shared, random.randint(0, 2)))
            if head.call:
                shared.append(head.call)
        kind = random.randrange(5)
        if kind == 0:
            found.append(self._methods(shared))
        elif kind == 1:
            found.append(self._implemented(shared))
        else:
            found.append(self._function(self._signature("main_part"), shared, random.randint(1, 5)))
        return "".join(found)

    # -- Signatures

    def _lifetimes(self) -> list[str]:
        return ["'a", "'b", "'c"][: self._random.choice((0, 1, 1, 2, 2, 3))]

    def _bounded(self, names: list[str], outer: Sequence[str] = ()) -> list[str]:
        """The lifetimes as parameters, some with a bound."""
        known = [*outer, *names]
        return [
            f"{one}: {self._random.choice([o for o in known if o != one])}"
            if len(known) > 1 and self._random.random() < 0.3
            else one
            for one in names
        ]

    def _any(self, names: Sequence[str], elided: float = 0.3) -> str:
        drawn = self._random.random()
        if drawn < 0.03:
            return "'static"
        return "" if not names or drawn < elided else self._random.choice(names)

    def _signature(
        self,
        name: str,
        callable_: bool = False,
        outer: Sequence[str] = (),
        self_type: Type | None = None,
        method: str = "",
    ) -> _Signature:
        """The head of a function. `callable_`: only with parameters that a call has values for."""
        random = self._random
        own = self._lifetimes()
        generics, rules, parameters, parts = (
            self._bounded(own, outer),
            list[Rule](),
            list[tuple[str, Type, bool]](),
            list[str](),
        )
        names = [*outer, *own]
        where: list[str] = []
        elided = 0
        if self_type is not None:
            mark = random.choice(("", "&", "&", "&mut", "&mut"))
            lifetime = self._any(names, 0.7) if mark else ""
            mutable = not mark and random.random() < 0.6
            said = "mut self" if mutable else f"{mark[:1]}{lifetime}{' ' if mark else ''}{mark[1:]} self".strip()
            parts.append(said)
            parameters.append(("self", Type(mark, (_SELF,)) if mark else _SELF, mutable))
        pool = list(POOL)
        if not callable_ and random.random() < 0.35:
            self._generic(names, generics, rules, pool, where)
        types = [random.choice(pool) for _ in range(random.randint(1, 3) + (self_type is None))]
        if not callable_ and len(pool) > len(POOL):
            types[0] = random.choice(pool[len(POOL) :])
        for number, type_ in enumerate(types):
            mutable = random.random() < 0.6
            before = elided

            def lifetime_of_parameter() -> str:
                nonlocal elided
                found = self._any(names)
                elided += 2 if found else 1  # any that is named leaves no single one to take
                return found

            said = written(type_, lifetime_of_parameter)
            elided = before if type_.head == "TakesRef" and elided == before + 1 else elided
            parts.append(f"{'mut ' if mutable else ''}p{number}: {said}")
            parameters.append((f"p{number}", type_, mutable))
        if not callable_ and random.random() < 0.25:
            said, made = self._callable(names)
            parts.append(f"mut call: {said}")
            rules.append(made)
        result = UNIT if random.random() < 0.3 else random.choice(pool)
        if random.random() < 0.12 and not callable_ and not method:
            result = random.choice(_RESULTS)
        if lifetimes_in(result) and not names and (self_type is None or parameters[0][1] == _SELF) and elided != 1:
            result = UNIT if random.random() < 0.3 else parse("String")
        may_elide = elided == 1 if self_type is None else parameters[0][1] != _SELF
        given = written(result, lambda: self._result_lifetime(names, may_elide))
        head = f"fn {name}{_angles(generics)}({', '.join(parts)})"
        head += "" if result == UNIT else f" -> {given}"
        head += f" where {', '.join(where)}" if where else ""
        call = None
        if callable_:
            slots = ", ".join("{" + str(number) + "}" for number in range(len(types)))
            call = Rule(f"{name}({slots})", result, tuple(Need(one) for one in types))
        return _Signature(head, parameters, result, rules, call)

    def _result_lifetime(self, names: Sequence[str], may_elide: bool) -> str:
        if may_elide and (not names or self._random.random() < 0.4):
            return ""
        return self._random.choice(names) if names and self._random.random() > 0.03 else "'static"

    def _generic(
        self, names: Sequence[str], generics: list[str], rules: list[Rule], pool: list[Type], where: list[str]
    ) -> None:
        """A type parameter, with what its bounds allow."""
        random = self._random
        lifetime = random.choice(names) if names else "'static"
        kind = random.randrange(4)
        if kind == 0:
            bounds = ["Look"]
            rules += [rule("{0}.look()", "&String", "@T"), rule("boxed({0})", "BoxLook", "T")]
            rules += [rule("(Box::new({0}) as Box<dyn Look + '_>)", "BoxLook", "T")]
            rules += [
                rule("({0} as &dyn Look)", "&dyn Look", "&T"),
                rule("{0}.choose({1})", "&String", "@T", "&String"),
            ]
            if random.random() < 0.4:
                bounds.append("Clone")
                rules.append(rule("{0}.clone()", "T", "@T"))
            pool += [parse(one) for one in ("T", "T", "&T", "&mut T", "Vec<T>", "Option<&T>")]
        elif kind == 1:
            chosen = random.choice(
                (f"Lend<{lifetime}, Out = &{lifetime} mut String>", "for<'x> Lend<'x, Out = &'x mut String>")
            )
            bounds = [chosen]
            rules.append(rule("{0}.lend()", "&mut String", "@mut T"))
            pool += [parse(one) for one in ("T", "&mut T")]
        elif kind == 2:
            bounds = [f"Source<Item = &{lifetime} String>"]
            rules += [
                rule("{0}.next_of()", "Option<&String>", "@mut T"),
                rule("pull({0})", "Option<&String>", "&mut T"),
            ]
            pool += [parse(one) for one in ("T", "&mut T")]
        else:
            bounds = [f"Iterator<Item = &{lifetime} String>"]
            rules += [rule("{0}.next()", "Option<&String>", "@mut T")]
            rules += [rule("{0}.by_ref().collect::<Vec<_>>()", "Vec<&String>", "@mut T")]
            pool += [parse(one) for one in ("T", "&mut T")]
        if random.random() < 0.4:
            bounds.append(lifetime)
        if random.random() < 0.5:
            generics.append(f"T: {' + '.join(bounds)}")
        else:
            generics.append("T")
            where.append(f"T: {' + '.join(bounds)}")

    def _callable(self, names: Sequence[str]) -> tuple[str, Rule]:
        """A parameter that is called."""
        a = f"{self._random.choice(names)} " if names else ""
        kind = self._random.choice(("Fn", "FnMut", "FnOnce"))
        choices = (
            (f"impl {kind}(&String) -> &String", rule("call({0})", "&String", "&String")),
            (f"impl {kind}(&{a}String)", rule("call({0})", "()", "&String")),
            (f"impl {kind}(&{a}mut String)", rule("call({0})", "()", "&mut String")),
            (
                f"impl {kind}(&{a}mut String, String) -> &{a}String",
                rule("call({0}, {1})", "&String", "&mut String", "String"),
            ),
            (f"impl {kind}() -> &{a or chr(39) + 'static '}String", rule("call()", "&String")),
            (f"impl {kind}(&mut View)", rule("call({0})", "()", "&mut View")),
        )
        return self._random.choice(choices)

    # -- Items

    def _function(
        self,
        head: _Signature,
        shared: Sequence[Rule],
        count: int,
        own: Mapping[str, Type] | None = None,
        mark: str = "pub ",
    ) -> str:
        body = Body(self._random, self._care, head.result, own or {}, [*shared, *head.rules])
        body.depth = 1
        body.scopes[-1] = []
        for one in head.parameters:
            body.declare(*one)
        statements(body, count, 2)
        if head.result != UNIT:
            body.line(body.last(head.result, DEPTH))
        inside = "".join(f"{line}\n" for line in body.lines)
        return f"{mark}{head.text} {{\n{inside}}}\n"

    def _own(self) -> tuple[str, str, list[str], dict[str, Type]]:
        """A struct with lifetimes: its item, the head of its impl (after `impl`), the lifetimes and the fields."""
        random = self._random
        names = ["'s", "'t"][: random.choice((1, 1, 2))]
        types = [parse("&String"), *(random.choice(POOL) for _ in range(random.randint(1, 2)))]
        if len(names) > 1:
            types.append(parse("&mut String"))
        order = iter(names)

        def lifetime() -> str:
            return next(order, "") or random.choice(names)

        said = {}
        # The lifetimes come first where there is one place each, so that none is unused.
        for number, type_ in enumerate([types[0], *types[:0:-1]]):
            said[f"g{number}"] = (written(type_, lifetime), type_)
        inside = ", ".join(f"pub {name}: {text}" for name, (text, _) in said.items())
        bounded = self._bounded(names) if random.random() < 0.5 else names
        item = f"pub struct Own<{', '.join(bounded)}> {{ {inside} }}\n"
        return item, f"<{', '.join(bounded)}> ", names, {name: type_ for name, (_, type_) in said.items()}

    def _methods(self, shared: Sequence[Rule]) -> str:
        item, generics, names, fields = self._own()
        found = [item, f"impl{generics}Own<{', '.join(names)}> {{\n"]
        for number in range(self._random.randint(1, 2)):
            head = self._signature(f"method{number}", outer=names, self_type=_SELF, method="inherent")
            found.append(self._function(head, shared, self._random.randint(0, 4), fields))
        return "".join([*found, "}\n"])

    def _implemented(self, shared: Sequence[Rule]) -> str:
        """A trait, and an impl whose method has the same types and, perhaps, other lifetimes."""
        item, generics, names, fields = self._own()
        state = self._random.getstate()
        head = self._signature("method", outer=["'r"], self_type=_SELF, method="trait")
        if self._random.random() < 0.5:
            after = self._random.getstate()
            self._random.setstate(state)
            again = self._signature("method", outer=["'r"], self_type=_SELF, method="trait")
            self._random.setstate(after)
        else:
            again = self._renamed(head)
        function = self._function(again, shared, self._random.randint(0, 3), fields, "")
        bound = self._random.choice(("", "", f": {names[0]}"))
        outer = f"<'r{bound}, {generics.strip()[1:]} "
        declared = re.sub(r"\bmut (\w+:)", r"\1", head.text).replace("(mut self", "(self")
        trait = f"pub trait Does<'r> {{\n{declared};\n}}\n"
        return f"{item}{trait}impl{outer}Does<'r> for Own<{', '.join(names)}> {{\n{function}}}\n"

    def _renamed(self, head: _Signature) -> _Signature:
        """The same head with one lifetime of its types changed for another."""
        generics, _, rest = head.text.partition("(")
        used = [
            one
            for one in ("'a", "'b", "'c", "'r", "'static")
            if one == "'static" or one in head.text.partition("(")[0] or one == "'r"
        ]
        places = [at for at in range(len(rest)) if any(rest.startswith(one, at) for one in used)]
        if not places:
            return head
        at = self._random.choice(places)
        old = next(one for one in used if rest.startswith(one, at))
        text = f"{generics}({rest[:at]}{self._random.choice(used)}{rest[at + len(old) :]}"
        return _Signature(text, head.parameters, head.result, head.rules, head.call)


def _angles(parts: Sequence[str]) -> str:
    return f"<{', '.join(parts)}>" if parts else ""
