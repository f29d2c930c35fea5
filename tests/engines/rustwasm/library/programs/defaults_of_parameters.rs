use std::cell::LazyCell;
struct Pair<A, B = fn() -> A> { a: A, b: B }
impl<A, B> Pair<A, B> {
    fn made(a: A, b: B) -> Self { Pair { a, b } }
    fn first(pair: &Pair<A, B>) -> &A { &pair.a }
}
fn main() {
    let pair = Pair::made(1, 'x');
    println!("{} {}", Pair::first(&pair), pair.b);
    let lazy: LazyCell<i32> = LazyCell::new(|| { println!("made"); 92 });
    println!("{}", *lazy);
}
