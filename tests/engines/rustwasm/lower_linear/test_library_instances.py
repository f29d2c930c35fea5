"""Functions of the library that programs share: a build that takes them gives the bytes of one that lowers them."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.rust import rust_programs
from engines.rustwasm.compilation import check_source, library
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.lower_linear.library_instances import (
    LibraryInstances,
    save_library_instances,
    use_library_instances,
)
from engines.rustwasm.mir.printer import print_body

PROGRAMS = {one.name: one.source for one in rust_programs()}
NAMES = ("word_count", "json", "graph", "bigint", "hello")
CHOSEN = {name: PROGRAMS[name] for name in NAMES if name in PROGRAMS} or dict(list(PROGRAMS.items())[:5])
SCRIPT = """
import hashlib, json, sys
from pathlib import Path
from engines.rustwasm.compilation import check_source
from engines.rustwasm.driver import build_bytes
from engines.rustwasm.lower_linear.library_instances import save_library_instances, use_library_instances
known = use_library_instances(Path(sys.argv[1]))
found = {}
for name, source in json.load(sys.stdin).items():
    found[name] = hashlib.sha256(build_bytes(check_source(source, f"{name}.rs"))).hexdigest()
found["lowered"] = known.added
found["read"] = known.bodies.restored
found["saved"] = save_library_instances(known, Path(sys.argv[1]))
print(json.dumps(found))
"""
USES = """
use std::collections::HashMap;
{item}
fn main() {{
    let mut counts: HashMap<String, Vec<i32>> = HashMap::new();
    counts.entry("a".to_string()).or_insert_with(Vec::new).push(3);
    let values: Vec<i32> = counts["a"].clone();
    println!("{{:?}} {{}}", values, values.len());
}}
"""


@pytest.fixture
def known() -> Iterator[LibraryInstances]:
    """The library's functions are shared for one test only."""
    base = library()
    base.instances = LibraryInstances(base)
    yield base.instances
    base.instances = None


def told(directory: Path) -> dict[str, object]:
    """What a process of its own says, which shares the functions in the directory."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(directory)],
        input=json.dumps(CHOSEN), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(300)
def test_builds_of_other_processes_are_the_same_with_what_is_kept(tmp_path: Path) -> None:
    first = told(tmp_path)
    assert first["saved"]
    second = told(tmp_path)
    assert {name: first[name] for name in CHOSEN} == {name: second[name] for name in CHOSEN}
    assert first["read"] == 0
    assert int(str(second["read"])) > 20
    # What is left are functions of closures of the library, which have no name.
    assert int(str(second["lowered"])) * 10 < int(str(first["lowered"]))
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    damaged = told(tmp_path)
    assert damaged == first


def test_bodies_that_are_read_are_those_that_are_made(known: LibraryInstances) -> None:
    for source in CHOSEN.values():
        build_bytes(check_source(source))
    bodies = known.bodies
    bodies.keep_all()
    made = [one for one in library().declarations.functions if one.mir is not None]
    read = [(one.mir, found) for one in made if (found := bodies.find(one)) is not None]
    assert len(read) * 4 > len(made) * 3, f"{len(read)} of {len(made)} bodies are kept"
    for own, found in read:
        assert print_body(found, spans=True) == print_body(own, spans=True)


def test_bodies_of_the_library_add_no_items() -> None:
    """Their places would be those of the order in which a process checks bodies, and kept functions name places."""
    base = library()
    declared = base.declarations
    lists: tuple[list[Any], ...] = (declared.adts, declared.consts, declared.functions, declared.traits)
    before = [len(one) for one in lists]
    for function in list(declared.functions):
        base.body_of(function)
    assert [len(one) for one in lists] == before


def test_bodies_with_what_only_this_process_knows_are_not_kept(known: LibraryInstances) -> None:
    compilation = check_source("fn twice(a: i32) -> i32 { let f = |b: i32| b * 2; f(a) } struct S; fn s() -> S { S }")
    for function in compilation.declarations.functions:
        with pytest.raises(pickle.PicklingError):
            known.bodies.definitions.written(function.mir)


def test_a_build_takes_what_another_lowered(known: LibraryInstances) -> None:
    source = USES.format(item="struct Own(i32); impl Clone for Own { fn clone(&self) -> Own { Own(self.0) } }")
    right = build_bytes(check_source(source))
    lowered = known.added
    assert lowered > 50
    assert build_bytes(check_source(source)) == right
    assert known.added == lowered
    other = source.replace("push(3)", 'push(4); print!("more")')
    shared = build_bytes(check_source(other))
    library().instances = None
    assert build_bytes(check_source(other)) == shared
    assert build_bytes(check_source(source)) == right


def test_no_program_says_what_functions_of_the_library_call() -> None:
    source = USES.format(item="impl From<char> for Vec<i32> { fn from(one: char) -> Vec<i32> { vec![one as i32] } }")
    assert [one.code for one in check_source(source).diagnostics.messages] == ["E0117"]


def test_little_is_not_written(known: LibraryInstances, tmp_path: Path) -> None:
    assert not save_library_instances(known, tmp_path)
    assert list(tmp_path.iterdir()) == []
    again = use_library_instances(tmp_path)
    assert library().instances is again
