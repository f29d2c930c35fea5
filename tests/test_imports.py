"""Who may import whom (docs/architecture.md): read from the source, so lazy imports inside functions count too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("harness", "oracles", "engines", "corpus", "fuzz", "properties", "ci", "tests")

# For each package prefix, the longest match deciding: the prefixes of ours that it may import.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "harness.contract": ("harness.contract",),
    "harness": ("harness", "engines", "fuzz", "oracles.errata", "oracles.elf_image", "corpus"),
    "harness.registry": ("harness", "oracles", "engines"),
    "harness.subjects": ("harness.contract", "engines", "harness.subjects"),
    "oracles": ("harness.contract", "oracles"),
    "engines": ("engines",),
    "engines.vm.isa": ("engines.vm.bits", "engines.vm.errors", "engines.vm.isa"),
    "engines.vm.memory": (
        *("engines.vm.memory", "engines.vm.enumeration", "engines.vm.errors", "engines.vm.quick"),
        "engines.vm.quick_ctypes",
    ),
    # These know no ISA.
    "engines.vm.ir": (
        *("engines.vm.ir", "engines.vm.bits", "engines.vm.errors", "engines.vm.float_unit", "engines.vm.memory"),
    ),
    "engines.vm.opt": (
        *("engines.vm.opt", "engines.vm.ir", "engines.vm.bits", "engines.vm.errors"),
        "engines.vm.runtime.generated_code",
    ),
    "corpus": ("harness", "corpus"),
    "fuzz": (*("harness", "fuzz", "engines.vm.isa", "engines.vm.ir", "engines.rustwasm.wasm", "engines.whole_file"),),
    "fuzz.sabotage": ("harness", "fuzz", "engines", "oracles", "properties"),
    # What a target examines, it imports; tiers it gets from the registry.
    "fuzz.targets": (
        *("harness", "fuzz", "oracles", "corpus", "engines.rustwasm", "engines.vm.isa", "engines.vm.ir"),
        *("engines.vm.lift", "engines.vm.opt", "engines.vm.softfloat", "engines.vm.memory", "engines.vm.guests"),
        *("engines.vm.runtime", "engines.vm.user", "engines.whole_file"),
    ),
    "properties": ("harness", "fuzz", "engines", "oracles", "properties"),
    "ci": OURS[:-1],
}


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, module: str) -> set[str]:
    """Every absolute name of ours that `source` imports, `from a import b` counted as `a`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import at line {node.lineno}; write the full name"
            assert node.module is not None
            found.add(node.module)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "import_module"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            found.add(str(node.args[0].value))
    return {name for name in found if name.split(".")[0] in OURS}


def violations(source: str, module: str) -> list[str]:
    rule = max((p for p in MAY_IMPORT if within(module, p)), key=len)
    allowed = MAY_IMPORT[rule]
    return sorted(n for n in imported(source, module) if not any(within(n, p) for p in allowed))


SOURCES = sorted(p for top in OURS[:-1] for p in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_only_what_its_place_allows(path: Path) -> None:
    bad = violations(path.read_text(), module_name(path))
    assert not bad, f"{path.relative_to(ROOT)} imports {', '.join(bad)}; the rule is in docs/architecture.md"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("oracles.unicorn_oracle", "from engines.vm.isa import describe"),
        ("engines.vm.bits", "def f():\n    import harness.contract"),
        ("fuzz.strategies.riscv64", "from engines.vm.tiers.reference import ReferenceTier"),
        ("harness.contract.case", "import harness.registry"),
        ("engines.vm.isa.describe", "import importlib\nimportlib.import_module('engines.vm.tiers.reference')"),
    ],
)
def test_a_forbidden_import_is_seen(module: str, source: str) -> None:
    assert violations(source, module)
