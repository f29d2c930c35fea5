"""How control comes into a region's function and goes on from it: from handlers, to handlers, and to other regions.

A way out to a known pc jumps to a function that goes where the entry of that pc leads. It may be linked with another
region's inner entry instead, if both are installed and taken away together. What retires is counted where control comes
from a handler and where it goes to one, so on neither side of such a jump. Nor does such a jump hand on what code for
guarded memory takes from the context.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from engines.vm.tiers.interpreter.emitter import Emitter
from engines.vm.tiers.interpreter.layout import ARGUMENTS, CONTEXT_OFFSETS, PC_SHIFT, forward
from engines.vm.tiers.interpreter.machine import tail_call
from engines.vm.tiers.interpreter.values import LlvmValue

ATTRIBUTES: Final = 'nounwind "no-builtins" "frame-pointer"="none"'
_FROM_CONTEXT: Final = ("memory", "permissions", "decode")
"""What handlers are given that code for guarded memory loads where it needs it."""


@dataclass
class Links:
    """Writes them for one region.

    Attributes:
        heads, inner: by pc of a head, the symbol of its entry, and of its inner one.
        places: labels of the heads in the function, if they are several.
        targets: by symbol that a way out jumps to, the pc; and what it jumps to until it is linked.
    """

    emitter: Emitter
    convention: str
    guarded: bool
    heads: dict[int, str] = field(default_factory=dict)
    inner: dict[int, str] = field(default_factory=dict)
    targets: dict[str, tuple[int, str]] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """Begin the region's function. A region that was linked is not given what is in the context."""
        if self.guarded:
            for name in ("memory", "permissions"):
                pointer = self.emitter.offset("%context", CONTEXT_OFFSETS[name])
                self.emitter.line(f"%{name} = load ptr, ptr {pointer}, align 8")

    def choose(self, places: list[str]) -> None:
        """Go to one of these labels of the region's function, in the order of its heads, as its entries say."""
        if len(places) == 1:  # nothing to choose
            self.emitter.jump(places[0])
        else:
            self.places = places
            self.emitter.line(f"indirectbr ptr %entry, [{', '.join(f'label %{place}' for place in places)}]")

    def functions(self, heads: Iterable[int], body: list[str]) -> list[str]:
        """The text of all functions, the first of which has the lines of `body`."""
        arguments = ARGUMENTS
        if self.guarded:
            arguments = arguments.replace("%memory", "%unused_memory").replace("%permissions", "%unused_permissions")
        found = [self._function("body", body, "internal", arguments)]
        for number, pc in enumerate(heads):
            self.heads[pc], self.inner[pc] = f"head_{pc:x}", f"inner_{pc:x}"
            place = f"blockaddress(@body, %{self.places[number]})" if self.places else "poison"
            for symbol, counts in ((self.heads[pc], True), (self.inner[pc], False)):
                emitter = self._begin_function()
                if counts:
                    self.account("add", emitter.named("%budget", 64))
                tail_call(emitter, self.convention, "@body", forward(place))
                found.append(self._function(symbol, emitter.lines))
        for pc, symbol in self.targets.values():
            emitter = self._begin_function()
            self.ask(emitter.const(pc), emitter.named("%budget", 64))
            found.append(self._function(symbol, emitter.lines, "hidden"))
        return found

    def jump(self, pc: int, budget: LlvmValue) -> None:
        """Go on at `pc`, outside, whatever code its entry leads to, or what is linked with this."""
        symbol = f"link_{pc:x}"
        self.targets[symbol] = pc, f"unlinked_{pc:x}"
        self.emitter.declarations.add(f"declare {self.convention} i64 @{symbol}({ARGUMENTS})")
        arguments = forward("poison", budget.text)
        if self.guarded:
            for name in _FROM_CONTEXT:
                arguments = arguments.replace(f"%{name}", "poison")
        tail_call(self.emitter, self.convention, f"@{symbol}", arguments)

    def ask(self, pc: LlvmValue, budget: LlvmValue) -> None:
        """Go on where the table's entry of `pc` leads."""
        self.account("sub", budget)
        table = self.emitter.load_pointer(self.emitter.offset("%context", CONTEXT_OFFSETS["table"]))
        self.dispatch(self.emitter.offset(table, pc.shl(PC_SHIFT)), budget)

    def account(self, operation: str, budget: LlvmValue) -> None:
        """Count what retires in compiled code: the budget at the entry less the budget at the exit."""
        emitter = self.emitter
        counter = emitter.offset("%context", CONTEXT_OFFSETS["compiled"])
        emitter.store(counter, emitter.value(f"{operation} i64 {emitter.load(counter, 64).text}, {budget.text}", 64))

    def dispatch(self, entry: str, budget: LlvmValue) -> None:
        """Go on with the handler of `entry`."""
        self.leave_for(entry, self.emitter.load(entry, 32).sext(64), budget)

    def leave_for(self, entry: str, distance: LlvmValue, budget: LlvmValue) -> None:
        """Go on with the handler at `distance` from `decode`. Code for guarded memory, which is a segment, holds what
        only handlers need in no register before."""
        emitter = self.emitter
        handed = {name: f"%{name}" for name in _FROM_CONTEXT}
        if self.guarded:
            handed = {name: emitter.load_pointer(emitter.offset("%context", CONTEXT_OFFSETS[name])) for name in handed}
        arguments = ", ".join(f"ptr {value}" for value in handed.values())
        handler = emitter.offset(handed["decode"], distance)
        tail_call(
            emitter, self.convention, handler, f"ptr %cpu, ptr {entry}, i64 {budget.text}, {arguments}, ptr %context"
        )

    def _begin_function(self) -> Emitter:
        self.emitter.lines = ["start:"]
        return self.emitter

    def _function(self, symbol: str, body: list[str], visibility: str = "", arguments: str = ARGUMENTS) -> str:
        """A function with a handler's registers."""
        lines = "\n".join(body)
        return f"define {visibility} {self.convention} i64 @{symbol}({arguments}) {ATTRIBUTES} {{\n{lines}\n}}"


__all__ = ["Links"]
