//! `>>`, `&&`, `||` and `>>=` in macros' arguments: types and expressions take them in parts, fragments keep all of them.

use std::collections::HashMap;

macro_rules! show { ($($e:expr),+ $(,)?) => { $( println!("{:?}", $e); )+ }; }
macro_rules! made { ($n:ident: $t:ty = $e:expr) => { let $n: $t = $e; }; }
macro_rules! inner { (Vec<$t:ty>) => { <$t>::default() }; ($t:ty) => { (<$t>::default(), 1) }; }
macro_rules! keyed { (Map<$k:ty, Vec<$v:ty> >) => { HashMap::<$k, Vec<$v>>::new() }; }
macro_rules! first { ($t:ty) => { "a type" }; ($($x:tt)*) => { concat!($(stringify!($x), " "),*) }; }
macro_rules! each { ($($t:ty),* ; $rest:expr) => { { let mut n = $rest; $(let _: $t = <$t>::default(); n += 1;)* n } }; ($($x:tt)*) => { 0 }; }
macro_rules! passed { ($t:ty) => { inner!($t) }; }
macro_rules! lent { ($t:ty, $p:pat => $e:expr) => { |one: $t| match one { $p => $e, _ => 0 } }; }
macro_rules! path { ($p:path) => { <$p>::new() }; }

fn main() {
    show!(Vec::<Vec<i32>>::new(), 9 >> 2, "7 8".split(' ').map(|w| w.parse::<u8>()).collect::<Result<Vec<u8>, _>>());
    show!([1i64, 2].iter().map(|x| Ok::<i64, ()>(*x)).product::<Result<i64, _>>().map(|x| x + 1));
    made!(nested: Vec<Option<Vec<u8>>> = vec![Some(vec![1])]);
    made!(shifted: Option<Option<u8>> = Some(Some(1 >> 0)));
    println!("{nested:?} {shifted:?}");
    println!("{:?} {:?}", inner!(Vec<Option<u8>>), inner!(Vec<Vec<Vec<u8>>>));
    println!("{:?} {:?}", inner!(Option<Vec<u8>>), passed!(Option<Option<u8>>));
    let mut map = keyed!(Map<Vec<u8>, Vec<Vec<u8>>>);
    map.insert(vec![1], vec![vec![2]]);
    println!("{map:?}");
    println!("{} {}", first!(Vec<Vec<u8>>), first!(a = Vec<Vec<u8>>));
    println!("{} {}", each!(u8, Vec<Vec<u8>>; 1), each!(u8, Vec<Vec<u8>>, 3 >> 1));
    println!("{}", lent!(&&Option<Option<i32>>, &&Some(Some(n)) => n >> 1)(&&Some(Some(9))));
    let none: Vec<Vec<u8>> = path!(Vec<Vec<u8>>);
    let mut n = 64;
    show!(none, { n >>= 2; n }, (|| 1)(), false || true && !false, &&5);
}
