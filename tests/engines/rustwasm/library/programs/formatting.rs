use std::fmt;
#[derive(Debug, Clone, PartialEq, Default)]
struct Point { x: i32, y: f64 }
#[derive(Debug)]
struct Unit;
#[derive(Debug)]
struct Pair(i32, String);
#[derive(Debug)]
enum Shape { Empty, Circle(f64), Rect { w: u8, h: u8 }, Nested(Box<Shape>, Option<Point>) }
struct Hex(u32);
impl fmt::Display for Hex { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "<{:04x}>", self.0) } }
impl fmt::LowerHex for Hex { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::LowerHex::fmt(&self.0, f) } }
struct Padded;
impl fmt::Display for Padded { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { f.pad("pad") } }
struct Opts;
impl fmt::Display for Opts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?} {:?} {} {} {}", f.width(), f.precision(), f.alternate(), f.sign_plus(), f.fill())
    }
}
fn main() {
    println!("[{:5}] [{:<5}] [{:>5}] [{:^5}] [{:*^7}]", 42, 42, 42, 42, 42);
    println!("[{:5}] [{:<5}] [{:>5}] [{:^5}] [{:-^8}]", "ab", "ab", "ab", "ab", "ab");
    println!("[{:05}] [{:+}] [{:+05}] [{:05}] [{:<05}]", 42, 42, 42, -42, 42);
    println!("{:x} {:X} {:b} {:o} {:#x} {:#b} {:#o} {:#010x}", 255, 255, 5, 8, 255, 5, 8, 255);
    println!("{:x} {:b} {:#X}", -1i8, -2i8, 3054u16);
    println!("{:.3} {:8.2} {:<8.2}| {:+.1} {:08.3} {:e} {:E}", 3.14159, 2.5, 2.5, 1.25, -3.14159, 1234.5, 0.00012);
    println!("{} {} {} {} {}", 1.0, 0.1, 1e21, 1e-7, f64::MAX);
    println!("{:?} {:?} {:?} {:?} {:?} {:?}", 1.0, 0.1, 1e21, 1e-7, 1e16, 123456789012345680.0);
    println!("{} {} {} {:?} {:5} {:+}", f64::NAN, f64::INFINITY, -f64::INFINITY, -0.0, f64::NAN, f64::INFINITY);
    println!("{} {:?} {} {}", 0.1f32, 16777216f32, 3.4e38f32, 1.0f32 / 3.0);
    println!("{:?} {:?}", "a\"b\\c\n\t\u{1}é'", '\'');
    println!("{:?} {:?} {:?}", 'a', '"', '\n');
    println!("{:?} {:?} {:?}", Some(1), None::<i32>, Ok::<i32, String>(3));
    println!("{:?} {:?} {:?}", (1, "a", 2.5), [1, 2, 3], vec![Some("x"), None]);
    println!("{:?} {:?} {:?}", (1,), (), Unit);
    println!("{:?} {:?}", Point { x: 1, y: 2.0 }, Pair(3, "z".to_string()));
    println!("{:?} {:?} {:?}", Shape::Empty, Shape::Circle(1.5), Shape::Rect { w: 1, h: 2 });
    let nested = Shape::Nested(Box::new(Shape::Circle(2.0)), Some(Point::default()));
    println!("{:?}", nested);
    println!("{:#?}", nested);
    println!("{:#?}", vec![(1, "a"), (2, "b")]);
    println!("{:#?} {:#?}", (), Vec::<i32>::new());
    println!("{} {:>10} {:x} {:#x}", Hex(255), Hex(1), Hex(16), Hex(16));
    println!("[{:>6}] [{:<6}] [{:^6}] [{:.2}]", Padded, Padded, Padded, Padded);
    println!("{:#5.2} / {:+}", Opts, Opts);
    let width = 7;
    let value = 3.14159;
    println!("[{:width$}] [{:>1$}] [{:.*}] [{value:>width$.2}] [{0:>1$.3}]", 5, 6, 2, 1.23456);
    println!("[{:>w$.p$}]", value, w = 10, p = 3);
    println!("{0} {1} {0} {name}", "a", "b", name = "n");
    println!("{{}} {{{}}}", 1);
    println!("{:5}|{:<5}|{:>5}|{:^5}|", 'c', true, 'd', false);
    println!("{:?} {:5?} {:05?} {:.1?}", 5, 5, 5, vec![1.25, 2.0]);
    println!("{:02x?} {:X?} {:#?}", [1, 255], [171], 5);
    println!("{:10.3}|{:<10.3}|{:^10.3}|", "abcdef", "abcdef", "abcdef");
    println!("{:>8} {:>8?}", Some(1).unwrap(), Some(1));
    let s = format!("{}-{:03}-{}", "x", 7, 'y');
    println!("{} {}", s, s.len());
    let mut out = String::new();
    use std::fmt::Write;
    write!(out, "{} {}", 1, 2).unwrap();
    writeln!(out, "!").unwrap();
    write!(&mut out, "{:?}", "q").unwrap();
    print!("{}", out);
    println!();
    println!("{}", format_args_like(&[1, 2, 3]));
    println!("{:?} {:?} {:?}", 1..3, 1..=3, ..3);
    println!("{:?}", std::cmp::Ordering::Less);
    println!("{:?} {:?}", "abc".chars().collect::<Vec<_>>(), b"hi");
    eprintln!("to stderr {}", 1);
}
fn format_args_like(values: &[i32]) -> String {
    values.iter().map(|v| v.to_string()).collect::<Vec<_>>().join(", ")
}
