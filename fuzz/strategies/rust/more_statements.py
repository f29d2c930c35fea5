"""More statements of valid programs: drops in every place, floats, texts, patterns, loops, collections, traits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from fuzz.strategies.rust.expressions import boolean, integer
from fuzz.strategies.rust.scene import INTEGERS, Scene, literal, wrap

Statement = Callable[[Scene], None]


def drops(scene: Scene) -> None:
    """Values that say when they are dropped: moved in part, in arrays, options, pointers, temporaries, closures."""
    if scene.quiet:
        return floats(scene)
    n = scene.fresh("k")
    choice = scene.draw.below(17)
    lines: list[str]
    said: list[str]
    if choice == 0:
        lines = [f'let {n} = (noisy("{n}a"), noisy("{n}b"));', f"let (first, _) = {n};", 'println!("moved");']
        said = ["moved", f"drop {n}a", f"drop {n}b"]
    elif choice == 1:
        lines = [f'let {n} = [noisy("{n}a"), noisy("{n}b"), noisy("{n}c")];', f'println!("{{}}", {n}.len());']
        said = ["3", f"drop {n}a", f"drop {n}b", f"drop {n}c"]
    elif choice == 2:
        lines = [
            *(f'let mut {n} = Some(noisy("{n}a"));', f"{n} = None;", 'println!("gone");'),
            *(f'{n} = Some(noisy("{n}b"));', f"let kept = {n}.take();", f'println!("{{}}", {n}.is_none());'),
        ]
        said = [f"drop {n}a", "gone", "true", f"drop {n}b"]
    elif choice == 3:
        lines = [
            *(f'let {n} = std::rc::Rc::new(noisy("{n}"));', f"let other = std::rc::Rc::clone(&{n});"),
            *(f'println!("{{}}", std::rc::Rc::strong_count(&{n}));', f"drop({n});", 'println!("one left");'),
        ]
        said = ["2", "one left", f"drop {n}"]
    elif choice == 4:
        scene.need("Two")
        lines = [f'let {n} = Two {{ left: noisy("{n}l"), number: 7, right: noisy("{n}r") }};',
                 f"let moved = {n}.right;", f'println!("{{}}", {n}.number);']  # fmt: skip
        said = ["7", f"drop {n}r", f"drop {n}l"]
    elif choice == 5:
        lines = [f'println!("{{}}", noisy("{n}").name.len());', 'println!("after");']
        said = [str(len(n)), f"drop {n}", "after"]
    elif choice == 6:
        lines = [f'match noisy("{n}").name.len() {{', '    0 => println!("none"),', '    _ => println!("in"),', "};"]
        said = ["in", f"drop {n}"]
    elif choice == 7:
        scene.need("early")
        given = scene.draw.below(8)
        lines = [f'println!("{{}}", early({given}));']
        said = ["drop early first", str(given)]
        if given <= 3:
            said = ["drop early second", "drop early first", str(given * 2)]
    elif choice == 8:
        rounds, stop = scene.rounds(4), scene.draw.below(4)
        lines = [f"for i in 0..{rounds} {{", f'    let _one = noisy("{n}");', f"    if i == {stop} {{ break; }}",
                 '    println!("round {}", i);', "}"]  # fmt: skip
        said = []
        for i in range(rounds):
            said += [f"drop {n}"] if i == stop else [f"round {i}", f"drop {n}"]
            if i == stop:
                break
    elif choice == 9:
        condition, holds = boolean(scene, 1)
        lines = [f'let {n} = noisy("{n}");', f"if {condition} {{ drop({n}); }}", 'println!("then");']
        said = [f"drop {n}", "then"] if holds else ["then", f"drop {n}"]
    elif choice > 10:
        lines, said = _captured(scene, n, choice - 11)
    else:
        lines = [f'let mut {n}: Vec<Box<Noisy>> = vec![Box::new(noisy("{n}a")), Box::new(noisy("{n}b"))];',
                 f"let out = {n}.remove(0);", f'{n}.push(Box::new(noisy("{n}c")));', f"{n}.truncate(1);"]  # fmt: skip
        said = [f"drop {n}c", f"drop {n}a", f"drop {n}b"]
    _inside(scene, lines, said)
    return None


def _captured(scene: Scene, n: str, choice: int) -> tuple[list[str], list[str]]:
    """Closures that hold a value that says when it is dropped, or a part of one."""
    made = f'let {n} = noisy("{n}");'
    if choice == 0:
        # A field of what implements Drop is not moved out: the closure holds the whole.
        lines = [made, f"let held = move || {n}.name.len();", 'println!("{}", held());', "drop(held);"]
        return [*lines, 'println!("after");'], [str(len(n)), f"drop {n}", "after"]
    if choice == 1:
        held = f"let held: Box<dyn FnOnce() -> usize> = Box::new(move || {{ let inner = {n}; inner.name.len() }});"
        lines = [made, held, 'println!("before");', 'println!("{}", held());', 'println!("after");']
        return lines, ["before", f"drop {n}", str(len(n)), "after"]
    if choice == 2:
        held = f"let _held: Box<dyn FnOnce()> = Box::new(move || drop({n}));"
        return [made, held, 'println!("not called");'], ["not called", f"drop {n}"]
    if choice == 5:
        # Called once, it drops what it holds, although its body only reads that.
        held = f"let held: Box<dyn FnOnce() -> usize> = Box::new(move || {n}.name.len());"
        return [made, held, 'println!("{}", held());'], [f"drop {n}", str(len(n))]
    scene.need("Two")
    whole = f'Two {{ left: noisy("{n}l"), number: 7, right: noisy("{n}r") }}'
    if choice == 3:
        return [f"let {n} = Box::new({whole});", f'println!("{{}}", {n}.number);'], ["7", f"drop {n}l", f"drop {n}r"]
    made = f"let {n} = {whole};"
    lines = [made, f"let held = move || {n}.left.name.len();", f'println!("{{}} {{}}", held(), {n}.number);']
    return lines, [f"{len(n) + 1} 7", f"drop {n}l", f"drop {n}r"]


def _inside(scene: Scene, lines: list[str], said: list[str]) -> None:
    """The lines in a block of their own."""
    with scene.block("{"):
        for line in lines:
            scene.line(line)
        for line in said:
            scene.say(line)


def floats(scene: Scene) -> None:
    """Quarters, which are exact in both formats."""
    draw = scene.draw
    type_ = draw.pick(("f64", "f32"))
    a, b = (draw.below(200) - 100) / 4, (draw.below(40) + 1) / 4
    n = scene.fresh("q")
    operator, value = draw.pick((("+", a + b), ("-", a - b), ("*", a * b)))
    scene.line(f"let {n}: {type_} = ({a:.2f}) {operator} ({b:.2f});")
    choice = draw.below(6)
    if choice == 0:
        scene.line(f'println!("{{:?}} {{:.2}}", {n}, {n} / 2.0);')
        half = value / 2.0
        scene.say(f"{_shown(value)} {_fixed(half)}")
    elif choice == 1:
        target = draw.pick(("i32", "u8", "i64", "i8", "u16"))
        bits, signed = INTEGERS[target]
        low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
        scene.line(f'println!("{{}}", {n} as {target});')
        scene.say(str(max(low, min(high, int(value)))))
    elif choice == 2:
        scene.line(f'println!("{{}} {{}} {{}}", {n} < {b:.2f}, {n}.max({a:.2f}) >= {n}, {n} < {n});')
        scene.say(f"{'true' if value < b else 'false'} true false")
    elif choice == 3:
        scene.line(f'println!("{{:?}} {{:?}}", {n}.floor(), -({n}.abs()));')
        floor = float(value // 1)
        scene.say(f"{_shown(floor if floor or value > 0 else abs(floor))} {_shown(-abs(value))}")
    elif choice == 4:
        scene.line(f'println!("{{:?}}", ({n} * {n}).sqrt());')
        scene.say(_shown(abs(value)))
    else:
        number, whole = integer(scene, "i16", 1)
        scene.line(f'println!("{{:?}}", ({number}) as {type_} * 0.5);')
        scene.say(_shown(whole * 0.5))


def _shown(value: float) -> str:
    return repr(value)


def _fixed(value: float) -> str:
    """Two places; eighths are ties that both round to even."""
    return f"{value:.2f}"


def texts(scene: Scene) -> None:
    """Texts looked at by character, byte and line; numbers written in every format."""
    draw = scene.draw
    choice = draw.below(8)
    word = draw.pick(("compiler", "a b  c", "naïve", "x", "Wasm 2", "one,two,,three"))
    if choice == 0:
        scene.line(f'println!("{{}}", "{word}".chars().rev().collect::<String>());')
        scene.say(word[::-1])
    elif choice == 1:
        scene.line(f'println!("{{}} {{}}", "{word}".len(), "{word}".chars().count());')
        scene.say(f"{len(word.encode())} {len(word)}")
    elif choice == 2:
        scene.line(f'for part in "{word}".split(\',\') {{ print!("<{{}}>", part); }}')
        scene.line("println!();")
        scene.say("".join(f"<{part}>" for part in word.split(",")))
    elif choice == 3:
        number, value = integer(scene, draw.pick(("i32", "u8", "i64", "u32")), 1)
        width, form = draw.below(12), draw.pick((">", "<", "^"))
        scene.line(f'println!("{{:{form}{width}}}|{{:0{width}}}|", {number}, {number});')
        scene.say(f"{_aligned(str(value), form, width)}|{value:0{width}d}|")
    elif choice == 4:
        type_ = draw.pick(("u8", "u32", "u64", "i16"))
        number, value = integer(scene, type_, 1)
        bits = value & ((1 << INTEGERS[type_][0]) - 1)
        scene.line(f'println!("{{:x}} {{:#b}} {{:o}}", {number}, {number}, {number});')
        scene.say(f"{bits:x} {bits:#b} {bits:o}")
    elif choice == 5:
        scene.line(f'println!("{{:?}} {{:?}}", "{word}".find(\'a\'), "{word}".to_uppercase());')
        at = word.encode().find(b"a")
        scene.say(f'{f"Some({at})" if at >= 0 else "None"} "{word.upper()}"')
    elif choice == 6:
        scene.line(f'let total: u32 = "{word}".bytes().map(|b| b as u32).sum();')
        scene.line('println!("{}", total);')
        scene.say(str(sum(word.encode())))
    else:
        given = draw.pick(("12", " 7 ", "x1", "", "-5"))
        scene.need("Fault")
        high = draw.below(12)
        scene.line(f'match parsed("{given}", {high}) {{')
        scene.line('    Ok(n) => println!("ok {}", n),')
        scene.line('    Err(why) => println!("{:?}", why),')
        scene.line("}")
        try:
            n = int(given)
            scene.say(f"ok {n}" if n <= high else f"Range {{ low: {n}, high: {high} }}")
        except ValueError:
            scene.say('Text("no number")')


def _aligned(text: str, form: str, width: int) -> str:
    left = {">": max(width - len(text), 0), "<": 0, "^": max(width - len(text), 0) // 2}[form]
    return (" " * left + text).ljust(width)


def patterns(scene: Scene) -> None:
    """Slices, ranges, bindings, tuples, nested options, `let … else`."""
    draw = scene.draw
    choice = draw.below(6)
    if choice == 5:
        scene.need("month")
        n = draw.below(12)
        scene.line(f'println!("{{}} {{}}", month({n}), month({n // 2}));')
        names = (*("jan", "feb", "mar", "apr", "may", "jun", "summer", "summer", "sep"), "late", "late", "late")
        scene.say(f"{names[n]} {names[n // 2]}")
    elif choice == 0:
        scene.need("classify")
        values = [draw.below(4) for _ in range(draw.below(5))]
        scene.line(f'println!("{{}}", classify(&[{", ".join(map(str, values))}]));')
        scene.say(_classified(values))
    elif choice == 1:
        scene.need("grade")
        number, value = integer(scene, "i64", 1)
        scene.line(f'println!("{{}}", grade({number}));')
        scene.say(_grade(value))
    elif choice == 2:
        number, value = integer(scene, "i32", 1)
        condition, holds = boolean(scene, 1)
        scene.line(f"let described = match ({number}, {condition}) {{")
        scene.line("    (0, _) => 1,")
        scene.line("    (n, true) if n > 5 => 2,")
        scene.line("    (_, true) => 3,")
        scene.line("    (n, false) => n & 7,")
        scene.line("};")
        scene.line('println!("{}", described);')
        scene.say(str(1 if value == 0 else (2 if value > 5 else 3) if holds else value & 7))
    elif choice == 3:
        number, value = integer(scene, "u8", 1)
        form = draw.below(3)
        made = ("None", "Some(None)", f"Some(Some({number}))")[form]
        scene.line(f"let nested: Option<Option<u8>> = {made};")
        scene.line('if let Some(Some(n)) = nested { println!("{}", n); } else { println!("{:?}", nested); }')
        scene.say(("None", "Some(None)", str(value))[form])
    else:
        some = draw.chance(2)
        with scene.block("let found = 'look: {", "};"):
            scene.line(f"let Some(n): Option<u16> = ({'Some(4u16)' if some else 'None'}) else {{ break 'look 0u16 }};")
            scene.line("n * 3")
        scene.line('println!("{}", found);')
        scene.say("12" if some else "0")


def _classified(values: list[int]) -> str:
    if len(values) < 2:
        return f"one {values[0]}" if values else "none"
    return f"same {values[0]}" if values[0] == values[-1] else f"{values[0]} and {len(values) - 1}"


def _grade(n: int) -> str:
    if n < 0:
        return "negative"
    if n < 4:
        return "few" if n else "zero"
    return "many" if n > 99 else "odd" if n % 2 else "even"


def loops(scene: Scene) -> None:
    """Labels, values of loops, `while let`."""
    draw = scene.draw
    n = scene.fresh("n")
    choice = draw.below(3)
    if choice == 0:
        rows, columns, skip, most = scene.rounds(5), draw.below(6), scene.rounds(5), draw.below(6)
        scene.line(f"let mut {n}: i32 = 0;")
        scene.line(f"'rows: for i in 0..{rows} {{")
        scene.line(f"    for j in 0..={columns} {{")
        scene.line(f"        if j == {skip} {{ continue 'rows; }}")
        scene.line(f"        if i * j > {most} {{ break 'rows; }}")
        scene.line(f"        {n} += i * 10 + j;")
        scene.line("    }")
        scene.line("}")
        scene.declare(n, "i32", _rows(rows, columns, skip, most), True)
    elif choice == 1:
        limit = draw.below(60)
        scene.line("let mut c = 0u32;")
        scene.line(f"let {n} = loop {{ c += 1; if c * c > {limit} {{ break c * 2; }} }};")
        value = next(c for c in range(1, 99) if c * c > limit)
        scene.declare(n, "u32", value * 2, False)
    else:
        values = [draw.below(9) for _ in range(scene.rounds(4))]
        scene.line(f"let mut left: Vec<i32> = vec![{', '.join(map(str, values))}];")
        scene.line(f"let mut {n} = 0i32;")
        scene.line(f"while let Some(top) = left.pop() {{ {n} = {n} * 3 + top; }}")
        value = 0
        for top in reversed(values):
            value = value * 3 + top
        scene.declare(n, "i32", value, True)
    scene.line(f'println!("{{}}", {n});')
    scene.say(str(scene.variables("i32", "u32")[-1].value))


def _rows(rows: int, columns: int, skip: int, most: int) -> int:
    total = 0
    for i in range(rows):
        for j in range(columns + 1):
            if j == skip:
                break
            if i * j > most:
                return total
            total += i * 10 + j
    return total


def collections(scene: Scene) -> None:
    """Maps, queues, heaps, sorting, iterators."""
    draw = scene.draw
    values = [draw.below(6) for _ in range(1 + draw.below(6))]
    given = f"[{', '.join(map(str, values))}]"
    choice = draw.below(8)
    if choice == 0:
        scene.line("let mut counted = std::collections::BTreeMap::new();")
        scene.line(f"for k in {given} {{ *counted.entry(k).or_insert(0u8) += 1; }}")
        scene.line('for (k, n) in &counted { print!("{}:{} ", k, n); }')
        scene.line("println!();")
        scene.say("".join(f"{k}:{values.count(k)} " for k in sorted(set(values))))
    elif choice == 1:
        scene.line("let mut known = std::collections::HashMap::new();")
        scene.line(f"for (i, k) in {given}.into_iter().enumerate() {{ known.insert(k, i); }}")
        wanted = draw.below(6)
        scene.line(f'println!("{{}} {{:?}}", known.len(), known.get(&{wanted}));')
        last = {k: i for i, k in enumerate(values)}
        scene.say(f"{len(last)} {f'Some({last[wanted]})' if wanted in last else 'None'}")
    elif choice == 2:
        scene.line(f"let mut sorted = vec!{given};")
        scene.line("sorted.sort_by(|a, b| b.cmp(a));")
        scene.line("sorted.dedup();")
        scene.line('println!("{:?}", sorted);')
        scene.say(_list(sorted(set(values), reverse=True)))
    elif choice == 3:
        scene.line("let mut queue = std::collections::VecDeque::new();")
        scene.line(f"for n in {given} {{ if n % 2 == 0 {{ queue.push_back(n); }} else {{ queue.push_front(n); }} }}")
        scene.line('println!("{:?} {:?}", queue.pop_front(), queue.len());')
        queue: list[int] = []
        for value in values:
            queue = [*queue, value] if value % 2 == 0 else [value, *queue]
        scene.say(f"Some({queue[0]}) {len(queue) - 1}")
    elif choice == 4:
        scene.line(f"let pairs: Vec<(usize, i32)> = {given}.iter().copied().enumerate().skip(1).step_by(2).collect();")
        scene.line('println!("{:?}", pairs);')
        scene.say(f"[{', '.join(f'({i}, {v})' for i, v in list(enumerate(values))[1::2])}]")
    elif choice == 5:
        scene.line(f"let data = {given};")
        scene.line("let folded = data.iter().zip(data.iter().rev()).fold(1i64, |a, (x, y)| a * 3 + (x * y) as i64);")
        scene.line('println!("{} {:?}", folded, data.iter().position(|&x| x == 3));')
        folded = 1
        for x, y in zip(values, reversed(values), strict=True):
            folded = folded * 3 + x * y
        scene.say(f"{folded} {f'Some({values.index(3)})' if 3 in values else 'None'}")
    elif choice == 6:
        scene.line(f"let data = {given};")
        scene.line('for w in data.windows(2) { print!("{} ", w[1] - w[0]); }')
        scene.line('println!("{:?} {:?}", data.iter().max(), data.chunks(2).count());')
        steps = "".join(f"{b - a} " for a, b in pairwise(values))
        scene.say(f"{steps}Some({max(values)}) {-(-len(values) // 2)}")
    else:
        scene.line("let mut heap = std::collections::BinaryHeap::new();")
        scene.line(f"for n in {given} {{ heap.push(n); }}")
        scene.line("let mut order = Vec::new();")
        scene.line("while let Some(n) = heap.pop() { order.push(n); }")
        scene.line('println!("{:?}", order);')
        scene.say(_list(sorted(values, reverse=True)))


def _list(values: list[int]) -> str:
    return f"[{', '.join(map(str, values))}]"


def traits(scene: Scene) -> None:
    """Generics, operators, iterators, closures, associated types, trees, shared mutable state."""
    draw = scene.draw
    a, b = draw.below(50) - 20, draw.below(50) - 20
    choice = draw.below(9)
    if choice == 0:
        scene.need("Stack")
        scene.line("let mut stack = Stack::new();")
        scene.line(f"stack.push({a}i64).push({b});")
        scene.line('println!("{:?} {:?} {}", stack.top(), stack, stack.clone() == stack);')
        scene.say(f"Some({b}) Stack {{ items: [{a}, {b}] }} true")
    elif choice == 1:
        scene.need("Vector")
        scene.line(f"let sum = Vector {{ x: {a}, y: 2 }} + Vector {{ x: {b}, y: -5 }} * 3;")
        scene.line(f'println!("{{:?}} {{}}", sum, sum < Vector {{ x: {a}, y: 0 }});')
        x, y = a + b * 3, -13
        scene.say(f"Vector {{ x: {x}, y: {y} }} {'true' if (x, y) < (a, 0) else 'false'}")
        scene.line("let mut turned = Vector { x: sum.x, y: sum.y };")
        scene.line(f"for _ in 0..{1 + b % 2} {{ turned = Vector {{ x: turned.y, y: turned.x }}; }}")
        scene.line("let (across, up) = (turned.x, turned.y);")
        scene.line('println!("{} {}", across, up);')
        x, y = (x, y) if b % 2 else (y, x)
        scene.say(f"{x} {y}")
    elif choice == 2:
        scene.need("Countdown")
        count, most = scene.rounds(8), scene.rounds(5)
        scene.line(f"let odd: Vec<u32> = Countdown({count}).filter(|n| n % 2 == 1).take({most}).collect();")
        scene.line(f'println!("{{:?}} {{}}", odd, Countdown({count}).map(|n| n * n).sum::<u32>());')
        down = list(range(count - 1, -1, -1))
        scene.say(f"{_list([n for n in down if n % 2][:most])} {sum(n * n for n in down)}")
    elif choice == 3:
        scene.need("Sized")
        condition, holds = boolean(scene, 1)
        number, value = integer(scene, "u8", 1)
        scene.line(f'println!("{{}} {{}}", measure({condition}), measure({number}));')
        scene.say(f"{'t' if holds else 'f'}21 [{value}]-6")
    elif choice == 4:
        scene.need("adder")
        scene.line(f"let add = adder({a});")
        scene.line(f'println!("{{}} {{}}", twice(&add, {b}), twice(&|x| x * x, 3));')
        scene.say(f"{b + 2 * a} 81")
    elif choice == 5:
        scene.need("Tree")
        values = [draw.below(20) for _ in range(scene.rounds(6))]
        scene.line("let mut tree = Tree::Leaf;")
        scene.line(f"for n in {_list(values) if values else '[0i32; 0]'} {{ tree = tree.insert(n); }}")
        scene.line("let mut walked = Vec::new();")
        scene.line("tree.walk(&mut walked);")
        scene.line('println!("{:?}", walked);')
        scene.say(_list(sorted(values)))
    elif choice == 6:
        scene.line(f"let shared = std::rc::Rc::new(std::cell::RefCell::new(vec![{a}i32]));")
        scene.line("let other = std::rc::Rc::clone(&shared);")
        scene.line(f"other.borrow_mut().push({b});")
        scene.line("let held = shared.borrow();")
        scene.line('println!("{:?} {}", held, other.try_borrow_mut().is_err());')
        scene.say(f"[{a}, {b}] true")
    elif choice == 7:
        scene.need("bump")
        scene.line(f"let mut at = {a};")
        scene.line("let both = bump(&mut at, 2) * 10 - bump(&mut at, 3);")
        scene.line('println!("{} {}", both, at);')
        scene.say(f"{(a + 2) * 10 - (a + 5)} {a + 5}")
    else:
        scene.line("let table: [fn(i32) -> i32; 2] = [|x| x + 1, |x| x * 2];")
        scene.line(f"let n = {a};")
        scene.line("let n = table.iter().fold(n, |n, f| f(n));")
        scene.line('println!("{}", { let n = n - 1; n } + n);')
        n = (a + 1) * 2
        scene.say(str(2 * n - 1))


def checked(scene: Scene) -> None:
    """What integers do at their ends: methods that tell, wrap or saturate."""
    draw = scene.draw
    type_ = draw.pick(tuple(INTEGERS))
    bits, signed = INTEGERS[type_]
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    number, a = integer(scene, type_, 1)
    near, b = draw.pick(((f"{type_}::MAX", high), (f"{type_}::MIN", low), (literal(3, type_), 3)))
    choice = draw.below(6)
    if choice == 5:
        by, shift = 3 + draw.below(9), draw.below(bits)
        quotient = abs(b) // by * (1 if b >= 0 else -1)
        scene.line(f'println!("{{}} {{}} {{}}", {near} / {by}, {near} % {by}, {near} >> {shift});')
        scene.say(f"{quotient} {b - quotient * by} {b >> shift}")
    elif choice == 0:
        scene.line(f'println!("{{:?}}", ({number}).checked_add({near}));')
        scene.say(f"Some({a + b})" if low <= a + b <= high else "None")
    elif choice == 1:
        scene.line(f'println!("{{}} {{}}", ({number}).saturating_sub({near}), ({number}).saturating_add({near}));')
        scene.say(f"{max(low, min(high, a - b))} {max(low, min(high, a + b))}")
    elif choice == 2:
        scene.line(f'println!("{{:?}}", ({number}).overflowing_sub({near}));')
        scene.say(f"({wrap(a - b, type_)}, {'true' if not low <= a - b <= high else 'false'})")
    elif choice == 3:
        scene.line(f'println!("{{}} {{}}", ({number}).count_ones(), ({number}).leading_zeros());')
        unsigned = a & ((1 << bits) - 1)
        scene.say(f"{unsigned.bit_count()} {bits - unsigned.bit_length()}")
    else:
        shift = draw.below(bits)
        scene.line(f'println!("{{}} {{}}", ({number}) << {shift}, ({number}) >> {shift});')
        scene.say(f"{wrap(a << shift, type_)} {a >> shift}")


MORE: Final[list[tuple[int, Statement]]] = [
    (4, drops), (2, floats), (3, texts), (3, patterns), (2, loops), (3, collections), (4, traits), (3, checked),
]  # fmt: skip
