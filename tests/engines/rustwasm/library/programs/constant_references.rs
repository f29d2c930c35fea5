//! References to constants outlive the function that made them.
const E: &[i32] = &[1, 2, 3];
const H: Option<&i32> = E.first();
const MM: &[i32] = E.split_at(1).1;
static S: &[i32] = &[4, 5, 6];
const TABLE: [u16; 4] = [1, 10, 100, 1000];
#[derive(Debug, PartialEq)]
enum Shape { Dot, Line { to: (i32, i32) }, Named(&'static str, f64) }
#[derive(Debug)]
struct Pair<'a> { left: &'a Shape, right: &'a [&'a str] }
const SHAPES: &[Shape] = &[Shape::Dot, Shape::Line { to: (3, -4) }, Shape::Named("n", 2.5)];
static PAIR: Pair<'static> = Pair { left: &Shape::Named("left", 0.5), right: &["a", "b", "c"] };
const NESTED: &[&[u8]] = &[&[1], &[], &[2, 3]];
const fn square(x: i64) -> i64 { x * x }
const SQUARES: &[i64] = &[square(1), square(2), square(3)];
trait Kind { const NAMES: &'static [&'static str]; fn names(&self) -> &'static [&'static str] { Self::NAMES } }
struct A;
struct B;
impl Kind for A { const NAMES: &'static [&'static str] = &["x", "y"]; }
impl Kind for B { const NAMES: &'static [&'static str] = &["z"]; }
fn f() -> &'static [i32] { &[7, 8] }
fn g() -> Option<&'static i32> { E.first() }
fn h() -> Option<&'static i32> { f().first() }
fn table() -> &'static [u16; 4] { &TABLE }
fn pick(which: bool) -> &'static Shape { if which { &Shape::Line { to: (1, 1 + 1) } } else { &Shape::Dot } }
fn iter() -> std::slice::Iter<'static, i64> { [-1, 1 << 40, 5].iter() }
fn deep() -> &'static &'static (i32, [char; 2]) { &&(9, ['a', 'b']) }
fn keep(list: &mut Vec<&'static (u8, bool)>) { list.push(&(1, true)); list.push(&(2, !true)); }
fn part() -> &'static [i32] { &[1, 2, 3, 4][1..3] }
fn boxed() -> Box<dyn Fn() -> &'static [i32]> { Box::new(|| &[11, 12]) }
fn pointers() -> &'static [fn(i64) -> i64] { &[square, square] }
fn text() -> &'static &'static str { &"twice" }
fn waste(depth: i64) -> i64 { let room = [depth; 20]; if depth == 0 { room.iter().sum() } else { waste(depth - 1) + room[3] } }
fn generic<T: Default + Clone>(_: T) -> &'static [u32] { &[5; 3] }
fn main() {
    let (a, b, c, d) = (f(), table(), pick(true), deep());
    let mut list = Vec::new();
    keep(&mut list);
    println!("{}", waste(30));
    println!("{:?} {:?} {:?} {:?} {:?}", a, b, c, d, list);
    println!("{:?} {:?} {:?} {:?} {:?}", E, H, MM, S, S.first());
    println!("{}", text());
    println!("{:?} {:?} {:?}", g(), h(), pick(false));
    println!("{:?} {:?} {:?} {:?}", SHAPES, PAIR, NESTED, SQUARES);
    println!("{:?} {:?}", A.names(), B.names());
    println!("{:?} {:?} {:?} {} {:?}", iter().collect::<Vec<_>>(), part(), boxed()(), pointers()[1](7), generic(1));
}
