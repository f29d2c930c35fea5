#![allow(warnings)]
type P = (String, Option<String>);
type Q = (String, Option<i32>);
enum One { A(String, i32) }
enum Two { A(String, i32), B }
enum Three { A, B(i32), C(String) }
enum Solo { A(i32) }
struct W { a: String, b: [Option<u8>; 2] }
fn f0(v: P) { drop(v.0); if let (_, Some(ref y)) = v { println!("{}", y) } }
fn f1(v: P) { drop(v.0); match v { (_, ref y) => {}, (_, None) => {} } } // rejected
fn f2(v: P) { drop(v.0); match v { (_, _) => {} } }
fn f3(v: P) { drop(v.0); match v { x @ _ => {} } } // rejected
fn f4(v: P) { drop(v.0); match v { (ref x, _) => {} } } // rejected
fn f5(v: P, c: bool) { drop(v.0); match v { (_, ref y) if c => {}, (_, ref y) => {} } }
fn f6(v: P) { drop(v.0); while let (_, ref y) = v { break } }
fn f7(v: P) { drop(v.0); if let (_, ref y) = v { } }
fn f8(v: P) { drop(v.0); let (_, ref y) = v; }
fn f9(v: P) { drop(v.0); let (_, Some(ref y)) = v else { return }; }
fn f10(v: (One, i32)) { let One::A(s, _) = v.0; match v.0 { One::A(_, n) => {} } }
fn f11(v: (Two, i32)) { if let Two::A(s, _) = v.0 { match v.0 { Two::A(_, n) => {}, Two::B => {} } } } // rejected
fn f12(v: P, c: bool) { drop(v.0); match v { (_, _) if c => {}, (_, _) => {} } }
fn f13(v: (String, bool)) { drop(v.0); match v { (_, true) => {}, (_, false) => {} } }
fn f14(v: (String, bool)) { drop(v.0); match v { (_, true) => {}, _ => {} } }
fn f15(v: (String, bool)) { drop(v.0); match v.1 { true => {}, false => {} } }
fn f16(v: Box<(String, i32)>) { drop(v.0); match *v { (_, n) => {} } }
fn f17(v: P) { drop(v); match v { _ => {} } }
fn f18(v: P) { drop(v); match v { (_, _) => {} } }
fn f19(v: (String, (bool, u8))) { drop(v.0); match v { (_, (_, 0)) => {}, (_, (_, n)) => {} } }
fn f20() { let v: (String, i32); match v { (_, _) => {} } }
fn f21() { let v: (String, i32); match v { _ => {} } }
fn f22(v: P) { drop(v.0); match v { (_, ref y) => {}, (_, None) => {} } } // rejected
fn f23(v: P) { drop(v.0); match v { (_, Some(_)) => {}, (_, None) => {} } } // rejected
fn f24(v: P) { drop(v.0); match v { (_, None) => {}, _ => {} } }
fn f25(v: Q) { drop(v.0); match v { (_, Some(_)) => {}, (_, None) => {} } } // rejected
fn f26(v: (String, Three)) { drop(v.0); match v { (_, Three::A) => {}, _ => {} } }
fn f27(v: (String, Three)) { drop(v.0); match v { (_, Three::A) => {}, (_, Three::B(_)) => {}, (_, Three::C(_)) => {} } } // rejected
fn f28(v: Q) { drop(v.0); match v { (_, Some(_)) => {}, _ => {} } }
fn f29(v: Q) { drop(v.0); match v { (_, Some(3)) => {}, (_, Some(_)) => {}, (_, None) => {} } } // rejected
fn f30(v: (String, Solo)) { drop(v.0); match v { (_, Solo::A(n)) => {} } }
fn f31(v: (String, bool)) { drop(v.0); match v { (_, true) => {}, (_, false) => {} } }
fn f32(v: Q) { drop(v.0); if let (_, None) = v {} }
fn f33(v: Q) { drop(v.0); match v.1 { Some(_) => {}, None => {} } }
fn f34(v: (String, u8)) { drop(v.0); match v { (_, 0..=9) => {}, (_, 10..=255) => {} } } // rejected
fn f35(v: (String, u8)) { drop(v.0); match v { (_, 0) => {}, (_, n) => {} } }
fn f36(v: (String, u8)) { drop(v.0); match v { (_, 0) => {}, _ => {} } }
fn f37(v: (String, u8)) { drop(v.0); match v { (_, 0) => {}, z => {} } } // rejected
fn f38(v: (String, &str)) { drop(v.0); match v { (_, "a") => {}, (_, s) => {} } }
fn f39() { let v: (u8, u8); match v { (_, 0) => {}, (_, s) => {} } } // rejected
fn f40() { let v: (u8, u8); match v { (_, s) => {} } } // rejected
fn f41() { let v: Option<u8>; match v { _ => {} } }
fn f42() { let v: Option<u8>; match v { Some(_) => {}, _ => {} } } // rejected
fn f43(v: (String, Option<u8>, u8)) { drop(v.0); match v { (_, Some(_), 1) => {}, (_, _, _) => {} } }
fn f44(v: (String, [u8; 2])) { drop(v.0); match v { (_, [a, b]) => {} } }
fn f45(v: (String, [u8; 2])) { drop(v.0); match v { (_, [1, b]) => {}, (_, [_, ..]) => {} } }
fn f46(v: (String, &[u8])) { drop(v.0); match v { (_, [1, b]) => {}, (_, [..]) => {} } }
fn f47(v: (String, &[u8])) { drop(v.0); match v { (_, []) => {}, (_, [_, ..]) => {} } } // rejected
fn f48(v: W) { drop(v.a); match v { W { b: [Some(1), _], .. } => {}, W { b, .. } => {} } }
fn f49(v: W) { drop(v.a); match v { W { b: [Some(_), _], .. } => {}, W { b, .. } => {} } }
fn f50(v: (String, u8)) { drop(v.0); match v { (_, 0..=3 | 5..) => {}, (_, 4) => {} } } // rejected
fn f51(v: (String, Option<u8>)) { drop(v.0); match v { (_, Some(_) | None) => {} } } // rejected
fn f52(v: (String, Option<u8>)) { drop(v.0); match v { (_, Some(_)) | (_, _) => {} } }
fn f53(v: (String, bool, Option<u8>)) { drop(v.0); match v { (_, true, Some(_)) => {}, (_, true, None) => {}, (_, false, _) => {} } } // rejected
fn f54(v: (String, bool)) { drop(v.0); match v { (_, true | false) => {} } }
fn f55(v: (String, &Option<u8>)) { drop(v.0); match v { (_, &Some(n)) => {}, (_, &None) => {} } } // rejected
fn f56(v: (String, Box<u8>)) { drop(v.0); match v { (_, ref b) => {} } }
fn f57(v: (One, u8)) { let One::A(s, _) = v.0; match v { (One::A(_, 3), _) => {}, (One::A(_, n), m) => {} } }
fn f58(v: (String, Option<Option<u8>>)) { drop(v.0); match v { (_, None) => {}, (_, Some(None)) => {}, (_, Some(Some(x))) => {} } } // rejected
fn f59(v: (String, (), u8)) { drop(v.0); match v { (_, (), x) => {} } }
fn main() {}
