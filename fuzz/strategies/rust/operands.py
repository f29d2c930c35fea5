"""Operands that change what stands left of them, in every position where the language has operands.

An expression is drawn together with its meaning (`operand_terms.py`), so its value is known. What may be read and
written where is what rustc allows: a variable that a closure or a `&mut` operand holds is left alone until the call,
one that a receiver lends in two phases is read only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from fuzz.strategies.rust.operand_places import (
    CALL_MOST,
    DECLARED,
    LENDABLE,
    SHOWN,
    STEP_MOST,
    STEPS,
    Access,
    Places,
    first_values,
    nudge,
    weigh,
    weight,
)
from fuzz.strategies.rust.operand_terms import (
    COMPOUND,
    OPERATORS,
    ORDERS,
    PLACE_MOST,
    WIDE,
    State,
    Term,
    assigned,
    binary,
    bound,
    called,
    compound,
    copied,
    either,
    fitted,
    labelled,
    lazy,
    leaves,
    ordered,
    owned,
    read,
    term,
    then,
    written,
)
from fuzz.strategies.rust.scene import Scene
from fuzz.strategies.wasm.choices import ChoiceSequence


class Operands(Places):
    """Draws expressions."""

    def __init__(self, draw: ChoiceSequence, names: Mapping[str, str]) -> None:
        super().__init__(draw, names)
        self._forms: Final[list[tuple[int, Callable[[Access, int], Term]]]] = [
            (6, self._effect), (5, self._operator), (3, self._weighed), (3, self._gathered), (2, self._packed),
            (3, self._lent), (2, self._method), (2, self._pushed), (2, self._stepped), (3, self._closure),
            (2, self._chosen), (2, self._matched), (2, self._left), (2, self._coins), (2, self._texts),
            (1, self._boxes), (2, self._told), (1, self._alias), (1, self._destructured), (1, self._cell),
        ]  # fmt: skip

    def number(self, access: Access, depth: int) -> Term:
        """An expression of type i32."""
        if depth <= 0:
            return self.leaf(access)
        choice = self.draw.below(5)
        if choice == 0:
            return self.leaf(access)
        return self.draw.weighted(self._forms)(access, depth - 1)

    # -- Forms

    def _effect(self, access: Access, depth: int, among: frozenset[str] = frozenset(DECLARED)) -> Term:
        """A block that assigns to one of these, and gives what it assigned or something else."""
        target = self.place(access, depth, lambda root: root in among and access.writes(root))
        if target is None:
            return self.leaf(access)
        choice = self.draw.below(4)
        value = self.number(access, depth)
        if choice == 3:
            text, run, value = compound(self.draw.pick(COMPOUND), target, value)
        else:
            text, run, value = assigned(target, value)
        plain = not target.inner
        last = read(target) if plain and choice != 2 else self.leaf(access)
        return written(then([(text, run)], last, [target, value]), target.root)

    def _operator(self, access: Access, depth: int) -> Term:
        left = self.number(access, depth)
        right = self.number(access, depth)
        choice = self.draw.below(8)
        if choice < 5:
            return binary(self.draw.pick(OPERATORS), left, right)
        name, apply = self.draw.pick(_METHODS)
        text = f"{{}}.{name}({{}})"
        left = replace(left, text=f"{left.text}i32") if left.text.isdigit() else left
        if left.text.startswith(("{", "if")):
            left = replace(left, text=f"({left.text})")
        return called(text, apply, max(left.most, right.most), left, right)

    def _three(self, access: Access, depth: int) -> list[Term]:
        return [fitted(self.number(access, depth - (at == 2)), WIDE) for at in range(3)]

    def _weighed(self, access: Access, depth: int) -> Term:
        return called("weigh({}, {}, {})", weigh, CALL_MOST, *self._three(access, depth))

    def _gathered(self, access: Access, depth: int) -> Term:
        """Operands of tuples, arrays, ranges, structs and enums."""
        parts = self._three(access, depth)
        text, function, count = self.draw.pick(_GATHERED)
        return called(text, function, CALL_MOST, *parts[:count])

    def _packed(self, access: Access, depth: int) -> Term:
        """A struct's fields, which are evaluated as they are written, and what is left of another comes last."""
        drawn = {name: self.number(access, depth * self.draw.below(2)) for name in self._some_fields()}
        fields = {name: fitted(one, PLACE_MOST) for name, one in drawn.items()}
        order = list(fields)
        if self.draw.chance(2):
            order.reverse()
        base = "p" if access.reads("p") and self.draw.below(3) else ""
        parts = [fields[name] for name in order]
        rest = {} if base else {name: text for name, text in _REST.items() if name not in fields}
        written_ = [f"{name}: {_FIELD[name].format(fields[name].text)}" for name in order]
        told = ", ".join([*written_, *(f"{name}: {text}" for name, text in rest.items())])
        seen = frozenset[str]().union(*(one.reads for one in drawn.values()))
        change = self._effect(access, depth - 1, seen) if self.draw.chance(2) else None
        if base and change is not None:
            base_text = f"{{ {change.text}; {self.spelled(access, 'p')} }}"
            parts.append(change)
        elif base:
            base_text = self.spelled(access, "p")
        told += f", ..{base_text}" if base else ""
        by = fitted(self.number(access, depth - 1), WIDE)

        def run(state: State) -> int:
            new = {name: fields[name].run(state) for name in order}
            if base and change is not None:
                change.run(state)
            held = copied(state.values["p"]) if base else first_values()["p"]
            return weight({**held, **new}, by.run(state))

        made = term(f"Pack {{ {told} }}.weight({by.text})", run, CALL_MOST, *parts, by)
        return replace(made, text=f"({made.text})", reads=made.reads | frozenset(base))

    def _some_fields(self) -> list[str]:
        return ["x", *(name for name in ("small", "coin") if self.draw.below(2))]

    def _lent(self, access: Access, depth: int) -> Term:
        """A place that is lent: explicitly, before or after the other operand."""
        choice = self.draw.below(3)
        target = self.place(access, depth, access.writes if choice < 2 else access.reads)
        if target is None or target.type != "i32":
            return self.leaf(access)
        if choice == 1:
            by = fitted(self.number(access, depth), PLACE_MOST)

            def late(state: State) -> int:
                number = by.run(state)
                return nudge(*target.locate(state), number)

            made = term(f"nudged_by({by.text}, &mut {target.text})", late, CALL_MOST, by, target)
            return written(made, target.root)
        if choice == 0:
            by = fitted(self.number(access.without(target.root), depth), PLACE_MOST)

            def early(state: State) -> int:
                where = target.locate(state)
                return nudge(*where, by.run(state))

            made = term(f"nudge(&mut {target.text}, {by.text})", early, CALL_MOST, target, by)
            return written(made, target.root)
        by = fitted(self.number(access.holding(target.root), depth), WIDE)

        def seen(state: State) -> int:
            number = target.value(state)
            return weigh(number, by.run(state), 2)

        return term(f"peek(&{target.text}, {by.text})", seen, CALL_MOST, target, by)

    def _method(self, access: Access, depth: int) -> Term:
        """Receivers: by value, lent, and lent in two phases."""
        choice = self.draw.below(4)
        if not access.writes("p"):
            return self.leaf(access)
        name = self.spelled(access, "p")
        if choice == 0:
            by = fitted(self.number(access, depth), WIDE)

            def run(state: State) -> int:
                held = copied(state.values["p"])
                return weight(held, by.run(state))

            made = term(f"{name}.weight({by.text})", run, CALL_MOST, by)
            return replace(made, reads=made.reads | {"p"})
        if choice == 1:
            inner = access.holding("p")
            by, more = (fitted(self.number(inner, depth), PLACE_MOST) for _ in range(2))

            def raised(state: State) -> int:
                number, other = by.run(state), more.run(state)
                p = state.values["p"]
                p["x"] = (p["x"] * 3 + number) % 256
                p["row"][1] = (p["row"][1] + other) % 256
                return weigh(p["x"], p["row"][1], other)

            return written(term(f"{name}.raised({by.text}, {more.text})", raised, CALL_MOST, by, more), "p")
        if choice == 2:
            at = self.index(access.holding("p"), 3, depth)
            made = term(f"{name}[{at.text}]", lambda s: s.values["p"]["row"][at.run(s)], PLACE_MOST, at)
            return replace(made, reads=made.reads | {"p"}, bare="p")
        value = fitted(self.number(access, depth), PLACE_MOST)
        at = self.index(access.without("p"), 3, depth)

        def stored(state: State) -> None:
            new = value.run(state)
            state.values["p"]["row"][at.run(state)] = new

        return written(then([(f"{name}[{at.text}] = {value.text};", stored)], value_of(7), [value, at]), "p")

    def _pushed(self, access: Access, depth: int) -> Term:
        if not access.writes("v"):
            return self.leaf(access)
        name, inner = self.spelled(access, "v"), access.holding("v")
        value = fitted(self.number(inner, depth), PLACE_MOST)
        at = self.index(inner, 2, depth)
        choice = self.draw.below(3)

        def run(state: State) -> None:
            number, items = value.run(state), state.values["v"]
            if choice == 0:
                items.append(number)
            elif choice == 1:
                items.append((number + len(items)) % 256)
            else:
                items.append((number + items[at.run(state)]) % 256)

        more = ("", f" + {name}.len() as i32", f" + {name}[{at.text}]")[choice]
        pushed = f"({value.text}{more}) % 256" if more else value.text
        parts = [value, at] if choice == 2 else [value]
        last = Term(f"{name}.len() as i32", lambda s: len(s.values["v"]), WIDE, frozenset("v"))
        return written(then([(f"{name}.push({pushed});", run)], last, parts), "v")

    def _stepped(self, access: Access, depth: int) -> Term:
        """Calls of functions in variables and fields, which the argument may replace."""
        root = self.draw.pick(("f", "p"))
        if not access.writes(root):
            return self.leaf(access)
        spelled = self.spelled(access, root)
        target = spelled if root == "f" else f"{spelled}.step"
        argument = fitted(self.number(access, depth), WIDE)
        following = self.draw.pick(tuple(STEPS))
        changes = self.draw.below(3) > 0

        def container(state: State) -> tuple[Any, str]:
            return (state.values, "f") if root == "f" else (state.values["p"], "step")

        def run(state: State) -> int:
            values, key = container(state)
            step = values[key]
            if changes:
                values, key = container(state)
                values[key] = following
            return STEPS[step](argument.run(state))

        text = f"{{ {target} = {following}; {argument.text} }}" if changes else argument.text
        callee = target if root == "f" else f"({target})"
        made = term(f"{callee}({text})", run, STEP_MOST, argument)
        made = replace(made, reads=made.reads | {root})
        return written(made, root) if changes else made

    def _closure(self, access: Access, depth: int) -> Term:
        """Closures, which hold what they capture until they are called for the last time."""
        name = self.fresh("x")
        body = self.number(replace(access, labels=(), moves=False), depth)
        inner = access.beside(body)
        choice = self.draw.below(4)
        argument = fitted(self.number(inner, depth), WIDE)
        body = binary(self.draw.pick(OPERATORS), body, Term(name, lambda s: s.values[name], WIDE))
        made = f"|{name}: i32| {body.text}"
        if choice == 0:
            return bound(name, argument, body, f"({made})({argument.text})")
        if choice == 1:
            return bound(name, argument, body, f"called({made}, {argument.text})")
        if choice == 2:
            return bound(name, argument, body, f"called(|{name}| {body.text}, {argument.text})")
        closure = self.fresh("g")
        second = fitted(self.number(inner, depth - 1), WIDE)
        other = self.number(inner, depth - 1)

        def run(state: State) -> int:
            state.values[name] = argument.run(state)
            first = body.run(state)
            state.values[name] = second.run(state)
            following = body.run(state)
            return weigh(first % (WIDE + 1), following % (WIDE + 1), other.run(state))

        other = fitted(other, WIDE)
        calls = ", ".join(f"{closure}({one.text}) % {WIDE + 1}" for one in (argument, second))
        text = f"{{ let mut {closure} = {made}; weigh({calls}, {other.text}) }}"
        return term(text, run, CALL_MOST, body, argument, second, other)

    def _condition(self, access: Access, depth: int) -> Term:
        if depth > 0 and self.draw.chance(4):
            left, right = self._condition(access, depth - 1), self._condition(access, depth - 1)
            return lazy(self.draw.pick(("&&", "||")), left, right)
        left, right = self.number(access, depth - 1), self.number(access, depth - 1)
        return ordered(self.draw.pick(ORDERS), left, right)

    def _chosen(self, access: Access, depth: int) -> Term:
        condition = self._condition(access, depth)
        return either(condition, self.number(access, depth), self.number(access, depth))

    def _matched(self, access: Access, depth: int) -> Term:
        """A scrutinee of several operands, and a guard between the arms."""
        x, y = self.fresh("x"), self.fresh("y")
        values = [fitted(self.number(access, depth), WIDE) for _ in range(2)]
        arms = [self.number(access, depth) for _ in range(3)]

        def run(state: State) -> int:
            first, second = (one.run(state) for one in values)
            if first == 3:
                return int(arms[0].run(state) + second)
            return int(arms[1].run(state) + first if first > second else arms[2].run(state) + second)

        arms = [fitted(one, WIDE) for one in arms]
        text = (
            f"(match ({values[0].text}, {values[1].text}) {{ (3, {y}) => {arms[0].text} + {y}, "
            f"({x}, {y}) if {x} > {y} => {arms[1].text} + {x}, (_, {y}) => {arms[2].text} + {y} }})"
        )
        text = text.replace("=> {", "=> 0 + {")  # a block would be the whole arm
        return term(text, run, 2 * WIDE, *values, *arms)

    def _left(self, access: Access, depth: int) -> Term:
        """A block that an operand within it may leave."""
        if access.labels and self.draw.below(3):
            label = self.draw.pick(access.labels)
            condition = self._condition(access, depth - 1)
            return leaves(label, condition, self.number(access, depth - 1), self.number(access, depth))
        label = f"'{self.fresh('l')}"
        return labelled(label, self.number(replace(access, labels=(*access.labels, label)), depth))

    def _coins(self, access: Access, depth: int) -> Term:
        """Operators of one's own types; `+=` of those takes its left operand first, and may read it further right."""
        if not access.writes("w") or not access.writes("k"):
            return self.leaf(access)
        choice = self.draw.below(5)
        w, k = self.spelled(access, "w"), self.spelled(access, "k")
        value = fitted(self.number(access.holding("w") if choice == 3 else access, depth), PLACE_MOST)

        def store(state: State) -> None:
            state.values["w"] = value.run(state)

        change = then([(f"{w} = Coin({value.text});", store)], Term(f"{w}", lambda s: s.values["w"]), [value])
        if choice == 0:

            def added(state: State) -> int:
                left = int(state.values["w"])
                return (left * 3 + int(change.run(state))) % 256

            made = term(f"({w} + {change.text}).0", added, PLACE_MOST, change)
        elif choice == 1:

            def plus(state: State) -> int:
                left = int(state.values["w"])
                return (left * 7 + int(change.run(state))) % 1000

            made = term(f"{w}.plus({change.text}.0)", plus, STEP_MOST, change)
        elif choice == 2:

            def negated(state: State) -> int:
                left = 255 - int(state.values["w"])
                return (left * 3 + int(change.run(state))) % 256

            made = term(f"(-{w} + {change.text}).0", negated, PLACE_MOST, change)
        elif choice == 3:

            def grown(state: State) -> int:
                by = value.run(state)
                state.values["w"] = (state.values["w"] * 3 + by) % 256
                return int(state.values["w"])

            made = term(f"{w}.grown({value.text})", grown, PLACE_MOST, value)
        else:
            at = self.index(access, 2, depth)
            value = fitted(self.number(access.holding("k"), depth), PLACE_MOST)

            def increased(state: State) -> None:
                where = at.run(state)
                by = value.run(state)
                state.values["k"][where] = (state.values["k"][where] * 5 + by) % 256

            def said(state: State) -> int:
                return int((state.values["k"][1] * 11 + state.values["k"][0]) % 1000)

            last = Term(f"{k}[1].seen({k}[0].0)", said, STEP_MOST)
            made = then([(f"{k}[{at.text}] += Coin({value.text});", increased)], last, [at, value])
            return written(made, "k")
        return written(made, "w")

    def _texts(self, access: Access, depth: int) -> Term:
        """Texts that are moved out of variables and fields, which the next operand fills again."""
        root = self.draw.pick(("s", "h", ""))
        if not root:
            parts = [self.number(access, depth) for _ in range(2)]

            def formatted(state: State) -> int:
                said = "-".join([str(one.run(state)) for one in parts])
                state.output.append(said)
                return len(said)

            both = ", ".join(owned(one).text for one in parts)
            return term(f'heard(format!("{{}}-{{}}", {both}))', formatted, 60, *parts)
        if not access.moves or not access.writes(root) or root in access.spelled:
            return self.leaf(access)
        place = self.spelled(access, root) + (".text" if root == "h" else "")
        number = self.number(access.without(root), depth)
        word = self.draw.pick(("x", "yz", ""))

        def container(state: State) -> tuple[Any, str]:
            return (state.values, "s") if root == "s" else (state.values["h"], "text")

        def run(state: State) -> int:
            values, key = container(state)
            old = values[key]
            values[key] = word
            said = f"{old}{word}{number.run(state)}"
            state.output.append(said)
            return len(said)

        again = f'{{ {place} = String::from("{word}"); format!("{{}}{{}}", {place}, {owned(number).text}) }}'
        return written(term(f"heard(glued({place}, {again}))", run, 60, number), root)

    def _boxes(self, access: Access, depth: int) -> Term:
        if not access.moves or not access.writes("b"):
            return self.leaf(access)
        name = self.spelled(access, "b")
        value = fitted(self.number(access.without("b"), depth), PLACE_MOST)
        by = fitted(self.number(access, depth - 1), WIDE)

        def run(state: State) -> int:
            old = state.values["b"]
            state.values["b"] = value.run(state)
            return weigh(old, by.run(state), 7)

        text = f"weigh_box({name}, {{ {name} = Box::new({value.text}); {by.text} }})"
        return written(term(text, run, CALL_MOST, value, by), "b")

    def _told(self, access: Access, depth: int) -> Term:
        return self.told(self.number(access, depth))

    def told(self, value: Term) -> Term:
        """The same, which prints when it is evaluated."""
        self.numbers += 1
        label = self.numbers

        def run(state: State) -> int:
            number = int(value.run(state))
            state.output.append(f"{label}: {number}")
            return number

        return term(f"told({label}, {value.text})", run, value.most, value)

    def _alias(self, access: Access, depth: int) -> Term:
        """A variable behind a `&mut`."""
        root = self.draw.pick(tuple(LENDABLE))
        if not access.writes(root):
            return self.leaf(access)
        name = self.fresh("m")
        inner = replace(access, spelled={**access.spelled, root: f"(*{name})"})
        value = self.number(inner, depth)
        text = f"{{ let {name} = &mut {self.spelled(access, root)}; {value.text} }}"
        return written(term(text, value.run, value.most, value), root)

    def _destructured(self, access: Access, depth: int) -> Term:
        """An assignment to two places: the values, then the places, from left to right."""
        targets = [self.written_place(access, depth) for _ in range(2)]
        values = [self.number(access, depth) for _ in range(2)]
        places = [one for one in targets if one is not None and one.type == "i32"]
        if len(places) < 2:
            return self.leaf(access)
        first, second = places
        values = [fitted(one, PLACE_MOST) for one in values]

        def run(state: State) -> None:
            new = [one.run(state) for one in values]
            for place, value in zip(places, new, strict=True):
                container, key = place.locate(state)
                container[key] = value

        left, right = self.draw.pick((("(", ")"), ("[", "]")))
        text = f"{left}{first.text}, {second.text}{right} = {left}{values[0].text}, {values[1].text}{right};"
        made = then([(text, run)], self.leaf(access), [first, second, *values])
        return written(made, first.root, second.root)

    def _cell(self, access: Access, depth: int) -> Term:
        """What may be changed by whoever sees it."""
        name = self.names["q"]
        value = fitted(self.number(access, depth), PLACE_MOST)

        def run(state: State) -> int:
            old = int(state.values["q"])
            state.values["q"] = value.run(state)
            return old * 10 + int(state.values["q"])

        text = f"({name}.get() * 10 + {{ {name}.set({value.text}); {name}.get() }})"
        made = term(text, run, PLACE_MOST * 11, value)
        return replace(made, reads=made.reads | {"q"})


def value_of(number: int) -> Term:
    """A literal."""
    return Term(str(number), lambda s: number, number)


_METHODS: Final[tuple[tuple[str, Callable[[int, int], int]], ...]] = (("max", max), ("min", min))
_FIELD: Final[Mapping[str, str]] = {"x": "{}", "small": "({}) as u8", "coin": "Coin({})"}
_REST: Final[Mapping[str, str]] = {
    "x": "1", "small": "2", "row": "[3, 4, 5]", "coin": "Coin(6)", "step": "first_step",
}  # fmt: skip
_GATHERED: Final[tuple[tuple[str, Callable[..., int], int], ...]] = (
    ("weigh_two(({}, {}))", lambda x, y: weigh(x, y, 3), 2),
    ("weigh_row([{}, {}, {}])", weigh, 3),
    ("weigh_some(&[{}, {}])", lambda x, y: weigh(x, y, 2), 2),
    ("weigh_some(&vec![{}, {}, {}])", lambda x, y, z: weigh(x, y, 3), 3),
    ("weigh_row([{}; 3])", lambda x: weigh(x, x, x), 1),
    ("weigh_some(&vec![{}; {} as usize % 3 + 2])", lambda x, y: weigh(x, x, y % 3 + 2), 2),
    ("weigh_range({}..{})", lambda x, y: weigh(x, y, 5), 2),
    ("({}, {}, {}).1", lambda x, y, z: y, 3),
    ("[{}, {}, {}][2]", lambda x, y, z: z, 3),
    ("Some({}).map_or({}, |x| x)", lambda x, y: x, 2),
    ("weigh(*&{}, *Box::new({}), Coin({}).0)", weigh, 3),
)


def operands(scene: Scene, kind: type[Operands] = Operands) -> None:
    """Prints some expressions, each a few times, and the variables that they touched."""
    draw = scene.draw
    scene.need("Pack")
    names = {root: scene.fresh(root) for root in DECLARED}
    drawing = kind(draw, names)
    terms = [drawing.number(Access(), 3) for _ in range(1 + draw.below(3))]
    rounds = 1 + draw.below(2)
    touched = [root for root in DECLARED if any(root in one.touches for one in terms)]
    state = State(first_values())
    with scene.block("{"):
        for root in touched:
            scene.line(f"let mut {names[root]} = {DECLARED[root]};")
        with scene.block(f"for _ in 0..{rounds} {{"):
            for one in terms:
                scene.line(f'println!("{{}}", {owned(one).text});')
        for _ in range(rounds):
            for one in terms:
                state.output.append(str(one.run(state)))
        for root in touched:
            text, shown = SHOWN.get(root, ("{0}", str))
            scene.line(f'println!("{{:?}}", {text.format(names[root])});')
            value = state.values[root]
            state.output.append(f'"{value}"' if root == "s" else shown(value))
    for line in state.output:
        scene.say(line)
