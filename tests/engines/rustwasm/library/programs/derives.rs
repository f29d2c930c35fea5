use std::fmt::Debug;
#[derive(Debug, Clone, PartialEq, PartialOrd, Eq, Ord, Hash, Default)] struct K { s: String, r#type: i32, wait: u8, r#fn: u8 }
#[derive(Debug, Clone, PartialEq, PartialOrd)] enum E { V { s: i32, sync: u8, r#as: u8 }, R { reak: i32, ox: bool } }
fn main() { let k = K { s: "x".into(), r#type: 1, wait: 2, r#fn: 3 }; println!("{:?} {:?} {} {}", k, k.clone(), k == K::default(), k < K::default());
 let e = E::V { s: 1, sync: 2, r#as: 3 }; println!("{:?} {}", e, e < E::R { reak: 1, ox: true }); }
