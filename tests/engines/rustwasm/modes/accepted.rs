//--- moves_do_not_invalidate
#[wasm::gc]
struct Node { value: i32, next: Option<Node> }
struct Plain { x: i32 }
#[wasm::gc]
fn f() -> i32 {
    let node = Node { value: 1, next: None };
    let other = node;
    let plain = Plain { x: 3 };
    let copy = plain;
    let range = 0..3;
    let mut sum = 0;
    for i in range { sum += i; }
    for i in range { sum += i; }
    node.value + other.value + plain.x + copy.x + sum
}
fn main() { println!("{}", f()); }
//= 14
//--- aliasing_is_free
#[wasm::gc]
struct Node { value: i32 }
#[wasm::gc]
fn f() -> i32 {
    let node = Node { value: 1 };
    let a = node;
    a.value += 1;
    let mut n = 5;
    let p = &mut n;
    let q = &mut n;
    *p += 1;
    *q += 1;
    *p += 1;
    node.value * 100 + n
}
fn main() { println!("{}", f()); }
//= 208
//--- cycles
#[wasm::gc]
struct Node { value: i32, next: Option<Node> }
#[wasm::gc]
fn ring(count: i32) -> Node {
    let first = Node { value: 0, next: None };
    let mut last = first;
    for i in 1..count {
        let node = Node { value: i, next: None };
        last.next = Some(node);
        last = node;
    }
    last.next = Some(first);
    first
}
fn main() {
    let mut node = ring(3);
    let mut sum = 0;
    for _ in 0..10 { sum = sum * 3 + node.value; node = node.next.unwrap(); }
    println!("{sum}");
}
//= 11355
//--- methods_and_closures
#[wasm::gc]
#[derive(Debug, PartialEq)]
struct Counter { count: i32, name: GcString }
#[wasm::gc]
impl Counter {
    fn new(name: &str) -> Counter { Counter { count: 0, name: name.into() } }
    fn step(self) -> i32 { self.count += 1; self.count }
    fn peek(&self) -> i32 { self.count }
    fn reset(&mut self) { self.count = 0; }
}
fn main() {
    let c = Counter::new("c");
    let f = move || c.step() + 10;
    println!("{} {} {}", f(), f(), c.peek());
    let g = || c.count += 5;
    g();
    println!("{:?}", c);
    c.reset();
    println!("{}", c == Counter::new("c"));
}
//= 11 12 2
//= Counter { count: 7, name: "c" }
//= true
//--- ownership_temporaries_in_gc_functions
#[wasm::gc]
fn label(n: i32) -> GcString { GcString::from(format!("<{}>", n)) }
#[wasm::gc]
fn build(n: i32) -> GcArray<GcString> {
    let items = GcArray::from((0..n).collect::<Vec<i32>>());
    items.map(label)
}
fn main() { println!("{:?}", build(3)); }
//= ["<0>", "<1>", "<2>"]
//--- conversions
fn total(items: &[i32]) -> i32 { items.iter().sum() }
#[wasm::gc]
fn double(items: GcArray<i32>) -> GcArray<i32> { items.map(|x| x * 2) }
fn main() {
    let owned = vec![1, 2, 3];
    let shared = double(owned.into());
    let back: Vec<i32> = shared.to_vec();
    println!("{} {} {:?}", total(&shared), total(&back), String::from(GcString::from("x")));
}
//= 12 12 "x"
//--- generics
#[wasm::gc]
struct Pair<T> { left: T, right: T }
#[wasm::gc]
fn swapped<T>(pair: Pair<T>) -> Pair<T> { let again = pair; Pair { left: pair.right, right: again.left } }
#[wasm::gc]
fn twice<T>(value: T) -> (T, T) { let maybe = Some(value); let other = maybe; (maybe.unwrap(), other.unwrap()) }
fn main() {
    let p = swapped(Pair { left: 1, right: 2 });
    println!("{} {} {:?}", p.left, p.right, twice('c'));
}
//= 2 1 ('c', 'c')
//--- shared_views_of_options
#[wasm::gc]
struct Node { value: i32, next: Option<Node> }
fn main() {
    let n = Node { value: 1, next: Some(Node { value: 2, next: None }) };
    if let Some(inner) = n.next { println!("{} {}", inner.value, n.next.is_some()); }
    println!("{:?}", n.next.as_ref().map(|x| x.value));
    let taken = n.next.take();
    println!("{} {}", n.next.is_none(), taken.unwrap().value);
}
//= 2 true
//= Some(2)
//= true 2
//--- plain_types_in_crate_mode
#![wasm::gc]
#[derive(Clone, Copy, PartialEq, Debug)]
struct Point { x: i32, y: i32 }
struct Shape { at: Point, parts: GcArray<Point> }
#[wasm::linear]
struct Log { lines: Vec<String> }
#[wasm::linear]
fn log(mut log: Log, text: &str) -> Log { log.lines.push(text.to_string()); log }
#[wasm::linear]
fn report() -> usize { log(Log { lines: Vec::new() }, "a").lines.len() }
fn main() {
    let p = Point { x: 1, y: 2 };
    let mut q = p;
    q.x = 9;
    let s = Shape { at: p, parts: [p, q].into() };
    let t = s;
    t.at.y = 7;
    println!("{:?} {:?} {:?} {}", p, s.at, s.parts, report());
}
//= Point { x: 1, y: 2 } Point { x: 1, y: 7 } [Point { x: 1, y: 2 }, Point { x: 9, y: 2 }] 1
//--- static_text_in_objects
#[wasm::gc]
#[derive(Debug)]
struct Token { kind: &'static str, at: usize }
#[wasm::gc]
fn token(at: usize) -> Token { Token { kind: if at > 1 { "far" } else { "near" }, at } }
fn main() { println!("{:?} {:?}", token(1), token(2)); }
//= Token { kind: "near", at: 1 } Token { kind: "far", at: 2 }
//--- trait_objects
trait Animal { fn speak(&self) -> GcString; }
#[wasm::gc]
struct Dog { name: GcString }
struct Cat;
#[wasm::gc]
impl Animal for Dog { fn speak(&self) -> GcString { self.name + " barks" } }
impl Animal for Cat { fn speak(&self) -> GcString { "meow".into() } }
#[wasm::gc]
fn chorus(all: GcArray<GcBox<dyn Animal>>) -> GcString {
    let mut text = GcString::new();
    for animal in all { text += animal.speak(); text += ";"; }
    text
}
fn main() {
    let all: GcArray<GcBox<dyn Animal>> = GcArray::new();
    all.push(GcBox::new(Dog { name: "Rex".into() }));
    all.push(GcBox::new(Cat));
    println!("{}", chorus(all));
}
//= Rex barks;meow;
//--- clone_makes_another_object
#[wasm::gc]
#[derive(Clone, Debug)]
struct Node { value: i32, items: GcArray<i32> }
#[wasm::gc]
struct Shared { value: i32 }
fn main() {
    let a = Node { value: 1, items: [1].into() };
    let b = a.clone();
    b.value = 2;
    b.items.push(5);
    println!("{:?} {:?} {}", a, b, std::gc::same(a, b));
    let s = Shared { value: 1 };
    s.clone().value = 4;
    println!("{}", s.value);
}
//= Node { value: 1, items: [1] } Node { value: 2, items: [1, 5] } false
//= 4
//--- aliases_by_target
#[cfg(wasm_gc)]
type List<T> = GcArray<T>;
#[cfg(not(wasm_gc))]
type List<T> = Vec<T>;
#[cfg(all(wasm_gc, not(test)))]
fn mode() -> &'static str { "gc" }
#[cfg(any(not(wasm_gc), test))]
fn mode() -> &'static str { "linear" }
fn main() {
    let mut list: List<i32> = List::new();
    list.push(4);
    println!("{} {}", list[0], mode());
}
//= 4 linear
//--- several_mutable_references_to_one_variable
#[wasm::gc]
fn sum() -> i32 {
    let mut y = 1;
    let mut z = 2;
    let a = &mut y;
    let mut r = &mut y;
    *a += 1;
    *r += 1;
    y += 1;
    r = &mut z;
    *r += *a;
    z
}
fn main() { println!("{}", sum()); }
//= 6
