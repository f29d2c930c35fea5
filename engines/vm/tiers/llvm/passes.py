"""How LLVM optimises and encodes a region."""

from __future__ import annotations

import threading
from typing import Any

from engines.vm.runtime.llvm import HostTarget
from engines.vm.tiers.llvm.unchecked import FEWEST_ROUNDS, LOOPS, PREFIX

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
        # Counted loops of so few rounds are worth vectors: who enters them has paid already.
        llvm.set_option("", f"-vectorizer-min-trip-count={FEWEST_ROUNDS}")
        machine = _machines[key] = llvm.Target.from_triple(target.triple).create_target_machine(
            cpu=target.cpu, features=target.features, opt=level, reloc="pic", codemodel="small"
        )
    text, _, loops = text.partition(LOOPS)
    context = llvm.create_context()
    module = llvm.parse_assembly(text, context)
    module.triple = target.triple
    module.data_layout = str(machine.target_data)
    if loops:
        _take_in(module, _vectorised(llvm.parse_assembly(loops, context), module, machine))
    passes = llvm.create_new_module_pass_manager()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1))
    if loops:
        passes.add_always_inliner_pass()
    passes.add_sroa_pass()
    passes.add_new_early_cse_pass() if hasattr(passes, "add_new_early_cse_pass") else None
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()
    passes.add_new_gvn_pass()
    passes.add_instruction_combine_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, builder)
    return module, machine


def _vectorised(loops: Any, module: Any, machine: Any) -> Any:
    """Counted loops after all of LLVM's passes; those are no match for `callbr`, which these loops have none of."""
    import llvmlite.binding as llvm

    loops.triple, loops.data_layout = module.triple, module.data_layout
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(loops, builder)
    return loops


def _take_in(module: Any, loops: Any) -> None:
    """Make the functions of `loops` the module's own, which inlines them."""
    module.link_in(loops)
    for function in module.functions:
        if function.name.startswith(PREFIX):
            function.linkage = "internal"
