"""Statements on enums that hold a number or something else: the places where a compiler may keep the number in the
reference, as the lowering to WasmGC does with integers of 31 bits.

The numbers are near the ends of 31 and 32 bits; they are changed where they are, and copied before.
"""

from __future__ import annotations

from typing import Final

from fuzz.strategies.rust.scene import Scene, wrap

_ENDS: Final = (0, 1, -1, (1 << 30) - 1, 1 << 30, -(1 << 30), -(1 << 30) - 1, (1 << 31) - 1, -(1 << 31))
_LETTERS: Final = "az\N{LATIN SMALL LETTER E WITH ACUTE}\N{EURO SIGN}\N{GRINNING FACE}"
_MARKS: Final = (
    ("Nothing", "Nothing"), ("Start", "Start"), ("End", "End"), ('Text(String::from("x"))', 'Text("x")'),
)  # fmt: skip
"""Values of `Mark`: as they are written, and shown."""


def either(scene: Scene) -> None:
    """A number or a text, a variant without data or a text, a letter or a boxed number, one in a result, a number or
    what is copied: by turns."""
    (_word, _mark, _letter, _result, _place)[scene.draw.below(5)](scene)


def _word(scene: Scene) -> None:
    """Numbers and texts in a vector, changed through references."""
    scene.need("Word")
    name = scene.fresh("w")
    values: list[int | str] = []
    for _ in range(1 + scene.draw.below(4)):
        text = scene.draw.pick(("", "ab", "c"))
        values.append(text if scene.draw.chance(3) else scene.draw.pick(_ENDS))
    made = ", ".join(f"Word::Number({v})" if isinstance(v, int) else f'Word::Text(String::from("{v}"))' for v in values)
    by = scene.draw.pick((1, -1, 1 << 30, 5))
    at = scene.draw.below(len(values))
    with scene.block("{"):
        scene.line(f"let mut {name} = vec![{made}];")
        scene.line(f"let before = {name}[{at}].clone();")
        scene.line(f"for one in {name}.iter_mut() {{ edit_word(one, {by}); }}")
        scene.line(f"if let Word::Number(n) = &mut {name}[{at}] {{ let n = n; *n ^= 1; }}")
        scene.line(f'println!("{{:?}} {{:?}} {{}}", {name}, before, {name}[{at}] == before);')
    after = [wrap(v + by, "i32") if isinstance(v, int) else f"{v}!" for v in values]
    one = after[at]
    if isinstance(one, int):
        after[at] = wrap(one ^ 1, "i32")
    same = "true" if after[at] == values[at] else "false"
    scene.say(f"[{', '.join(map(_shown, after))}] {_shown(values[at])} {same}")


def _shown(value: int | str) -> str:
    return f"Number({value})" if isinstance(value, int) else f'Text("{value}")'


def _mark(scene: Scene) -> None:
    """Variants without data beside one with a text, exchanged in a struct's place."""
    scene.need("Mark")
    name = scene.fresh("m")
    first, second = scene.draw.pick(_MARKS), scene.draw.pick(_MARKS)
    with scene.block("{"):
        scene.line(f"let mut {name} = (Mark::{first[0]}, [Mark::{second[0]}, Mark::End]);")
        scene.line(f'let old = std::mem::replace(&mut {name}.0, Mark::Text(String::from("t")));')
        scene.line(f"if let Mark::Text(t) = &mut {name}.0 {{ t.push('u'); }}")
        scene.line(f"{name}.1.swap(0, 1);")
        scene.line(f'println!("{{:?}} {{:?}} {{}}", {name}, old, {name}.1[1] == old);')
    same = "true" if first == second else "false"
    scene.say(f'(Text("tu"), [End, {second[1]}]) {first[1]} {same}')


def _letter(scene: Scene) -> None:
    """A letter, or a number in a box, that a function turns into the other."""
    scene.need("Letter")
    name = scene.fresh("l")
    letter, number = scene.draw.pick(tuple(_LETTERS)), scene.draw.pick(_ENDS)
    with scene.block("{"):
        scene.line(f"let mut {name} = [Letter::One('{letter}'), Letter::Boxed(Box::new({number}))];")
        scene.line(f"for one in {name}.iter_mut() {{ *one = turn_letter(one); }}")
        scene.line(f'println!("{{:?}} {{:?}}", {name}, {name}.iter().map(turn_letter).collect::<Vec<_>>());')
    code = number & 0x7F
    scene.say(f"[Boxed({ord(letter)}), One({_char(code)})] [One({_char(ord(letter) & 0x7F)}), Boxed({code})]")


def _char(code: int) -> str:
    """How `{:?}` shows an ASCII character."""
    named = {0: r"\0", 9: r"\t", 10: r"\n", 13: r"\r", 39: r"\'", 92: r"\\"}
    shown = chr(code) if 32 <= code < 127 else rf"\u{{{code:x}}}"
    return f"'{named.get(code, shown)}'"


def _result(scene: Scene) -> None:
    """A result in an option, an unsigned number changed within it, then another result put there."""
    name = scene.fresh("r")
    number, by = scene.draw.pick(_ENDS) & 0xFFFFFFFF, scene.draw.below(9)
    text = scene.draw.pick(("", "no", "bad"))
    with scene.block("{"):
        scene.line(f"let mut {name}: Option<Result<u32, String>> = Some(Ok({number}));")
        scene.line(f"if let Some(Ok(n)) = {name}.as_mut() {{ *n = n.wrapping_sub({by}); }}")
        scene.line(f'println!("{{:?}}", {name});')
        scene.line(f'{name} = Some(Err(String::from("{text}")));')
        scene.line(f"if let Some(Err(t)) = &mut {name} {{ t.push('.'); }}")
        scene.line(f'println!("{{:?}} {{:?}} {{}}", {name}.clone(), {name}.take(), {name}.is_none());')
    scene.say(f"Some(Ok({wrap(number - by, 'u32')}))")
    scene.say(f'Some(Err("{text}.")) Some(Err("{text}.")) true')


def _place(scene: Scene) -> None:
    """Copies of a struct in a variant, of which one is changed."""
    scene.need("Place")
    name = scene.fresh("p")
    few, at, wide = scene.draw.pick((0, 9, 65535)), scene.draw.pick(_ENDS), scene.draw.below(99)
    with scene.block("{"):
        scene.line(f"let mut {name} = [Place::Few({few}), Place::Whole(Spot {{ at: {at}, wide: {wide} }})];")
        scene.line(f"let kept = {name};")
        scene.line(f"for one in {name}.iter_mut() {{")
        scene.line("    match one { Place::Few(n) => *n = n.wrapping_add(1), Place::Whole(s) => s.at ^= 1 }")
        scene.line("}")
        scene.line(f'println!("{{:?}} {{:?}}", {name}, kept);')
    before = f"[Few({few}), Whole(Spot {{ at: {at}, wide: {wide} }})]"
    scene.say(f"[Few({(few + 1) & 0xFFFF}), Whole(Spot {{ at: {at ^ 1}, wide: {wide} }})] {before}")
