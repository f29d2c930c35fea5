//! What constants may do: const functions, of the library's and of one's own.
use std::cell::{Cell, RefCell}; use std::collections::{BTreeMap, BTreeSet, VecDeque};
const A: u32 = 5u32.pow(2) + u32::MAX.leading_zeros() + 7u32.saturating_sub(9) + 12u32.rotate_left(3);
const B: Option<u8> = Some(3); const C: bool = B.is_some(); const D: u8 = B.unwrap(); const E: &[i32] = &[1, 2, 3];
const F: usize = E.len(); const G: i32 = E[1]; const H: Option<&i32> = E.first(); const I: &str = "abc"; const J: &[u8] = I.as_bytes(); const K: u8 = J[0];
const L: char = 'a'.to_ascii_uppercase(); const M: Option<char> = char::from_u32(65); const N: [u8; 4] = 7u32.to_be_bytes(); const O: u32 = u32::from_le_bytes([1, 0, 0, 0]);
const P: Cell<i32> = Cell::new(3); const Q: RefCell<i32> = RefCell::new(3); const R: BTreeMap<i32, i32> = BTreeMap::new(); const S: BTreeSet<i32> = BTreeSet::new(); const T: VecDeque<i32> = VecDeque::new(); const U: String = String::new();
const V: f64 = 2.5f64.abs(); const W: i64 = -5i64.abs(); const X: i32 = (-7i32).rem_euclid(3); const Y: Option<i32> = 5i32.checked_add(3); const Z: (i32, bool) = 5i32.overflowing_add(3);
const AA: std::cmp::Ordering = std::cmp::Ordering::Less.reverse(); const BB: Result<i32, i32> = Ok(3); const CC: bool = BB.is_ok();
const fn fact(n: u64) -> u64 { if n == 0 { 1 } else { n * fact(n - 1) } }
const DD: u64 = fact(10);
const fn sum(v: &[i32]) -> i32 { let mut s = 0; let mut i = 0; while i < v.len() { s += v[i]; i += 1; } s }
const EE: i32 = sum(E);
const fn pick<T: Copy>(a: &[T], i: usize) -> T { match i { 0 => a[0], _ => a[1] } }
const FF: i32 = pick(E, 1);
struct Pt { x: i32 } impl Pt { const ORIGIN: Pt = Pt::new(0); const fn new(x: i32) -> Pt { Pt { x } } const fn shifted(mut self, by: i32) -> Pt { self.x += by; self } }
const GG: Pt = Pt::ORIGIN.shifted(4).shifted(5);
const HH: fn(i32) -> i32 = double; fn double(x: i32) -> i32 { x * 2 }
const II: i32 = { let x = 3; assert!(x == 3); assert!(x < 4, "x is small"); x };
static JJ: [&str; 2] = ["a", "b"]; const KK: i32 = if true { 1 } else { 1 };
const LL: i32 = { let mut a = 1; let mut b = 2; std::mem::swap(&mut a, &mut b); a };
const MM: &[i32] = E.split_at(1).1;
enum En { A = 3, B = fact(3) as isize }
fn main() { println!("{A} {B:?} {C} {D} {F} {G} {H:?} {K} {L} {M:?} {N:?} {O} {} {} {} {} {} {}", P.get(), Q.borrow(), R.len(), S.len(), T.len(), U.len()); println!("{V} {W} {X} {Y:?} {Z:?} {AA:?} {CC} {DD} {EE} {FF} {} {} {II} {:?} {KK} {LL} {MM:?} {}", GG.x, HH(4), JJ, En::B as i32); }
