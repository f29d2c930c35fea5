"""Expressions of courses: operands that may leave the function, a block or a loop, and temporaries that drop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from fuzz.strategies.rust.course_flow import NUMBER, OPTION, RETURNS, Flow, Label, Number, run_labelled
from fuzz.strategies.rust.course_machine import Effect, ExitError, Held, Kept, Machine, Run, mix
from fuzz.strategies.wasm.choices import ChoiceSequence

Values = Callable[[Machine], Held | str]


class Expressions(Flow, ABC):
    """Draws expressions of type i32."""

    def __init__(self, draw: ChoiceSequence, returns: str, stem: str) -> None:
        super().__init__(draw, returns, stem)
        self._forms: Final[list[tuple[int, Callable[[int], Number]]]] = [
            (4, self._mixed), (4, self._temporary), (4, self._question), (3, self._block), (3, self._chosen),
            (3, self._matched), (3, self._matched_whole), (2, self._if_let), (3, self._labelled), (2, self._looped),
            (4, self._method), (2, self._effect), (3, self._leaves), (2, self._closure), (2, self._united),
        ]  # fmt: skip

    @abstractmethod
    def statements(self, most: int, depth: int) -> tuple[str, Effect]:
        """Up to `most` statements, in the block that is open."""

    def number(self, depth: int) -> Number:
        self.left -= 1
        if depth <= 0 or self.left <= 0 or self.draw.below(5) == 0:
            return self._leaf(depth)
        return self.draw.weighted(self._forms)(depth - 1)

    def _leaf(self, depth: int) -> Number:
        known = self.open("number")
        if not known or self.draw.chance(4):
            value = self.draw.below(100)
            return Number(str(value), lambda m: value)
        one = self.draw.pick(known[-3:])
        return Number(one.name, lambda m: m.number(one.key))

    # -- Parts

    def tail(self, most: int, depth: int, returned: bool = False) -> Number:
        """Statements and a last expression, of a block: its braces are not written."""
        with self.inner():
            text, effect = self.statements(most, depth)
            last = self.number(depth)

        def run(machine: Machine) -> int:
            with machine.block():
                effect(machine)
                return last.run(machine)

        shown = self.returned(last.text) if returned else last.text
        return Number(f"{text} {shown}".lstrip(), run)

    def branch(self, depth: int) -> Number:
        """A block with a scope of temporaries."""
        one = self.tail(self.draw.below(3), depth)
        return Number(f"{{ {one.text} }}", _terminated(one.run))

    def condition(self, depth: int) -> tuple[str, Callable[[Machine], bool]]:
        first, second = self.number(depth), self.number(depth)

        def run(machine: Machine) -> bool:
            with machine.terminating():
                number = first.run(machine)
                return number < second.run(machine)

        text = f"below({first.text}, {second.text})"
        if depth <= 0 or not self.draw.chance(4):
            return text, run
        before = self.whole
        more, also = self.condition(depth - 1)
        self.whole &= before  # which may not be asked
        if self.draw.chance(2):
            return f"({text} || {more})", lambda m: run(m) or also(m)
        return f"({text} && {more})", lambda m: run(m) and also(m)

    def leaving(self, depth: int) -> tuple[str, Effect]:
        """A block that leaves what it is in, perhaps with values that it moves first."""
        labels = [one for one in self.labels if one.loop or one.valued]
        label = self.draw.pick(labels) if labels and self.draw.below(3) else None
        again = label is not None and label.loop and (not label.valued or self.draw.chance(3))
        moves, around = [], self.labels
        if self.draw.chance(2):
            fence = 0 if label is None else label.fence + again
            known = self.movable(fence)
            if known:
                place, key = self.draw.pick(known)
                self.moved(key)
                moves.append((f"drop({place});", key))
                self.labels = self.left_for_good(key)
        leave = not again and label is not None and label.loop and not label.valued
        value = None if again or leave else self.number(depth)
        self.labels = around
        if label is None:
            assert value is not None
            text = f"return {self.returned(value.text)};"
        else:
            what = "continue" if again else "break"
            text = f"{what} {label.name};" if value is None else f"{what} {label.name} {value.text};"
            if not again:
                label.ends.append(self.whole)
        name = "" if label is None else label.name

        def run(machine: Machine) -> None:
            for _, moved in moves:
                machine.drop(machine.take(moved))
            with machine.terminating():
                raise ExitError(name, None if value is None else value.run(machine), again)

        return f"{{ {' '.join((*(one for one, _ in moves), text))} }}", run

    def away(self, depth: int) -> tuple[str, Effect]:
        """The same as one of two ways, of which the other goes on."""
        before = self.whole
        text, effect = self.leaving(depth)
        self.whole = before
        return text, effect

    def returned(self, text: str) -> str:
        return text if self.returns == NUMBER else f"Some({text})" if self.returns == OPTION else f"Ok({text})"

    def made(self, depth: int) -> tuple[str, Callable[[Machine], Kept]]:
        """A new value, whose name says where it was made."""
        name = self.fresh()
        number = self.number(depth)
        return f'keeper("{name}", {number.text})', lambda m: Kept(name, number.run(m))

    def given(self, depth: int) -> tuple[str, Callable[[Machine], Kept]]:
        """A value: a new one, or one that is moved."""
        known = self.movable()
        if not known or self.draw.chance(3):
            return self.made(depth)
        place, key = self.draw.pick(known[-3:])
        self.moved(key)

        def take(machine: Machine) -> Kept:
            value = machine.take(key)
            assert isinstance(value, Kept)
            return value

        return place, take

    def body(self, most: int, depth: int) -> tuple[str, Values]:
        """The block of a function or closure that returns `self.returns`."""
        last = self.tail(most, depth, returned=True)

        def run(machine: Machine) -> Held | str:
            try:
                return _terminated(last.run)(machine)
            except ExitError as left:
                if left.label:
                    raise
                return left.value

        return last.text, run

    # -- Forms

    def _mixed(self, depth: int) -> Number:
        first, second = self.number(depth), self.number(depth)
        text = f"mix({first.text}, {second.text})"

        def run(machine: Machine) -> int:
            machine.step()
            number = first.run(machine)
            return mix(number, second.run(machine))

        return Number(text, run)

    def _temporary(self, depth: int) -> Number:
        """A value that nothing holds drops with its statement, or in the method that takes it."""
        text, make = self.made(depth)
        choice = self.draw.below(3)
        by = None if choice == 0 else self.number(depth)

        def run(machine: Machine) -> int:
            value = make(machine)
            if choice == 2 and by is not None:
                return absorbed(machine, value, by.run)
            machine.temporary(value)
            return value.number if by is None else value.turn(by.run(machine))

        call = "get()" if by is None else f"{('turn', 'absorb')[choice - 1]}({by.text})"
        return Number(f"{text}.{call}", run)

    def _question(self, depth: int) -> Number:
        if self.returns == NUMBER:
            return self._leaves(depth)
        choice = self.draw.below(2)
        if self.returns == OPTION and choice:
            text, make = self.made(depth)

            def lent(machine: Machine) -> int:
                value = make(machine)
                machine.temporary(value)
                return _unwrapped(half_of(value.number), None)

            return Number(f"{text}.half()?", lent)
        number = self.number(depth)
        if self.returns == OPTION:
            return Number(f"half({number.text})?", lambda m: _unwrapped(half_of(number.run(m)), None))
        if choice:
            text = f'half({number.text}).ok_or(String::from("odd"))?'
            return Number(text, lambda m: _unwrapped(half_of(number.run(m)), "odd"))

        def run(machine: Machine) -> int:
            n = number.run(machine)
            return _unwrapped(n // 3 if n % 3 else None, f"three in {n}")

        return Number(f"least({number.text})?", run)

    def _block(self, depth: int) -> Number:
        one = self.tail(1 + self.draw.below(3), depth)
        return Number(f"{{ {one.text} }}", one.run)

    def _chosen(self, depth: int) -> Number:
        text, holds = self.condition(depth)
        first, second = self.joined(lambda: (self.branch(depth), True), lambda: (self.branch(depth), True))

        def run(machine: Machine) -> int:
            return first.run(machine) if holds(machine) else second.run(machine)

        return Number(f"(if {text} {first.text} else {second.text})", run)

    def guard(self, depth: int) -> tuple[str, Callable[[Machine], bool]]:
        """A condition that may change variables, and moves none of outside."""
        kept = self.labels, self.function
        with self.fenced():
            self.labels, self.function = (), self.fence
            text, holds = self.condition(depth)
        self.labels, self.function = kept
        return text, holds

    def _matched(self, depth: int) -> Number:
        number = self.number(depth)
        name = self.draw.pick([one.name for one in self.visible] or ["v"]) if self.draw.chance(3) else self.fresh()
        outside = self.visible

        def nothing() -> tuple[Number, bool]:
            self.visible = outside
            return self.branch(depth), True

        with self.inner():
            key = self.declare(name, "number", False).key
            guard, holds = self.guard(depth - 1)
            ways = self.joined(lambda: (self.branch(depth), True), lambda: (self.branch(depth), True), nothing)
        first, second, third = ways

        def run(machine: Machine) -> int:
            found = half_of(number.run(machine))
            if found is None:
                return third.run(machine)
            with machine.block():
                machine.declare(key, found)
                return first.run(machine) if holds(machine) else second.run(machine)

        arms = f"Some({name}) if {guard} => {first.text} Some({name}) => {second.text} None => {third.text}"
        return Number(f"(match half({number.text}) {{ {arms} }})", run)

    def _matched_whole(self, depth: int) -> Number:
        """A value that an arm takes out of what is matched, unless its guard says no."""
        made, number = self.fresh(), self.number(depth)
        name, limit, key = self.fresh(), self.draw.below(1000), ""

        def taking() -> tuple[Number, bool]:
            nonlocal key
            with self.inner():
                key = self.declare(name, "kept", True).key
                return self.branch(depth), True

        arms = self.joined(taking, lambda: (self.branch(depth), True), lambda: (self.branch(depth), True))

        def run(machine: Machine) -> int:
            n = number.run(machine)
            slot = machine.temporary(Kept(made, n) if n % 2 == 0 else None)
            if slot.value is None:
                return arms[2].run(machine)
            if n >= limit:
                return arms[1].run(machine)
            with machine.block():
                machine.declare(key, slot.value)
                slot.value = None
                return arms[0].run(machine)

        text = (
            f'(match maybe("{made}", {number.text}) {{ Some(mut {name}) if below({name}.get(), {limit}) '
            f"=> {arms[0].text} Some(_) => {arms[1].text} None => {arms[2].text} }})"
        )
        return Number(text, run)

    def _if_let(self, depth: int) -> Number:
        """What is looked at lives to the end of the statement."""
        text, make = self.made(depth)
        name = self.fresh()
        key = ""

        def found() -> tuple[Number, bool]:
            nonlocal key
            with self.inner():
                key = self.declare(name, "number", False).key
                return self.branch(depth), True

        first, second = self.joined(found, lambda: (self.branch(depth), True))

        def run(machine: Machine) -> int:
            value = make(machine)
            machine.temporary(value)
            half = half_of(value.number)
            if half is None:
                return second.run(machine)
            with machine.block():
                machine.declare(key, half)
                return first.run(machine)

        return Number(f"(if let Some({name}) = {text}.half() {first.text} else {second.text})", run)

    def _labelled(self, depth: int) -> Number:
        label = Label(f"'{self.fresh()}", self.fence, valued=True, loop=False)
        with self.labelled(label):
            one = self.tail(1 + self.draw.below(3), depth)
        self.whole = self.whole.intersection(*label.ends)
        return Number(f"{label.name}: {{ {one.text} }}", run_labelled(label.name, one.run))

    def _looped(self, depth: int) -> Number:
        """A loop that is left with a value, within its body or after some rounds."""
        counter, rounds = self.fresh(), 1 + self.draw.below(3)
        label = Label(f"'{self.fresh()}", self.fence, valued=True, loop=True)
        before = self.whole
        with self.labelled(label), self.inner(), self.fenced():
            key = self.declare(counter, "number", False).key
            start = self.whole
            last = self.number(depth)
            self.whole = start  # where the loop goes on, what it is left with was not asked
            with self.inner():
                text, effect = self.statements(1 + self.draw.below(3), depth)
        self.whole = before.intersection(*label.ends)

        def body(machine: Machine) -> None:
            with machine.terminating(), machine.block():
                if machine.number(key) == rounds:
                    with machine.terminating():
                        raise ExitError(label.name, last.run(machine))
                machine.assign(key, machine.number(key) + 1)
                effect(machine)

        def run(machine: Machine) -> int:
            with machine.block():
                machine.declare(key, 0)
                while True:
                    machine.step()
                    run_again(label.name, body, machine)

        head = f"if {counter} == {rounds} {{ break {label.name} {last.text}; }} {counter} += 1;"
        text = f"{{ let mut {counter} = 0; {label.name}: loop {{ {head} {text} }} }}"
        return Number(text, run_labelled(label.name, run))

    def _method(self, depth: int) -> Number:
        choice = self.draw.below(4)
        known = self.readable(mutable=choice == 1) if choice < 2 else self.movable()
        if not known:
            return self._temporary(depth)
        place, key = self.draw.pick(known[-3:])
        if choice == 0:
            return Number(f"{place}.get()", lambda m: m.kept(key).number)
        if choice == 1:
            with self.hidden(key.partition(".")[0]):
                by = self.number(depth)

            def turned(machine: Machine) -> int:
                number = by.run(machine)
                return machine.kept(key).turn(number)

            return Number(f"{place}.turn({by.text})", turned)
        self.moved(key)
        by = self.number(depth)

        return Number(f"{place}.absorb({by.text})", lambda m: absorbed(m, m.take(key), by.run))

    def _effect(self, depth: int) -> Number:
        known = self.open("number", mutable=True)
        if not known:
            return self._leaf(depth)
        one, value = self.draw.pick(known[-3:]), self.number(depth)

        def run(machine: Machine) -> int:
            with machine.terminating():
                machine.assign(one.key, value.run(machine))
            return machine.number(one.key)

        return Number(f"{{ {one.name} = {value.text}; {one.name} }}", run)

    def _leaves(self, depth: int) -> Number:
        if self.draw.below(2):
            condition, holds = self.condition(depth - 1)
            away, leave = self.away(depth - 1)
            other = self.branch(depth)

            def run(machine: Machine) -> int:
                if holds(machine):
                    leave(machine)
                return other.run(machine)

            return Number(f"(if {condition} {away} else {other.text})", run)
        number, name = self.number(depth), self.fresh()
        away, leave = self.away(depth - 1)

        def found(machine: Machine) -> int:
            half = half_of(number.run(machine))
            if half is None:
                leave(machine)
            assert half is not None
            return half

        return Number(f"(match half({number.text}) {{ Some({name}) => {name}, None => {away} }})", found)

    def _closure(self, depth: int) -> Number:
        """A closure that is called at once: `?` and `return` leave it alone."""
        given, parameter, argument = self.fresh(), self.fresh(), self.number(depth)
        returns = self.draw.pick(RETURNS)
        with self.closure(returns):
            key = self.declare(parameter, "number", False).key
            text, body = self.body(self.draw.below(3), depth)
        other = self.draw.below(100)

        def run(machine: Machine) -> int:
            with machine.terminating():
                number = argument.run(machine)
            with machine.block():
                machine.declare(key, number)
                value = body(machine)
            return value if isinstance(value, int) else other

        more = "" if returns == NUMBER else f".unwrap_or({other})"
        call = f"(|{parameter}: i32| -> {returns} {{ {text} }})({given}){more}"
        return Number(f"{{ let {given} = {argument.text}; {call} }}", run)

    def _united(self, depth: int) -> Number:
        """Two values for a function: the first is dropped where the second leaves."""
        (left, first), (right, second) = self.given(depth), self.given(depth)

        def run(machine: Machine) -> int:
            with machine.operands() as given:
                slot = given(first(machine))
                other = second(machine)
                one, slot.value = slot.value, None
            assert isinstance(one, Kept)
            machine.drop(other)
            machine.drop(one)
            return mix(one.number, other.number)

        return Number(f"unite({left}, {right})", run)


def run_again(label: str, body: Effect, machine: Machine) -> None:
    """A round of a loop."""
    try:
        body(machine)
    except ExitError as left:
        if left.label != label or not left.again:
            raise


def _terminated(run: Run) -> Run:
    def whole(machine: Machine) -> int:
        with machine.terminating():
            return run(machine)

    return whole


def absorbed(machine: Machine, value: Held, by: Run) -> int:
    """`value.absorb(by)`."""
    with machine.operands() as given:
        slot = given(value)
        number = by(machine)
        slot.value = None
    assert isinstance(value, Kept)
    number = value.absorb(number)
    machine.drop(value)
    return number


def half_of(n: int) -> int | None:
    return n // 2 if n % 2 == 0 else None


def _unwrapped(value: int | None, why: str | None) -> int:
    """`value?`; `why` is what the function then returns."""
    if value is None:
        raise ExitError("", why)
    return value
