"""Compiles LLVM text into an object file for this host. The only place that imports llvmlite for compiling."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HostTarget:
    """What code is compiled for. All three belong into a cache key."""

    triple: str
    cpu: str
    features: str


@dataclass(frozen=True)
class Module:
    """LLVM assembly to be compiled.

    Attributes:
        quick: compile it in a fraction of the time, to slower code.
    """

    text: str
    quick: bool = False


def host_target() -> HostTarget:
    """The processor that we run on."""
    import llvmlite.binding as llvm

    return HostTarget(llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())


def host_features() -> dict[str, bool]:
    """What the processor that we run on has, by LLVM's names."""
    import llvmlite.binding as llvm

    return dict(llvm.get_host_cpu_features())


def compile_object(text: str, target: HostTarget, *, quick: bool = False) -> bytes:
    """Optimise LLVM assembly `text` moderately, or not at all if `quick`; return a position-independent object file.

    Raises:
        RuntimeError: LLVM refuses the text; the message is LLVM's, with line numbers of `text`.
    """
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.initialize_native_asmparser()  # for inline assembly
    machine = llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=0 if quick else 2, reloc="pic", codemodel="small"
    )
    module = llvm.parse_assembly(text)
    module.triple = target.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    if not quick:
        passes = llvm.create_new_module_pass_manager()
        passes.add_new_gvn_pass()
        passes.add_instruction_combine_pass()
        passes.add_simplify_cfg_pass()
        passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=1)))
    compiled: bytes = machine.emit_object(module)
    return compiled
