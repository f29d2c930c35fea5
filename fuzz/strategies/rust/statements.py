"""Statements of valid programs, each written with its effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fuzz.strategies.rust.bindings import bindings
from fuzz.strategies.rust.courses import courses
from fuzz.strategies.rust.either import either
from fuzz.strategies.rust.expressions import boolean, integer, text
from fuzz.strategies.rust.middles import middles
from fuzz.strategies.rust.more_statements import MORE
from fuzz.strategies.rust.operands import operands
from fuzz.strategies.rust.scene import INTEGERS, Noisy, Pair, Scene, wrap

PRELUDE: Final = """\
struct Noisy {
    name: String,
}

impl Drop for Noisy {
    fn drop(&mut self) {
        println!("drop {}", self.name);
    }
}

fn noisy(name: &str) -> Noisy {
    Noisy { name: name.to_string() }
}

struct Pair {
    number: i64,
    text: String,
}

enum Shape {
    Dot,
    Line(i32),
    Named { name: String, size: i32 },
}

trait Area {
    fn area(&self) -> i64;
    fn twice(&self) -> i64 {
        self.area().wrapping_mul(2)
    }
}

impl Area for Pair {
    fn area(&self) -> i64 {
        self.number
    }
}

impl Area for i32 {
    fn area(&self) -> i64 {
        *self as i64 + 1
    }
}

fn join(left: &str, right: &str) -> String {
    let mut out = String::from(left);
    out.push_str(right);
    out
}

fn take(text: String) -> usize {
    text.len()
}

fn longer<'a>(left: &'a str, right: &'a str) -> &'a str {
    if right.len() > left.len() { right } else { left }
}

fn largest<T: PartialOrd + Copy>(items: &[T]) -> T {
    let mut best = items[0];
    for item in items {
        if *item > best {
            best = *item;
        }
    }
    best
}

fn grow(items: &mut Vec<i32>, by: i32) -> &mut Vec<i32> {
    items.push(by);
    items
}

fn describe(shape: Shape) -> String {
    match shape {
        Shape::Dot => String::from("dot"),
        Shape::Line(n) if n > 9 => format!("long {}", n),
        Shape::Line(n) => format!("line {}", n),
        Shape::Named { name, size } => format!("{}:{}", name, size),
    }
}

fn apply<F: FnMut(i32)>(mut f: F, times: i32) {
    for i in 0..times {
        f(i);
    }
}

fn checked(n: i32) -> Result<i32, String> {
    if n < 0 { Err(format!("negative {}", n)) } else { Ok(n) }
}

fn sum_checked(a: i32, b: i32) -> Result<i64, String> {
    Ok(checked(a)? as i64 + checked(b)? as i64)
}

"""
"""Items that the statements use."""

Statement = Callable[[Scene], None]


def length(value: str) -> int:
    return len(value.encode())


def let_integer(scene: Scene) -> None:
    type_ = scene.draw.pick(tuple(INTEGERS))
    expression, value = integer(scene, type_)
    name = scene.fresh("n")
    mutable = not scene.draw.chance(3)
    scene.line(f"let {'mut ' if mutable else ''}{name}: {type_} = {expression};")
    scene.declare(name, type_, value, mutable)


def assign_integer(scene: Scene) -> None:
    known = scene.variables(*INTEGERS, mutable=True)
    if not known:
        return let_integer(scene)
    variable = scene.draw.pick(known)
    expression, value = integer(scene, variable.type)
    if scene.draw.chance(2):
        scene.line(f"{variable.name} ^= {expression};")
        variable.value = wrap(variable.value ^ value, variable.type)
    else:
        scene.line(f"{variable.name} = {expression};")
        variable.value = value
    return None


def let_text(scene: Scene) -> None:
    expression, value = text(scene)
    name = scene.fresh("s")
    scene.line(f"let mut {name} = {expression};")
    scene.declare(name, "String", value, True)


def grow_text(scene: Scene) -> None:
    known = scene.variables("String", mutable=True)
    if not known:
        return let_text(scene)
    variable = scene.draw.pick(known)
    if scene.draw.chance(2):
        scene.line(f"{variable.name}.push_str(&{variable.name}.clone());")
        variable.value = (variable.value * 2)[:60] if length(variable.value) <= 30 else variable.value * 2
    else:
        scene.line(f"{variable.name}.push('z');")
        variable.value += "z"
    if length(variable.value) > 200:
        scene.line(f"{variable.name}.clear();")
        variable.value = ""
    return None


def show(scene: Scene) -> None:
    known = scene.variables(*INTEGERS, "String", "Box")
    if not known:
        return let_integer(scene)
    variable = scene.draw.pick(known)
    scene.line(f'println!("{variable.name}={{}}", {variable.name});')
    scene.say(f"{variable.name}={variable.value}")
    return None


def let_vector(scene: Scene) -> None:
    values = [scene.draw.below(40) - 10 for _ in range(1 + scene.draw.below(4))]
    name = scene.fresh("v")
    scene.line(f"let mut {name}: Vec<i32> = vec![{', '.join(map(str, values))}];")
    scene.declare(name, "Vec", values, True)


def use_vector(scene: Scene) -> None:
    """Two-phase borrows, reborrows, iteration by reference, mutable reference and value."""
    known = scene.variables("Vec", mutable=True)
    if not known or len(known[-1].value) > 12:
        return let_vector(scene)
    vector = scene.draw.pick(known)
    name, values = vector.name, vector.value
    choice = scene.draw.below(9)
    if choice == 0:
        scene.line(f"{name}.push({name}.len() as i32);")
        values.append(len(values))
    elif choice == 1:
        other = scene.fresh("r")
        scene.line(f"let {other} = &mut {name};")
        scene.line(f"{other}.push(1);")
        scene.line(f"grow(grow({other}, 2), 3);")
        values += [1, 2, 3]
    elif choice == 2:
        scene.line(f"for item in {name}.iter_mut() {{ *item = item.wrapping_mul(3); }}")
        values[:] = [wrap(x * 3, "i32") for x in values]
    elif choice == 3:
        total = scene.fresh("n")
        scene.line(f"let {total}: i64 = {name}.iter().map(|x| *x as i64).filter(|x| x % 2 == 0).sum();")
        scene.declare(total, "i64", sum(x for x in values if x % 2 == 0), False)
    elif choice == 4 and values:
        first = scene.fresh("r")
        at = scene.draw.below(len(values))
        scene.line(f"let {first} = &{name}[{at}];")
        scene.line(f'println!("{{}}", {first});')
        scene.line(f"{name}[{at}] = 7;")
        scene.say(str(values[at]))
        values[at] = 7
    elif choice == 5 and len(values) > 1:
        scene.line(f"{name}.swap(0, {len(values) - 1});")
        values[0], values[-1] = values[-1], values[0]
    elif choice == 6:
        moved = scene.fresh("v")
        scene.line(f"let mut {moved} = {name};")
        vector.usable = vector.alive = False
        scene.declare(moved, "Vec", values, True)
    elif choice == 7 and values:
        best = scene.fresh("n")
        scene.line(f"let {best} = largest(&{name});")
        scene.declare(best, "i32", max(values), False)
    else:
        scene.line(f"if let Some(last) = {name}.last_mut() {{ *last = last.wrapping_sub(1); }}")
        if values:
            values[-1] = wrap(values[-1] - 1, "i32")
        scene.line(f'println!("{{:?}}", {name});')
        scene.say(f"[{', '.join(map(str, values))}]")
    return None


def let_noisy(scene: Scene) -> None:
    if scene.quiet:
        return let_text(scene)
    name = scene.fresh("d")
    scene.line(f'let mut {name} = noisy("{name}");')
    scene.declare(name, "Noisy", Noisy(name), True)
    return None


def use_noisy(scene: Scene) -> None:
    known = scene.variables("Noisy")
    if not known:
        return let_noisy(scene)
    variable = scene.draw.pick(known)
    choice = scene.draw.below(5)
    if choice == 0:
        scene.line(f"drop({variable.name});")
        scene.drop_value(variable.value)
        variable.usable = variable.alive = False
    elif choice == 1:
        name = scene.fresh("d")
        scene.line(f"let mut {name} = {variable.name};")
        value = variable.value
        variable.usable = variable.alive = False
        scene.declare(name, "Noisy", value, True)
    elif choice == 2:
        scene.line(f'{variable.name} = noisy("again {variable.name}");')
        scene.drop_value(variable.value)
        variable.value = Noisy(f"again {variable.name}")
    elif choice == 3:
        scene.line(f"let _ = &{variable.name};")
    else:
        name = scene.fresh("b")
        scene.line(f'let {name} = vec![{variable.name}, noisy("{name}")];')
        value = variable.value
        variable.usable = variable.alive = False
        scene.declare(name, "Noisies", [value, Noisy(name)], False)
    return None


def move_text(scene: Scene) -> None:
    known = scene.variables("String")
    if not known:
        return let_text(scene)
    variable = scene.draw.pick(known)
    name = scene.fresh("n")
    scene.line(f"let {name} = take({variable.name}) as i64;")
    variable.usable = variable.alive = False
    scene.declare(name, "i64", length(variable.value), False)
    return None


def borrow_text(scene: Scene) -> None:
    known = scene.variables("String")
    if not known:
        return let_text(scene)
    left, right = scene.draw.pick(known), scene.draw.pick(known)
    name = scene.fresh("r")
    scene.line(f"let {name} = longer(&{left.name}, &{right.name});")
    scene.line(f'println!("{{}}", {name});')
    scene.say(right.value if length(right.value) > length(left.value) else left.value)
    return None


def pair(scene: Scene) -> None:
    known = scene.variables("Pair")
    if known and scene.draw.chance(2):
        variable = scene.draw.pick(known)
        choice = scene.draw.below(3)
        if choice == 0:
            name = scene.fresh("s")
            scene.line(f"let mut {name} = {variable.name}.text;")
            scene.line(f'println!("{{}}", {variable.name}.number);')
            scene.say(str(variable.value.number))
            variable.usable = False
            scene.declare(name, "String", variable.value.text, True)
        elif choice == 1:
            scene.line(f"let (a, b) = (&mut {variable.name}.number, &{variable.name}.text);")
            scene.line("*a = a.wrapping_add(b.len() as i64);")
            variable.value.number = wrap(variable.value.number + length(variable.value.text), "i64")
        else:
            name = scene.fresh("n")
            scene.line(f"let {name} = {variable.name}.twice();")
            scene.declare(name, "i64", wrap(variable.value.number * 2, "i64"), False)
        return
    number, value = integer(scene, "i64", 1)
    expression, word = text(scene)
    name = scene.fresh("p")
    scene.line(f"let mut {name} = Pair {{ number: {number}, text: {expression} }};")
    scene.declare(name, "Pair", Pair(value, word), True)


def branch(scene: Scene) -> None:
    condition, holds = boolean(scene)
    with scene.not_run(not holds), scene.block(f"if {condition} {{", "} else {"):
        block(scene, 2)
    scene.lines.pop()
    with scene.not_run(holds), scene.block("} else {"):
        block(scene, 2)


def nested(scene: Scene) -> None:
    with scene.block("{"):
        block(scene, 3)


def loop(scene: Scene) -> None:
    """A loop whose rounds are computed as they are written."""
    rounds = scene.rounds(5)
    type_ = scene.draw.pick(tuple(INTEGERS))
    name = scene.fresh("n")
    start = scene.draw.below(20)
    factor = 1 + scene.draw.below(5)
    value = start
    scene.line(f"let mut {name}: {type_} = {start};")
    form = scene.draw.below(3)
    body = f"{name} = {name}.wrapping_mul({factor}).wrapping_add(i as {type_});"
    if form == 0:
        scene.line(f"for i in 0..{rounds} {{ {body} }}")
    elif form == 1:
        counter = scene.fresh("c")
        scene.line(f"let mut {counter} = 0;")
        scene.line(f"while {counter} < {rounds} {{ let i = {counter}; {body} {counter} += 1; }}")
    else:
        counter = scene.fresh("c")
        scene.line(f"let mut {counter} = 0;")
        scene.line(f"loop {{ if {counter} == {rounds} {{ break; }} let i = {counter}; {body} {counter} += 1; }}")
    for i in range(rounds):
        value = wrap(value * factor + i, type_)
    scene.declare(name, type_, wrap(value, type_), True)


def closure(scene: Scene) -> None:
    choice = scene.draw.below(4)
    known = scene.variables(*INTEGERS, mutable=True)
    texts = scene.variables("String")
    if choice == 0 and known:
        variable = scene.draw.pick(known)
        name = scene.fresh("f")
        scene.line(f"let mut {name} = |by: {variable.type}| {{ {variable.name} = {variable.name}.wrapping_add(by); }};")
        scene.line(f"{name}(3);")
        scene.line(f"{name}(4);")
        variable.value = wrap(variable.value + 7, variable.type)
    elif choice == 1 and texts:
        variable = scene.draw.pick(texts)
        name = scene.fresh("f")
        scene.line(f"let {name} = || {variable.name}.len() + {variable.name}.len();")
        scene.line(f'println!("{{}} {{}}", {name}(), {variable.name});')
        scene.say(f"{2 * length(variable.value)} {variable.value}")
    elif choice == 2 and texts:
        variable = scene.draw.pick(texts)
        name = scene.fresh("f")
        scene.line(f"let {name} = move || {variable.name}.len();")
        scene.line(f'println!("{{}}", {name}());')
        scene.say(str(length(variable.value)))
        variable.usable = variable.alive = False
    else:
        vector = scene.fresh("v")
        times = scene.rounds(4)
        scene.line(f"let mut {vector}: Vec<i32> = Vec::new();")
        scene.line(f"apply(|i| {vector}.push(i * i), {times});")
        scene.declare(vector, "Vec", [i * i for i in range(times)], True)


def shape(scene: Scene) -> None:
    choice = scene.draw.below(3)
    if choice == 0:
        made, said = "Shape::Dot", "dot"
    elif choice == 1:
        size = scene.draw.below(20)
        made, said = f"Shape::Line({size})", f"long {size}" if size > 9 else f"line {size}"
    else:
        expression, name = text(scene)
        size = scene.draw.below(9)
        made, said = f"Shape::Named {{ name: {expression}, size: {size} }}", f"{name}:{size}"
    scene.line(f'println!("{{}}", describe({made}));')
    scene.say(said)


def option(scene: Scene) -> None:
    expression, value = integer(scene, "i32", 1)
    name = scene.fresh("o")
    some = not scene.draw.chance(3)
    scene.line(f"let mut {name}: Option<i32> = {f'Some({expression})' if some else 'None'};")
    scene.line(f"if let Some(inner) = &mut {name} {{ *inner ^= 1; }}")
    scene.line(f'println!("{{:?}}", {name});')
    scene.line(f'println!("{{}} {{}}", {name}.take().unwrap_or(9), {name}.is_none());')
    flipped = wrap(value ^ 1, "i32")
    scene.say(f"Some({flipped})" if some else "None")
    scene.say(f"{flipped} true" if some else "9 true")


def result(scene: Scene) -> None:
    a, b = scene.draw.below(30) - 5, scene.draw.below(30) - 5
    scene.line(f"match sum_checked({a}, {b}) {{")
    scene.line('    Ok(n) => println!("ok {}", n),')
    scene.line('    Err(why) => println!("{}", why),')
    scene.line("}")
    bad = a if a < 0 else b
    scene.say(f"negative {bad}" if bad < 0 else f"ok {a + b}")


def boxed(scene: Scene) -> None:
    known = scene.variables("Box", mutable=True)
    if known and scene.draw.chance(2):
        variable = scene.draw.pick(known)
        scene.line(f"*{variable.name} = {variable.name}.wrapping_add(5);")
        variable.value = wrap(variable.value + 5, "i32")
        return
    expression, value = integer(scene, "i32", 1)
    name = scene.fresh("x")
    scene.line(f"let mut {name}: Box<i32> = Box::new({expression});")
    scene.declare(name, "Box", value, True)


def dynamic(scene: Scene) -> None:
    number, value = integer(scene, "i64", 1)
    small, other = integer(scene, "i32", 1)
    name = scene.fresh("a")
    scene.line(f"let {name}: Vec<Box<dyn Area>> = vec![Box::new(Pair {{ number: {number}, text: String::new() }}), "
               f"Box::new({small})];")  # fmt: skip
    scene.line(f'for one in &{name} {{ println!("{{}}", one.twice()); }}')
    scene.say(str(wrap(value * 2, "i64")))
    scene.say(str((other + 1) * 2))


STATEMENTS: Final[list[tuple[int, Statement]]] = [
    (4, let_integer), (3, let_text), (3, show), (2, assign_integer), (2, grow_text), (2, let_vector), (4, use_vector),
    (2, let_noisy), (3, use_noisy), (1, move_text), (2, borrow_text), (3, pair), (2, branch), (1, nested), (2, loop),
    (3, closure), (1, shape), (1, option), (1, result), (1, boxed), (1, dynamic), (1, middles), (1, either),
    (2, operands), (2, courses), (2, bindings), *MORE,
]  # fmt: skip


def block(scene: Scene, most: int) -> None:
    """From a quarter of `most` to `most` statements, one at least."""
    deep = scene.depth > 4
    least = most // 4
    for _ in range(least + 1 + scene.draw.below(max(most - least, 1))):
        chosen = scene.draw.weighted(STATEMENTS)
        (let_integer if deep and chosen in (branch, nested) else chosen)(scene)
