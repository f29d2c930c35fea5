fn one(x: i32) -> i32 { x + 1 }
fn id<T>(x: T) -> T { x }
struct S<F> { f: F }
struct P(i32, i32);
fn main() {
    let f = one;
    let g = f;
    println!("{} {}", g(1), f(2));
    let h = id::<u8>;
    println!("{}", h(7));
    let s = S { f: one };
    println!("{}", (s.f)(4));
    println!("{}", { one }(5));
    println!("{}", (if g(1) > 0 { one } else { one })(6));
    let mut k = one;
    println!("{}", k({ k = one; 8 }));
    let c = Some;
    println!("{:?}", c(3));
    let p = P;
    println!("{}", p(1, 2).1);
    let r = &one;
    println!("{}", r(9));
    let b = Box::new(one);
    println!("{}", b(10));
    let m = i32::max;
    println!("{}", m(3, 4));
    let t = String::len;
    println!("{}", t(&String::from("abc")));
    println!("{}", (|| one)()(11));
}
