"""Every property suite catches a bug of its class: each is run in a process in which something is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RUN = """
import pytest, sys

class Found:
    def pytest_configure(self):
        from hypothesis import Phase, settings
        settings.register_profile("found", phases=[Phase.explicit, Phase.generate], derandomize=True, database=None)
        settings.load_profile("found")

sys.exit(pytest.main([{!r}, "-q", "-x", "-n0", "-p", "no:cacheprovider"], plugins=[Found()]))
"""
"""Nothing is shrunk: that something is found is enough."""
PLANTED = "from fuzz.targets.fuzz_{} import planted; planted()"
BROKEN = {
    "roundtrip/test_machine_code.py::test_a_word_disassembles_to_text_that_assembles_to_it": (
        "from engines.vm.isa.derive.disassemble import Disassembler; text = Disassembler.text\n"
        "Disassembler.text = lambda self, word, length: text(self, word, length).replace('-', '')"
    ),
    "roundtrip/test_machine_code.py::test_a_word_decodes_to_fields_that_encode_to_it": (
        "from engines.vm.isa.describe import Field; extract = Field.extract\n"
        "Field.extract = lambda self, word: extract(self, word) & ~1 if self.name == 'rs2' else extract(self, word)"
    ),
    "roundtrip/test_documents.py::test_cases_survive_their_files": (
        "import harness.case_file as m; runs = m.memory_document\n"
        "m.memory_document = lambda memory: runs(memory)[:-1] or runs(memory)"
    ),
    "roundtrip/test_documents.py::test_entries_keep_artefact_and_choices": (
        "from fuzz.strategies.riscv64.choices import Choices; read = Choices.from_bytes.__func__\n"
        "Choices.from_bytes = classmethod(lambda cls, data: read(cls, data[:-1] + b'0'))"
    ),
    "roundtrip/test_documents.py::test_executables_written_by_one_are_loaded_by_the_other": (
        "from engines.vm.memory.address_space import AddressSpace; place = AddressSpace.place\n"
        "AddressSpace.place = lambda self, at, data: place(self, at, bytes(data)[:2])"
    ),
    "roundtrip/test_ir_text.py::test_blocks_survive_as_text": (
        "import engines.vm.ir.printer as m; constant = m._constant\n"
        "m._constant = lambda value, width: constant(value, width).replace('-', '')"
    ),
    "test_operand_order.py::test_operands_are_read_and_changed_from_left_to_right": (
        "import engines.rustwasm.mir.build_operands as m; m.OperandBuilder.calm = lambda self, nodes: True"
    ),
    "test_softfloat_exact.py::test_arithmetic_is_the_exact_result_rounded_once": PLANTED.format("softfloat"),
    "test_softfloat_exact.py::test_the_rationals_agree_with_the_host": (
        "import oracles.exact_rationals as m; right = m._integer\n"
        "m._integer = lambda exact, negative, rm: right(exact, negative, m.RMM if rm == m.RNE else rm)"
    ),
    "equivalence/test_tiers.py::test_both_tiers_agree_in_everything": (
        "from harness.subjects.riscv64_interpreter import InterpreterExecutor as E; run = E.run_batch\n"
        "def broken(self, batch):\n    seen = run(self, batch)\n    seen.state['x'][:, 31] ^= seen.retired > 3\n"
        "    return seen\n"
        "E.run_batch = broken"
    ),
    "equivalence/test_tiers.py::test_stopping_and_going_on_changes_nothing": (
        "from engines.vm.tiers.reference import ReferenceTier; run = ReferenceTier.run\n"
        "def broken(self, hart, n):\n    hart.words[31] ^= hart.cpu['retired'] > 0\n    return run(self, hart, n)\n"
        "ReferenceTier.run = broken"
    ),
    "shrinking/test_machine_reduction.py::test_a_wrong_instruction_is_reduced_to_itself": (
        "import harness.reduce.machine as m; m.window = lambda search, steps: None\n"
        "m._instructions = m._nearer = lambda search, **_: None"
    ),
}  # fmt: skip
"""Property → what is broken before it runs."""


@pytest.mark.slow
@pytest.mark.evidence("HX-03")
@pytest.mark.parametrize("node", BROKEN)
def test_a_property_notices_what_it_is_for(node: str) -> None:
    script = f"{BROKEN[node]}\n{RUN.format('properties/' + node)}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=250, check=False
    )
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-1000:]
    assert "1 failed" in done.stdout


def test_every_suite_of_properties_is_broken_once() -> None:
    broken = {node.partition("::")[0] for node in BROKEN}
    assert {"roundtrip", "equivalence", "shrinking"} <= {name.partition("/")[0] for name in broken}
    assert all((ROOT / "properties" / name).is_file() for name in broken)
