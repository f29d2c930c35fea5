"""Statements that take arrays and slices apart: ends, and `rest @ ..` before, behind and between them.

A middle that is borrowed is a place within the array, whatever the lowering makes of arrays; one that is bound by value
is an array of its own.
"""

from __future__ import annotations

from typing import Final

from fuzz.strategies.rust.scene import INTEGERS, Scene, wrap

_TYPES: Final = ("i32", "u8", "i64", "u16")


def middles(scene: Scene) -> None:
    """One array, or slice, taken apart: written through its middle, copied, read, moved, by turns, or one
    in another."""
    chosen = scene.draw.below(7)
    if chosen == 3 and scene.quiet:
        chosen = 2
    (_written, _copied, _read, _moved, _nested, _of_slice, _by_turns)[chosen](scene)


def _numbers(scene: Scene, least: int) -> tuple[str, str, list[int]]:
    """A name for an array, the type of its elements, and those: `least` at least, of four more at most."""
    type_ = scene.draw.pick(_TYPES)
    values = [scene.draw.below(250) for _ in range(least + scene.draw.below(5))]
    return scene.fresh("m"), type_, values


def _made(name: str, type_: str, values: list[int], mutable: bool) -> str:
    return f"let {'mut ' if mutable else ''}{name}: [{type_}; {len(values)}] = {values};"


def _written(scene: Scene) -> None:
    """Through a middle that is borrowed for writing: one element, then all of them."""
    n, type_, values = _numbers(scene, 3)
    at, by = scene.draw.below(len(values) - 2), 1 + scene.draw.below(9)
    scene.line(_made(n, type_, values, True))
    with scene.block("{"):
        scene.line(f"let [first, rest @ .., last] = &mut {n};")
        scene.line(f"rest[{at}] = rest[{at}].wrapping_mul({by}).wrapping_add(*first);")
        scene.line(f"*last = last.wrapping_add(rest[{at}]);")
        if len(values) % 2:
            scene.line("for one in rest.iter_mut() { *one ^= 1; }")
        scene.line('println!("{} {:?}", rest.len(), &rest[..]);')
    values[at + 1] = wrap(values[at + 1] * by + values[0], type_)
    values[-1] = wrap(values[-1] + values[at + 1], type_)
    if len(values) % 2:
        values[1:-1] = [one ^ 1 for one in values[1:-1]]
    scene.say(f"{len(values) - 2} {values[1:-1]}")
    scene.line(f'println!("{{:?}}", {n});')
    scene.say(str(values))


def _copied(scene: Scene) -> None:
    """A middle bound by value: writing to it leaves the array as it was."""
    n, type_, values = _numbers(scene, 2)
    before = scene.draw.chance(2)
    pattern = "[first, mut rest @ ..]" if before else "[mut rest @ .., first]"
    rest, first = (values[1:], values[0]) if before else (values[:-1], values[-1])
    at = scene.draw.below(len(rest))
    scene.line(_made(n, type_, values, False))
    with scene.block("{"):
        scene.line(f"let {pattern} = {n};")
        scene.line(f"rest[{at}] = rest[{at}].wrapping_add(first).wrapping_add(200 as {type_});")
        scene.line(f'println!("{{:?}} {{}} {{:?}}", rest, first, {n});')
    rest[at] = wrap(rest[at] + first + 200, type_)
    scene.say(f"{rest} {first} {values}")


def _read(scene: Scene) -> None:
    """A middle borrowed for reading, and its own ends."""
    n, type_, values = _numbers(scene, 4)
    scene.line(_made(n, type_, values, False))
    with scene.block("{"):
        scene.line(f"let [first, rest @ .., last] = &{n};")
        scene.line("let [second, .., late] = rest;")
        scene.line("let total: u64 = rest.iter().map(|&one| one as u64).sum();")
        scene.line('println!("{} {} {} {} {:?} {}", first, second, late, last, rest, total);')
    inner = values[1:-1]
    scene.say(f"{values[0]} {inner[0]} {inner[-1]} {values[-1]} {inner} {sum(inner)}")


def _moved(scene: Scene) -> None:
    """Values that say when they are dropped, moved out of an array by parts: the last bound goes first."""
    n = scene.fresh("k")
    names = [f"{n}{letter}" for letter in "abcd"[: 2 + scene.draw.below(3)]]
    values = ", ".join(f'noisy("{one}")' for one in names)
    early = scene.draw.chance(2)
    with scene.block("{"):
        scene.line(f"let [first, rest @ ..] = [{values}];")
        if early:
            scene.line("drop(first);")
        scene.line('println!("{} {}", rest.len(), rest[0].name.len());')
    told = f"{len(names) - 1} {len(names[1])}"
    rest = [f"drop {one}" for one in names[1:]]
    for line in (f"drop {names[0]}", told, *rest) if early else (told, *rest, f"drop {names[0]}"):
        scene.say(line)


def _nested(scene: Scene) -> None:
    """Arrays in an array, written through a middle of the outer and one of an inner."""
    n = scene.fresh("m")
    type_ = scene.draw.pick(_TYPES)
    rows = [[scene.draw.below(50) for _ in range(3)] for _ in range(3 + scene.draw.below(2))]
    by = 1 + scene.draw.below(200)
    scene.line(f"let mut {n}: [[{type_}; 3]; {len(rows)}] = {rows};")
    with scene.block("{"):
        scene.line(f"let [[corner, ..], rest @ ..] = &mut {n};")
        scene.line("let [row, ..] = rest;")
        scene.line("let [_, inner @ ..] = row;")
        scene.line(f"inner[1] = inner[1].wrapping_add({by}).wrapping_sub(*corner);")
        scene.line("*corner = inner[0];")
    rows[1][2] = wrap(rows[1][2] + by - rows[0][0], type_)
    rows[0][0] = rows[1][1]
    scene.line(f'println!("{{:?}}", {n});')
    scene.say(str(rows))


def _of_slice(scene: Scene) -> None:
    """A slice of unknown length, by all the patterns that one may have."""
    n, type_, values = _numbers(scene, 0)
    bits, signed = INTEGERS[type_]
    scene.line(f"let mut {n}: Vec<{type_}> = vec!{values};")
    with scene.block(f"match {n}.as_mut_slice() {{"):
        scene.line('[] => println!("none"),')
        scene.line('[one] => { *one = !*one; println!("one"); }')
        scene.line('[a, b] => { std::mem::swap(a, b); println!("two"); }')
        scene.line("[first, rest @ .., last] => {")
        scene.line('    rest[0] = *last; *last = *first; println!("{} between", rest.len());')
        scene.line("}")
    if len(values) > 2:
        scene.say(f"{len(values) - 2} between")
        values[1], values[-1] = values[-1], values[0]
    elif len(values) == 1:
        scene.say("one")
        values = [~values[0] if signed else (1 << bits) - 1 - values[0]]
    else:
        scene.say("two" if values else "none")
        values.reverse()
    scene.line(f'println!("{{:?}}", {n});')
    scene.say(str(values))


def _by_turns(scene: Scene) -> None:
    """Parts of one value moved out by one `let` after another, each of which reads only what it binds."""
    n = scene.fresh("m")
    words = [scene.draw.pick(("", "ab", "c", "déf")) for _ in range(3 + scene.draw.below(2))]
    number = scene.draw.below(90)
    made = ", ".join(f'String::from("{one}")' for one in words)
    at = 1 + scene.draw.below(len(words) - 2)
    with scene.block("{"):
        scene.line(f"let {n} = ([{made}], vec![{number}u8], {number});")
        scene.line(f"let ([first, ..], _, count) = {n};")
        scene.line(f"let ([{'_, ' * at}inner, ..], list, _) = {n};")
        scene.line(f"let ([.., last], ..) = {n};")
        scene.line('println!("{:?} {} {} {} {}", list, first, inner, last, count);')
    scene.say(f"[{number}] {words[0]} {words[at]} {words[-1]} {number}")
