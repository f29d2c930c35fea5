"""From choices to machine cases: deterministic, total, vectorised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64 import emit_compute, emit_control, emit_memory, emit_traps
from fuzz.strategies.riscv64.assembly import Code, Group, Slots
from fuzz.strategies.riscv64.choices import SLOT_FIELDS, Choices
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.layout_loop import END_PARCELS, layout_loops
from fuzz.strategies.riscv64.operands import window
from fuzz.strategies.riscv64.program_layout import Layout
from fuzz.strategies.riscv64.registers import ROLE
from harness.contract.case import MachineBatch
from harness.contract.layout import DATA_BASE, DATA_BYTES, MAX_BATCH_CASES
from harness.contract.states import RISCV64

EMITTERS: Final[dict[Kind, Callable[[Group], None]]] = {
    **emit_compute.EMITTERS,
    **emit_memory.EMITTERS,
    **emit_control.EMITTERS,
    **emit_traps.EMITTERS,
}


def _code(layout: Layout, ends_short: NDArray[np.bool_]) -> NDArray[np.uint16]:
    code = Code(layout.count * layout.row_parcels)
    slots = Slots(layout, code)
    for kind, emitter in EMITTERS.items():
        group = slots.group(kind)
        if group is not None:
            emitter(group)
    emit_control.loop_tails(layout, code)
    code.words[layout.place[:, -1]] = emit_control.ends(layout.functions, layout.variant, ends_short)
    return code.parcels.reshape(layout.count, layout.row_parcels)


def _initial(layout: Layout, choices: Choices) -> NDArray[np.void]:
    """Initial states: what the choices say, except for the kept registers."""
    initial = np.empty(layout.count, RISCV64)
    main_end = layout.place[np.arange(layout.count), layout.region_end[:, 0]] - layout.row
    end_address = layout.code_address + 2 * main_end
    base = DATA_BASE + layout.base
    states = np.ascontiguousarray(choices.state)
    addresses = (layout.code_address, end_address, base, base + layout.stack)
    layout_loops().call("start_states", layout.count, states, layout.variant, ROLE, *addresses, initial)
    return initial


def emit(choices: Choices, limit_insns: int = 10_000, label: str = "") -> MachineBatch:
    """The machine cases that `choices` stand for; row i of the batch is program i. All choices are legal.

    Raises:
        ValueError: more programs than a batch can hold (`MAX_BATCH_CASES`).
    """
    if not 0 < len(choices) <= MAX_BATCH_CASES:
        raise ValueError(f"{len(choices)} programs; a batch holds 1 … {MAX_BATCH_CASES}")
    if choices.width == 0:
        one = {name: np.zeros((len(choices), 1), choices.slots[name].dtype) for name in SLOT_FIELDS}
        choices = Choices(one, choices.state, choices.memory_seed)
    layout = Layout(choices)
    parcels = _code(layout, (choices.state["stack"] & np.uint8(1)) != 0)
    return MachineBatch(
        isa="riscv64",
        initial=_initial(layout, choices),
        code=parcels.astype("<u2", copy=False).view(np.uint8),
        code_bytes=(layout.parcels * 2).astype(np.uint32),
        code_address=layout.code_address.astype(np.uint64),
        memory=window(choices.memory_seed, DATA_BYTES)[None, :],
        limit_insns=limit_insns,
        label=label,
    )


__all__ = ["EMITTERS", "END_PARCELS", "emit"]
