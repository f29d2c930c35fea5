//! Widths, precisions, signs and alternates of everything that has a format.
use std::collections::*;
#[derive(Debug, Clone, Default)] struct U; #[derive(Debug, Clone)] struct T(i32, String); #[derive(Debug, Clone)] struct N { a: Option<i32>, b: Vec<T>, c: (i32, f64) } #[derive(Debug)] enum E { A, B(i32), C { x: u8 } }
fn main() {
    println!("{:5}|{:<5}|{:^5}|{:>5}|{:*^7}|{:#>6}", 1, 2, 3, 4, 5, 6);
    println!("{:05}|{:+}|{:+05}|{:#x}|{:#010x}|{:#b}|{:#o}|{:X}|{:#X}", 42, 42, 42, 255, 255, 5, 8, 255, 255);
    println!("{:05}|{:x}|{:b}|{:o}|{:#x}", -42, -1i8, -2i8, -8i16, -255i32);
    println!("{:.0}|{:.1}|{:.3}|{:8.2}|{:<8.2}|{:+.2}|{:08.3}|{:e}|{:E}|{:.2e}", 2.5, 0.05, 1.0, 3.14159, 2.71828, 1.0, -3.14159, 1234.5, 0.00012, 123456.0);
    println!("{:?} {:?} {:?} {:?} {:?} {:?} {:?}", 1.0, 0.1, 1e21, 1e-7, f64::NAN, f64::INFINITY, -0.0);
    println!("{} {} {} {} {}", 1.0, 1e21, 1e-7, f64::MAX, f64::MIN_POSITIVE);
    println!("{:5}|{:<5}|{:^5}|{:>5}|{:.2}|{:5.1}|{:?}|{:10?}", "ab", "ab", "ab", "ab", "abc", "xyz", "q\"\n", "a");
    println!("{:5}|{:<3}|{:^3}|{:?}|{:?}|{:?}", 'a', 'b', 'c', '\'', '"', '\t');
    println!("{:?} {:#?}", U, U); println!("{:?} {:#?}", T(1, "a".into()), T(2, "b\n".into()));
    let n = N { a: Some(1), b: vec![T(1, "x".into())], c: (1, 2.0) };
    println!("{:?}", n); println!("{:#?}", n); println!("{:?} {:?} {:?}", E::A, E::B(-1), E::C { x: 3 }); println!("{:#?}", E::C { x: 3 });
    println!("{:?} {:?} {:?}", Some("a"), None::<i32>, Ok::<i32, ()>(3)); println!("{:#?}", Some(Some(1)));
    println!("{:5?}|{:05?}|{:?}|{:#?}", vec![1, 2], vec![3, 4], (1,), ()); println!("{:.1?} {:6.2?}", vec![1.25, 2.0], Some(1.0));
    println!("{:x?} {:X?} {:#x?}", vec![10, 255], vec![171], Some(16));
    let mut m = BTreeMap::new(); m.insert("k", 1); m.insert("a", 2); println!("{:?} {:#?}", m, m);
    let s: BTreeSet<_> = [3, 1].into_iter().collect(); println!("{:?} {:#?}", s, s); let v: VecDeque<_> = [1, 2].into(); println!("{:?}", v);
    let w = 7; let p = 2; println!("{:w$.p$}|{:>1$}|{:.*}", 1.23456, w, 3, 9.87654321); println!("{0} {1} {0} {name}", 1, 2, name = "n"); println!("{w:>5}|{w:?}|{{}}|{:}", 1);
    println!("{:?} {:?} {:?}", "é\u{200b}\u{7f}\u{1f600}", '\u{301}', "a\u{301}"); println!("{:?}", "\0\r\\\u{ad}\u{feff}\u{e000}");
    println!("{:>10}|{:<10}|{:^10}", true, false, format!("{}", 3)); println!("{:10}|{:<4}|{:>4}", Some(1).map_or("n".to_string(), |x| x.to_string()), "", "é");
    println!("{:?} {:?} {:?} {:?} {:?} {:?}", 1..2, ..3, 1..=2, .., 4.., ..=5); println!("{:?}", std::cmp::Ordering::Less); println!("{:?} {:?}", Box::new(3), std::rc::Rc::new("x")); println!("{:?}", std::cell::RefCell::new(3)); println!("{:?}", std::cell::Cell::new(3));
    println!("{:+} {:+.1} {:+?} {:+e}", 0, 0.0, 1, 5.0); println!("{:^+9.2}|{:<+9}|{:^09}", 1.5, 2, 3); println!("{:#?}", (1, "a")); println!("{:#?}", vec![(1, 2)]); println!("{:#?}", Vec::<i32>::new());
    println!("{:02}:{:02}", 5, 12); println!("{:>+5}{:<5}|", 1, -1); println!("{:e} {:e} {:e} {:E}", 0, 1200u32, -5i64, 1u8); println!("{:e} {:e}", 0.0, 1.0e-10);
    println!("{:10.3e}|{:<12e}|{:+e}", 1234.5, 0.1, 1.0);
}
