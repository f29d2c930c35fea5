use std::borrow::{BorrowMut, Cow};
use std::cell::{Cell, LazyCell, OnceCell, Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::convert::identity;
use std::mem;
use std::num::FpCategory;
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::ops::RangeBounds;

#[derive(Debug)]
enum Shape { Dot, Line(i32), Box { w: u8 } }

fn inside<R: RangeBounds<i32>>(range: R, x: i32) -> bool { range.contains(&x) }
fn fill<T: BorrowMut<[i32]>>(mut t: T) -> i32 { t.borrow_mut()[0] = 9; t.borrow_mut().iter().sum() }

fn main() {
    let bytes = [1u8, 2, 3, 4, 5];
    let head: [u8; 2] = bytes[..2].try_into().unwrap();
    println!("{} {:?}", u16::from_be_bytes(head), <[u8; 3]>::try_from(&bytes[..2]).is_err());
    let tuple: (u8, u8, u8) = [7, 8, 9].into();
    let array: [u8; 3] = tuple.into();
    println!("{tuple:?} {array:?} {:?}", ["a", "b"].each_ref().map(|s| s.len()));
    println!("{:?} {:?} {:?}", bool::try_from(1i64), bool::try_from(2u8).is_err(), u16::try_from('é'));
    println!("{} {}", f64::from(true), f32::from(false));
    println!("{:?}", [Some(1), None, Some(3)].into_iter().filter_map(identity).collect::<Vec<_>>());
    println!("{}", mem::discriminant(&Shape::Line(1)) == mem::discriminant(&Shape::Line(2)));
    println!("{}", mem::discriminant(&Shape::Dot) == mem::discriminant(&Shape::Box { w: 1 }));
    println!("{} {}", fill([1, 2]), fill(vec![1, 2, 3]));

    println!("{:?} {:?} {}", 1e-310f64.classify(), FpCategory::Normal, 1e-310f64.is_subnormal());
    println!("{:?} {:?}", 1f64.next_up(), 1f32.next_down());
    println!("{:?} {} {}", 12.5f32.to_be_bytes(), f64::from_le_bytes(2.5f64.to_le_bytes()), 1f64.midpoint(4.0));
    println!("{:.4} {:.4} {}", std::f32::consts::PI, std::f64::consts::FRAC_PI_6, f64::MANTISSA_DIGITS);

    let mut shown = Some(3);
    for x in &mut shown { *x += 1; }
    if let Some(x) = shown.iter_mut().next() { *x *= 2; }
    let length: Option<usize> = Option::from(&Some(String::from("four"))).map(|s: &String| s.len());
    println!("{shown:?} {length:?}");
    let mut fine: Result<i32, String> = Ok(4);
    for x in fine.iter_mut() { *x += 1; }
    for x in &fine { println!("{x}"); }

    println!("{} {} {}", inside(1..=3, 3), inside((Excluded(1), Unbounded), 1), inside(.., 5));
    let mut spent = 3..=5;
    for _ in spent.by_ref() {}
    println!("{} {}", spent.contains(&5), spent.is_empty());
    let map: BTreeMap<i32, char> = [(1, 'a'), (3, 'b'), (5, 'c')].into();
    println!("{:?}", map.range((Excluded(1), Included(5))).collect::<Vec<_>>());
    println!("{:?}", map.range((Excluded(&1), Unbounded)).count());
    println!("{:?}", Included(4).map(|x| x + 1));
    let mut grown = map.clone();
    if let Some(mut last) = grown.last_entry() { *last.get_mut() = 'z'; }
    grown.entry(9).insert_entry('n');
    println!("{grown:?} {:?}", BTreeSet::from([3, 1]).range((Included(2), Unbounded)).next());

    let mut counts: HashMap<&str, i32> = HashMap::with_capacity(100);
    *counts.entry("a").insert_entry(1).get_mut() += 1;
    counts.shrink_to_fit();
    println!("{counts:?} {}", counts.capacity() < 50);
    let mut set: HashSet<i32> = (0..50).collect();
    set.retain(|x| *x == 7);
    set.shrink_to(4);
    println!("{set:?}");

    let mut ring: VecDeque<i32> = (1..=6).collect();
    ring.rotate_left(2);
    println!("{:?} {:?} {:?}", ring.pop_front_if(|x| *x == 3), ring.pop_back_if(|x| *x == 9), ring);
    ring.retain_mut(|x| { *x += 1; *x % 2 == 0 });
    for x in ring.range_mut(1..) { *x += 100; }
    ring.resize_with(4, || -1);
    println!("{ring:?}");
    let sorted: VecDeque<i32> = [1, 3, 5, 7].into();
    println!("{:?} {:?} {}", sorted.binary_search_by(|x| x.cmp(&5)), sorted.binary_search_by_key(&8, |x| x * 2), sorted.partition_point(|x| *x < 6));
    let mut heap = BinaryHeap::from([2, 8]);
    heap.shrink_to_fit();
    println!("{:?}", heap.pop());

    let cell = RefCell::new((1, String::from("x")));
    let (number, text) = Ref::map_split(cell.borrow(), |pair| (&pair.0, &pair.1));
    println!("{number} {text}");
    drop((number, text));
    println!("{:?}", cell.replace_with(|old| (old.0 + 1, old.1.repeat(2))));
    println!("{:?} {}", cell, Ref::filter_map(cell.borrow(), |pair| if pair.0 > 5 { Some(&pair.1) } else { None }).is_err());
    let made = Cell::new(0);
    let lazy = LazyCell::new(|| { made.set(made.get() + 1); 42 });
    println!("{} {} {} {}", made.get(), *lazy, *lazy + 1, made.get());
    let mut once = OnceCell::from(3);
    println!("{once:?} {:?} {once:?}", once.take());

    let slice: Cow<[i32]> = Cow::from(&[1, 2][..]);
    let text: Cow<str> = ["a", "b"].iter().map(|s| s.to_string()).collect();
    println!("{slice:?} {text} {}", "ab" == text);
    let mut target = String::new();
    "hello".clone_into(&mut target);
    let (first, rest) = target.split_at_mut(1);
    first.make_ascii_uppercase();
    println!("{first} {rest}");
    println!("{:?} {}", str::from_utf8(&[104, 105]), std::cmp::max_by_key(-3, 2, |x: &i32| x.abs()));
    let mut values = [3, 1, 2];
    let part = &mut values[..2];
    part.sort();
    assert_eq!(part, &[1, 3]);
    assert_eq!(part, [1, 3]);
    println!("{values:?} {:?} {:?}", char::MIN, 'a' as u32);
}
