"""Items that some statements need, by name; a program has those of its statements only, after `main`."""

from __future__ import annotations

from typing import Final

ITEMS: Final[dict[str, str]] = {
    "early": """\
fn early(n: i32) -> i32 {
    let _first = noisy("early first");
    if n > 3 {
        return n;
    }
    let _second = noisy("early second");
    n * 2
}
""",
    "bump": """\
fn bump(n: &mut i32, by: i32) -> i32 {
    *n += by;
    *n
}
""",
    "Two": """\
struct Two {
    left: Noisy,
    number: u16,
    right: Noisy,
}
""",
    "classify": """\
fn classify(items: &[i32]) -> String {
    match items {
        [] => String::from("none"),
        [one] => format!("one {}", one),
        [first, .., last] if first == last => format!("same {}", first),
        [first, rest @ ..] => format!("{} and {}", first, rest.len()),
    }
}
""",
    "grade": """\
fn grade(n: i64) -> &'static str {
    match n {
        i64::MIN..=-1 => "negative",
        0 => "zero",
        1 | 2 | 3 => "few",
        x @ 4..=99 if x % 2 == 0 => "even",
        4..=99 => "odd",
        _ => "many",
    }
}
""",
    "month": """\
fn month(n: u8) -> &'static str {
    match n {
        0 => "jan",
        1 => "feb",
        2 => "mar",
        3 => "apr",
        4 => "may",
        5 => "jun",
        6 | 7 => "summer",
        8 => "sep",
        _ => "late",
    }
}
""",
    "Stack": """\
#[derive(Debug, Clone, PartialEq)]
struct Stack<T> {
    items: Vec<T>,
}

impl<T: Clone> Stack<T> {
    fn new() -> Self {
        Stack { items: Vec::new() }
    }

    fn push(&mut self, item: T) -> &mut Self {
        self.items.push(item);
        self
    }

    fn top(&self) -> Option<&T> {
        self.items.last()
    }
}
""",
    "Vector": """\
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Vector {
    x: i32,
    y: i32,
}

impl std::ops::Add for Vector {
    type Output = Vector;

    fn add(self, other: Vector) -> Vector {
        Vector { x: self.x + other.x, y: self.y + other.y }
    }
}

impl std::ops::Mul<i32> for Vector {
    type Output = Vector;

    fn mul(self, by: i32) -> Vector {
        Vector { x: self.x * by, y: self.y * by }
    }
}
""",
    "Countdown": """\
struct Countdown(u32);

impl Iterator for Countdown {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            None
        } else {
            self.0 -= 1;
            Some(self.0)
        }
    }
}
""",
    "Sized": """\
trait Measured {
    type Unit: std::fmt::Display;
    const FACTOR: i32;

    fn unit(&self) -> Self::Unit;
    fn scaled(&self) -> i32 {
        Self::FACTOR * 3
    }
}

impl Measured for bool {
    type Unit = char;
    const FACTOR: i32 = 7;

    fn unit(&self) -> char {
        if *self { 't' } else { 'f' }
    }
}

impl Measured for u8 {
    type Unit = String;
    const FACTOR: i32 = -2;

    fn unit(&self) -> String {
        format!("[{}]", self)
    }
}

fn measure<M: Measured>(what: M) -> String {
    format!("{}{}", what.unit(), what.scaled())
}
""",
    "adder": """\
fn adder(n: i64) -> impl Fn(i64) -> i64 {
    move |x| x.wrapping_add(n)
}

fn twice(f: &dyn Fn(i64) -> i64, x: i64) -> i64 {
    f(f(x))
}
""",
    "Fault": """\
#[derive(Debug)]
enum Fault {
    Text(String),
    Range { low: i32, high: i32 },
}

impl From<std::num::ParseIntError> for Fault {
    fn from(_: std::num::ParseIntError) -> Fault {
        Fault::Text(String::from("no number"))
    }
}

fn parsed(text: &str, high: i32) -> Result<i32, Fault> {
    let n: i32 = text.trim().parse()?;
    if n > high {
        return Err(Fault::Range { low: n, high });
    }
    Ok(n)
}
""",
    "Tree": """\
enum Tree {
    Leaf,
    Node(Box<Tree>, i32, Box<Tree>),
}

impl Tree {
    fn insert(self, n: i32) -> Tree {
        match self {
            Tree::Leaf => Tree::Node(Box::new(Tree::Leaf), n, Box::new(Tree::Leaf)),
            Tree::Node(l, k, r) if n < k => Tree::Node(Box::new(l.insert(n)), k, r),
            Tree::Node(l, k, r) => Tree::Node(l, k, Box::new(r.insert(n))),
        }
    }

    fn walk(&self, out: &mut Vec<i32>) {
        if let Tree::Node(l, k, r) = self {
            l.walk(out);
            out.push(*k);
            r.walk(out);
        }
    }
}
""",
    "Word": """\
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Number(i32),
    Text(String),
}

fn edit_word(word: &mut Word, by: i32) {
    match word {
        Word::Number(n) => *n = n.wrapping_add(by),
        Word::Text(text) => text.push('!'),
    }
}
""",
    "Mark": """\
#[derive(Clone, Debug, PartialEq)]
enum Mark {
    Nothing,
    Start,
    Text(String),
    End,
}
""",
    "Place": """\
#[derive(Clone, Copy, Debug, PartialEq)]
struct Spot {
    at: i32,
    wide: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Few(u16),
    Whole(Spot),
}
""",
    "Letter": """\
#[derive(Clone, Debug)]
enum Letter {
    One(char),
    Boxed(Box<i32>),
}

fn turn_letter(letter: &Letter) -> Letter {
    match letter {
        Letter::One(c) => Letter::Boxed(Box::new(*c as i32)),
        Letter::Boxed(n) => Letter::One((**n & 127) as u8 as char),
    }
}
""",
    "Pack": """\
#[derive(Clone, Copy, Debug, PartialEq)]
struct Coin(i32);

impl std::ops::Add for Coin {
    type Output = Coin;

    fn add(self, other: Coin) -> Coin {
        Coin((self.0 * 3 + other.0) % 256)
    }
}

impl std::ops::Neg for Coin {
    type Output = Coin;

    fn neg(self) -> Coin {
        Coin(255 - self.0)
    }
}

impl std::ops::AddAssign for Coin {
    fn add_assign(&mut self, other: Coin) {
        self.0 = (self.0 * 5 + other.0) % 256;
    }
}

impl Coin {
    fn plus(self, by: i32) -> i32 {
        (self.0 * 7 + by) % 1000
    }

    fn grown(&mut self, by: i32) -> i32 {
        self.0 = (self.0 * 3 + by) % 256;
        self.0
    }

    fn seen(&self, by: i32) -> i32 {
        (self.0 * 11 + by) % 1000
    }
}

#[derive(Clone, Copy)]
struct Pack {
    x: i32,
    small: u8,
    row: [i32; 3],
    coin: Coin,
    step: fn(i32) -> i32,
}

impl Pack {
    fn weight(self, by: i32) -> i32 {
        weigh(weigh(self.x, self.small as i32, self.coin.0), weigh_row(self.row), (self.step)(by))
    }

    fn raised(&mut self, by: i32, more: i32) -> i32 {
        self.x = (self.x * 3 + by) % 256;
        self.row[1] = (self.row[1] + more) % 256;
        weigh(self.x, self.row[1], more)
    }
}

impl std::ops::Index<usize> for Pack {
    type Output = i32;

    fn index(&self, at: usize) -> &i32 {
        &self.row[at]
    }
}

impl std::ops::IndexMut<usize> for Pack {
    fn index_mut(&mut self, at: usize) -> &mut i32 {
        &mut self.row[at]
    }
}

fn first_step(n: i32) -> i32 {
    (n * 2 + 1) % 1000
}

fn second_step(n: i32) -> i32 {
    (n * 3 + 2) % 1000
}

fn weigh(x: i32, y: i32, z: i32) -> i32 {
    (x * 100 + y * 10 + z) % 10007
}

fn weigh_two((x, y): (i32, i32)) -> i32 {
    weigh(x, y, 3)
}

fn weigh_row(row: [i32; 3]) -> i32 {
    weigh(row[0], row[1], row[2])
}

fn weigh_some(items: &[i32]) -> i32 {
    weigh(items[0], items[1], items.len() as i32)
}

fn weigh_range(range: std::ops::Range<i32>) -> i32 {
    weigh(range.start, range.end, 5)
}

fn weigh_box(boxed: Box<i32>, by: i32) -> i32 {
    weigh(*boxed, by, 7)
}

fn nudge(n: &mut i32, by: i32) -> i32 {
    *n = (*n * 3 + by) % 256;
    weigh(*n, by, 1)
}

fn nudged_by(by: i32, n: &mut i32) -> i32 {
    nudge(n, by)
}

fn peek(n: &i32, by: i32) -> i32 {
    weigh(*n, by, 2)
}

fn told(label: i32, n: i32) -> i32 {
    println!("{}: {}", label, n);
    n
}

fn heard(text: String) -> i32 {
    println!("{}", text);
    text.len() as i32
}

fn glued(left: String, right: String) -> String {
    left + &right
}

fn called<F: FnOnce(i32) -> i32>(function: F, n: i32) -> i32 {
    function(n)
}
""",
    "Kept": """\
struct Kept {
    name: &'static str,
    number: i32,
}

impl Drop for Kept {
    fn drop(&mut self) {
        println!("end {} {}", self.name, self.number);
    }
}

impl Kept {
    fn get(&self) -> i32 {
        self.number
    }

    fn half(&self) -> Option<i32> {
        half(self.number)
    }

    fn turn(&mut self, by: i32) -> i32 {
        self.number = mix(self.number, by);
        self.number
    }

    fn absorb(self, by: i32) -> i32 {
        mix(self.number, by)
    }
}

struct Duo {
    left: Kept,
    right: Kept,
}

fn keeper(name: &'static str, number: i32) -> Kept {
    Kept { name, number }
}

fn maybe(name: &'static str, number: i32) -> Option<Kept> {
    if number % 2 == 0 { Some(keeper(name, number)) } else { None }
}

fn mix(a: i32, b: i32) -> i32 {
    (a * 31 + b * 7 + 3) % 1000
}

fn half(n: i32) -> Option<i32> {
    if n % 2 == 0 { Some(n / 2) } else { None }
}

fn least(n: i32) -> Result<i32, String> {
    if n % 3 == 0 { Err(format!("three in {}", n)) } else { Ok(n / 3) }
}

fn below(a: i32, b: i32) -> bool {
    a < b
}

fn unite(left: Kept, right: Kept) -> i32 {
    mix(left.number, right.number)
}
""",
}
