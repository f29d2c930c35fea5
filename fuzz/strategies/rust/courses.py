"""Functions whose ways out cross values that say when they are dropped: `?`, `let … else`, labels, moves.

Statements and expressions are drawn together with what they do on a `course_machine.Machine`, so that every drop has
its place in the output. What may be moved where is what rustc allows: a value that one of several ways moves is gone
after them (it has a drop flag); within loops, closures and guards nothing from outside is moved, unless they are left
at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fuzz.strategies.rust.course_expressions import Expressions, absorbed, half_of, run_again
from fuzz.strategies.rust.course_flow import NUMBER, OPTION, RETURNS, Label
from fuzz.strategies.rust.course_machine import Duo, Effect, ExitError, Kept, Machine, TooLongError
from fuzz.strategies.rust.scene import Scene
from fuzz.strategies.wasm.choices import ChoiceSequence

Statement = tuple[str, Effect]


class Course(Expressions):
    """Draws statements."""

    def __init__(self, draw: ChoiceSequence, returns: str, stem: str) -> None:
        super().__init__(draw, returns, stem)
        self._statements: Final[list[tuple[int, Callable[[int], Statement]]]] = [
            (4, self._let), (5, self._let_kept), (3, self._let_else), (2, self._let_duo), (2, self._let_two),
            (2, self._lent), (3, self._assign), (3, self._assign_kept), (2, self._drop), (3, self._say),
            (4, self._leave), (3, self._if), (2, self._for), (3, self._while_let), (3, self._once), (2, self._turning),
        ]  # fmt: skip

    def statements(self, most: int, depth: int) -> Statement:
        made = []
        for _ in range(most):
            self.left -= 1
            if self.left <= 0:
                break
            made.append(self.draw.weighted(self._statements)(depth))

        def run(machine: Machine) -> None:
            for _, effect in made:
                effect(machine)

        return " ".join(text for text, _ in made), run

    def _name(self) -> str:
        """A new name, or one that hides another variable."""
        known = [one.name for one in self.visible if one.key not in self.shut]
        return self.draw.pick(known) if known and self.draw.chance(4) else self.fresh()

    def _let(self, depth: int) -> Statement:
        value, name, mutable = self.number(depth), self._name(), not self.draw.chance(3)
        key = self.declare(name, "number", mutable).key

        def run(machine: Machine) -> None:
            with machine.terminating():
                number = value.run(machine)
            machine.declare(key, number)

        return f"let {'mut ' if mutable else ''}{name} = {value.text};", run

    def _let_kept(self, depth: int) -> Statement:
        (text, make), name = self.given(depth), self._name()
        key = self.declare(name, "kept", True).key

        def run(machine: Machine) -> None:
            with machine.terminating():
                machine.declare(key, make(machine))

        return f"let mut {name} = {text};", run

    def _let_else(self, depth: int) -> Statement:
        """What is looked at is gone before the way out is taken."""
        made, name = self.fresh(), self.fresh()
        number = self.number(depth)
        away, leave = self.away(depth - 1)
        kind = self.draw.pick(("number", "kept"))
        key = self.declare(name, kind, True).key

        def run(machine: Machine) -> None:
            with machine.terminating():
                n = number.run(machine)
                if kind == "number":
                    machine.temporary(Kept(made, n))
            half = half_of(n)
            if half is None:
                with machine.terminating():
                    leave(machine)
            machine.declare(key, half if kind == "number" else Kept(made, n))

        value = f'keeper("{made}", {number.text}).half()' if kind == "number" else f'maybe("{made}", {number.text})'
        return f"let Some(mut {name}) = {value} else {away};", run

    def _let_duo(self, depth: int) -> Statement:
        """A struct, perhaps with what is left of another."""
        left, first = self.given(depth)
        known = [(name, key) for name, key in self.movable() if key.endswith(".right")]
        if known:
            name, rest = self.draw.pick(known)
            self.moved(rest)
            right, more = f"..{name.removesuffix('.right')}", None
        else:
            right, more = self.given(depth)
            right = f"right: {right}"
        name = self.fresh()
        key = self.declare(name, "duo", True).key

        def run(machine: Machine) -> None:
            with machine.terminating():
                with machine.operands() as given:
                    slot = given(first(machine))
                    second = machine.take(rest) if more is None else more(machine)
                    one, slot.value = slot.value, None
                assert isinstance(one, Kept) and isinstance(second, Kept)
                machine.declare(key, Duo(one, second))

        return f"let mut {name} = Duo {{ left: {left}, {right} }};", run

    def _let_two(self, depth: int) -> Statement:
        """A pattern that takes both values, or leaves one with the statement."""
        (left, first), (right, second) = self.given(depth), self.made(depth)
        both = self.draw.below(2)
        names = [self.fresh(), self.fresh() if both else "_"]
        keys = [self.declare(name, "kept", True).key for name in names[: 1 + both]]

        def run(machine: Machine) -> None:
            with machine.terminating():
                with machine.operands() as given:
                    slot = given(first(machine))
                    other = second(machine)
                    one, slot.value = slot.value, None
                machine.declare(keys[0], one)
                if both:
                    machine.declare(keys[1], other)
                else:
                    machine.temporary(other)

        pattern = f"(mut {names[0]}, {'mut ' if both else ''}{names[1]})"
        return f"let {pattern} = ({left}, {right});", run

    def _lent(self, depth: int) -> Statement:
        """A temporary that lives as long as the block."""
        (text, make), name = self.made(depth), self.fresh()
        key = self.declare(name, "kept", True, lent=True).key

        def run(machine: Machine) -> None:
            with machine.terminating():
                machine.declare(key, make(machine))

        return f"let {name} = &mut {text};", run

    def _assign(self, depth: int) -> Statement:
        known = self.open("number", mutable=True)
        if not known:
            return self._let(depth)
        one, value = self.draw.pick(known), self.number(depth)

        def run(machine: Machine) -> None:
            with machine.terminating():
                machine.assign(one.key, value.run(machine))

        return f"{one.name} = {value.text};", run

    def _assign_kept(self, depth: int) -> Statement:
        known = [
            one
            for one in self.visible
            if one.kind == "kept" and not one.lent and one.mutable and one.key not in self.shut
            and (one.key in self.whole or one.fence >= self.function)
        ]  # fmt: skip
        if not known:
            return self._let_kept(depth)
        one = self.draw.pick(known)
        text, make = self.made(depth)
        self.whole |= {one.key}

        def run(machine: Machine) -> None:
            with machine.terminating():
                machine.assign(one.key, make(machine))

        return f"{one.name} = {text};", run

    def _drop(self, depth: int) -> Statement:
        known = self.movable()
        if not known:
            return self._say(depth)
        place, key = self.draw.pick(known)
        self.moved(key)
        return f"drop({place});", lambda m: m.drop(m.take(key))

    def _say(self, depth: int) -> Statement:
        value, label = self.number(depth), self.fresh()

        def run(machine: Machine) -> None:
            with machine.terminating():
                machine.output.append(f"{label} {value.run(machine)}")

        return f'println!("{label} {{}}", {value.text});', run

    def _leave(self, depth: int) -> Statement:
        text, holds = self.condition(depth - 1)
        away, leave = self.away(depth - 1)

        def run(machine: Machine) -> None:
            with machine.terminating():
                if holds(machine):
                    with machine.terminating():
                        leave(machine)

        return f"if {text} {away}", run

    def _part(self, depth: int) -> Statement:
        with self.inner():
            text, effect = self.statements(1 + self.draw.below(2), depth - 1)

        def run(machine: Machine) -> None:
            with machine.terminating(), machine.block():
                effect(machine)

        return f"{{ {text} }}", run

    def _if(self, depth: int) -> Statement:
        text, holds = self.condition(depth - 1)
        ways = self.joined(lambda: (self._part(depth), True), lambda: (self._part(depth), True))
        (first, one), (second, other) = ways

        def run(machine: Machine) -> None:
            with machine.terminating():
                (one if holds(machine) else other)(machine)

        return f"if {text} {first} else {second}", run

    def _rounds(self, depth: int, label: Label, name: str, kind: str) -> tuple[str, str, Effect]:
        """A loop's body, and the key of the variable that it has."""
        before = self.whole
        with self.labelled(label), self.inner(), self.fenced():
            key = self.declare(name, kind, True).key
            text, effect = self._part(depth)
        self.whole = before.intersection(*label.ends)
        return key, text, effect

    def _for(self, depth: int) -> Statement:
        label, name = Label(f"'{self.fresh()}", self.fence, valued=False, loop=True), self.fresh()
        rounds = self.draw.below(4)
        key, text, effect = self._rounds(depth, label, name, "number")

        def once(machine: Machine) -> None:
            with machine.block():
                effect(machine)

        def run(machine: Machine) -> None:
            for at in range(rounds):
                machine.step()
                try:
                    with machine.block():
                        machine.declare(key, at)
                        run_again(label.name, once, machine)
                except ExitError as left:
                    if left.label != label.name:
                        raise
                    break

        return f"{label.name}: for mut {name} in 0..{rounds} {text}", run

    def _while_let(self, depth: int) -> Statement:
        """Values are popped, or taken out of a vector that drops what is left."""
        stack, name = self.fresh(), self.fresh()
        values = [self.given(depth - 1) for _ in range(1 + self.draw.below(3))]
        label = Label(f"'{self.fresh()}", self.fence, valued=False, loop=True)
        pops = self.draw.below(3) > 0
        (place, text, effect) = self._rounds(depth, label, name, "kept")
        key = self.fresh()

        def make(machine: Machine) -> list[Kept]:
            with machine.terminating(), machine.operands() as given:
                slots = [given(one(machine)) for _, one in values]
                made = [slot.value for slot in slots if isinstance(slot.value, Kept)]
                for slot in slots:
                    slot.value = None
            return made

        def run(machine: Machine) -> None:
            items = make(machine)
            with machine.block():
                machine.declare(key, items)
                while items:
                    machine.step()
                    try:
                        with machine.terminating(), machine.block():
                            machine.declare(place, items.pop(-1 if pops else 0))
                            run_again(label.name, effect, machine)
                    except ExitError as left:
                        if left.label != label.name:
                            raise
                        break

        head = f"while let Some(mut {name}) = {stack}.pop()" if pops else f"for mut {name} in {stack}"
        made = f"let mut {stack} = vec![{', '.join(one for one, _ in values)}];"
        return f"{{ {made} {label.name}: {head} {text} }}", run

    def _once(self, depth: int) -> Statement:
        """A closure that takes a value or a field: the call consumes it, or changes it, or there is none."""
        known = self.movable()
        if not known:
            return self._let_kept(depth)
        place, moved = self.draw.pick(known)
        self.moved(moved)
        name, parameter, label, held = self.fresh(), self.fresh(), self.fresh(), self.fresh()
        returns = self.draw.pick(RETURNS)
        consumes = self.draw.below(3) > 0
        before = self.visible
        with self.closure(returns):
            self.visible = []  # `move` would take copies of numbers
            key = self.declare(parameter, "number", True).key
            by = self.tail(self.draw.below(3), depth - 1)
            text = self.returned(f"{place}.{'absorb' if consumes else 'turn'}({{ {by.text} }})")
        self.visible = before
        argument = self.number(depth - 1) if self.draw.below(4) else None

        def total(machine: Machine) -> int:
            if consumes:
                return absorbed(machine, machine.take(held), by.run)
            number = by.run(machine)
            return machine.kept(held).turn(number)

        def call(machine: Machine, given: int) -> object:
            with machine.block():
                machine.declare(key, given)
                try:
                    with machine.terminating():
                        return total(machine)
                except ExitError as left:
                    return left.value

        def run(machine: Machine) -> None:
            with machine.block():
                machine.declare(held, machine.take(moved))
                if argument is None:
                    return
                with machine.terminating():
                    if not consumes:
                        given = argument.run(machine)
                        machine.output.append(f"{label} {shown(returns, call(machine, given))}")
                        return
                    with machine.operands() as operand:
                        slot = operand(machine.take(held))
                        given = argument.run(machine)
                        value, slot.value = slot.value, None
                    with machine.block():
                        machine.declare(held, value)
                        said = shown(returns, call(machine, given))
                    machine.output.append(f"{label} {said}")

        made = f"let mut {name} = move |mut {parameter}: i32| -> {returns} {{ {text} }};"
        called = "" if argument is None else f' println!("{label} {{:?}}", {name}({argument.text}));'
        return f"{{ {made}{called} }}", run

    def _turning(self, depth: int) -> Statement:
        """A closure that changes a value which it borrows."""
        known = self.readable(mutable=True)
        if not known:
            return self._let_kept(depth)
        place, key = self.draw.pick(known)
        name, label = self.fresh(), self.fresh()
        with self.hidden(key.partition(".")[0]), self.inner():
            first, second = self.number(depth), self.number(depth - 1)

        def run(machine: Machine) -> None:
            with machine.terminating():
                one = machine.kept(key).turn(first.run(machine))
                other = second.run(machine)
                machine.output.append(f"{label} {one} {machine.kept(key).turn(other)}")

        calls = f'println!("{label} {{}} {{}}", {name}({first.text}), {name}({second.text}));'
        return f"{{ let mut {name} = |by: i32| {place}.turn(by); {calls} }}", run


def shown(returns: str, value: object) -> str:
    """`{:?}` of what a function returned."""
    if returns == NUMBER:
        return str(value)
    if returns == OPTION:
        return "None" if value is None else f"Some({value})"
    return f'Err("{value}")' if isinstance(value, str) else f"Ok({value})"


def courses(scene: Scene) -> None:
    """A function, called with a few numbers."""
    draw = scene.draw
    name = scene.fresh("g")
    course = Course(draw, draw.pick(RETURNS), name)
    parameter = course.declare(f"{name}_n", "number", True)
    text, body = course.body(3 + draw.below(4), 3)
    machine = Machine()
    given = [draw.below(50) for _ in range(3)]
    try:
        for number in given:
            with machine.block():
                machine.declare(parameter.key, number)
                machine.output.append(f"{name} {shown(course.returns, body(machine))}")
    except TooLongError:
        return
    scene.need("Kept")
    with scene.block("{"):
        scene.line(f"fn {name}(mut {parameter.name}: i32) -> {course.returns} {{ {text} }}")
        for number in given:
            scene.line(f'println!("{name} {{:?}}", {name}({number}));')
    for line in machine.output:
        scene.say(line)
