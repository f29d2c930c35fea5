//= E0510 3
fn f() {
    let mut x = Some(1);
    match x { None => {}, Some(_) if { x = None; false } => {}, Some(_) => {} }
}
fn main() {}
//= fine
fn f() {
    let mut x = (1, 2);
    match x { (1, _) if { x.1 = 3; true } => {}, _ => {} }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = (1, 2);
    match x { (1, _) if { x.0 = 3; true } => {}, _ => {} }
}
fn main() {}
//= E0510 4
fn g(x: &mut Option<i32>) -> bool { true }
fn f() {
    let mut x = Some(1);
    match x { None => {}, Some(_) if g(&mut x) => {}, Some(_) => {} }
}
fn main() {}
//= E0510 4
fn f() {
    let mut x = Some(1);
    let mut r = 1;
    match x { None => {}, Some(_) if { (|| x = None)(); false } => {}, Some(_) => {} }
}
fn main() {}
//= fine
fn f() {
    let mut x = Some(1);
    let mut n = 0;
    match x { None => {}, Some(_) if { n += 1; n>3 } => {}, Some(_) => {} }
}
fn main() {}
//= E0510 2
fn f(x: &mut Option<i32>) {
    match *x { None => {}, Some(_) if { *x = None;false } => {}, Some(_) => {} }
}
fn main() {}
//= E0510 2
fn f(x: &mut Option<i32>) {
    match x { None => {}, Some(_) if { *x = None;false } => {}, Some(_) => {} }
}
fn main() {}
//= E0594 3
fn f() {
    let mut x = Some(1);
    match x { None => {}, Some(ref mut r) if { *r = 2;false } => {}, Some(_) => {} }
}
fn main() {}
//= E0594 3
fn f() {
    let mut x = Some(1);
    match x { None => {}, Some(mut r) if { r = 2;false } => {}, Some(_) => {} }
}
fn main() {}
//= E0507 5
fn mk()->String{String::new()}
fn eat<T>(_:T){}
fn f() {
    let x = Some(mk());
    match x { None => {}, Some(r) if { eat(r);false } => {}, Some(_) => {} }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = 1;
    match x { 1 if { x = 2;true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f() {
    let mut x = 1;
    match x { _ if { x = 2;true } => {}, _ => {} }
}
fn main() {}
//= E0506 3
fn f() {
    let mut x = 1;
    match x { y if { x = 2;true } => {}, _ => {} }
}
fn main() {}
//= E0506 4
fn look<T>(_:&T){}
fn f() {
    let mut x = 1;
    match x { ref y if { x = 2;true } => { look(y) }, _ => {} }
}
fn main() {}
//= E0510 4
fn f() {
    let mut x = [1, 2];
    let i = 0;
    match x[i] { 1 if { x[0] = 2;true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f() {
    let mut x = [1, 2];
    let mut i = 0;
    match x[i] { 1 if { i = 2;true } => {}, _ => {} }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = Box::new(Some(1));
    match *x { Some(_) if { x = Box::new(None);true } => {}, _ => {} }
}
fn main() {}
//= E0510 2
fn f(mut x: &Option<i32>) {
    match *x { Some(_) if { x = &None;true } => {}, _ => {} }
}
fn main() {}
//= E0510 2
fn f(mut x: &Option<i32>) {
    match x { Some(_) if { x = &None;true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f() {
    let mut x = (Some(1), 2);
    match x.0 { Some(_) if { x.1 = 3;true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f() {
    let mut x = (Some(1), 2);
    match x { (Some(_), _) if { x.1 = 3;true } => {}, _ => {} }
}
fn main() {}
//= E0506 3
fn f() {
    let mut x=Some(1);
    match x { None => {}, Some(2) => {}, Some(y) if { x=None; y==3 } => {}, Some(_) => {} }
}
fn main() {}
//= fine
fn cond()->bool{true}
fn f() {
    let mut x = Some(1);
    match x { None => {}, Some(2) if cond() => { x = None; }, Some(y) => { x = Some(y+1); } }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = Some(1);
    let b = matches!(x, Some(_) if { x = None;true });
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = Some(Some(1));
    match x { Some(Some(_)) if { x = Some(None);true } => {}, _ => {} }
}
fn main() {}
//= E0510 4
fn f() {
    let mut x = Some(1);
    let mut y = None;
    match x { Some(_) if { std::mem::swap(&mut x, &mut y);true } => {}, _ => {} }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = Some(1);
    match x { Some(_) if x.take().is_some() => {}, _ => {} }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x="a";
    match x { "a" if { x="b";true } => {}, _ => {} }
}
fn main() {}
//= E0594 3
enum E { A(i32), B(i32), C }
fn f(mut x: E) -> i32 {
    match x { E::A(mut s)|E::B(mut s) if { s = 2;s>1 } => s, E::A(t) => t, _ => 1 }
}
fn main() {}
//= fine
fn f(mut x: Option<i32>) {
    loop { match x { Some(y) if y>3 => { x = None; continue }, Some(_) => { x = Some(5) }, None => break } }
}
fn main() {}
//= E0506 2
fn f(mut x: Option<i32>) {
    let mut c = ||{ match x { Some(y) if { x = None;true } => { }, _ => {} } };
    c();
}
fn main() {}
//= fine
fn f(mut x: Option<i32>) {
    let mut n = 0;
    let mut c = ||{ match x { Some(y) if { n += 1;true } => { x = None; }, _ => {} } };
    c();
}
fn main() {}
//= fine
fn f(mut x: Option<i32>) -> Option<i32> {
    match x { Some(y) if { x = None; return None } => None, _ => None }
}
fn main() {}
//= fine
fn cond()->bool{true}
fn f(mut x: Option<i32>) -> Option<i32> {
    match x { Some(y) if { if cond() { x = None; return None }; true } => None, _ => None }
}
fn main() {}
//= E0596 2
fn f(x: &mut Option<Vec<i32>>) {
    match x { Some(v) if { v.push(1);true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f(x: &mut Option<Vec<i32>>) {
    match x { Some(v) if v.len()>1 => { v.push(2); }, Some(v) if v.iter().any(|y| *y>1) => v.clear(), _ => {} }
}
fn main() {}
//= fine
fn f(x: Option<Vec<i32>>) -> Vec<i32> {
    match x { Some(v) if v.len()>1 => v, Some(v) if v.iter().any(|y| *y>1) => v, _ => vec![] }
}
fn main() {}
//= fine
fn f(x: Option<Vec<i32>>) -> Vec<i32> {
    match x { Some(v) if (0..3).all(|i| v.contains(&i)) => v, _ => vec![] }
}
fn main() {}
//= E0596 2
fn f(x: Option<&mut Vec<i32>>) {
    match x { Some(v) if { v.push(1);true } => {}, _ => {} }
}
fn main() {}
//= E0596 3
fn g(v: &mut Vec<i32>) -> bool { true }
fn f(x: Option<&mut Vec<i32>>) {
    match x { Some(v) if g(v) => {}, _ => {} }
}
fn main() {}
//= fine
struct S { a: Option<i32>, b: i32 }
impl S { fn f(&mut self) { match self.a { Some(x) if { self.b += 1; x>1 } => {}, _ => {} } } }
fn main() {}
//= E0502 2
struct S { a: Option<i32>, b: i32 }
impl S { fn n(&mut self) -> bool { true } fn f(&mut self) { match self.a { Some(x) if self.n() => {}, _ => {} } } }
fn main() {}
//= fine
struct S { a: Option<i32>, b: i32 }
impl S { fn n(&mut self) -> bool { true } fn f(&mut self) { let a = self.a; match a { Some(x) if self.n() => {}, _ => {} } } }
fn main() {}
//= fine
struct S { a: Option<i32>, b: i32 }
impl S { fn g(&self) -> Option<i32> { self.a } fn n(&mut self) -> bool { true } fn f(&mut self) { match self.g() { Some(x) if self.n() => {}, _ => {} } } }
fn main() {}
//= fine
fn f(mut a: i32, mut b: i32) {
    match (a, b) { (1, x) if { a = 2; x>1 } => { b = 3; }, _ => {} }
}
fn main() {}
//= fine
struct N { v: i32, n: Option<Box<N>> }
fn f(mut n: &mut Option<Box<N>>) {
    loop { match n { Some(b) if b.v<3 => n = &mut b.n, _ => break } }
}
fn main() {}
//= fine
fn f(mut x: Option<i32>, mut y: Option<i32>) {
    match x { Some(a) if match y { Some(b) if b>a => { y = None; true }, _ => false } => {}, _ => {} }
}
fn main() {}
//= E0506 2
fn f(mut x: Option<i32>, mut y: Option<i32>) {
    match x { Some(a) if match y { Some(b) if { y = None;b>a } => { true }, _ => false } => {}, _ => {} }
}
fn main() {}
//= fine
use std::cell::Cell;
fn f(x: &Cell<Option<i32>>) {
    match x.get() { Some(a) if { x.set(None);true } => {}, _ => {} }
}
fn main() {}
//= fine
use std::cell::RefCell;
fn f(x: &RefCell<Option<i32>>) {
    match *x.borrow() { Some(a) if { *x.borrow_mut() = None;true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f(x: &mut Option<String>) {
    match x.as_mut() { Some(s) if s.is_empty() => s.push('a'), Some(s) => {}, None => {} }
}
fn main() {}
//= fine
fn f(s: &str) -> usize {
    let mut it=s.chars().peekable();
    let mut n=0;
    while let Some(c)=it.next() { match c { '0'..='9' if it.peek()==Some(&'a') => n+=1, 'x' if it.next().is_some() => n+=2, _ => {} } } n
}
fn main() {}
//= fine
fn f() {
    let mut x = Some(1);
    match x { None => {}, Some(ref mut r) if *r>2 => { *r = 2; }, Some(_) => {} }
}
fn main() {}
//= fine
fn f<'a>(x: &'a Option<String>) -> &'a str {
    match x { Some(s) if s.len()>2 => s, Some(s) if { let t = s; !t.is_empty() } => s, _ => "" }
}
fn main() {}
//= fine
fn f(x: i32) {
    match x { n @ 1..=5 if n>3 => {}, n if n<0 => {}, mut n => { n += 1; } }
}
fn main() {}
//= fine
fn f(mut v: Vec<i32>) {
    match v.as_slice() { [a, ..] if *a>1 => v.push(2), [] => v.push(1), _ => {} }
}
fn main() {}
//= E0502 2
fn f(mut v: Vec<i32>) {
    match v.as_slice() { [a, ..] if { v.push(1); *a>1 } => v.push(2), [] => v.push(1), _ => {} }
}
fn main() {}
//= E0510 3
fn f() {
    let mut x = 1;
    match x { _ if { x = 2;false } => {}, 1 => {}, _ => {} }
}
fn main() {}
//= E0507 2
fn f(x: Option<String>) {
    match x { Some(s) if { let c = move||s.len(); c()>1 } => {}, _ => {} }
}
fn main() {}
//= fine
fn f(x: Option<i32>) {
    match x { Some(s) if { let c = move||s>1; c() } => {}, _ => {} }
}
fn main() {}
//= fine
fn f(mut x: Option<i32>) {
    loop { match x { Some(s) if { if s>2 { x = None;break; } s>1 } => {}, _ => {} } }
}
fn main() {}
//= E0506 2
fn f(mut v: [Option<i32>;2], i: usize) {
    match v[i] { Some(s) if { v[1] = None; s>1 } => {}, _ => {} }
}
fn main() {}
//= E0502 2
fn f(mut v: Vec<Option<i32>>, i: usize) {
    match v[i] { Some(s) if { v[1] = None; s>1 } => {}, _ => {} }
}
fn main() {}
//= fine
fn f(mut v: Vec<Option<i32>>, i: usize) {
    match v[i] { Some(s) if s>1 => { v[i] = None; }, _ => {} }
}
fn main() {}
//= fine
fn f<T: PartialEq>(x: Option<T>, y: T, n: &mut i32) {
    match x { Some(t) if { *n+=1; t==y } => {}, _ => {} }
}
fn main() {}
//= E0594 2
fn f(x: Option<(i32, i32)>) {
    match x { Some(mut t) if { t.0 = 2; true } => {}, _ => {} }
}
fn main() {}
//= fine
fn f(x: Option<Option<i32>>) {
    match x { Some(t) if (if let Some(u) = t { u>1 } else { false }) => {}, _ => {} }
}
fn main() {}
//= fine
fn eat<T>(_:T){}
fn f(x: Option<Option<String>>) {
    match x { Some(t) if matches!(t, Some(ref u) if u.len()>1) => { eat(t) }, _ => {} }
}
fn main() {}
