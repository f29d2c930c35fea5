"""The reference page of V: `python -m engines.vm.isa.riscv64.vector_listing > docs/reference/vectors.md`."""

from __future__ import annotations

import sys
from typing import Final

from engines.vm.isa.derive.listing import listing
from engines.vm.isa.riscv64.v_memory import V

COMMAND: Final = "python -m engines.vm.isa.riscv64.vector_listing > docs/reference/vectors.md"

PREFACE: Final = """\
`counterproof vm run --cpu rv64gcv PROGRAM` runs programs on a machine with vectors: VLEN = 128, ELEN = 64, all
values of LMUL. The default machine, `rv64gc`, has none: each of these words is an illegal instruction there, and its
code and state are what they were ([decision 0024](../decisions/0024-vectors-are-an-option.md)).

**What is not here** raises illegal instruction: strided, indexed, segment and fault-only-first accesses, `vlm.v` and
`vsm.v`, widening and narrowing, carries, fixed point, floating point, slides, gathers, compress, `vcpop`, `vfirst`,
`vmsbf` and its kin, `viota`. So the machine is not yet one that may call itself rv64gcv: programs must be compiled
to need no more (row VM-04 of the [capability matrix](capability-matrix.md) is open).

- *Configuration.* vl becomes the smaller one of AVL and VLMAX. What is reserved or not supported sets vill. `vsetvli
  x0, x0` with a VLMAX below vl, which the manual reserves, makes vl that VLMAX.
- *Agnostic is undisturbed.* Tail and masked-off elements keep their values, whatever vta and vma say; so do the bits
  of a mask behind vl. QEMU 7.2 chooses the same.
- *CSRs*: vstart, vxsat, vxrm, vcsr, vl, vtype, vlenb. Instructions start at vstart and leave 0. A load or store that
  faults leaves vstart at the element, and those before it done.
- *mstatus.VS* is Off (0) or Dirty (3) in the hart's record; Off makes all of this illegal. Programs start with
  Dirty, vtype illegal, vl 0 and registers 0. AT_HWCAP has the bit of V.
- *Tiers.* The reference tier goes element by element. The interpreter has a handler for each instruction, with a
  loop over host vectors for each element width; what it leaves to the reference tier (illegal instructions, vstart
  other than 0, accesses that may fault or that fall on code) is counted under `escape` by `--stats`.
- The LLVM tier compiles regions for the vtype that they begin with, and compares before it relies on it: `vadd.vv`
  becomes `paddd` on 128 bits, unmasked where vl is VLMAX. Vector registers stay in memory between instructions. The
  baseline tier has no vectors yet: it leaves each such instruction to the interpreter. Nothing that is compiled with
  vectors is kept for the next run.
- *Signals* do not save vector registers in their frames, as under QEMU 7.2 and Linux before 6.5. Machine cases
  (`counterproof diff riscv`) have no vector state: Unicorn's vectors are older than V 1.0."""


def page() -> str:
    """The page as committed."""
    return listing("V 1.0: the vector instructions that there are", COMMAND, (V,), "as ratified", PREFACE)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a TextIOWrapper has it
    sys.stdout.write(page())
