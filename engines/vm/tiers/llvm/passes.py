"""How LLVM optimises and encodes a region."""

from __future__ import annotations

import threading
from typing import Any

from engines.vm.runtime.llvm import HostTarget

_machines: dict[tuple[HostTarget, int], Any] = {}


def optimised_object(text: str, target: HostTarget, level: int = 2) -> bytes:
    """A position-independent object file made from LLVM assembly `text`.

    Raises:
        RuntimeError: LLVM refuses the text; the message is LLVM's, with line numbers of `text`.
    """
    module, machine = _optimised(text, target, level)
    compiled: bytes = machine.emit_object(module)
    return compiled


def optimised_text(text: str, target: HostTarget, level: int = 2) -> str:
    """LLVM assembly `text` after the passes, for listings.

    Raises:
        RuntimeError: as above.
    """
    return str(_optimised(text, target, level)[0])


def _optimised(text: str, target: HostTarget, level: int) -> tuple[Any, Any]:
    """The module after the passes, and what encodes it."""
    import llvmlite.binding as llvm

    key = (target, threading.get_ident())
    machine = _machines.get(key)
    if machine is None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        llvm.initialize_native_asmparser()  # for inline assembly
        # What a guest without conditional moves branches over, LLVM selects. Its pass that makes branches of that again
        # bets on predictions that fail in merges and searches, whose native code has conditional moves.
        llvm.set_option("", "-x86-cmov-converter=false")
        # Targets of a call through a pointer are functions, which lie apart: one jump through a sparse table is
        # predicted better than a tree of comparisons.
        llvm.set_option("", "-jump-table-density=4")
        machine = _machines[key] = llvm.Target.from_triple(target.triple).create_target_machine(
            cpu=target.cpu, features=target.features, opt=level, reloc="pic", codemodel="small"
        )
    module = llvm.parse_assembly(text, llvm.create_context())
    module.triple = target.triple
    module.data_layout = str(machine.target_data)
    passes = llvm.create_new_module_pass_manager()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1))
    passes.add_sroa_pass()
    passes.add_new_early_cse_pass() if hasattr(passes, "add_new_early_cse_pass") else None
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()
    passes.add_new_gvn_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, builder)
    return module, machine
