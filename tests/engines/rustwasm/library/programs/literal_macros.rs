macro_rules! show { ($e:expr) => { println!("{} = {:?}", stringify!($e), $e) }; }
macro_rules! here { () => { line!() }; }
macro_rules! make { ($name:ident, $t:ty) => {
    #[derive(Debug)] struct $name { v: $t }
    impl $name { fn what() -> &'static str { concat!(stringify!($name), " of ", stringify!($t)) } }
}; }
make!(Point, Vec<u8>);
fn main() {
    show!(1 + 2 * 3);
    show!(vec![1, 2].len());
    println!("{} {}", line!(), here!());
    println!("{} {:?}", Point::what(), Point { v: vec![1] });
    println!(concat!("a{}", "b"), 1);
    println!("{}", concat!("x", 1, 2.5, 'c', true, -3));
    if cfg!(target_os = "nothing") { println!("no"); } else { println!("yes"); }
    println!("{}", cfg!(all(debug_assertions, not(test))));
    println!("{}", stringify!(a , b :: c  < d >, fn x() -> u8 { 1 }));
    let mut a = [1, 2, 3]; let s = &mut a[..2];
    assert_eq!(s, &[1, 2]); assert_eq!(s, [1, 2]);
    let v: [u8; 2] = [1u8, 2, 3][1..].try_into().unwrap();
    println!("{v:?} {}", column!());
}
