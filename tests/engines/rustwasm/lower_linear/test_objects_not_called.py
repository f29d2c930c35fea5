"""Trait objects that are only dropped: their modules are valid, in every build."""

from __future__ import annotations

import pytest

from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.wasm.binary.decoder import decode
from engines.rustwasm.wasm.validate import validate


@pytest.mark.parametrize("profile", ["dev", "release"])
def test_what_drops_objects_has_a_table_to_look_into(profile: str) -> None:
    compilation = check_source('fn main() { let _quiet: Box<dyn Fn() + Send> = Box::new(|| println!("x")); }')
    validate(decode(build_bytes(compilation, profile)))
