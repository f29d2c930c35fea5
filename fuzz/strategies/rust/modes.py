"""Programs of GC mode with known output: as pairs with ownership mode, with aliasing, and with one planted fault.

A `Pair` is one course of events in ownership types and in GC types: both print what the model, Python's own lists and
strings, says. `aliasing` is for GC mode alone: several variables lead to one object, as names of Python do. A `Fault`
is such a program with one line that breaks a mode rule.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

_WORDS: Final = ("a", "ab", "xyz", "ü", "word", "", "long text")


class Pair(NamedTuple):
    """Two programs that print `expected`."""

    ownership: str
    gc: str
    expected: str


class Fault(NamedTuple):
    """A program that is rejected with `code` in `line` (from 1)."""

    source: str
    code: str
    line: int


_HEADS: Final = {
    "ownership": """struct Node { value: i64, next: Option<Box<Node>> }
fn pushed(head: Option<Box<Node>>, value: i64) -> Option<Box<Node>> { Some(Box::new(Node { value, next: head })) }
fn total(head: &Option<Box<Node>>) -> i64 { match head { Some(node) => node.value + total(&node.next), None => 0 } }
fn main() {
""",
    "gc": """#[wasm::gc] struct Node { value: i64, next: Option<Node> }
#[wasm::gc] fn pushed(head: Option<Node>, value: i64) -> Option<Node> { Some(Node { value, next: head }) }
#[wasm::gc] fn total(head: Option<Node>) -> i64 { match head { Some(n) => n.value + total(n.next), None => 0 } }
fn main() {
""",
}


class _Writer:
    """The statements of both programs and the model's state."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.ownership: list[str] = []
        self.gc: list[str] = []
        self.output: list[str] = []
        self.items = [random.randrange(-50, 50) for _ in range(random.randrange(1, 5))]
        self.text = random.choice(_WORDS)
        self.chain: list[int] = []
        self.both(f"let mut items = vec!{self.items};", f"let mut items = GcArray::from({self.items});")
        self.both(f'let mut text = String::from("{self.text}");', f'let mut text = GcString::from("{self.text}");')
        self.both("let mut chain: Option<Box<Node>> = None;", "let mut chain: Option<Node> = None;")

    def both(self, ownership: str, gc: str | None = None) -> None:
        self.ownership.append(ownership)
        self.gc.append(ownership if gc is None else gc)

    def show(self, what: str, value: str) -> None:
        self.both(f'println!("{{}}", {what});')
        self.output.append(value)

    def step(self) -> None:
        """One more event."""
        random, items = self.random, self.items
        value = random.randrange(-50, 50)
        at = random.randrange(len(items)) if items else 0
        kind = random.choice(("push", "pop", "set", "insert", "remove", "sort", "reverse", "map", "filter", "fold",
                              "word", "part", "node", "total", "show", "length"))  # fmt: skip
        if kind == "push":
            items.append(value)
            self.both(f"items.push({value});")
        elif kind == "pop":
            shown = f"Some({items.pop()})" if items else "None"
            self.both('println!("{:?}", items.pop());')
            self.output.append(shown)
        elif kind == "set" and items:
            items[at] += value
            self.both(f"items[{at}] += {value};")
        elif kind == "insert":
            items.insert(at, value)
            self.both(f"items.insert({at}, {value});")
        elif kind == "remove" and items:
            self.show(f"items.remove({at})", str(items.pop(at)))
        elif kind == "sort":
            items.sort()
            self.both("items.sort();")
        elif kind == "reverse":
            items.reverse()
            self.both("items.reverse();")
        elif kind == "map":
            self.items = [x % 1000 + value for x in items] if min(items, default=0) >= 0 else [x + value for x in items]
            change = f"x % 1000 + {value}" if min(items, default=0) >= 0 else f"x + {value}"
            self.both(f"items = items.iter().map(|x| {change}).collect();", f"items = items.map(|x| {change});")
        elif kind == "filter":
            self.items = [x for x in items if x > value]
            self.both(f"items.retain(|x| *x > {value});", f"items = items.filter(|x| x > {value});")
        elif kind == "fold":
            fold = 'println!("{}", items.fold(0, |a, x| a + x));'
            self.both(fold.replace("items", "items.iter()"), fold)
            self.output.append(str(sum(items)))
        elif kind == "word":
            word = random.choice(_WORDS)
            self.text += word
            self.both(f'text += "{word}";')
        elif kind == "part" and self.text.isascii() and self.text:
            end = random.randrange(len(self.text) + 1)
            self.text = self.text[:end]
            self.both(f"text = text[..{end}].to_string();", f"text = text.slice(..{end});")
        elif kind == "node":
            self.chain.append(value)
            self.both(f"chain = pushed(chain, {value});")
        elif kind == "total":
            self.both('println!("{}", total(&chain));', 'println!("{}", total(chain));')
            self.output.append(str(sum(self.chain)))
        elif kind == "show":
            self.show("text", self.text)
        elif kind == "length":
            self.show("items.len() + text.len()", str(len(items) + len(self.text.encode())))

    def end(self) -> None:
        whole = 'println!("{:?} {} {}", items, text, total(chain));'
        self.both(whole.replace("(chain)", "(&chain)"), whole)
        self.output.append(f"{self.items} {self.text} {sum(self.chain)}")

    def program(self, mode: str) -> str:
        lines = self.ownership if mode == "ownership" else self.gc
        return _HEADS[mode] + "".join(f"    {line}\n" for line in lines) + "}\n"


def pair(random: Random, steps: int = 20) -> Pair:
    """One course of events in both modes."""
    writer = _Writer(random)
    for _ in range(steps):
        writer.step()
    writer.end()
    return Pair(writer.program("ownership"), writer.program("gc"), "".join(line + "\n" for line in writer.output))


def aliasing(random: Random, steps: int = 25) -> tuple[str, str]:
    """A program in which variables lead to the same arrays and objects, and its output."""
    lists: list[list[int]] = [[1], [2, 3]]
    cells: list[dict[str, object]] = [{"value": 5, "list": lists[0]}]
    lines = ["let l0 = GcArray::from([1]);", "let l1 = GcArray::from([2, 3]);", "let c0 = Cell { value: 5, list: l0 };"]
    output: list[str] = []
    for _ in range(steps):
        value = random.randrange(100)
        a, b = random.randrange(len(lists)), random.randrange(len(cells))
        cell = cells[b]
        held = cell["list"]
        assert isinstance(held, list)
        match random.randrange(8):
            case 0:
                lines.append(f"let l{len(lists)} = l{a};")
                lists.append(lists[a])
            case 1:
                lines.append(f"let c{len(cells)} = c{b};")
                cells.append(cell)
            case 2:
                lines.append(f"l{a}.push({value});")
                lists[a].append(value)
            case 3:
                lines.append(f"c{b}.list.push({value});")
                held.append(value)
            case 4:
                lines.append(f"c{b}.value += {value}; c{b}.list[0] = c{b}.value;")
                assert isinstance(cell["value"], int)
                cell["value"] += value
                held[0] = cell["value"]
            case 5:
                lines.append(f"c{b}.list = l{a};")
                cell["list"] = lists[a]
            case 6:
                lines.append(f"let c{len(cells)} = Cell {{ value: {value}, list: c{b}.list }};")
                cells.append({"value": value, "list": held})
            case _:
                lines.append(f'println!("{{:?}} {{}} {{:?}} {{}}", l{a}, c{b}.value, c{b}.list, c{b}.list.same(l{a}));')
                output.append(f"{lists[a]} {cell['value']} {held} {str(held is lists[a]).lower()}")
    source = "#![wasm::gc]\nstruct Cell { value: i32, list: GcArray<i32> }\nfn main() {\n"
    return source + "".join(f"    {line}\n" for line in lines) + "}\n", "".join(line + "\n" for line in output)


_FAULTY_STATEMENTS: Final = (
    ("GC003", "let faulty = vec![text];"),
    ("GC003", "let faulty = Box::new(items);"),
    ("GC003", "let faulty = std::rc::Rc::new(chain);"),
    ("GC005", "let faulty: GcArray<Vec<i64>> = GcArray::new();"),
    ("GC005", "let faulty = GcBox::new(String::new());"),
    ("GC005", "let faulty = items.map(|x| x.to_string());"),
    ("GC007", "let faulty = &chain.unwrap().value;"),
    ("GC008", "let owned = vec![1i64]; let faulty = items.map(move |x| x + owned[0]);"),
    ("GC009", "let faulty: Vec<i64> = items;"),
    ("GC009", "let faulty: GcString = String::new();"),
    ("GC009", 'let faulty: GcString = "faulty";'),
    ("GC009", "let faulty: GcArray<i64> = vec![1];"),
    ("E0308", "let faulty: GcArray<i64> = 1;"),
    ("E0382", "let owned = vec![1]; let moved = owned; let faulty = owned.len();"),
)
_FAULTY_ITEMS: Final = (
    ("GC001", "#[wasm::gc] struct Faulty { items: Vec<i64> }"),
    ("GC001", "#[wasm::gc] enum Faulty { Text(String), Nothing }"),
    ("GC001", "#[wasm::gc] struct Faulty { next: Option<Box<Node>> }"),
    ("GC002", "#[wasm::gc] struct Faulty<'a> { text: &'a str }"),
    ("GC003", "struct Faulty { node: Node }"),
    ("GC003", "enum Faulty { Names(Vec<GcString>) }"),
    ("GC004", "#[wasm::gc] fn faulty(items: Vec<i64>) -> usize { 0 }"),
    ("GC004", "#[wasm::gc] fn faulty() -> String { todo!() }"),
    ("GC004", "#[wasm::gc] fn faulty() -> usize { let items = vec![1]; items.len() }"),
    ("GC006", "#[wasm::gc] struct Faulty; impl Drop for Faulty { fn drop(&mut self) {} }"),
    ("GC010", "#[wasm::gc(now)] struct Faulty;"),
)


def faulty(random: Random, steps: int = 12) -> Fault:
    """A program with one fault, among statements or items."""
    lines = pair(random, steps).gc.splitlines()
    start = lines.index("fn main() {")
    if random.random() < 0.5:
        code, text = random.choice(_FAULTY_STATEMENTS)
        at = random.randrange(start + 4, len(lines))
        if code == "E0382":
            text = text.replace("faulty", "_faulty")
        lines.insert(at, f"    {{ {text} }}")
    else:
        code, text = random.choice(_FAULTY_ITEMS)
        at = random.randrange(start + 1)
        lines.insert(at, text)
    return Fault("".join(line + "\n" for line in lines), code, at + 1)
