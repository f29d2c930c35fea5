"""The one list of executors, by name. Nothing is imported before it is asked for.

Third parties join by the entry-point group `counterproof.executors` (name = "package.module:factory"), or are named
directly as `package.module:factory` wherever an executor's name is expected.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import platform
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.nearest import did_you_mean

if TYPE_CHECKING:
    from harness.contract import Executor

ENTRY_POINT_GROUP: Final = "counterproof.executors"
OURS: Final = ("harness", "oracles", "engines", "fuzz", "corpus")


class UnknownExecutorError(ValueError):
    """No executor has this name; the message lists those there are."""


class ExecutorUnavailableError(RuntimeError):
    """The executor is known and cannot be built here; the message says what to install."""


@dataclass(frozen=True)
class Description:
    """What is known about an executor without building it.

    Attributes:
        name: as users write it.
        role: `subject`, `oracle` or `third party`.
        summary: one line.
        target: `module:factory`, where the factory takes no argument and returns an `Executor`.
        extra: the optional dependencies of our distribution that it needs, or empty.
        programs: commands that must be on PATH, with the Debian package that has them.
        case_seconds: wall clock that its worker may take for one case.
    """

    name: str
    role: str
    summary: str
    target: str
    extra: str = ""
    programs: tuple[tuple[str, str], ...] = ()
    case_seconds: float = 20.0


_PROGRAM_SECONDS: Final = 600.0


def _emulator(machine: str) -> tuple[tuple[str, str], ...]:
    """The program that runs code of another machine here; none on a machine of that kind."""
    return () if platform.machine() == machine else ((f"qemu-{machine}", "qemu-user"),)


_BUILT_IN: Final = {
    d.name: d
    for d in (
        Description(
            "riscv64-interpreter",
            "subject",
            "our native interpreter, machine cases",
            "harness.subjects.riscv64_interpreter:InterpreterExecutor",
        ),
        Description(
            "riscv64-baseline",
            "subject",
            "our baseline compiler, machine cases",
            "harness.subjects.riscv64_baseline:BaselineExecutor",
        ),
        Description(
            "riscv64-baseline-on-arm64",
            "subject",
            "our baseline compiler's code for arm64 hosts, machine cases",
            "harness.subjects.riscv64_on_host:arm64",
            programs=_emulator("aarch64"),
        ),
        Description(
            "riscv64-baseline-on-riscv64",
            "subject",
            "our baseline compiler's code for riscv64 hosts, machine cases",
            "harness.subjects.riscv64_on_host:riscv64",
            programs=_emulator("riscv64"),
        ),
        Description(
            "riscv64-interpreter-on-arm64",
            "subject",
            "our native interpreter as compiled for arm64 hosts, machine cases",
            "harness.subjects.riscv64_interpreter_on_host:arm64",
            programs=_emulator("aarch64"),
        ),
        Description(
            "riscv64-interpreter-on-riscv64",
            "subject",
            "our native interpreter as compiled for riscv64 hosts, machine cases",
            "harness.subjects.riscv64_interpreter_on_host:riscv64",
            programs=_emulator("riscv64"),
        ),
        Description(
            "riscv64-llvm",
            "subject",
            "our LLVM tier, machine cases",
            "harness.subjects.riscv64_llvm:LlvmExecutor",
        ),
        Description(
            "riscv64-reference",
            "subject",
            "our executable specification, machine cases",
            "harness.subjects.riscv64_reference:ReferenceExecutor",
        ),
        Description(
            "riscv64-ir",
            "subject",
            "our IR, lifted and optimised, evaluated over integers, machine cases",
            "harness.subjects.riscv64_ir:IrExecutor",
        ),
        Description(
            "riscv64-ir-lifted",
            "subject",
            "our IR as lifted, without any pass, machine cases",
            "harness.subjects.riscv64_ir:LiftedExecutor",
        ),
        Description(
            "riscv64-user-interpreter",
            "subject",
            "our Linux user mode on the native interpreter, programs",
            "harness.subjects.riscv64_user:interpreter",
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "riscv64-user-baseline",
            "subject",
            "our Linux user mode on the baseline compiler, programs",
            "harness.subjects.riscv64_user:baseline",
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "riscv64-user-llvm",
            "subject",
            "our Linux user mode on the LLVM tier, programs",
            "harness.subjects.riscv64_user:llvm",
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "riscv64-user-auto",
            "subject",
            "our Linux user mode on all tiers together, programs",
            "harness.subjects.riscv64_user:auto",
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "riscv64-user-reference",
            "subject",
            "our Linux user mode on the executable specification, programs",
            "harness.subjects.riscv64_user:reference",
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "rustwasm-check",
            "subject",
            "our Rust front end and borrow checker: verdicts on source programs",
            "harness.subjects.rustwasm_checker:RustwasmChecker",
        ),
        Description(
            "rustc",
            "oracle",
            "rustc: verdicts on source programs, and what its builds of them do",
            "oracles.rustc_oracle:Rustc",
            programs=(("rustc", "rustc"),),
            case_seconds=150.0,
        ),
        Description(
            "wasm-validator",
            "subject",
            "our Wasm decoder, validator and codecs: verdicts on modules",
            "harness.subjects.wasm_validator:WasmValidator",
        ),
        Description(
            "unicorn-riscv64",
            "oracle",
            "Unicorn, machine cases",
            "oracles.unicorn_oracle:UnicornRiscv64",
            extra="oracles",
        ),
        Description(
            "unicorn-riscv64-stock",
            "oracle",
            "Unicorn with its defects in place, machine cases",
            "oracles.unicorn_oracle:unrepaired",
            extra="oracles",
        ),
        Description(
            "qemu-system-riscv64",
            "oracle",
            "QEMU's TCG in U-mode, machine cases",
            "oracles.qemu_oracle:QemuSystemOracle",
            programs=(("qemu-system-riscv64", "qemu-system-misc"),),
        ),
        Description(
            "qemu-riscv64",
            "oracle",
            "QEMU's user mode: programs, and machine cases through its gdbstub",
            "oracles.qemu_user_oracle:QemuUserOracle",
            programs=(("qemu-riscv64", "qemu-user"),),
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "qiling-riscv64",
            "oracle",
            "qiling, programs",
            "oracles.qiling_oracle:QilingOracle",
            extra="oracles",
            case_seconds=_PROGRAM_SECONDS,
        ),
        Description(
            "wasmtime",
            "oracle",
            "Wasmtime with Cranelift: Wasm calls and WASI programs",
            "oracles.wasmtime_oracle:WasmtimeOracle",
            extra="wasm",
        ),
        Description(
            "wasmtime-pulley",
            "oracle",
            "Wasmtime's portable interpreter, one vote with Cranelift",
            "oracles.wasmtime_oracle:pulley",
            extra="wasm",
        ),
        Description(
            "node",
            "oracle",
            "V8 through Node.js: Wasm calls and WASI programs",
            "oracles.node_oracle:NodeOracle",
            extra="wasm",
        ),
        Description(
            "native",
            "oracle",
            "this machine itself, programs built for it",
            "oracles.native_oracle:NativeOracle",
            case_seconds=_PROGRAM_SECONDS,
        ),
    )
}
_OWN_NAMES: Final = {"unicorn": "unicorn-riscv64", "qiling": "qiling-riscv64"}
"""What an adapter calls itself (in errata and reports) where that is shorter than its name here."""


def names() -> tuple[str, ...]:
    """Every known name: ours in their order, then installed third parties'."""
    return tuple(_BUILT_IN) + tuple(name for name in sorted(_third_parties()) if name not in _BUILT_IN)


def describe(name: str) -> Description:
    """What is known about `name`, ours or an adapter's own, without building it.

    Raises:
        UnknownExecutorError: nothing has that name; the message lists the known ones and the closest.
    """
    name = _OWN_NAMES.get(name, name)
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    target = _third_parties().get(name, name if _is_path(name) else "")
    if not target:
        raise UnknownExecutorError(
            f"no executor is called {name!r}.{did_you_mean(name, names())} Known: {', '.join(names())}; "
            "any other is named package.module:factory."
        )
    return Description(name, "third party", target, target)


def create(name: str, isolated: bool = True) -> Executor:
    """Build the executor `name`: in a disposable worker process, or in this process where `isolated` is False.

    Raises:
        UnknownExecutorError: nothing has that name.
        ExecutorUnavailableError: it cannot be built here; the message says what to install.
    """
    description = describe(name)
    _require_programs(description)
    if isolated:
        from harness.campaign.workers import IsolatedExecutor

        return IsolatedExecutor(name)
    executor = _build(description)
    from harness.contract import Executor

    if not isinstance(executor, Executor):
        raise ExecutorUnavailableError(
            f"{description.target} makes a {type(executor).__name__}, which is no executor: it needs name, "
            "capabilities, run, run_batch and close (harness/contract/executor.py)"
        )
    return executor


def _build(description: Description) -> object:
    module_name, _, attribute = description.target.partition(":")
    try:
        module = importlib.import_module(module_name)
        factory = getattr(module, attribute)
        return factory()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        raise ExecutorUnavailableError(_how_to_get(description, missing or str(error))) from error
    except AttributeError as error:
        if getattr(error, "name", None) != attribute:
            raise
        raise ExecutorUnavailableError(f"{description.name}: {module_name} has no {attribute!r}") from error


def _how_to_get(description: Description, missing: str) -> str:
    if description.extra:
        return (
            f"{description.name} needs the Python package {missing!r}, which is not installed: "
            f"pip install 'counterproof[{description.extra}]'"
        )
    if missing in OURS:
        return f"{description.name}: {description.target.partition(':')[0]} is not part of this installation"
    return f"{description.name} needs the Python package {missing!r}, which is not installed"


def _require_programs(description: Description) -> None:
    for program, package in description.programs:
        if shutil.which(program) is None:
            raise ExecutorUnavailableError(
                f"{description.name} needs the program {program!r}, which is not on PATH: "
                f"install it (Debian and Ubuntu: apt-get install {package})"
            )


def _third_parties() -> dict[str, str]:
    return {entry.name: entry.value for entry in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)}


def _is_path(name: str) -> bool:
    module, colon, attribute = name.partition(":")
    return bool(colon) and attribute.isidentifier() and all(part.isidentifier() for part in module.split("."))
