"""Whether an executor really shows what a record says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.contract.executor import Executor
from harness.contract.layout import DATA_BASE
from harness.contract.observation import MachineObservation
from harness.contract.traps import End, Trap
from oracles.errata.records import Erratum

_REGISTER = re.compile(r"([xf])\[(\d+)\]")


def reproduces(erratum: Erratum, executor: Executor) -> bool:
    """Run the witness: True when `executor` answers as the record says that its oracle does.

    An adapter may repair what the software behind it does wrong; a record that does not show must not excuse anything.
    """
    seen = executor.run(erratum.witness.case)
    return isinstance(seen, MachineObservation) and answers(seen, erratum.witness.oracle)


def answers(seen: MachineObservation, expected: Mapping[str, Any]) -> bool:
    """Whether `seen` is as a witness's answer says; `not 0x0` stands for any other value.

    Raises:
        ValueError: the answer names a place that no observation has.
    """
    return all(_is(seen, name, value) for name, value in expected.items())


def _is(seen: MachineObservation, name: str, value: Any) -> bool:
    if name == "memory":
        contents = {int(address, 16) - DATA_BASE: bytes.fromhex(data) for address, data in value.items()}
        return all(seen.memory[at : at + len(data)] == data for at, data in contents.items())
    if name == "trap":
        return seen.trap is Trap[value]
    if name == "end":
        return seen.end is End[value]
    wanted = int(value.removeprefix("not "), 16)
    return (_number(seen, name) == wanted) is not value.startswith("not ")


def _number(seen: MachineObservation, name: str) -> int:
    register = _REGISTER.fullmatch(name)
    if register is not None:
        return int(seen.state[register[1]][int(register[2])])
    fcsr = int(seen.state["fcsr"])
    places = {"tval": seen.tval, "pc": int(seen.state["pc"]), "fflags": fcsr & 31, "frm": fcsr >> 5 & 7}
    places |= {"retired": seen.retired}
    if name not in places:
        raise ValueError(f"a witness speaks of {name!r}; known: x[n], f[n], memory, trap, end, {', '.join(places)}")
    return places[name]
