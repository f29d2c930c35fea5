"""How programs end as std ends them: the status's eight bits, and copies that nothing has room for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.mir.interpreter import run_program
from tests.wasi_command import started

STATUS = "fn main() { std::process::exit(256 + 3); }"
COPIES = """
fn main() {
    println!("{} {:?} {}", "ab".repeat(3), [1u8, 2].repeat(2), "".repeat(usize::MAX).len());
    println!("{}", "ab".repeat(usize::MAX / 2 + 2).len() + "a".repeat(usize::MAX).len());
}
"""


@pytest.mark.parametrize("profile", ["interpreted", "dev", "release"])
@pytest.mark.parametrize(("source", "status", "printed"), [(STATUS, 3, b""), (COPIES, 101, b"ababab [1, 2, 1, 2] 0\n")])
def test_ends_as_std_says(source: str, status: int, printed: bytes, profile: str, tmp_path: Path) -> None:
    compilation = check_source(source)
    if profile == "interpreted":
        ended = run_program(compilation)
    else:
        ended = started(build_bytes(compilation, profile), tmp_path)
    assert ended[:2] == (status, printed)
    assert (b"capacity overflow" in ended[2]) == (status == 101)
