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
//= E0373 2
fn mk()->String{String::new()}
fn f() -> impl Fn() -> usize { let s = mk(); ||s.len() }
fn main() {}
//= E0700 1
fn f(s: &str) -> impl Fn() -> usize { move||s.len() }
fn main() {}
//= fine
fn f(s: &str) -> impl Fn() -> usize+'_ { ||s.len() }
fn main() {}
//= none 2
fn f<'a>(s: &'a str) -> Box<dyn Fn() -> usize> {
    Box::new(move||s.len())
}
fn main() {}
//= fine
fn f<'a>(s: &'a str) -> Box<dyn Fn() -> usize+'a> {
    Box::new(move||s.len())
}
fn main() {}
//= E0596 3
fn mk()->String{String::new()}
fn g(f: impl Fn()) {}
fn f() { let mut s = mk(); g(||s.push('a')); }
fn main() {}
//= E0521 1
fn f() { let mut v = vec![]; let mut c = |x: &i32| v.push(x); }
fn main() {}
//= fine
fn look<T>(_:&T){}
fn f() {
    let mut v: Vec<&i32>=vec![];
    let mut c=|x| v.push(x);
    let a=1;
    c(&a);
    look(&v);
}
fn main() {}
//= E0597 5
fn look<T>(_:&T){}
fn f() {
    let mut v: Vec<&i32>=vec![];
    let mut c=|x| v.push(x);
    { let a=1; c(&a); }
    look(&v);
}
fn main() {}
//= none 1
fn f() { let c = |x: &i32| x; }
fn main() {}
//= none 1
fn f() { let c = |x: &i32| -> &i32 { x }; }
fn main() {}
//= fine
fn g<F: Fn(&i32) -> &i32>(f: F) {}
fn f() { g(|x| x); }
fn main() {}
//= none 2
fn mk()->String{String::new()}
fn f() { let mut s = mk(); let mut c = ||&mut s; c(); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f() {
    let mut s = mk();
    let mut c = ||s.push('a');
    let d = &mut c;
    d();
}
fn main() {}
//= none 3
fn f() {
    let mut v = vec![1];
    let mut c = ||{ v.push(1); v.iter() };
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() { let s = mk(); let c = ||&s; look(c()); }
fn main() {}
//= none 3
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() { let s = mk(); let c = move||&s; look(c()); }
fn main() {}
//= none 5
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let mut s = mk();
    let mut c = move||&mut s;
    look(c());
}
fn main() {}
//= E0521 3
fn f() {
    let mut out: Vec<&str>=vec![];
    let b: Box<dyn FnMut(&str)>=Box::new(|x| out.push(x));
}
fn main() {}
//= fine
fn f<'a>(out: &'a mut Vec<&'a str>) -> Box<dyn FnMut(&'a str)+'a> {
    Box::new(move |x| out.push(x))
}
fn main() {}
//= E0521 2
fn f<'a>(out: &'a mut Vec<&'a str>) -> Box<dyn FnMut(&str)+'a> {
    Box::new(move |x| out.push(x))
}
fn main() {}
//= E0521 3
fn f() {
    let mut o=None;
    let mut c: Box<dyn FnMut(&String)>=Box::new(|x| o=Some(x));
}
fn main() {}
//= fine
fn cond()->bool{true}
fn f() {
    let c: Box<dyn for<'a> Fn(&'a str, &'a str) -> &'a str>=Box::new(|x, y| if cond() { x } else { y });
}
fn main() {}
//= fine
fn f() { let c: fn(&str) -> &str = |x| x; }
fn main() {}
//= none 1
fn f() { let c: &dyn Fn(&str) -> &'static str = &|x| x; }
fn main() {}
//= E0521 2
fn st<T: 'static>(t: T) {}
fn f(x: &i32) { let c = ||st(x); }
fn main() {}
//= E0521 2
fn st<T: 'static>(t: T) {}
fn f() { let c = |x: &i32|st(x); }
fn main() {}
//= E0310 2
fn st<T: 'static>(t: T) {}
fn f<T>(x: T) { let c = ||st(x); }
fn main() {}
//= fine
fn ou<'a, T: 'a>(a: &'a i32, t: T) {}
fn f<'a, T>(a: &'a i32, x: T) { let c = ||ou(a, x); }
fn main() {}
//= fine
fn ou<'a, T: 'a>(a: &'a i32, t: T) {}
fn f<'a, T: 'a>(a: &'a i32, x: T) { let c = ||ou(a, x); }
fn main() {}
//= fine
struct W<'a>(&'a mut String);
fn f<'a>(w: W<'a>) -> &'a mut String { &mut *w.0 }
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
struct W<T>(T);
impl<T> Drop for W<T> { fn drop(&mut self) {} }
fn f() { let w; let s = mk(); w = W(&s); }
fn main() {}
//= fine
use std::cell::RefCell;
use std::rc::Rc;
fn mk()->String{String::new()}
fn f() {
    let w: Rc<RefCell<Option<&String>>>;
    let s = mk();
    w = Rc::new(RefCell::new(Some(&s)));
}
fn main() {}
//= fine
use std::cell::Cell;
fn mk()->String{String::new()}
fn f() {
    let w: Cell<Option<&String>>=Cell::new(None);
    let s=mk();
    w.set(Some(&s));
}
fn main() {}
//= E0597 6
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let w: Box<dyn Fn()>;
    let s = mk();
    w = Box::new(||look(&s));
}
fn main() {}
//= fine
use std::collections::HashMap;
fn mk()->String{String::new()}
fn f() {
    let w: HashMap<i32, &String>;
    let s = mk();
    w = { let mut m = HashMap::new(); m.insert(1, &s); m };
}
fn main() {}
//= fine
use std::collections::HashMap;
fn mk()->String{String::new()}
fn f() {
    let mut w = HashMap::new();
    let s = mk();
    w.insert(1, &s);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f() { let mut w = vec![]; let s = mk(); w.push(&s); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let mut w = vec![];
    let s = mk();
    w.push(&s);
    look(&1);
    w.len();
}
fn main() {}
//= E0425 1 E0433 3 E0433 4
struct N<'a> { p: Cell<Option<&'a N<'a>>> }
fn f() {
    let a = N { p: Cell::new(None) };
    let b = N { p: Cell::new(None) };
    a.p.set(Some(&b));
    b.p.set(Some(&a));
}
fn main() {}
//= E0425 1 E0433 4 E0433 5
struct N<'a> { p: Cell<Option<&'a N<'a>>> }
fn f() {
    let (a, b);
    a = N { p: Cell::new(None) };
    b = N { p: Cell::new(None) };
    a.p.set(Some(&b));
    b.p.set(Some(&a));
}
fn main() {}
//= E0425 1 E0433 5 E0433 6
struct N<'a> { p: Cell<Option<&'a N<'a>>> }
impl<'a> Drop for N<'a> { fn drop(&mut self) {} }
fn f() {
    let (a, b);
    a = N { p: Cell::new(None) };
    b = N { p: Cell::new(None) };
    a.p.set(Some(&b));
    b.p.set(Some(&a));
}
fn main() {}
//= fine
fn mk()->String{String::new()}
struct G<'a>(&'a String);
impl<'a> Drop for G<'a>{fn drop(&mut self){}}
fn f() { let x = G(&mk()); }
fn main() {}
//= none 2
static mut X: Option<&'static i32>=None;
fn f(x: &i32) { unsafe { X = Some(x) } }
fn main() {}
//= E0521 2
fn f(x: &'static str) {}
fn g(y: &str) { f(y) }
fn main() {}
//= E0521 2
fn f<T: 'static>(t: T) {}
fn g(y: &str) { f(y) }
fn main() {}
//= E0597 3 none 3
fn look<T>(_:&T){}
fn f(t: Box<dyn Fn()>) {}
fn g(y: &str) { f(Box::new(||look(&y))) }
fn main() {}
//= none 3
fn look<T>(_:&T){}
fn f(t: Box<dyn Fn()>) {}
fn g(y: &str) { f(Box::new(move||look(&y))) }
fn main() {}
//= fine
static mut N: i32 = 0;
fn g() -> &'static mut i32 { unsafe { &mut N } }
fn main() {}
//= E0597 3
use std::cell::Cell;
fn mk()->String{String::new()}
fn f<'a>(c: &Cell<&'a str>) { let s = mk(); c.set(&s); }
fn main() {}
//= none 2
use std::cell::Cell;
fn f<'a, 'b>(c: &'b Cell<&'a str>, x: &'b str) { c.set(x); }
fn main() {}
//= none 5
use std::cell::Cell;
fn f<'a>(c: &Cell<&'static str>) -> &'a Cell<&'a str> {
    todo!()
}
fn g<'a>(c: &'a Cell<&'static str>) -> &'a Cell<&'a str> { c }
fn main() {}
//= none 1
fn g<'a>(c: &'a mut &'static str) -> &'a mut &'a str { c }
fn main() {}
//= none 2
fn g<'a>(c: &'a mut Vec<&'static str>) -> &'a mut Vec<&'a str> {
    c
}
fn main() {}
//= fine
fn g<'a>(c: &'a Vec<&'static str>) -> &'a Vec<&'a str> { c }
fn main() {}
//= fine
fn g<'a>(c: Box<&'static str>) -> Box<&'a str> { c }
fn main() {}
//= fine
fn g<'a>(c: fn(&'a str)) -> fn(&'static str) { c }
fn main() {}
//= fine
fn g<'a>(c: fn() -> &'static str) -> fn() -> &'a str { c }
fn main() {}
//= fine
struct F<'a>(fn(&'a str));
fn g<'a>(c: F<'a>) -> F<'static> { c }
fn main() {}
//= none 2
struct F<'a>(fn(&'a str));
fn g<'a>(c: F<'static>) -> F<'a> { c }
fn main() {}
//= none 3
use std::cell::Cell;
struct F<'a>(Cell<&'a str>);
fn g<'a>(c: F<'static>) -> F<'a> { c }
fn main() {}
//= none 2
struct F<'a>(*mut &'a str);
fn g<'a>(c: F<'static>) -> F<'a> { c }
fn main() {}
//= fine
struct F<'a>(*const &'a str);
fn g<'a>(c: F<'static>) -> F<'a> { c }
fn main() {}
//= none 4
use std::cell::RefCell;
use std::rc::Rc;
fn g<'a>(c: Rc<RefCell<&'static str>>) -> Rc<RefCell<&'a str>> {
    c
}
fn main() {}
//= none 2
fn g<'a>(c: Box<dyn Tr<&'static str>>) -> Box<dyn Tr<&'a str>> {
    c
}
trait Tr<T> {}
fn main() {}
//= fine
struct S<T>(std::marker::PhantomData<T>);
fn g<'a>(c: S<&'static str>) -> S<&'a str> { c }
fn main() {}
//= none 2
struct S<T>(std::marker::PhantomData<fn(T)>);
fn g<'a>(c: S<&'static str>) -> S<&'a str> { c }
fn main() {}
//= fine
fn g<'a>(c: std::cell::Ref<'a, &'static str>) -> std::cell::Ref<'a, &'a str> {
    c
}
fn main() {}
//= none 2
fn g<'a>(c: std::cell::RefMut<'a, &'static str>) -> std::cell::RefMut<'a, &'a str> {
    c
}
fn main() {}
//= none 2
fn g<'a>(c: std::slice::IterMut<'a, &'static str>) -> std::slice::IterMut<'a, &'a str> {
    c
}
fn main() {}
//= fine
fn g<'a>(c: std::slice::Iter<'a, &'static str>) -> std::slice::Iter<'a, &'a str> {
    c
}
fn main() {}
//= E0597 6
fn mk()->String{String::new()}
fn push<'a>(v: &mut Vec<&'a str>, x: &'a str) { v.push(x) }
fn f() {
    let mut v: Vec<&'static str>=vec![];
    let s=mk();
    push(&mut v, &s);
}
fn main() {}
//= E0597 5
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let mut v = vec![];
    { let s = mk(); v.push(s.as_str()); }
    look(&v);
}
fn main() {}
//= E0597 6
use std::cell::Cell;
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let c = Cell::new("");
    { let s = mk(); c.set(&s); }
    look(&c);
}
fn main() {}
//= E0597 6
use std::cell::RefCell;
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let c = RefCell::new(vec![]);
    { let s = mk(); c.borrow_mut().push(&s); }
    look(&c);
}
fn main() {}
//= E0597 8
use std::cell::RefCell;
use std::rc::Rc;
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let c = Rc::new(RefCell::new(vec![]));
    let d = c.clone();
    { let s = mk(); d.borrow_mut().push(&s); }
    look(&c);
}
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
fn f<'a>(x: &'a str, g: fn(&'a str) -> &'a str) -> &'a str {
    let s = mk();
    g(&s);
    g(x)
}
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
fn f<'a>(x: &'a str, g: &dyn Fn(&'a str)) {
    let s = mk();
    g(&s);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f<'a>(x: &'a str, g: &dyn Fn(&str)) { let s = mk(); g(&s); }
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
fn f<'a>(x: &'a str, mut g: impl FnMut(&'a str)) {
    let s = mk();
    g(&s);
}
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
fn f<'a, F: FnMut(&'a str)>(x: &'a str, mut g: F) {
    let s = mk();
    g(&s);
    g(x);
}
fn main() {}
//= none 1
fn f<'a>(g: fn() -> &'a str) -> &'static str { g() }
fn main() {}
//= none 1
fn f<'a>(g: &dyn Fn() -> &'a str) -> &'static str { g() }
fn main() {}
//= fine
fn f<'a>(g: Box<dyn Fn() -> &'a str>) -> &'a str { g() }
fn main() {}
//= fine
fn f<'a>(g: fn(&'a str) -> &'static str, x: &'a str) -> &'static str {
    g(x)
}
fn main() {}
//= fine
fn f<'a>(g: &dyn Fn(&str) -> &'static str, x: &'a str) -> &'static str {
    g(x)
}
fn main() {}
//= fine
fn f<'a>(g: &dyn Fn(&str) -> &str, x: &'a str) -> &'a str { g(x) }
fn main() {}
//= none 2
fn f<'a, 'b>(g: for<'x, 'y> fn(&'x str, &'y str) -> &'y str, x: &'a str, y: &'b str) -> &'a str {
    g(x, y)
}
fn main() {}
//= none 2
fn id<'a>(x: &'a str) -> &'a str { x }
fn f<'a>(x: &'a str) -> &'static str { let g = id; g(x) }
fn main() {}
//= E0521 2
fn st(x: &'static str) {}
fn f<'a>(x: &'a str) { let g = st; g(x) }
fn main() {}
//= E0521 3
fn st(x: &'static str) {}
fn ap<T, F: Fn(T)>(f: F, t: T) { f(t) }
fn f<'a>(x: &'a str) { ap(st, x) }
fn main() {}
//= E0521 2
fn st(x: &'static str) -> &'static str { x }
fn f<'a>(x: &'a str) -> Option<&'a str> { Some(x).map(st) }
fn main() {}
//= none 2
fn f<'a>(x: &'a str) -> Option<&'static str> {
    Some(x).map(str::trim)
}
fn main() {}
//= fine
fn f<'a>(x: &'a str) -> Option<&'a str> {
    Some(x).map(str::trim)
}
fn main() {}
//= none 2
fn f<'a>(x: Vec<&'a str>) -> Vec<&'static str> {
    x.into_iter().map(|y|y).collect()
}
fn main() {}
//= none 2
fn f<'a>(x: &'a [String]) -> Vec<&'static str> {
    x.iter().map(|y|y.as_str()).collect()
}
fn main() {}
//= fine
fn f<'a>(x: &'a [String]) -> Vec<&'a str> {
    x.iter().map(String::as_str).collect()
}
fn main() {}
//= none 2
fn f<'a>(x: &'a [String]) -> Vec<&'static str> {
    x.iter().map(String::as_str).collect()
}
fn main() {}
//= none 2
fn f<'a>(x: &'a [String]) -> Box<dyn Iterator<Item = &'a String>> {
    Box::new(x.iter())
}
fn main() {}
//= fine
fn f<'a>(x: &'a [String]) -> Box<dyn Iterator<Item = &'a String>+'a> {
    Box::new(x.iter())
}
fn main() {}
//= none 2
fn f<'a>(x: &'a [String]) -> Box<dyn Iterator<Item = &'static String>+'a> {
    Box::new(x.iter())
}
fn main() {}
//= fine
fn f<'a>(x: &'a [String]) -> impl Iterator<Item = &'a String> {
    x.iter()
}
fn main() {}
//= E0700 2
fn f(x: &[String]) -> impl Iterator<Item = String> {
    x.iter().cloned()
}
fn main() {}
//= fine
fn f(x: &[String]) -> impl Iterator<Item = String>+'_ {
    x.iter().cloned()
}
fn main() {}
//= fine
fn f<T: Clone>(x: &[T]) -> impl Iterator<Item = T>+'_ {
    x.iter().cloned()
}
fn main() {}
//= E0597 3
fn mk()->String{String::new()}
fn f<T>(x: T) -> impl Fn() -> T where T: Clone { move||x.clone() }
fn g() { let c; { let s = mk(); c = f(&s); } c(); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f(x: &str) -> impl Sized+'static { mk() }
fn g() { let c; { let s = mk(); c = f(&s); } look(&c); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f(x: &str) -> impl Sized { mk() }
fn g() { let c; { let s = mk(); c = f(&s); } look(&c); }
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f<T>(x: T) -> impl Sized { mk() }
fn g() { let c; { let s = mk(); c = f(&s); } look(&c); }
fn main() {}
//= none 2
fn f<'a, 'b>(x: &'a str, y: &'b str) -> impl Fn() -> usize+'a {
    move||x.len()+y.len()
}
fn main() {}
//= none 3
trait T {}
impl T for &str {}
fn f(x: &str) -> Box<dyn T> { Box::new(x) }
fn main() {}
//= fine
trait T {}
impl<'a> T for &'a str {}
fn f<'a>(x: &'a str) -> Box<dyn T+'a> { Box::new(x) }
fn main() {}
//= fine
trait T {}
impl<'a> T for &'a str {}
fn f<'a>(x: &'a str) -> Box<dyn T+'_> { Box::new(x) }
fn main() {}
//= fine
trait T {}
fn f<'a>(x: &'a Box<dyn T+'a>) -> &'a dyn T { &**x }
fn main() {}
//= none 2
trait T {}
fn f<'a>(x: &'a dyn T) -> &'a (dyn T+'static) { x }
fn main() {}
//= E0515 4
struct St<'a>(&'a str);
trait T { fn get(&self) -> &str; }
impl<'a> T for St<'a> { fn get(&self) -> &str { self.0 } }
fn f<'a>(x: &'a str) -> &'a str { St(x).get() }
fn main() {}
//= fine
struct St<'a>(&'a str);
impl<'a> St<'a> { fn get(&self) -> &'a str { self.0 } }
fn f<'a>(x: &'a str) -> &'a str { St(x).get() }
fn main() {}
//= fine
trait T<'a> { fn get(&self) -> &'a str; }
struct St<'a>(&'a str);
impl<'a> T<'a> for St<'a> { fn get(&self) -> &'a str { self.0 } }
fn f<'a>(x: &'a str) -> &'a str { St(x).get() }
fn main() {}
//= E0515 4
fn mk()->String{String::new()}
trait T { type O; fn get(self) -> Self::O; }
impl<'a> T for &'a String { type O = &'a str; fn get(self) -> &'a str { self } }
fn f() -> &'static str { let s = mk(); (&s).get() }
fn main() {}
//= E0597 5
fn mk()->String{String::new()}
fn look<T>(_:&T){}
trait T { type O; fn get(self) -> Self::O; }
impl<'a> T for &'a String { type O = &'a str; fn get(self) -> &'a str { self } }
fn f() { let r; { let s = mk(); r = (&s).get(); } look(&r); }
fn main() {}
//= E0597 6
fn mk()->String{String::new()}
fn look<T>(_:&T){}
trait T { type O; fn get(self) -> Self::O; }
fn h<X: T>(x: X) -> X::O { x.get() }
impl<'a> T for &'a String { type O = &'a str; fn get(self) -> &'a str { self } }
fn f() { let r; { let s = mk(); r = h(&s); } look(&r); }
fn main() {}
//= E0597 5
fn look<T>(_:&T){}
fn h<X: IntoIterator>(x: X) -> Option<X::Item> {
    x.into_iter().next()
}
fn f() { let r; { let s = vec![1]; r = h(&s); } look(&r); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let r;
    { let s = vec![mk()]; r = s.iter().map(|x|x.len()).max(); }
    look(&r);
}
fn main() {}
//= E0597 5
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let r;
    { let s = vec![mk()]; r = s.iter().max(); }
    look(&r);
}
fn main() {}
//= fine
use std::cell::RefCell;
use std::rc::Rc;
fn mk()->String{String::new()}
struct Ev { hs: Vec<Box<dyn Fn(&str)>> }
impl Ev { fn on(&mut self, f: Box<dyn Fn(&str)>) { self.hs.push(f) } fn fire(&self) { for h in &self.hs { let s = mk(); h(&s); } } }
fn main() {
    let mut e = Ev { hs: vec![] };
    e.on(Box::new(|s| println!("{s}")));
    let c = Rc::new(RefCell::new(vec![]));
    let d = c.clone();
    e.on(Box::new(move |s| d.borrow_mut().push(s.to_string())));
    e.fire();
}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct Ev<'a> { hs: Vec<Box<dyn FnMut(&str)+'a>> }
fn f() {
    let mut n = 0;
    { let mut e = Ev { hs: vec![] }; e.hs.push(Box::new(|s| n += s.len())); for h in e.hs.iter_mut() { let s = mk(); h(&s); } }
    look(&n);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn ap(f: fn(&str) -> usize, s: &str) -> usize { f(s) }
fn f() {
    ap(str::len,"a");
    ap(|s| s.len(),"b");
    let g: fn(&str) -> &str = str::trim;
    let r;
    { let s = mk(); r = g(&s).len(); }
    look(&r);
}
fn main() {}
//= fine
fn compose<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C {
    move|x| g(f(x))
}
fn f() { let h = compose(|x: i32|x+1, |y: i32|y*2); h(3); }
fn main() {}
//= fine
fn look<T>(_:&T){}
fn make() -> Box<dyn Fn(&[i32]) -> i32> {
    Box::new(|v| v.iter().sum())
}
fn f() {
    let g = make();
    let t;
    { let v = vec![1]; t = g(&v); }
    look(&t);
}
fn main() {}
//= fine
use std::collections::HashMap;
fn table() -> HashMap<&'static str, fn(&[f64]) -> f64> {
    let mut m: HashMap<&'static str, fn(&[f64]) -> f64>=HashMap::new();
    m.insert("sum", |v| v.iter().sum());
    m.insert("len", |v| v.len() as f64);
    m
}
fn f() {
    let t = table();
    let v = vec![1.0];
    if let Some(g) = t.get("sum") { g(&v); }
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct P1<'a> { f: Box<dyn Fn(&'a str) -> Option<(&'a str, &'a str)>+'a> }
fn ch<'a>(c: char) -> P1<'a> {
    P1 { f: Box::new(move|s: &'a str| if s.starts_with(c) { Some((&s[..1], &s[1..])) }else { None }) }
}
fn f() {
    let s = mk();
    let p = ch('a');
    let r = (p.f)(&s);
    look(&r);
}
fn main() {}
//= fine
type Op = fn(i32, i32) -> i32;
fn f(o: Op) -> i32 { o(1, 2) }
fn add(a: i32, b: i32) -> i32 { a+b }
fn g() {
    f(add);
    let ops: [(&str, Op);2] = [("a", add), ("b", |a, b|a-b)];
    for (n, o) in ops.iter() { o(1, 2); }
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn sortby<T>(v: &mut Vec<T>, c: &dyn Fn(&T, &T) -> bool) {
    if v.len()>1 && c(&v[0], &v[1]) { v.swap(0, 1); }
}
fn f() {
    let mut v = vec![mk(), mk()];
    sortby(&mut v, &|a, b| a.len()>b.len());
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn walk(n: i32, f: &mut dyn FnMut(&i32)) {
    f(&n);
    if n>0 { walk(n-1, f); }
}
fn g() {
    let mut v = vec![];
    walk(3, &mut |x| v.push(*x));
    look(&v);
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn walk<'a>(t: &'a [String], f: &mut dyn FnMut(&'a String)) {
    for x in t { f(x) }
}
fn g(t: &[String]) {
    let mut v = vec![];
    walk(t, &mut |x| v.push(x));
    look(&v);
}
fn main() {}
//= fine
fn find<'a>(t: &'a [String], p: &dyn Fn(&String) -> bool) -> Option<&'a String> {
    t.iter().find(|x| p(x))
}
fn main() {}
//= fine
fn find<'a>(t: &'a [String], p: &dyn Fn(&String) -> bool) -> Option<&'a String> {
    for x in t { if p(x) { return Some(x) } }
    None
}
fn main() {}
//= fine
fn look<T>(_:&T){}
struct M { cb: Option<Box<dyn FnMut(&mut Vec<i32>)>> }
impl M { fn run(&mut self) { let mut v = vec![1]; if let Some(c) = &mut self.cb { c(&mut v); c(&mut v); } look(&v); } fn set(&mut self, f: impl FnMut(&mut Vec<i32>)+'static) { self.cb = Some(Box::new(f)); } }
fn g() {
    let mut m = M { cb: None };
    m.set(|v| v.push(1));
    m.run();
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn each(f: fn(&mut i32), v: &mut [i32]) {
    for x in v.iter_mut() { f(x) }
}
fn g() { let mut v = [1, 2]; each(|x|*x += 1, &mut v); look(&v); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn pick(b: bool) -> fn(&str) -> &str {
    if b { str::trim } else { |s| s }
}
fn g() { let s = mk(); let t = pick(true)(&s); look(&t); }
fn main() {}
//= fine
fn cond()->bool{true}
fn it(v: &[i32]) -> Box<dyn Iterator<Item = &i32>+'_> {
    if cond() { Box::new(v.iter()) }else { Box::new(v.iter().rev()) }
}
fn g() {
    let v=vec![1];
    for x in it(&v) {}
    let n: Vec<_>=it(&v).map(|x|x+1).collect();
}
fn main() {}
//= fine
fn it<'a>(v: &'a [i32], k: &'a i32) -> impl Iterator<Item = &'a i32>+'a {
    v.iter().filter(move|x| *x>k).chain(std::iter::once(k))
}
fn main() {}
//= fine
use std::collections::HashMap;
fn it<'a>(v: &'a HashMap<String, Vec<i32>>) -> impl Iterator<Item = (&'a str, &'a i32)>+'a {
    v.iter().flat_map(|(k, v)| v.iter().map(move|x| (k.as_str(), x)))
}
fn main() {}
//= fine
fn f(v: &[Option<String>]) -> Vec<&String> {
    v.iter().filter_map(Option::as_ref).collect()
}
fn main() {}
//= fine
fn f(v: Vec<&str>) -> Vec<String> {
    v.into_iter().map(String::from).collect()
}
fn g(v: &[&str]) -> Vec<String> {
    v.iter().map(ToString::to_string).collect()
}
fn h(v: &[String]) -> Vec<&str> {
    v.iter().map(|s| s.as_ref()).map(Some).flatten().collect()
}
fn main() {}
//= fine
fn f(v: &[String]) -> Option<&str> {
    v.first().map(String::as_str).or_else(|| v.last().map(|x| x.as_str()))
}
fn main() {}
//= fine
struct W<'a>(&'a str);
fn f<'a>(v: &[&'a str]) -> Vec<W<'a>> {
    v.iter().copied().map(W).collect()
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn twice(f: &dyn Fn(&str) -> String, s: &str) -> String {
    f(&f(s))
}
fn g() { let p = mk(); twice(&|x| format!("{p}{x}"),"a"); }
fn main() {}
//= fine
fn memo(f: &dyn Fn(&dyn Fn(u64) -> u64, u64) -> u64, n: u64) -> u64 {
    f(&|k| memo(f, k), n)
}
fn g() { memo(&|r, n| if n<2 { n } else { r(n-1)+r(n-2) }, 5); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn par<'a>(s: &'a str, ps: &[&dyn Fn(&'a str) -> Option<&'a str>]) -> Option<&'a str> {
    let mut r = s;
    for p in ps { r = p(r)?; }
    Some(r)
}
fn g() {
    let s = mk();
    let a = |x: &'static str| Some(x);
    par("abc", &[&|x| x.strip_prefix("a"), &|x| Some(&x[1..])]);
    par(&s, &[&|x| Some(x)]);
}
fn main() {}
//= fine
use std::collections::HashMap;
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn get<'a>(m: &'a HashMap<String, String>) -> impl Fn(&str) -> Option<&'a String>+'a {
    move|k| m.get(k)
}
fn g() {
    let m = HashMap::new();
    let q = get(&m);
    let r;
    { let k = mk(); r = q(&k); }
    look(&r);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn g() -> impl Fn(&str) -> String { |s| s.to_uppercase() }
fn h() {
    let f=g();
    let x=f(&mk());
    let y: Vec<String>=["a","b"].iter().map(|s| f(s)).collect();
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct Lex<'a> { s: &'a str }
impl<'a> Lex<'a> { fn take(&mut self, f: impl Fn(char) -> bool) -> &'a str { let n = self.s.find(|c| !f(c)).unwrap_or(self.s.len()); let (a, b) = self.s.split_at(n); self.s = b; a } }
fn g() {
    let t = mk();
    let mut l = Lex { s: &t };
    let a = l.take(|c| c.is_alphabetic());
    let b = l.take(char::is_whitespace);
    look(&a);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let mut fs: Vec<Box<dyn FnOnce(&mut i32)>>=Vec::new();
    fs.push(Box::new(|x| *x+=1));
    let k=mk();
    fs.push(Box::new(move|x| *x+=k.len() as i32));
    let mut n=0;
    for g in fs { g(&mut n); }
    look(&n);
}
fn main() {}
//= fine
fn f() {
    let cmp: &dyn Fn(&i32, &i32) -> std::cmp::Ordering = &|a, b| b.cmp(a);
    let mut v = vec![1];
    v.sort_by(cmp);
    v.sort_by(|a, b| cmp(a, b));
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
trait V { fn visit(&mut self, s: &str); }
impl<F: FnMut(&str)> V for F { fn visit(&mut self, s: &str) { self(s) } }
fn w(v: &mut dyn V) { v.visit(&mk()) }
fn g() {
    let mut n = 0;
    w(&mut |s: &str| n += s.len());
    look(&n);
}
fn main() {}
//= fine
fn look<T>(_:&T){}
struct It<'a> { v: &'a [i32], i: usize }
impl<'a> Iterator for It<'a> { type Item = &'a i32; fn next(&mut self) -> Option<&'a i32> { let r = self.v.get(self.i); self.i += 1; r } }
fn b<'a>(v: &'a [i32]) -> Box<dyn Iterator<Item = &'a i32>+'a> {
    Box::new(It { v, i: 0 })
}
fn g() { let v = vec![1]; let m = b(&v).max(); look(&m); }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f(mut v: Vec<String>) {
    let longest = v.iter().max_by_key(|s| s.len()).map(|s| s.clone());
    v.clear();
    look(&longest);
    let k = v.iter().map(String::len).sum::<usize>();
    v.push(mk());
    look(&k);
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn f() {
    let mut st: Vec<(&str, fn(&mut Vec<f64>))>=vec![("dup", |s| { let x = *s.last().unwrap(); s.push(x) }), ("drop", |s| { s.pop(); })];
    let mut s = vec![1.0];
    for (n, o) in &st { o(&mut s); }
    look(&s);
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn g<F>(f: F) where F: for<'a> Fn(&'a [u8]) -> Option<(&'a [u8], u8)> {
    let v = vec![1u8];
    if let Some((r, b)) = f(&v) { look(&r); }
}
fn h() {
    g(|s| s.split_first().map(|(a, b)|(b, *a)));
    fn p(s: &[u8]) -> Option<(&[u8], u8)> { None }
    g(p);
}
fn main() {}
//= fine
use std::rc::Rc;
fn mk()->String{String::new()}
fn cl() -> impl FnMut() -> u32 { let mut n = 0; move||{ n += 1; n } }
fn s() -> impl FnMut() -> String {
    let mut s = mk();
    move||{ s.push('a'); s.clone() }
}
fn t() -> impl Fn() -> Rc<String> {
    let r = Rc::new(mk());
    move||r.clone()
}
fn main() {}
//= none 5
fn f(v: &mut Vec<i32>) {
    let mut add = |x|{ v.push(x); v.len() };
    add(1);
    add(2);
    let mut last = ||v.last_mut();
}
fn main() {}
//= fine
fn f(v: &mut Vec<i32>) {
    let mut get = |i: usize| &v[i];
    get(0);
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn f(v: &Vec<i32>) {
    let get = |i: usize| &v[i];
    let a = get(0);
    let b = get(1);
    look(a);
    let g2 = move|i: usize| &v[i];
    look(g2(1));
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn f(v: Vec<i32>) {
    let get = |i: usize| &v[i];
    let a = get(0);
    let b = get(1);
    look(a);
}
fn main() {}
//= none 3
fn look<T>(_:&T){}
fn f(v: Vec<i32>) {
    let get = move|i: usize| &v[i];
    let a = get(0);
    look(a);
}
fn main() {}
//= fine
use std::collections::HashMap;
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f(v: Vec<String>) {
    let n = |i: usize| v[i].as_str();
    look(&n(0));
    let mut m = HashMap::new();
    m.insert(1, mk());
    let q = |k: i32| m.get(&k).map(|s| s.as_str()).unwrap_or("");
    look(&q(1));
}
fn main() {}
//= fine
use std::collections::HashMap;
fn f() {
    let mut cache = HashMap::new();
    let mut get = |k: u32| -> u32 { *cache.entry(k).or_insert_with(|| k*2) };
    get(1);
    get(2);
}
fn main() {}
//= none 2
fn f<'a>(x: &'a [String]) -> impl Iterator<Item = &'static String>+'a {
    x.iter()
}
fn main() {}
//= none 2
fn f<'a, 'b>(x: &'a str, y: &'b str) -> impl Fn() -> usize+'a+'b {
    move||x.len()+y.len()
}
fn main() {}
//= fine
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let mut c = ||p.a.push('a');
    let mut d = ||p.b.push('b');
    c();
    d();
}
fn main() {}
//= E0524 4
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let mut c = ||p.a.push('a');
    let mut d = ||p.a.push('b');
    c();
    d();
}
fn main() {}
//= E0499 4
struct P{a:String,b:String,c:i32}
fn f(mut p: &mut P) {
    let mut c = ||p.a.push('a');
    let mut d = ||p.a.push('b');
    c();
    d();
}
fn main() {}
//= E0499 4
struct P{a:String,b:String,c:i32}
fn f(mut p: P) {
    let mut c = ||p.a.push('a');
    let mut d = ||p.a.push('b');
    c();
    d();
}
fn main() {}
//= E0500 4
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let r = &mut p.a;
    let mut c = ||p.a.push('a');
    c();
    r.push('b');
}
fn main() {}
//= E0500 5
fn look<T>(_:&T){}
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let r = &p.a;
    let mut c = ||p.a.push('a');
    c();
    look(r);
}
fn main() {}
//= E0501 5
fn look<T>(_:&T){}
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let mut c = ||p.a.push('a');
    look(&p.a);
    c();
}
fn main() {}
//= E0506 3
fn mk()->String{String::new()}
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) { let mut c = ||p.a.push('a'); p.a = mk(); c(); }
fn main() {}
//= E0503 2
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) { let mut c = ||p.c += 1; let x = p.c; c(); }
fn main() {}
//= E0501 3
fn look<T>(_:&T){}
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) { let mut c = ||p.c += 1; look(&p); c(); }
fn main() {}
//= E0499 3
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let mut c = ||{ let mut d = ||p.c += 1; let mut e = ||p.c += 2; d(); e(); };
    c();
}
fn main() {}
//= E0501 4
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let mut c = ||p.c += 1;
    let d = ||p.c;
    c();
    d();
}
fn main() {}
//= E0500 4
struct P{a:String,b:String,c:i32}
fn f(p: &mut P) {
    let d = ||p.c;
    let mut c = ||p.c += 1;
    c();
    d();
}
fn main() {}
//= E0500 2
struct S { v: Vec<i32>, n: i32 }
impl S { fn f(&mut self) { self.v.iter().for_each(|x| self.n += x); } fn g(&mut self) { self.v.iter_mut().for_each(|x| self.bump()); } fn bump(&mut self) {} }
fn main() {}
//= E0506 2
struct S { v: Vec<i32>, n: i32 }
impl S { fn g(&mut self) { let mut c = ||self.bump(); self.n = 2; c(); } fn bump(&mut self) {} }
fn main() {}
//= E0501 2
struct S { v: Vec<i32>, n: i32 }
impl S { fn g(&mut self) { let mut c = ||self.bump(); self.bump(); c(); } fn bump(&mut self) {} }
fn main() {}
//= fine
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f<'a>(l: &'a Loud) -> &'a str { &l.0 }
fn main() {}
//= E0713 3
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f<'a>(l: Box<Loud>) -> &'a str { &l.0 }
fn main() {}
//= E0515 4
fn mk()->String{String::new()}
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f<'a>() -> &'a str { let l = vec![Loud(mk())]; &l[0].0 }
fn main() {}
//= E0713 4
fn mk()->String{String::new()}
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f<'a>() -> &'a str { let l = [Loud(mk())]; &l[0].0 }
fn main() {}
//= E0713 7
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f() {
    let r;
    { let l = (Loud(mk()), 1); r = &(l.0).0; }
    look(r);
}
fn main() {}
//= E0506 8
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f() {
    let mut l = Loud(mk());
    let r = &l.0;
    l = Loud(mk());
    look(r);
}
fn main() {}
//= E0505 8
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f() {
    let mut l = Loud(mk());
    let r = &l.0;
    drop(l);
    look(r);
}
fn main() {}
//= fine
struct G<'a>(&'a String);
impl<'a> Drop for G<'a>{fn drop(&mut self){}}
struct H<'a> { g: G<'a>, s: &'a mut String }
fn f<'a>(h: H<'a>) -> &'a mut String { &mut *h.s }
fn main() {}
//= fine
struct G<'a>(&'a String);
impl<'a> Drop for G<'a>{fn drop(&mut self){}}
struct H<'a> { g: G<'a>, s: &'a mut String }
fn f<'a>(h: H<'a>) -> &'a String { h.g.0 }
fn main() {}
//= fine
struct G<'a>(&'a String);
impl<'a> Drop for G<'a>{fn drop(&mut self){}}
fn f<'a>(g: G<'a>) -> &'a String { g.0 }
fn main() {}
//= fine
struct G<'a>(&'a String);
impl<'a> Drop for G<'a>{fn drop(&mut self){}}
fn f<'a>(g: G<'a>) -> &'a str { g.0.as_str() }
fn main() {}
//= E0713 3
struct W<'a>(&'a mut String);
impl<'a> Drop for W<'a> { fn drop(&mut self) {} }
impl<'a> W<'a> { fn get(&mut self) -> &mut String { self.0 } fn into(self) -> &'a mut String { self.0 } }
fn main() {}
//= fine
fn mk()->String{String::new()}
struct W<'a>(&'a mut String);
impl<'a> Drop for W<'a> { fn drop(&mut self) {} }
fn f() {
    let mut s = mk();
    { let w = W(&mut s); let r = &mut *w.0; r.push('a'); }
    s.push('b');
}
fn main() {}
//= fine
use std::cell::RefCell;
fn look<T>(_:&T){}
fn f() {
    let c = RefCell::new(vec![1]);
    for x in c.borrow().iter() { look(x); }
}
fn main() {}
//= E0597 7
use std::cell::RefCell;
fn look<T>(_:&T){}
fn f() {
    let c = RefCell::new(vec![1]);
    for x in c.borrow().iter() { look(x); } ;
    let n = c.borrow().iter().max().copied();
    match c.borrow_mut().pop() { Some(x) => {}, None => {} }
}
fn main() {}
//= E0597 4
use std::cell::RefCell;
fn f() -> Option<i32> {
    let c = RefCell::new(vec![1]);
    c.borrow().iter().max().copied()
}
fn main() {}
//= fine
use std::cell::RefCell;
fn f() -> Option<i32> {
    let c = RefCell::new(vec![1]);
    return c.borrow().iter().max().copied();
}
fn main() {}
//= E0597 4
use std::cell::RefCell;
fn f() -> i32 {
    let c = RefCell::new(vec![1]);
    match c.borrow().first() { Some(x) => *x, None => 0 }
}
fn main() {}
//= fine
use std::cell::RefCell;
fn f() -> i32 {
    let c = RefCell::new(vec![1]);
    let r = match c.borrow().first() { Some(x) => *x, None => 0 };
    r
}
fn main() {}
//= E0597 5
use std::cell::RefCell;
use std::rc::Rc;
fn f() -> i32 {
    let c = Rc::new(RefCell::new(1));
    *c.borrow() + 1
}
fn main() {}
//= fine
use std::cell::RefCell;
fn f(c: &RefCell<i32>) -> i32 { *c.borrow() + 1 }
fn main() {}
//= fine
use std::cell::RefCell;
fn mk()->String{String::new()}
fn cond()->bool{true}
fn f() -> bool {
    let c = RefCell::new(mk());
    c.borrow().is_empty() && cond()
}
fn main() {}
//= fine
use std::cell::RefCell;
fn mk()->String{String::new()}
fn f() -> String {
    let c = RefCell::new(mk());
    let d = c.borrow();
    d.clone()
}
fn main() {}
//= fine
use std::cell::RefCell;
fn mk()->String{String::new()}
fn f() -> String {
    let c = RefCell::new(mk());
    { let d = c.borrow(); d.clone() }
}
fn main() {}
//= E0597 5
use std::cell::RefCell;
fn mk()->String{String::new()}
fn f() -> String {
    let c = RefCell::new(mk());
    { c.borrow().clone() }
}
fn main() {}
//= fine
use std::cell::RefCell;
fn mk()->String{String::new()}
fn f() -> usize {
    let c = RefCell::new(mk());
    if c.borrow().is_empty() { 1 } else { c.borrow().len() }
}
fn main() {}
//= fine
use std::cell::RefCell;
fn mk()->String{String::new()}
fn f() {
    let c = RefCell::new(mk());
    while c.borrow().is_empty() { c.borrow_mut().push('a') }
}
fn main() {}
//= fine
use std::cell::RefCell;
fn mk()->String{String::new()}
fn f() -> usize {
    let c = RefCell::new(vec![mk()]);
    let x = c.borrow()[0].len();
    x
}
fn main() {}
//= E0597 2
fn mk()->String{String::new()}
fn f() { let x = { let s = mk(); &s }; }
fn main() {}
//= E0597 3
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() { let x = { let s = mk(); s.as_str() }; look(&x); }
fn main() {}
//= E0597 4
fn mk()->String{String::new()}
fn f() -> usize {
    let s = mk();
    { let t = mk(); t.as_str() }.len()
}
fn main() {}
//= fine
fn f(v: &[i32]) -> usize {
    let s = v.to_vec();
    s.iter().filter(|x| **x>1).count()
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f() -> Vec<char> { let s = mk(); s.chars().rev().collect() }
fn main() {}
//= E0597 4
use std::cell::RefCell;
fn f() -> i32 {
    let b = Box::new(RefCell::new(3));
    let p = &b;
    *p.borrow_mut()
}
fn main() {}
//= fine
use std::cell::RefCell;
use std::rc::Rc;
struct N { k: Vec<Rc<RefCell<N>>>, v: i32 }
fn sum(n: &Rc<RefCell<N>>) -> i32 {
    let n = n.borrow();
    n.v+n.k.iter().map(sum).sum::<i32>()
}
fn d(n: &Rc<RefCell<N>>) -> usize {
    n.borrow().k.iter().map(|c| d(c)).max().unwrap_or(0)+1
}
fn main() {}
//= E0425 2
use std::cell::RefCell;
fn last(n: Rc<RefCell<Vec<i32>>>) -> i32 {
    n.borrow().last().copied().unwrap_or(0)
}
fn main() {}
//= E0425 2
use std::cell::RefCell;
fn last(n: Rc<RefCell<Vec<i32>>>) -> i32 {
    let x = n.borrow().last().copied().unwrap_or(0);
    x
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f() {
    let s = mk();
    let r: &'static str = Box::leak(Box::new(s)).as_str();
}
fn main() {}
//= E0506 2
fn f<'a>(x: &'a mut i32) -> &'a mut i32 { let y = &mut *x; y }
fn g<'a>(x: &'a mut i32) -> &'a i32 { let y = &*x; *x = 2; y }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f<'a>(x: &'a mut Option<String>) -> Option<&'a mut String> {
    match x { Some(s) => Some(s), None => None }
}
fn g<'a>(x: &'a mut Option<String>) -> &'a mut String {
    if x.is_none() { *x = Some(mk()) }
    x.as_mut().unwrap()
}
fn main() {}
//= E0597 4
trait T { fn n(&self) -> Box<dyn T+'_>; }
struct A;
impl T for A { fn n(&self) -> Box<dyn T+'_> { Box::new(A) } }
fn f() { let r; { let a = A; r = a.n(); } r.n(); }
fn main() {}
//= none 2
struct I<'a>(&'a mut [i32]);
impl<'a> Iterator for I<'a> { type Item = &'a mut i32; fn next(&mut self) -> Option<&'a mut i32> { self.0.first_mut() } }
fn main() {}
//= fine
struct I<'a>(&'a mut [i32]);
impl<'a> Iterator for I<'a> { type Item = &'a mut i32; fn next(&mut self) -> Option<&'a mut i32> { let s = std::mem::take(&mut self.0); let (a, b) = s.split_first_mut()?; self.0 = b; Some(a) } }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct P{a:String,b:String,c:i32}
fn f() {
    let mut p = P { a: mk(), b: mk(), c: 1 };
    let c = move||look(&p.a);
    look(&p.b);
    c();
}
fn main() {}
//= E0382 7
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct P{a:String,b:String,c:i32}
fn f() {
    let mut p = P { a: mk(), b: mk(), c: 1 };
    let c = move||look(&p.a);
    look(&p.a);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
struct P{a:String,b:String,c:i32}
fn f() {
    let p = &mut P { a: mk(), b: mk(), c: 1 };
    let mut c = ||p.a.push('a');
    p.b.push('b');
    c();
}
fn main() {}
//= E0501 6
fn mk()->String{String::new()}
struct P{a:String,b:String,c:i32}
fn f() {
    let p = &mut P { a: mk(), b: mk(), c: 1 };
    let mut c = ||p.a.push('a');
    p.a.push('b');
    c();
}
fn main() {}
//= E0506 1
fn f(p: &mut i32) { let mut c = ||*p += 1; *p = 2; c(); }
fn main() {}
//= E0501 4
fn look<T>(_:&T){}
fn f(p: &mut i32) {
    let mut c = ||*p += 1;
    let r = &*p;
    c();
    look(r);
}
fn main() {}
//= E0524 3
fn f(p: &mut i32) {
    let mut c = ||{ let q = &mut *p; *q = 1; };
    let mut d = ||*p = 2;
    c();
    d();
}
fn main() {}
//= E0502 6
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let mut s = mk();
    let r = &s;
    let c = ||s.push('a');
    look(r);
}
fn main() {}
//= E0505 6
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let s = mk();
    let r = &s;
    let c = move||look(&s);
    look(r);
}
fn main() {}
//= E0382 9
fn mk()->String{String::new()}
fn eat<T>(_:T){}
fn look<T>(_:&T){}
fn f() {
    let t = (mk(), mk());
    let c = ||{ eat(t.0) };
    look(&t.1);
    c();
    look(&t.0);
}
fn main() {}
//= fine
fn mk()->String{String::new()}
fn f() {
    let mut t = (mk(), mk());
    { let r = &mut t; let c = ||r.0.push('a'); }
}
fn main() {}
//= E0382 7
fn mk()->String{String::new()}
fn eat<T>(_:T){}
fn look<T>(_:&T){}
fn f() {
    let b = Box::new((mk(), mk()));
    let c = ||eat(b.0);
    look(&b.1);
    c();
}
fn main() {}
//= E0382 6
fn mk()->String{String::new()}
fn look<T>(_:&T){}
fn f() {
    let b = Box::new((mk(), mk()));
    let c = move||look(&b.0);
    look(&b.1);
}
fn main() {}
//= fine
fn look<T>(_:&T){}
fn f(r: &(String, String)) {
    let c = move||look(&r.0);
    look(&r.1);
    c();
    look(r);
}
fn main() {}
//= E0382 4
fn look<T>(_:&T){}
fn f(r: &mut (String, String)) {
    let c = move||look(&r.0);
    look(&r.1);
    c();
}
fn main() {}
//= E0382 4
fn look<T>(_:&T){}
fn f(r: &mut (String, String)) {
    let mut c = move||r.0.push('a');
    look(&r.1);
    c();
}
fn main() {}
//= E0500 1
fn f(v: &mut Vec<i32>) { v.iter().for_each(|x| v.push(*x)); }
fn main() {}
//= E0597 4
use std::cell::RefCell;
fn f() {
    let c = RefCell::new(Some(1));
    if let Some(x) = c.borrow().as_ref() { }
}
fn main() {}
//= E0597 4
use std::cell::RefCell;
fn f() -> bool {
    let c = RefCell::new(Some(1));
    if let Some(x) = c.borrow().as_ref() { true } else { false }
}
fn main() {}
//= E0713 5
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f() { let r; { let l = Loud(mk()); r = &l.0; } look(r); }
fn main() {}
//= E0713 3
struct Loud(String);
impl Drop for Loud{fn drop(&mut self){}}
fn f<'a>(l: Loud) -> &'a str { &l.0 }
fn main() {}
//= E0713 3
struct W<'a>(&'a mut String);
impl<'a> Drop for W<'a> { fn drop(&mut self) {} }
fn f<'a>(w: W<'a>) -> &'a mut String { &mut *w.0 }
fn main() {}
//= fine
fn mk()->String{String::new()}
fn look<T>(_:&T){}
struct G<'a>(&'a String);
impl<'a> Drop for G<'a>{fn drop(&mut self){}}
fn f() { let x = &G(&mk()); look(x.0); }
fn main() {}
//= E0382 5
fn f() -> usize {
    let v = [String::from("a"), String::from("b")];
    let [a, _] = v;
    let i = 0;
    let r = &v[i];
    r.len() + a.len()
}
fn main() {}
//= E0382 4
fn f() -> usize {
    let v = [String::from("a"), String::from("b")];
    let [a, _] = v;
    let w = v[1].len();
    w + a.len()
}
fn main() {}
//= E0382 4
fn f() -> usize {
    let v = [String::from("a"), String::from("b"), String::from("c")];
    let [a, ..] = v; let [_, ref b @ ..] = v;
    let [ref c @ .., _] = v;
    a.len() + b.len() + c.len()
}
fn main() {}
//= E0382 4
fn f(i: usize) -> String {
    let mut v = [String::from("a"), String::from("b")];
    let [a, _] = v;
    v[i] = String::new();
    a
}
fn main() {}
//= E0382 5
struct P { v: [String; 2] }
fn f(p: P, i: usize) -> usize {
    let [a, _] = p.v;
    let w = 1;
    w + a.len() + p.v[i].len()
}
fn main() {}
//= fine
fn f(i: usize) -> usize {
    let mut v = [String::from("a"), String::from("b")];
    let [a, ref b] = v; let w = a.len() + b.len();
    v = [String::new(), String::new()];
    v[i].len() + w
}
fn main() {}
//= none 2
trait Tr<'a> { fn get(&self) -> &'a str; }
fn f<'a, X: Tr<'a>>(x: &X) -> &'static str { x.get() }
fn main() {}
//= none 2
trait Tr<'a> { fn get(&self) -> &'a str; }
fn f<'a, 'b, X: Tr<'a>>(x: &X) -> &'b str { x.get() }
fn main() {}
//= fine
trait Tr<'a> { fn get(&self) -> &'a str; }
fn f<'a, X: Tr<'a>>(x: &X) -> &'a str { x.get() }
fn main() {}
//= E0597 4
trait Tr<'a> { fn get(&self) -> &'a str; }
struct S<'a>(&'a str);
impl<'a> Tr<'a> for S<'a> { fn get(&self) -> &'a str { self.0 } }
fn f() { let r; { let s = String::new(); r = S(&s).get(); } println!("{}", r); }
fn main() {}
//= none 2
trait Tr<'a> { fn get(&self) -> &'a str; }
fn g<'a>(d: &dyn Tr<'a>) -> &'static str { d.get() }
fn main() {}
//= E0597 2
trait Tr<'a> { fn put(&mut self, s: &'a str); }
fn g<'a, X: Tr<'a>>(d: &mut X) { let s = String::new(); d.put(&s); }
fn main() {}
//= E0597 2
trait Tr<'a> { fn put(&mut self, s: &'a str); }
fn g<'a>(d: &mut dyn Tr<'a>) { let s = String::new(); d.put(&s); }
fn main() {}
//= E0597 3
trait Tr<'a> { fn put(&mut self, s: &'a str); }
impl<'a> Tr<'a> for Vec<&'a str> { fn put(&mut self, s: &'a str) { self.push(s) } }
fn g() { let mut v = vec![]; { let s = String::new(); v.put(&s); } println!("{:?}", v); }
fn main() {}
//= E0597 3
trait Tr<'a> { type Out; fn get(&'a self) -> Self::Out; }
impl<'a> Tr<'a> for String { type Out = &'a str; fn get(&'a self) -> &'a str { self } }
fn g() { let r; { let s = String::new(); r = s.get(); } println!("{}", r); }
fn main() {}
//= E0515 3
trait Tr<'a>: Sized { fn mk(s: &'a str) -> Self; }
impl<'a> Tr<'a> for &'a str { fn mk(s: &'a str) -> Self { s } }
fn f() -> &'static str { let s = String::new(); Tr::mk(&s) }
fn main() {}
//= E0597 4
trait Tr<'a> { fn mk(s: &'a str) -> Self; }
struct K;
impl Tr<'static> for K { fn mk(s: &'static str) -> Self { K } }
fn f() { let s = String::new(); let k = K::mk(&s); }
fn main() {}
//= E0597 4
trait Tr<'a> { fn mk(&self, s: &'a str); }
struct K;
impl Tr<'static> for K { fn mk(&self, s: &'static str) { } }
fn f() { let s = String::new(); K.mk(&s); }
fn main() {}
//= E0597 2
trait Tr<'a> { fn mk(&self, s: &'a str); }
fn f<X: Tr<'static>>(x: X) { let s = String::new(); x.mk(&s); }
fn main() {}
//= fine
trait Tr<'a> { fn mk(&self, s: &'a str); }
fn f<X: for<'x> Tr<'x>>(x: X) { let s = String::new(); x.mk(&s); }
fn main() {}
//= none 5
trait Tr<'a> { fn mk(&self, s: &'a str); }
fn f<X: for<'x> Tr<'x>>(x: X) { }
struct K;
impl Tr<'static> for K { fn mk(&self, s: &'static str) { } }
fn g() { f(K) }
fn main() {}
//= E0597 5
trait Tr<'a> { fn mk(&self, s: &'a str); }
fn f<'a, X: Tr<'a>>(x: X, s: &'a str) { }
struct K;
impl Tr<'static> for K { fn mk(&self, s: &'static str) { } }
fn g() { let s = String::new(); f(K, &s) }
fn main() {}
//= E0597 3
trait Q { fn st(&self) -> &'static str; }
impl Q for &'static str { fn st(&self) -> &'static str { self } }
fn f() { let s = String::new(); let r: &str = &s; r.st(); }
fn main() {}
//= E0597 4
trait Q { fn st(&self) -> &'static str; }
impl Q for &'static str { fn st(&self) -> &'static str { self } }
fn u<T: Q>(t: T) -> &'static str { t.st() }
fn f() -> &'static str { let s = String::new(); u(&*s) }
fn main() {}
//= none 3
trait Q { fn st(&self) -> &'static str; }
impl Q for &'static str { fn st(&self) -> &'static str { self } }
fn f<'a>(s: &'a str) -> Box<dyn Q + 'a> { Box::new(s) }
fn main() {}
//= E0597 4
trait Q { type O; }
impl Q for &'static str { type O = &'static str; }
struct W<T: Q>(T);
fn f() { let s = String::new(); let w = W(&*s); }
fn main() {}
//= fine
use std::ops::Mul;
#[derive(Clone, Copy)] struct M(i32);
impl<'a> Mul<&'a M> for M { type Output = M; fn mul(self, o: &'a M) -> M { M(self.0 * o.0) } }
impl<'a, 'b> Mul<&'a M> for &'b M { type Output = M; fn mul(self, o: &'a M) -> M { M(self.0 * o.0) } }
fn f<T: for<'x> Mul<&'x T, Output = T> + Copy>(a: T, b: T) -> T { let c = a * &b; c }
fn g() { f(M(1), M(2)); }
fn main() {}
//= E0277 2
trait Tr<'a> { fn mk(&self, s: &'a str); }
fn f<'b, X: Tr<'b>>(x: X) { h(x) }
fn h<X: for<'x> Tr<'x>>(x: X) { }
fn main() {}
//= fine
trait Tr<'a> { fn mk(&self, s: &'a str); }
fn f<X: for<'b> Tr<'b>>(x: X) { h(x) }
fn h<X: for<'x> Tr<'x>>(x: X) { }
fn main() {}
//= fine
trait Put<T> { fn put(&mut self, t: T); }
fn f<'a, X: Put<&'a str>>(x: &mut X, s: &'a str) { x.put(s); x.put("x"); }
fn main() {}
//= E0597 3
trait Put<T> { fn put(&mut self, t: T); fn get(&self) -> T; }
impl<T: Clone> Put<T> for Vec<T> { fn put(&mut self, t: T) { self.push(t) } fn get(&self) -> T { self[0].clone() } }
fn f() { let mut v = Vec::new(); { let s = String::new(); v.put(&*s); } v.get(); }
fn main() {}
//= fine
trait Sup<'a> { fn g(&self) -> &'a str; } trait Sub<'a>: Sup<'a> {}
fn f<'a, X: Sub<'a>>(x: &X) -> &'a str { x.g() }
fn main() {}
//= none 2
trait Sup<'a> { fn g(&self) -> &'a str; } trait Sub<'a>: Sup<'a> {}
fn f<'a, X: Sub<'a>>(x: &X) -> &'static str { x.g() }
fn main() {}
//= none 2
trait Sup<'a> { fn g(&self) -> &'a str; } trait Sub<'a>: Sup<'a> {}
fn f<'a>(x: &dyn Sub<'a>) -> &'static str { x.g() }
fn main() {}
//= none 2
trait Sup<T> { fn g(&self) -> T; } trait Sub<'a>: Sup<&'a str> {}
fn f<'a, 'b>(x: &'b dyn Sub<'a>) -> &'static str { x.g() }
fn main() {}
//= fine
trait Sup<'a> { fn g(&self) -> &'a str; } trait Sub: Sup<'static> {}
fn f<X: Sub>(x: &X) -> &'static str { x.g() }
fn main() {}
//= none 6
trait De<'de>: Sized { fn de(s: &'de str) -> Self; }
impl<'de> De<'de> for &'de str { fn de(s: &'de str) -> Self { s } }
impl<'de> De<'de> for String { fn de(s: &'de str) -> Self { s.to_string() } }
fn own<T: for<'x> De<'x>>(s: String) -> T { T::de(&s) }
fn g() { let a: String = own(String::new()); }
fn h() { let a: &str = own(String::new()); }
fn main() {}
//= E0515 4
trait De<'de>: Sized { fn de(s: &'de str) -> Self; }
impl<'de> De<'de> for &'de str { fn de(s: &'de str) -> Self { s } }
impl<'de, T: De<'de>> De<'de> for Vec<T> { fn de(s: &'de str) -> Self { vec![T::de(s)] } }
fn g() -> Vec<&'static str> { let s = String::new(); De::de(&s) }
fn h<'a>(s: &'a str) -> Vec<&'a str> { De::de(s) }
fn main() {}
//= E0515 3
trait A { type T; } struct S<'a>(&'a str); impl<'a> A for S<'a> { type T = &'a str; }
fn f<X: A>(x: X) -> Option<X::T> { None }
fn g() -> Option<&'static str> { let s = String::new(); f(S(&s)) }
fn main() {}
//= fine
trait Tr<'a> { type O; fn o(&self) -> Self::O; } struct K; impl<'a> Tr<'a> for K { type O = &'a str; fn o(&self) -> &'a str { "" } }
fn f<'a, X: Tr<'a>>(x: &X) -> X::O { x.o() }
fn g<'a>(s: &'a str) -> &'static str { f(&K) }
fn main() {}
//= none 3
trait Tr<'a> { type O; fn o(&self, s: &'a str) -> Self::O; } struct K; impl<'a> Tr<'a> for K { type O = &'a str; fn o(&self, s: &'a str) -> &'a str { s } }
fn f<'a, X: Tr<'a>>(x: &X, s: &'a str) -> X::O { x.o(s) }
fn g<'a>(s: &'a str) -> &'static str { f(&K, s) }
fn main() {}
//= none 2
trait Node<'a> { fn set(&mut self, s: &'a str); }
fn f<'a, 'b>(c: &'b mut dyn Node<'static>) -> &'b mut dyn Node<'a> { c }
fn main() {}
//= none 2
struct S<'a> { c: Box<dyn Fn() -> &'a str> }
fn f<'a>(c: S<'static>) -> S<'a> { c }
fn main() {}
//= E0499 1
fn f() { let mut a = vec![1, 2]; let d = a.drain(..); a.push(1); d.count(); }
fn main() {}
//= E0499 1
fn f() { let mut a = vec![1, 2]; let d = a.drain(..); a.push(1); }
fn main() {}
//= fine
fn f() { let mut a = vec![1, 2]; let d: std::vec::Drain<'_, i32> = a.drain(..1); d.rev().count(); a.push(1); for x in a.drain(..) { let y: i32 = x; } a.len(); }
fn main() {}
//= E0502 1
fn f(m: &mut String) { let n: String = m.drain(..1).collect(); m.push_str(&n); let d = m.drain(..); m.len(); drop(d); }
fn main() {}
//= fine
fn f(m: &mut std::collections::VecDeque<String>) -> impl Iterator<Item = String> + '_ { m.drain(..) }
fn main() {}
//= E0499 1
fn f(m: &mut std::collections::BinaryHeap<i32>) { let d = m.drain(); m.push(1); d.count(); }
fn main() {}
//= E0499 1
fn f() -> Vec<i32> { let mut a = vec![1, 2]; let t = a.splice(0..1, [3]); a.push(1); t.collect() }
fn main() {}
//= fine
fn f() -> Vec<i32> { let mut a = vec![1, 2]; let t: Vec<i32> = a.splice(0..1, [3]).collect(); a.push(1); t }
fn main() {}
//= none 2
type R<'a> = &'a str;
fn f<'x>(r: R<'x>) -> &'static str { r }
fn main() {}
//= none 2
type R<'a> = &'a str;
fn f<'x, 'y>(r: R<'x>, s: R<'y>) -> R<'x> { s }
fn main() {}
//= fine
type R<'a> = &'a str;
fn f(r: R) -> R { r }
fn main() {}
//= none 2
type R<'a> = &'a str;
fn f(r: R<'_>, s: R<'_>) -> R<'static> { r }
fn main() {}
//= fine
type Two<'a, 'b, T> = (&'a T, &'b T);
fn f<'a, 'b>(t: Two<'b, 'a, &'b str>) -> (&'b &'b str, &'a &'b str) { t }
fn main() {}
//= fine
type Two<'a, 'b, T> = (&'a T, &'b T);
fn f<'a, 'b>(t: Two<'b, 'a, &'b str>) -> (&'a &'b str, &'a &'b str) { t }
fn main() {}
//= none 2
type V<'a> = Vec<&'a str>; struct H<'h> { v: V<'h> }
fn f<'h>(x: H<'h>) -> &'static str { x.v[0] }
fn main() {}
//= fine
type V<'a> = Vec<&'a str>; struct H<'h> { v: V<'h> }
fn f<'h>(x: H<'h>) -> &'h str { let s: V<'static> = vec![]; let w: V = x.v; w[0] }
fn main() {}
//= E0515 2
struct D; impl Drop for D { fn drop(&mut self) {} }
fn f() -> &'static D { &D }
fn main() {}
//= fine
struct D(i32); impl Drop for D { fn drop(&mut self) {} }
fn f() -> &'static Option<D> { &None }
fn main() {}
//= E0515 2
struct D(i32); impl Drop for D { fn drop(&mut self) {} }
fn f() -> &'static (i32, Option<D>) { &(1, Some(D(1))) }
fn main() {}
//= fine
struct D(i32); impl Drop for D { fn drop(&mut self) {} }
static S: &D = &D(1);
const C: &D = &D(2);
fn f() -> &'static D { if true { S } else { C } }
fn main() {}
//= fine
trait T {} impl dyn T { fn h(&self) {} }
fn g(b: Box<dyn T>) { b.h(); let c: &dyn T = &*b; c.h(); }
fn k(c: &(dyn T + 'static)) { c.h(); }
fn main() {}
//= none 3
trait T {} impl<'q> dyn T + 'q { fn h(&self) -> &'q str { "" } }
fn g<'a>(b: &'a (dyn T + 'a)) -> &'a str { b.h() }
fn k<'a>(b: &'a (dyn T + 'a)) -> &'static str { b.h() }
fn main() {}
//= E0521 2
trait T {} impl T for Box<dyn T> {} fn need<X: T>(x: X) {}
fn g<'a>(b: Box<dyn T + 'a>) { need(b) }
fn main() {}
//= E0521 2
trait T {} impl dyn T { fn h(&self) {} }
fn k(c: &dyn T) { c.h(); }
fn main() {}
//= none 1
fn f<'a>(v: &[&'a str]) -> &'static str { v.iter().copied().max().unwrap() }
fn main() {}
//= none 1
fn f<'a>(v: &'a [(&'a str, i32)]) -> (Vec<&'static str>, Vec<i32>) { v.iter().cloned().unzip() }
fn main() {}
//= none 1
fn f<'a>(v: Vec<&'a str>) -> Vec<&'static str> { v.into_iter().map(|x| x).collect() }
fn main() {}
//= none 1
fn f<'a>(v: &[&'a str]) -> &'static str { v.iter().fold("", |a, b| if a.len() > b.len() { a } else { b }) }
fn main() {}
//= none 1
fn f<'a>(v: &'a [Vec<i32>]) -> Vec<&'static i32> { v.iter().flatten().take_while(|x| **x > 1).collect() }
fn main() {}
//= E0597 1
fn f<'a>(g: fn(&'a str), s: &'a str) { g(s); let t = String::new(); g(&t); }
fn main() {}
//= fine
fn f<'a>(g: fn(&'a str)) -> fn(&'static str) { g }
fn main() {}
//= none 1
fn f<'a>(g: fn(&'static str)) -> fn(&'a str) { g }
fn main() {}
//= none 1
fn f<'a>(g: fn() -> &'a str) -> fn() -> &'static str { g }
fn main() {}
//= fine
fn f<'a>(g: fn() -> &'static str) -> fn() -> &'a str { g }
fn main() {}
//= fine
struct S<'a> { g: fn(&'a str) }
fn f<'a>(s: S<'a>) -> S<'static> { s }
fn main() {}
//= none 2
struct S<'a> { g: fn(&'a str) }
fn f<'a>(s: S<'static>) -> S<'a> { s }
fn main() {}
//= none 2
struct S<'a> { g: fn() -> &'a str }
fn f<'a>(s: S<'a>) -> S<'static> { s }
fn main() {}
//= E0597 3
struct S<'a> { g: fn(&'a str) }
fn keep(s: &str) {}
fn f<'a>(x: &'a str) { let s = S { g: keep }; (s.g)(x); { let t = String::new(); (s.g)(&t); } (s.g)("a"); }
fn main() {}
//= E0597 2
struct S<'a> { g: fn(&'a str), k: &'a str }
fn f<'a>(s: S<'a>) { let t = String::new(); (s.g)(&t); }
fn main() {}
//= E0308 2
fn keep(v: &'static str) {}
fn f() { let g: fn(&str) = keep; }
fn main() {}
//= none 2
fn keep(v: &'static str) {}
fn f<'a>() { let g: fn(&'a str) = keep; }
fn main() {}
//= E0308 2
fn keep<'b>(v: &mut Vec<&'b str>, s: &'b str) { v.push(s) }
fn f() { let g: for<'x, 'y> fn(&mut Vec<&'x str>, &'y str) = keep; }
fn main() {}
//= fine
fn keep<'b>(v: &mut Vec<&'b str>, s: &'b str) { v.push(s) }
fn f() { let g: for<'x, 'y> fn(&'y mut Vec<&'x str>, &'x str) = keep; }
fn main() {}
//= E0308 2
fn a<'x, 'y>(p: &'x str, q: &'y str) -> &'x str { p }
fn f() { let g: for<'x, 'y> fn(&'x str, &'y str) -> &'y str = a; }
fn main() {}
//= fine
fn a<'x, 'y>(p: &'x str, q: &'y str) -> &'x str { p }
fn f() { let g: for<'x, 'y> fn(&'x str, &'y str) -> &'x str = a; let u = String::new(); let r; { let t = String::new(); r = g(&u, &t); } println!("{}", r); }
fn main() {}
//= E0597 2
fn a<'x, 'y>(p: &'x str, q: &'y str) -> &'x str { p }
fn f() { let g: for<'x, 'y> fn(&'x str, &'y str) -> &'x str = a; let u = String::new(); let r; { let t = String::new(); r = g(&t, &u); } println!("{}", r); }
fn main() {}
//= none 1
fn f<'a>(b: Box<dyn Fn(&'a str)>) -> Box<dyn Fn(&'static str)> { b }
fn main() {}
//= none 1
fn f<'a>(b: Box<dyn Fn() -> &'a str>) -> Box<dyn Fn() -> &'static str> { b }
fn main() {}
//= E0597 1
fn f<'a>(b: Box<dyn Fn(&'a str) -> &'a str>, s: &'a str) -> &'a str { let t = String::new(); b(&t); b(s) }
fn main() {}
//= fine
fn f<T>(b: Box<dyn Fn(T)>, t: T) { b(t) }
fn g() { let b: Box<dyn Fn(&str)> = Box::new(|x| {}); f(b, "a"); }
fn main() {}
//= E0597 2
fn f<T>(b: Box<dyn Fn(T)>, t: T) { b(t) }
fn g() { let v: std::cell::RefCell<Vec<&'static str>> = Default::default(); let s = String::new(); let b: Box<dyn Fn(&'static str)> = Box::new(|x| { }); f(b, &s); }
fn main() {}
//= E0597 3
struct W<T> { b: Box<dyn Fn(T)> }
impl<T> W<T> { fn go(&self, t: T) { (self.b)(t) } }
fn g() { let s = String::new(); let w: W<&'static str> = W { b: Box::new(|x| { }) }; w.go(&s); }
fn main() {}
//= E0597 4
struct W<T> { b: fn(T) }
impl<T> W<T> { fn go(&self, t: T) { (self.b)(t) } }
fn keep(x: &'static str) {}
fn g() { let s = String::new(); let w = W { b: keep }; w.go(&s); }
fn main() {}
//= E0597 3
fn keep(x: &'static str) {}
fn ap<T>(f: fn(T), t: T) { f(t) }
fn g() { let s = String::new(); ap(keep, &s); }
fn main() {}
//= E0597 2
fn keep(x: &'static str) {}
fn g() { let s = String::new(); let f = keep; f(&s); }
fn main() {}
//= E0597 2
fn keep(x: &'static str) {}
fn g() { let s = String::new(); let f: fn(&'static str) = keep; f(&s); }
fn main() {}
//= E0597 2
fn mk() -> fn(&'static str) { fn keep(x: &'static str) {} keep }
fn g() { let s = String::new(); mk()(&s); }
fn main() {}
//= E0597 3
use std::collections::HashMap;
fn k(x: &'static str) -> usize { x.len() }
fn g() { let s = String::new(); let mut m: HashMap<i32, fn(&'static str) -> usize> = HashMap::new(); m.insert(1, k); let f = m[&1]; f(&s); }
fn main() {}
//= E0597 2
fn k(x: &'static str) -> usize { x.len() }
fn g() { let s = String::new(); let mut m = vec![k]; let f = m[0]; f(&s); }
fn main() {}
//= E0621 2
struct P<'a> { f: &'a dyn Fn(&'a i32) -> &'a i32 }
fn g<'a>(p: P<'a>, x: &i32) { (p.f)(x); }
fn main() {}
//= fine
type Cb<'a> = Box<dyn FnMut(&'a str) + 'a>;
fn g<'a>(v: &'a mut Vec<&'a str>) -> Cb<'a> { Box::new(|x| v.push(x)) }
fn main() {}
//= E0521 2
type Cb<'a> = Box<dyn FnMut(&str) + 'a>;
fn g<'a>(v: &'a mut Vec<&'a str>) -> Cb<'a> { Box::new(|x| v.push(x)) }
fn main() {}
//= fine
struct Btn<'a> { label: &'a str, on: Box<dyn Fn(&str) -> usize + 'a> }
fn f(k: usize) { let base = String::from("b"); let b = Btn { label: &base, on: Box::new(|s| s.len() + base.len() + k) }; { let t = String::from("q"); (b.on)(&t); } (b.on)("x"); println!("{}", b.label); }
fn main() {}
//= fine
fn len(s: &str) -> usize { s.len() } fn up(s: &str) -> usize { s.len() + 1 }
fn f() { let t: [fn(&str) -> usize; 2] = [len, up]; let mut n = 0; for g in t { let s = String::new(); n += g(&s); } let v = vec![len as fn(&str) -> usize, up]; for g in &v { let s = String::new(); n += g(&s); } }
fn main() {}
//= fine
use std::collections::HashMap;
fn add(a: &mut Vec<i32>) { a.push(1) }
fn f() { let mut m: HashMap<&str, fn(&mut Vec<i32>)> = HashMap::new(); m.insert("add", add); let mut st = vec![]; if let Some(op) = m.get("add") { op(&mut st); op(&mut st); } let g = m["add"]; { let mut u = vec![]; g(&mut u); } g(&mut st); }
fn main() {}
//= fine
fn first<'a>(a: &'a str, _b: &'a str) -> &'a str { a }
fn f() { let g: fn(&'static str, &'static str) -> &'static str = first; let h = first; let s = String::new(); h(&s, "a"); g("a", "b"); }
fn main() {}
//= fine
fn id(s: &str) -> &str { s }
fn f() -> usize { let g: fn(&str) -> &str = id; let a = String::from("a"); let x = g(&a); { let b = String::new(); g(&b); } x.len() }
fn main() {}
//= fine
struct Ev<'a> { hs: Vec<Box<dyn FnMut(&i32) + 'a>> }
impl<'a> Ev<'a> { fn on(&mut self, f: impl FnMut(&i32) + 'a) { self.hs.push(Box::new(f)); } fn fire(&mut self, x: i32) { for h in self.hs.iter_mut() { h(&x); } } }
fn f() { let mut n = 0; { let mut e = Ev { hs: vec![] }; e.on(|x| n += x); e.fire(3); } println!("{}", n); }
fn main() {}
//= E0597 2
struct Ev<'a> { hs: Vec<Box<dyn FnMut(&'a i32) + 'a>> }
impl<'a> Ev<'a> { fn fire(&mut self, x: i32) { for h in self.hs.iter_mut() { h(&x); } } }
fn main() {}
//= E0502 3
struct Ev<'a> { hs: Vec<Box<dyn FnMut(&'a i32) + 'a>> }
impl<'a> Ev<'a> { fn fire(&mut self, x: &'a i32) { for h in self.hs.iter_mut() { h(x); } } }
fn f() { let k = 4; let mut got = vec![]; { let mut e = Ev { hs: vec![] }; e.hs.push(Box::new(|x| got.push(x))); e.fire(&k); } println!("{:?}", got); }
fn main() {}
//= fine
fn fix(f: &dyn Fn(&dyn Fn(i32) -> i32, i32) -> i32, n: i32) -> i32 { f(&|m| fix(f, m), n) }
fn g() { fix(&|rec, n| if n == 0 { 1 } else { n * rec(n - 1) }, 5); }
fn main() {}
//= fine
type Parser<'a, T> = Box<dyn Fn(&'a str) -> Option<(T, &'a str)> + 'a>;
fn ch<'a>(c: char) -> Parser<'a, char> { Box::new(move |s: &'a str| s.strip_prefix(c).map(|r| (c, r))) }
fn seq<'a, A: 'a, B: 'a>(p: Parser<'a, A>, q: Parser<'a, B>) -> Parser<'a, (A, B)> { Box::new(move |s| { let (a, r) = p(s)?; let (b, r) = q(r)?; Some(((a, b), r)) }) }
fn g() { let s = String::from("ab"); let p = seq(ch('a'), ch('b')); p(&s); }
fn main() {}
//= fine
type Parser<T> = Box<dyn Fn(&str) -> Option<(T, &str)>>;
fn ch(c: char) -> Parser<char> { Box::new(move |s| s.strip_prefix(c).map(|r| (c, r))) }
fn many<T: 'static>(p: Parser<T>) -> Parser<Vec<T>> { Box::new(move |mut s| { let mut v = vec![]; while let Some((x, r)) = p(s) { v.push(x); s = r; } Some((v, s)) }) }
fn g() { let s = String::from("ab"); let p = many(ch('a')); { let t = String::new(); p(&t); } p(&s); }
fn main() {}
//= fine
use std::rc::Rc;
fn mk() -> Rc<dyn Fn(&str) -> String> { Rc::new(|s| s.to_string()) }
fn g() { let a = mk(); let b = a.clone(); { let s = String::new(); b(&s); } a("x"); let v: Vec<Rc<dyn Fn(&str) -> String>> = vec![a, b]; v.iter().map(|f| f("q")).count(); }
fn main() {}
//= fine
fn sort_by(v: &mut Vec<&str>, cmp: fn(&&str, &&str) -> std::cmp::Ordering) { v.sort_by(cmp); }
fn by_len(a: &&str, b: &&str) -> std::cmp::Ordering { a.len().cmp(&b.len()) }
fn g() { let s = String::from("a b"); let mut v: Vec<&str> = s.split(' ').collect(); sort_by(&mut v, by_len); v.sort_by(by_len); v.sort_by(|a, b| a.cmp(b)); }
fn main() {}
//= fine
struct M<'a> { ops: [(&'a str, fn(&mut M<'a>)); 1], st: Vec<&'a str> }
fn op<'a>(m: &mut M<'a>) { let n = m.ops[0].0; m.st.push(n); }
fn g() { let s = String::from("x"); let mut m = M { ops: [(&s, op)], st: vec![] }; let f = m.ops[0].1; f(&mut m); f(&mut m); }
fn main() {}
//= fine
fn pick(b: bool) -> fn(&str) -> &str { if b { str::trim } else { |s| s } }
fn g() { let s = String::new(); let f = pick(true); let r = f(&s); { let t = String::new(); f(&t); } r.len(); }
fn main() {}
//= fine
fn call_twice(f: &mut dyn FnMut(&str)) { f("a"); let s = String::new(); f(&s); }
fn g() { let mut n = 0; call_twice(&mut |s| n += s.len()); let mut h = |s: &str| n += s.len(); call_twice(&mut h); }
fn main() {}
//= fine
fn store<'a>(v: &mut Vec<Box<dyn Fn(&str) -> &str + 'a>>, f: impl Fn(&str) -> &str + 'a) { v.push(Box::new(f)); }
fn g() { let mut v = vec![]; store(&mut v, |s| &s[1..]); store(&mut v, |s| s); let t = String::from("ab"); v[0](&t); for f in &v { f("ab"); } }
fn main() {}
//= fine
struct Lazy<T> { init: fn() -> T, v: Option<T> }
impl<T> Lazy<T> { fn new(init: fn() -> T) -> Self { Lazy { init, v: None } } fn get(&mut self) -> &T { if self.v.is_none() { self.v = Some((self.init)()); } self.v.as_ref().unwrap() } }
fn g() { let mut l: Lazy<String> = Lazy::new(|| "a".to_string()); l.get(); let mut m = Lazy::new(String::new); m.get(); }
fn main() {}
//= E0597 2
fn keep<'a>(v: &mut Vec<&'a str>, s: &'a str) { v.push(s) }
fn g() { let k: for<'p, 'q> fn(&'p mut Vec<&'q str>, &'q str) = keep; let mut v = vec![]; { let t = String::new(); k(&mut v, &t); } v.len(); }
fn main() {}
//= E0597 2
fn keep<'a>(v: &mut Vec<&'a str>, s: &'a str) { v.push(s) }
fn g() { let k = keep as fn(&mut Vec<&'static str>, &'static str); let mut v = vec![]; { let t = String::new(); k(&mut v, &t); } v.len(); }
fn main() {}
//= none 2
fn hr<F: Fn(&str)>(f: F) {} fn keep(s: &'static str) {}
fn g() { hr(keep); }
fn main() {}
//= none 2
fn hr<F: Fn(&str)>(f: F) {}
fn g<'a>(k: fn(&'a str)) { hr(k); }
fn main() {}
//= fine
fn hr<F: Fn(&str)>(f: F) {}
fn g(k: fn(&str), b: Box<dyn Fn(&str)>, d: &dyn Fn(&str)) { hr(k); hr(&k); hr(b); hr(d); hr(&d); }
fn main() {}
//= none 2
fn keep(s: &'static str) {}
fn g() { let b: Box<dyn Fn(&str)> = Box::new(keep); }
fn main() {}
//= none 2
fn keep(s: &'static str) {}
fn g<'a>() { let b: Box<dyn Fn(&'a str)> = Box::new(keep); }
fn main() {}
//= fine
fn g() { let s = String::new(); let v = vec!["a"]; let w: Vec<String> = v.into_iter().map(str::to_string).collect(); let l: Vec<&str> = w.iter().map(String::as_str).map(str::trim).filter(|s: &&str| !s.is_empty()).collect(); l.len(); }
fn main() {}
//= fine
struct Q<F: Fn(&str) -> bool> { f: F }
impl<F: Fn(&str) -> bool> Q<F> { fn t(&self, s: &str) -> bool { (self.f)(s) } }
fn g() { let q = Q { f: |s: &str| s.len() > 1 }; { let t = String::new(); q.t(&t); } q.t("a"); }
fn main() {}
//= fine
fn g<'a>(f: &dyn Fn(&'a str) -> &'a str, s: &'a str) -> &'a str { let r = f(s); f(r) }
fn h() { let s = String::new(); g(&|x| x, &s); g(&str::trim, &s); }
fn main() {}
//= fine
trait Vis { fn v(&mut self, f: &mut dyn FnMut(&mut dyn Vis)); }
struct A; impl Vis for A { fn v(&mut self, f: &mut dyn FnMut(&mut dyn Vis)) { f(&mut A); f(&mut A) } }
fn g() { let mut n = 0; A.v(&mut |x| { n += 1; let _ = x; }); }
fn main() {}
//= fine
static OPS: [(&str, fn(f64, f64) -> f64); 2] = [("+", |a, b| a + b), ("-", |a, b| a - b)];
const F: fn(&str) -> &str = |s| s;
fn g() { for (n, o) in OPS.iter() { o(1.0, 2.0); n.len(); } let s = String::new(); F(&s).len(); }
fn main() {}
//= fine
fn g() { let mut fs: Vec<Box<dyn Fn(&mut Vec<i32>)>> = Vec::new(); for i in 0..3 { fs.push(Box::new(move |v| v.push(i))); } let mut v = vec![]; for f in &fs { f(&mut v); } fs.iter().for_each(|f| f(&mut v)); let mut o: Option<Box<dyn Fn(&mut Vec<i32>)>> = fs.pop(); if let Some(f) = o.take() { f(&mut v); } }
fn main() {}
//= fine
fn dispatch<'s>(t: &[(&str, fn(&'s str) -> Option<&'s str>)], k: &str, s: &'s str) -> Option<&'s str> { t.iter().find(|(n, _)| *n == k).and_then(|(_, f)| f(s)) }
fn a(s: &str) -> Option<&str> { Some(s) }
fn g() { let s = String::new(); let r = dispatch(&[("a", a)], "a", &s); r.is_some(); }
fn main() {}
//= E0597 3
use std::rc::Rc; use std::cell::RefCell;
fn put<T>(c: Rc<RefCell<Vec<T>>>, t: T) { c.borrow_mut().push(t) }
fn g() { let v = Rc::new(RefCell::new(Vec::new())); { let s = String::from("a"); put(v.clone(), &*s); } println!("{:?}", v.borrow().len()); }
fn main() {}
//= E0597 3
use std::rc::Rc; use std::cell::Cell;
fn put<'a>(c: Rc<Cell<&'a str>>, t: &'a str) { c.set(t) }
fn g() { let v = Rc::new(Cell::new("")); { let s = String::from("a"); put(v.clone(), &*s); } println!("{}", v.get()); }
fn main() {}
//= E0716 2 E0716 3 E0716 4 E0716 6 E0716 9
const K: (i32, i32) = (1, 2);
fn a() { let r: &mut [i32; 3]; r = &mut [1, 2, 3]; r[0] = 1; }
fn b() { let r: &mut (i32, i32); r = &mut K; r.0 = 1; }
fn c() { let mut v: Vec<&mut (i32, i32)> = vec![]; for _ in 0..2 { v.push(&mut K); } v[0].0 = 1; }
fn d() { let r: &mut [i32; 0]; r = &mut []; r.len(); }
fn e() { let r: &mut Option<String>; r = &mut None; r.take(); }
fn f() { let r = &mut K; r.0 = 1; }
const S: [i32; 3] = [1, 2, 3];
fn g() { let r; r = S.iter(); for x in r { println!("{x}"); } let q = S.iter_mut(); for x in q { println!("{x}"); } }
fn main() { a(); b(); c(); d(); e(); f(); g() }
//= fine
fn take(v: Vec<i32>) -> bool { v.len() > 1 }
fn f(v: Vec<i32>, s: String) -> i32 {
    match v { _ if take(v) => 1, _ => 2 };
    match s { _ if { let t = s; t.len() == 3 } => 1, _ => 2 }
}
fn main() {}
//= E0382 4
#[derive(Debug)] enum E { A(String), B(String), C }
fn f(e: E, ok: bool) -> usize {
    let n = match e { E::A(s) | E::B(s) if ok => s.len(), _ => 0 };
    println!("{e:?}"); E::C; n
}
fn main() {}
//= E0382 3 E0505 3
enum E { A(String), B(String) }
fn f(e: E, v: Vec<i32>) -> Vec<i32> {
    let r = &v; match e { E::A(s) | E::B(s) if { drop(v); s.is_empty() } => { r.len(); } _ => {} }; vec![]
}
fn main() {}
//= E0499 2
fn two<'a>(a: &mut (dyn FnMut() + 'a), v: &mut Vec<&'a mut (dyn FnMut() + 'a)>) {}
fn f<'a>(g: &'a mut (dyn FnMut() + 'a), v: &mut Vec<&'a mut (dyn FnMut() + 'a)>) { v.push(g); two(g, v); }
fn main() {}
//= none 1
fn f<'a, 'b>(x: &'a mut Box<dyn Fn() + 'b>) -> &'a mut Box<dyn Fn() + 'a> { x }
fn main() {}
//= fine
fn f<'a, 'b: 'a>(x: &'a mut (dyn Fn() + 'b)) -> &'a mut (dyn Fn() + 'a) { x }
fn g<'a, 'b: 'a>(x: &'a mut Box<dyn Fn() + 'b>) -> &'a mut (dyn Fn() + 'a) { &mut **x }
fn main() {}
//= E0597 2
fn n<T>(t: T) {}
fn f<'a>(s: &'a str) { let t = String::new(); n::<&'a str>(&t); }
fn main() {}
//= E0597 2
fn n<T>(t: T) -> T { t }
fn f() { let t = String::new(); n::<&'static str>(&t); }
fn main() {}
//= E0597 1
fn f<'a>(s: &'a str) { let t = String::new(); let r = &t as &'a String; }
fn main() {}
//= fine
fn f<'a>(s: &'a str) { let v = Vec::<&'a str>::new(); let mut v = v; let t = String::new(); v.push(&t); }
fn main() {}
//= E0597 1
fn f<'a>(s: &'a str) { let t = String::new(); let o = Some::<&'a str>(&t); }
fn main() {}
//= E0597 2
struct W<'a>(&'a str);
fn f<'a>(s: &'a str) { let t = String::new(); let o = W::<'a>(&t); }
fn main() {}
//= E0597 2
struct W<'a> { x: &'a str }
fn f<'a>(s: &'a str) { let t = String::new(); let o = W::<'a> { x: &t }; }
fn main() {}
//= E0597 3
struct W<'a> { x: &'a str }
impl<'a> W<'a> { fn n(x: &'a str) -> Self { W { x } } }
fn f<'a>(s: &'a str) { let t = String::new(); let o = W::<'a>::n(&t); }
fn main() {}
//= E0597 2
struct W<'a> { x: &'a str }
impl<'a> W<'a> { fn n(x: &'a str) -> Self { W { x } } fn g(&self) { let t = String::new(); let o = Self::n(&t); } }
fn main() {}
//= E0597 2
struct W<'a> { x: &'a str }
impl<'a> W<'a> { fn g(&self) { let t = String::new(); let o = Self { x: &t }; } }
fn main() {}
//= fine
struct W<'a> { x: &'a str }
impl<'a> W<'a> { fn g(&self) { let t = String::new(); let o = W { x: &t }; } }
fn main() {}
//= E0597 2
struct W<'a>(&'a str);
impl<'a> W<'a> { fn g(&self) { let t = String::new(); let o = Self(&t); } }
fn main() {}
//= E0597 1
fn f<'a>(s: &'a str) { let t = String::new(); let v = t.split(' ').collect::<Vec<&'a str>>(); }
fn main() {}
//= E0597 1
fn f<'a>(s: &'a str) { let t = String::new(); let v = <&'a str as Into<String>>::into(&t); }
fn main() {}
//= E0599 1
fn f<'a>(s: &'a str) -> usize { let t = String::new(); let v = <&'a str>::len(&t); v }
fn main() {}
//= E0597 2
const C: fn(&'static str) -> usize = |x| x.len();
fn f() { let t = String::new(); C(&t); }
fn main() {}
//= fine
struct W<'a, T> { x: &'a T }
impl<'a, T> W<'a, T> { fn new(x: &'a T) -> Self { Self { x } } fn other<'b>(&self, y: &'b T) -> W<'b, T> { W { x: y } } fn local(&self, n: T) { let w = W::new(&n); let _ = w.x; } }
fn main() {}
//= fine
enum E<'a> { A(&'a str), B }
impl<'a> E<'a> { fn m(&self) -> usize { let t = String::new(); let e = E::A(&t); match e { E::A(s) => s.len(), E::B => 0 } } }
fn main() {}
//= E0597 2
enum E<'a> { A(&'a str), B }
impl<'a> E<'a> { fn m(&self) -> usize { let t = String::new(); let e = Self::A(&t); match e { E::A(s) => s.len(), E::B => 0 } } }
fn main() {}
//= fine
fn f<'a>(v: &'a [String]) -> Vec<&'a str> { let r = v.iter().map(|s| s.as_str()).collect::<Vec<&'a str>>(); r }
fn main() {}
//= fine
trait T { fn m(&self) {} } impl T for i32 {}
fn f<'a>(v: &'a i32) -> Box<dyn T + 'a> { let b = Box::new(*v) as Box<dyn T + 'static>; b }
fn main() {}
//= fine
struct P<'a> { s: &'a str, at: usize }
impl<'a> P<'a> { fn new(s: &'a str) -> P<'a> { P { s, at: 0 } } fn sub(&self) -> P<'a> { Self { s: &self.s[self.at..], ..*self } } fn tmp(&self) -> usize { let t = self.s.to_string(); let p = P::new(&t); p.s.len() } }
fn main() {}
//= E0597 2
struct P<'a> { s: &'a str }
impl<'a> P<'a> { fn new(s: &'a str) -> Self { Self { s } } fn tmp(&self) -> usize { let t = self.s.to_string(); let p = Self::new(&t); p.s.len() } }
fn main() {}
//= E0597 1
fn f<'a>(s: &'a str) { let c = || { let t = String::new(); let r: &'a str = &t; }; }
fn main() {}
//= E0597 1
fn d() -> &'static str { let t = String::new(); let c = |x: &'static str| -> usize { x.len() }; c(&t); "" }
fn main() {}
//= E0597 1
fn d<'a>(s: &'a str) { let c = |x: &'a str| x.len(); let t = String::new(); c(&t); }
fn main() {}
//= none 1
fn d<'a>(s: &'a str) { let c = |x: &str| -> &'a str { x }; }
fn main() {}
//= fine
fn f<'a>(s: &'a str) { let t = String::new(); if let Some(x) = None::<&'a str>.or(Some(&t)) { } }
fn main() {}
//= E0309 1
fn f<'a, T: std::fmt::Debug>(x: &'a i32, t: T) { let g = || { let b: Box<dyn std::fmt::Debug + 'a> = Box::new(t); }; }
fn main() {}
//= E0310 1
fn f<T: std::fmt::Debug>(t: T) { let g = || { let b: Box<dyn std::fmt::Debug + 'static> = Box::new(t); }; }
fn main() {}
//= fine
fn f<'a, T: std::fmt::Debug + 'a>(x: &'a i32, t: T) -> Box<dyn std::fmt::Debug + 'a> { (|| -> Box<dyn std::fmt::Debug + 'a> { Box::new(t) })() }
fn main() {}
//= E0309 1
fn f<'a, T: std::fmt::Debug>(x: &'a i32, t: T) -> Box<dyn std::fmt::Debug + 'a> { (|| Box::new(t) as Box<dyn std::fmt::Debug + 'a>)() }
fn main() {}
//= none 2
trait Tr<'a> { fn get(&self) -> Option<&'a str>; }
fn f<'a, X: Tr<'a>>(x: X) -> Box<dyn Fn() -> &'static str> where X: 'static { Box::new(move || x.get().unwrap()) }
fn main() {}
//= fine
fn f<'a>(s: &'a str) { let c = |x: &'a str| x.len(); let t = String::from("b"); let n = c(s) + c("x"); println!("{} {}", n, t); }
fn main() {}
//= fine
fn f<'a>(v: &mut Vec<&'a str>, s: &'a str) { let mut add = |x: &'a str| v.push(x); add(s); add("k"); }
fn main() {}
//= E0597 1
fn f<'a>(v: &mut Vec<&'a str>, s: &'a str) { let mut add = |x: &'a str| v.push(x); add(s); let t = String::new(); add(&t); }
fn main() {}
//= fine
fn f<'a, 'b: 'a>(v: &mut Vec<&'a str>, s: &'b str) { let mut add = |x: &'b str| { let y: &'a str = x; v.push(y) }; add(s); }
fn main() {}
//= none 1
fn f<'a, 'b>(v: &mut Vec<&'a str>, s: &'b str) { let mut add = |x: &'b str| { let y: &'a str = x; v.push(y) }; add(s); }
fn main() {}
//= fine
struct P<'a> { s: &'a str }
impl<'a> P<'a> { fn words(&self) -> Vec<&'a str> { let keep = |w: &&'a str| !w.is_empty(); self.s.split(' ').filter(keep).collect() } fn map<T>(&self, f: impl Fn(&'a str) -> T) -> Vec<T> { self.s.split(' ').map(|w| f(w)).collect() } }
fn main() {}
//= fine
fn f<'a>(s: &'a str) -> impl Fn(usize) -> &'a str + 'a { move |n| { let r: &'a str = &s[n..]; r } }
fn main() {}
//= fine
fn f<'a, T: std::fmt::Debug>(x: &'a T) -> Box<dyn Fn() -> Box<dyn std::fmt::Debug + 'a> + 'a> { Box::new(move || Box::new(x)) }
fn main() {}
//= fine
fn f<'a, T: Clone>(x: &'a [T]) -> Vec<Box<dyn Fn() -> T + 'a>> { x.iter().map(|e| { let b: Box<dyn Fn() -> T + 'a> = Box::new(move || e.clone()); b }).collect() }
fn main() {}
//= fine
fn f<'a>(s: &'a str) { let c = || { let d = |x: &'a str| -> usize { let y: &'a str = x; y.len() }; d(s) }; c(); }
fn main() {}
//= E0597 1
fn f<'a>(s: &'a str) { let c = || { let d = |x: &'a str| -> usize { let y: &'a str = x; y.len() }; let t = String::new(); d(&t) }; c(); }
fn main() {}
//= fine
fn f(s: &str, t: &mut Vec<String>) { let mut c = |x: &str| { t.push(x.to_string()); s.len() }; c(s); { let q = String::new(); c(&q); } }
fn main() {}
//= fine
struct It<'a> { v: &'a [i32] } impl<'a> It<'a> { fn go(&self) -> Vec<&'a i32> { let mut out: Vec<&'a i32> = vec![]; self.v.iter().for_each(|x| { let y: &'a i32 = x; out.push(y) }); out } }
fn main() {}
//= E0492 3 E0492 5 E0492 6
use std::cell::Cell;
const A: Cell<usize> = Cell::new(1);
const B: &'static Cell<usize> = &A;
const C: &Option<Cell<u8>> = &None;
const D: &Option<Cell<u8>> = &Some(Cell::new(1));
const E: Option<&Cell<u8>> = Some(&Cell::new(2));
const F: u8 = { let c = Cell::new(1); let r = &c; r.get() };
fn main() {}
//= E0764 1 E0764 3
const OH_NO: &'static mut usize = &mut 1;
const OK: &mut [u8; 0] = &mut [];
const ALSO: Option<&mut u8> = Some(&mut 2);
const fn f() -> u8 { let mut x = 1; let r = &mut x; *r }
const LOCAL: u8 = { let mut x = 1; let r = &mut x; *r };
fn main() {}
//= E0764 1
static T: &mut u8 = &mut 3;
const fn k(x: &mut u8) -> u8 { *x }
const V: u8 = k(&mut 4);
fn main() {}
//= E0308 1
fn f<'a>(g: fn(&'a str)) -> fn(&str) { g }
fn main() {}
//= none 1
fn f<'a>(g: fn(&str) -> &str) -> fn(&'a str) -> &'static str { g }
fn main() {}
//= E0308 1
fn f(g: for<'x, 'y> fn(&'x str, &'y str) -> &'x str) -> for<'x, 'y> fn(&'x str, &'y str) -> &'y str { g }
fn main() {}
//= fine
fn f(g: for<'x, 'y> fn(&'x str, &'y str) -> &'x str) -> for<'x> fn(&'x str, &'x str) -> &'x str { g }
fn main() {}
//= E0308 2
struct S { g: fn(&str) -> usize }
fn f<'a>(g: fn(&'a str) -> usize) -> S { S { g } }
fn main() {}
//= E0597 1
fn f() { let c = |x| x; let a = String::new(); let r: &str = c(&a); { let b = String::from("x"); c(&b); } println!("{}", r); }
fn main() {}
//= E0597 1
fn f() { let c = |x| { let _y: &str = x; }; { let b = String::from("x"); c(&b); } c("a"); }
fn main() {}
//= none 2
fn call<F: Fn(&str)>(f: F) { f("a"); }
fn f() { let c = |x| { let _y: &str = x; }; call(c); }
fn main() {}
//= none 1
fn f() { let c: Box<dyn Fn(&str)> = { let g = |x| { let _z: &str = x; }; Box::new(g) }; c("a"); }
fn main() {}
//= none 2
fn call(f: &dyn Fn(&str)) { f("a"); }
fn f() { let c = |x| { let _y: &str = x; }; call(&c); }
fn main() {}
//= E0308 2
fn call(f: fn(&str)) { f("a"); }
fn f() { let c = |x| { let _y: &str = x; }; call(c); }
fn main() {}
//= none 3
fn call<F>(f: F) where F: Fn(&str) { f("a"); }
fn id<T>(t: T) -> T { t }
fn f() { call(id(|x| { let y: &str = x; })); }
fn main() {}
//= none 2
struct S<'a> { f: Option<&'a dyn Fn(&i32) -> &i32> }
fn mk() { let k = 3; let c = |x| x; let mut s = S { f: None }; s.f = Some(&c); }
fn main() {}
//= none 1
fn f() { let mut o: Vec<&str> = vec![]; { let c = |x| o.push(x); let mut b: Box<dyn FnMut(&str)> = Box::new(c); b("a"); } }
fn main() {}
//= none 1
fn mk<'a>(o: &'a mut Vec<&'static str>) -> Box<dyn FnMut(&str) + 'a> { let c = |x| o.push(x); Box::new(c) }
fn main() {}
//= none 2
struct S<'a> { f: Box<dyn FnMut(&str) + 'a> }
fn mk<'a>(o: &'a mut Vec<&'static str>) -> S<'a> { let c = |x| o.push(x); S { f: Box::new(c) } }
fn main() {}
//= E0308 2 none 2
struct S<'a> { f: Option<&'a dyn Fn(&i32) -> &i32> }
fn mk() { let k = 3; let c = |x: &i32| -> &i32 { x }; let mut s = S { f: None }; s.f = Some(&c); }
fn main() {}
//= none 2
fn take(v: &[Box<dyn Fn(&str) -> usize>]) {}
fn f() { let c = |x| { let y: &str = x; y.len() }; let d = |x: &str| x.len(); take(&[Box::new(c), Box::new(d)]); }
fn main() {}
//= E0308 2
fn call<F: Fn(&str) -> &str>(f: F) { f("a"); }
fn f() { let c = |x: &str| "lit"; call(c); }
fn main() {}
//= none 2
fn call<F: Fn(&str) -> &str>(f: F) { f("a"); }
fn f() { let c = |x| "lit"; call(c); }
fn main() {}
//= fine
fn call<F: Fn(&str) -> &str>(f: F) { f("a"); }
fn f() { call(|x| "lit"); call(|x| x); call(|x: &str| &x[1..]); }
fn main() {}
//= E0308 2
fn call(f: Box<dyn Fn(&str) -> &str>) { f("a"); }
fn f() { let c = |x: &str| "lit"; call(Box::new(c)); }
fn main() {}
//= fine
fn call(f: fn(&str) -> &str) { f("a"); }
fn f() { let c = |x: &str| "lit"; call(c); }
fn main() {}
//= fine
fn call(f: fn(&str) -> &'static str) { f("a"); }
fn f() { let c = |x: &str| "lit"; call(c); }
fn main() {}
//= fine
fn call<F: Fn(&str) -> &'static str>(f: F) { f("a"); }
fn f() { let c = |x: &str| "lit"; call(c); }
fn main() {}
//= fine
fn call<F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str>(f: F) { f("a", "b"); }
fn f() { call(|x, y| x); }
fn main() {}
//= none 2
fn call<F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str>(f: F) { f("a", "b"); }
fn f() { call(|x, y| y); }
fn main() {}
//= fine
fn call<F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str>(f: F) -> usize { let r; { let s = String::new(); r = f("a", &s); } r.len() }
fn f() { call(|x, y| x); }
fn main() {}
//= E0597 1
fn call<F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str>(f: F) -> usize { let r; { let s = String::new(); r = f(&s, "a"); } r.len() }
fn f() { call(|x, y| x); }
fn main() {}
//= none 3
fn two<'a>(x: &'a str, y: &'a str) -> &'a str { x }
fn call<F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str>(f: F) {}
fn f() { call(two); }
fn main() {}
//= fine
fn two<'a, 'b>(x: &'a str, y: &'b str) -> &'a str { x }
fn call<F: for<'a, 'b> Fn(&'a str, &'b str) -> &'a str>(f: F) {}
fn f() { call(two); }
fn main() {}
//= fine
fn call<F: for<'a> Fn(&'a str, &'a str) -> &'a str>(f: F) {}
fn f() { call(|x, y| y); call(|x, y| if x > y { x } else { y }); }
fn main() {}
//= fine
fn call<F: for<'a> Fn(&'a mut Vec<&'a str>, &'a str)>(f: F) {}
fn f() { call(|x, y| x.push(y)); }
fn main() {}
//= none 2
fn call<F: for<'a, 'b> Fn(&'a mut Vec<&'b str>, &'a str)>(f: F) {}
fn f() { call(|x, y| x.push(y)); }
fn main() {}
//= fine
fn call<F: for<'a, 'b> Fn(&'a mut Vec<&'b str>, &'b str)>(f: F) {}
fn f() { call(|x, y| x.push(y)); }
fn main() {}
//= none 2
fn call(f: &dyn for<'a, 'b> Fn(&'a mut Vec<&'b str>, &'a str)) {}
fn f() { call(&|x, y| x.push(y)); }
fn main() {}
//= fine
fn call(f: &dyn for<'a, 'b> Fn(&'a mut Vec<&'b str>, &'b str)) {}
fn f() { call(&|x, y| x.push(y)); }
fn main() {}
//= fine
fn call<F>(f: F) where F: for<'a> Fn(&'a i32) -> &'a i32, { let x = 3; let r = f(&x); println!("{}", r); }
fn f() { call(|x| x); }
fn main() {}
//= E0515 1
fn call<F>(f: F) -> &'static i32 where F: for<'a> Fn(&'a i32) -> &'a i32, { let x = 3; f(&x) }
fn f() { call(|x| x); }
fn main() {}
//= fine
fn call<'b, F>(f: F, b: &'b i32) -> &'b i32 where F: for<'a> Fn(&'a i32) -> &'b i32, { let x = 3; f(&x) }
fn f() { let k = 4; call(|x| &k, &k); }
fn main() {}
//= none 2
fn call<'b, F>(f: F, b: &'b i32) -> &'b i32 where F: for<'a> Fn(&'a i32) -> &'b i32, { let x = 3; f(&x) }
fn f() { let k = 4; call(|x| x, &k); }
fn main() {}
//= E0308 1
fn call<F: Fn(fn(&str))>(f: F, g: fn(&'static str)) { f(g); }
fn main() {}
//= fine
fn call<F: Fn(fn(&str))>(f: F, g: fn(&str)) { f(g); }
fn main() {}
//= fine
fn call<F: Fn(&dyn Fn(&str))>(f: F, g: fn(&str)) { f(&g); f(&|x| ()); }
fn main() {}
//= fine
fn call<'a, F: Fn(&dyn Fn(&'a str))>(f: F, g: fn(&'a str)) { f(&g); f(&|x| ()); }
fn main() {}
//= none 2
fn call<F>(f: F) where F: for<'a> Fn(&'a str) -> Box<dyn Fn(&str) -> &'a str> { }
fn f() { call(|x| Box::new(move |y| x)); }
fn main() {}
//= fine
fn call(f: impl Fn(&str, &str) -> usize) {}
fn f() { let mut v: Vec<&str> = vec![]; call(|x, y| x.len() + y.len()); }
fn main() {}
//= fine
fn call(f: impl for<'a, 'b> Fn(&'a str, &'b str) -> &'b str) -> usize { let r; { let s = String::new(); r = f(&s, "a"); } r.len() }
fn main() {}
//= fine
fn mk() -> impl for<'a, 'b> Fn(&'a str, &'b str) -> &'b str { |x, y| y }
fn main() {}
//= none 1
fn mk() -> impl for<'a, 'b> Fn(&'a str, &'b str) -> &'b str { |x, y| x }
fn main() {}
//= fine
fn mk() -> impl for<'a, 'b> Fn(&'a str, &'b str) -> &'b str { |x, y| y }
fn f() -> usize { let r; { let s = String::new(); r = mk()(&s, "a"); } r.len() }
fn main() {}
//= E0597 2
fn mk() -> impl for<'a, 'b> Fn(&'a str, &'b str) -> &'b str { |x, y| y }
fn f() -> usize { let r; { let s = String::new(); r = mk()("a", &s); } r.len() }
fn main() {}
//= fine
fn f(v: &mut Vec<String>) { v.sort_by(|a, b| a.cmp(b)); let mut best: Option<&String> = None; v.iter().for_each(|x| best = Some(x)); println!("{:?}", best); }
fn main() {}
//= fine
fn f(v: &Vec<String>) { let g = |x| x; let a: &str = g("a"); let h = |x: &_| *x; let k: i32 = h(&3); }
fn main() {}
//= fine
fn f(v: &Vec<String>) -> Vec<usize> { let len = |s: &String| s.len(); v.iter().map(len).collect() }
fn main() {}
//= fine
fn f(v: &Vec<String>) -> Vec<usize> { let len = |s| String::len(s); v.iter().map(len).collect() }
fn main() {}
//= fine
fn f(v: &Vec<String>) -> Vec<&String> { let mut v: Vec<&String> = v.iter().collect(); let cmp = |a: &&String, b: &&String| a.len().cmp(&b.len()); v.sort_by(cmp); v }
fn main() {}
//= fine
fn f(v: &Vec<String>) -> usize { let key = |s| -> usize { let t: &String = s; t.len() }; let mut n = 0; for x in v { n += key(x); } n }
fn main() {}
//= E0499 1
fn f() -> usize { let key = |s| -> usize { let t: &mut String = s; t.len() }; let mut a = String::new(); key(&mut a); key(&mut a) }
fn main() {}
//= fine
fn f() -> usize { let key = |s: &mut String| -> usize { s.len() }; let mut a = String::new(); key(&mut a); key(&mut a) }
fn main() {}
//= fine
fn f() { let mut log = vec![]; let mut add = |s| log.push(s); add("a"); add("b"); let k = String::new(); add(&k); println!("{:?}", log); }
fn main() {}
//= E0597 1
fn f() { let mut log = vec![]; let mut add = |s| log.push(s); add("a"); { let k = String::new(); add(&k); } println!("{:?}", log); }
fn main() {}
//= fine
fn f() { let fs: Vec<Box<dyn Fn(&str) -> usize>> = vec![Box::new(|s| s.len()), Box::new(|s: &str| s.len() + 1)]; let t = String::new(); for g in &fs { g(&t); } }
fn main() {}
//= fine
struct P<F> { f: F }
impl<F: Fn(&str) -> usize> P<F> { fn new(f: F) -> Self { P { f } } fn go(&self, s: &str) -> usize { (self.f)(s) } }
fn f() { let p = P::new(|s| s.len()); let q = P { f: |s: &str| s.len() }; q.go("a"); p.go("b"); }
fn main() {}
//= E0597 2
fn comp<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
fn f() { let h = comp(|x: &str| x.len(), |n| n + 1); let s = String::from("x"); h(&s); h("a"); }
fn main() {}
//= E0597 2
fn comp<A, B, C>(f: impl Fn(A) -> B, g: impl Fn(B) -> C) -> impl Fn(A) -> C { move |x| g(f(x)) }
fn f() { let h = comp(|x: &str| x.len(), |n| n + 1); { let s = String::from("x"); h(&s); } h("a"); }
fn main() {}
//= E0597 1
fn f() { let h = |x| { let y: Option<&str> = x; y.map(|z| z.len()) }; { let s = String::from("x"); h(Some(&s)); } h(None); }
fn main() {}
//= fine
fn f() { let o = Some(3); let g = |v: Option<&i32>| v.copied(); { let a = 3; g(Some(&a)); } g(None); }
fn main() {}
//= fine
fn f<T: Clone>(t: &T) -> T { let g = |x: &T| x.clone(); g(t) }
fn main() {}
//= E0597 1
fn f<T: Clone>(t: &T) -> T { let g = |x| T::clone(x); { let u = t.clone(); g(&u); } g(t) }
fn main() {}
//= fine
fn mk<'a>(s: &'a str) -> impl Fn(&'a str) -> &'a str { move |x| if x.len() > 1 { x } else { s } }
fn main() {}
//= fine
fn mk<'a>(s: &'a str) -> impl Fn(&str) -> &'a str + 'a { move |x| s }
fn main() {}
//= none 1
fn mk<'a>(s: &'a str) -> impl Fn(&str) -> &'a str + 'a { move |x| x }
fn main() {}
//= none 1
fn mk<'a, 'b>(s: &'a str, t: &'b str) -> impl Fn() -> &'b str + 'a { move || s }
fn main() {}
//= fine
fn mk<'a, 'b>(s: &'a str, t: &'b str) -> impl Fn() -> &'a str { move || s }
fn main() {}
//= none 1
fn mk<'a>(s: &'a str) -> impl Fn() -> &'static str + 'a { move || s }
fn main() {}
//= fine
fn mk<'a>(s: &'a str) -> impl FnMut(&'a str) -> Vec<&'a str> { let mut v = vec![s]; move |x| { v.push(x); v.clone() } }
fn main() {}
//= fine
fn mk<'a>(s: &'a str) -> impl FnMut(&'a str) -> Vec<&'a str> { let mut v = vec![s]; let c = move |x| { v.push(x); v.clone() }; c }
fn main() {}
//= none 1
fn mk<'a>(s: &'a str) -> impl FnMut(&str) -> Vec<&'a str> { let mut v = vec![s]; let c = move |x| { v.push(x); v.clone() }; c }
fn main() {}
//= fine
fn mk() -> impl Fn(&str) -> usize { let c = |x: &str| x.len(); c }
fn main() {}
//= none 1
fn mk() -> impl Fn(&str) -> usize { let c = |x| str::len(x); c }
fn main() {}
//= fine
fn mk() -> impl Fn(&'static str) -> usize { let c = |x| str::len(x); c }
fn main() {}
//= fine
fn mk<'a>() -> impl Fn(&'a str) -> &'a str { let c = |x| x; c }
fn main() {}
//= fine
fn mk<T>(t: T) -> impl Fn(&T) -> &T { |x| x }
fn main() {}
//= fine
fn id(x: &str) -> &str { x }
fn mk() -> impl Fn(&str) -> &str { id }
fn main() {}
//= fine
fn mk() -> impl Fn(&str) -> Box<dyn Fn() -> usize> { |x| { let n = x.len(); Box::new(move || n) } }
fn main() {}
//= none 1
fn mk() -> impl Fn(&str) -> Box<dyn Fn() -> usize> { |x| Box::new(move || x.len()) }
fn main() {}
//= fine
fn mk() -> impl Fn(&str) -> Box<dyn Fn() -> usize + '_> { |x| Box::new(move || x.len()) }
fn main() {}
//= fine
fn cmp<'a, K: Ord>(k: impl Fn(&'a str) -> K) -> impl Fn(&'a str, &'a str) -> bool { move |a, b| k(a) < k(b) }
fn main() {}
//= fine
fn cmp<K: Ord>(k: impl Fn(&str) -> K) -> impl Fn(&str, &str) -> bool { move |a, b| k(a) < k(b) }
fn main() {}
//= fine
fn mk<'a>(v: &'a [i32]) -> impl Iterator<Item = i32> + 'a { v.iter().map(|x| *x).filter(|x| *x > 1) }
fn main() {}
//= fine
fn mk<'a>(v: &'a [i32]) -> impl Iterator<Item = &'a i32> + 'a { let f = |x: &&i32| **x > 1; v.iter().filter(f) }
fn main() {}
//= none 1
fn mk<'a>(v: &'a [i32]) -> impl Iterator<Item = &'a i32> + 'a { let f = |x| { let y: &&i32 = x; **y > 1 }; v.iter().filter(f) }
fn main() {}
//= fine
fn f() { let mut fs: Vec<Box<dyn Fn(i32) -> i32>> = vec![]; let k = 3; let add = |x| x + 1; fs.push(Box::new(add)); }
fn main() {}
//= fine
fn rec(f: &dyn Fn(&dyn Fn(i32) -> i32, i32) -> i32) -> i32 { f(&|x| x, 2) }
fn f() { let g = |h: &dyn Fn(i32) -> i32, x| h(x); rec(&g); }
fn main() {}
//= none 2
fn rec(f: &dyn Fn(&dyn Fn(i32) -> i32, i32) -> i32) -> i32 { f(&|x| x, 2) }
fn f() { let g = |h, x| { let k: &dyn Fn(i32) -> i32 = h; k(x) }; rec(&g); }
fn main() {}
//= fine
use std::collections::HashMap;
fn f() { let mut m: HashMap<&str, i32> = HashMap::new(); let mut bump = |k| *m.entry(k).or_insert(0) += 1; bump("a"); bump("b"); println!("{}", m.len()); }
fn main() {}
//= fine
use std::collections::HashMap;
fn f(t: &str) { let mut m: HashMap<&str, i32> = HashMap::new(); let mut bump = |k| *m.entry(k).or_insert(0) += 1; for w in t.split(' ') { bump(w); } println!("{}", m.len()); }
fn main() {}
//= E0597 2
use std::collections::HashMap;
fn f() { let mut m: HashMap<&str, i32> = HashMap::new(); let mut bump = |k| *m.entry(k).or_insert(0) += 1; { let t = String::from("x"); bump(&t); } println!("{}", m.len()); }
fn main() {}
//= E0597 1
fn f() { let show = |x| println!("{}", x); { let a = String::from("a"); show(&a); } { let b = String::from("b"); show(&b); } }
fn main() {}
//= fine
fn f() { let show = |x| println!("{}", x); { let a = String::from("a"); show(&a); } }
fn main() {}
//= E0506 1
fn f(xs: &[&str]) { let join = |a, b| format!("{}{}", a, b); let mut s = String::new(); for x in xs { s = join(&s, x); } }
fn main() {}
//= fine
fn f(xs: &[&str]) -> String { let join = |a: &str, b: &str| format!("{}{}", a, b); let mut s = String::new(); for x in xs { s = join(&s, x); } s }
fn main() {}
//= fine
fn f() { let mut n = 0; let mut inc = |d| { n += d; n }; inc(1); inc(2); let swap = |(a, b)| (b, a); let (x, y) = swap((1, &n)); }
fn main() {}
//= E0597 1
fn f() { let swap = |(a, b)| (b, a); let k = 2; let (x, y) = swap((1, &k)); { let j = 3; let (u, v) = swap((1, &j)); } println!("{}", x); }
fn main() {}
//= E0597 1
fn f() { let first = |v| { let w: &Vec<i32> = v; w[0] }; { let a = vec![1]; first(&a); } let b = vec![2]; first(&b); }
fn main() {}
//= fine
fn f(a: &mut Vec<i32>) { let push = |v: &mut Vec<i32>, x| v.push(x); push(a, 1); push(a, 2); }
fn main() {}
//= E0499 1
fn f(a: &mut Vec<i32>) { let push = |v, x| Vec::push(v, x); push(a, 1); push(a, 2); }
fn main() {}
//= E0499 2
struct C { n: i32 }
fn f(a: &mut C) { let inc = |c| { let d: &mut C = c; d.n += 1; }; inc(a); inc(a); a.n = 1; }
fn main() {}
//= fine
fn f(a: &mut Vec<i32>) { let mut last = None; let mut keep = |x| last = Some(x); for x in a.iter() { keep(x); } println!("{:?}", last); a.push(1); }
fn main() {}
//= fine
fn f() { let g = |x: &i32| { let h = |y| { let z: &i32 = y; *z }; h(x) }; { let k = 1; g(&k); } g(&2); }
fn main() {}
//= E0597 1
fn f() { let g = |x| { let h = |y: &i32| *y; h(x) }; { let k = 1; g(&k); } g(&2); }
fn main() {}
//= E0597 2
fn ap<T, R>(t: T, f: impl Fn(T) -> R) -> R { f(t) }
fn f() -> usize { let c = |x| str::len(x); { let s = String::new(); ap(&*s, c); } ap("b", c) }
fn main() {}
//= fine
fn ap<T, R>(t: T, f: impl Fn(T) -> R) -> R { f(t) }
fn f() -> usize { let c = |x: &str| x.len(); { let s = String::new(); ap(&*s, c); } ap("b", c) }
fn main() {}
//= E0515 2
fn ap<T, R>(t: T, f: &impl Fn(T) -> R) -> R { f(t) }
fn f() -> &'static str { let c = |x| x; let s = String::new(); let k = ap("s", &c); let j: &str = ap(&*s, &c); k }
fn main() {}
//= fine
fn f<'a>(s: &'a str) -> &'a str { let c = |x| x; let d = c(s); let e = c("lit"); e }
fn main() {}
//= none 1
fn f<'a, 'b>(s: &'a str, t: &'b str) -> &'a str { let c = |x| x; let d = c(s); let e = c(t); d }
fn main() {}
//= fine
struct R<'a, 'b: 'a>(&'a i32, &'b i32);
struct S<'a, 'b> { x: Option<R<'a, 'b>> }
struct T<'a, 'b> { x: S<'a, 'b> }
fn main() {}
//= E0310 2
struct R<X: 'static>(X);
enum Q<X> { A(i32), B { r: Vec<R<X>> } }
fn main() {}
//= E0310 1
struct Q<X> { r: &'static [X] }
fn main() {}
//= fine
struct Q<'a, X> { r: Box<dyn Fn(&'a X)> }
fn main() {}
//= E0491 1
struct Q<'a> { r: &'static &'a i32 }
fn main() {}
//= E0477 2
struct R<X: 'static>(X);
struct Q<'a> { r: R<&'a i32> }
fn main() {}
//= E0478 2
struct R<'a: 'static>(&'a i32);
struct Q<'a> { r: R<'a> }
fn main() {}
//= fine
trait T { type O; }
struct W<'a, X: T> { r: &'a X::O }
struct V<'a, X: T> { r: W<'a, X> }
fn main() {}
//= E0310 2
trait T { type O; }
struct W<X: T> { r: &'static X::O }
fn main() {}
//= fine
trait T { type O: 'static; }
struct W<X: T> { r: &'static X::O }
fn main() {}
//= fine
struct W<'a, 'b>(&'a dyn Fn(&'b str));
struct V<'a, 'b>(&'a &'b str);
fn main() {}
//= fine
trait T { type O; fn f() -> Self::O; }
impl<'a, 'b> T for &'a &'b i32 { type O = &'a &'b u8; fn f() -> Self::O { panic!() } }
fn main() {}
//= fine
trait T { type O; fn f() -> Self::O; }
impl<'a, 'b> T for (&'a i32, &'b i32) where 'b: 'a { type O = &'a &'b u8; fn f() -> Self::O { panic!() } }
fn main() {}
//= fine
trait T { type O; }
impl<'a, 'b, X: 'b> T for (&'a i32, &'b i32, X) where 'b: 'a { type O = &'a X; }
fn main() {}
//= fine
trait T { type O; }
impl<'a, X: 'static> T for (&'a i32, X) { type O = &'a X; }
fn main() {}
//= fine
trait U: 'static {} trait T { type O; }
impl<'a, X: U> T for (&'a i32, X) { type O = &'a X; }
fn main() {}
//= E0309 2
trait T<'a> { type O; }
impl<'a, X> T<'a> for Vec<X> { type O = &'a X; }
fn main() {}
//= E0309 2
trait T<'a> where Self: 'a { type O; }
impl<'a, X> T<'a> for Vec<X> { type O = &'a X; }
fn main() {}
//= fine
trait T<'a> where Self: 'a { type O; }
impl<'a, X: 'a> T<'a> for Vec<X> { type O = &'a X; }
fn main() {}
//= E0309 2
trait T<'a> { type O: 'a; }
impl<'a, X> T<'a> for Vec<X> { type O = X; }
fn main() {}
//= fine
trait T<'a> { type O: 'a; }
impl<'a, X> T<'a> for &'a X { type O = X; }
fn main() {}
//= fine
trait T<'a> { type O: 'a; }
impl<'a, 'b: 'a> T<'a> for &'b u8 { type O = &'b u8; }
fn main() {}
//= E0478 2 E0803 2
trait T<'a>: 'a {}
impl<'a, 'b> T<'a> for &'b u8 {}
fn main() {}
//= E0309 2
trait T<'a>: 'a {}
impl<'a, X> T<'a> for Vec<X> {}
fn main() {}
//= E0478 2
trait T<X: 'static> {}
impl<'a> T<&'a i32> for u8 {}
fn main() {}
//= E0310 2
trait T<X: 'static> {}
impl<X> T<X> for u8 {}
fn main() {}
//= fine
struct R<X: 'static>(X);
impl<X> R<X> { fn f(&self) {} }
fn main() {}
//= fine
struct R<X: 'static>(X);
impl<'a> R<&'a i32> { fn f(&self) {} }
fn main() {}
//= fine
struct R<X: 'static>(X); trait T {}
impl<X> T for R<X> {}
fn main() {}
//= fine
struct R<X: 'static>(X); trait T {}
impl<'a> T for R<&'a i32> {}
fn main() {}
//= none 2
struct R<X: 'static>(X);
fn f<'a>(x: &'a i32) { let r: R<&'a i32>; }
fn main() {}
//= E0310 2
struct R<X: 'static>(X);
fn f<X>(x: X) { let r: R<X>; }
fn main() {}
//= none 1
fn f<'a, 'b>(x: &'a i32, y: &'b i32) { let r: Option<&'a &'b i32> = None; }
fn main() {}
//= none 1
fn f<'a, 'b>(x: &'a i32, y: &'b i32) { let r: &'a &'b i32; }
fn main() {}
//= E0309 1
fn f<'a, X>(x: &'a i32, y: X) { let r: Option<&'a X> = None; }
fn main() {}
//= E0310 1
fn f<X>(y: X) { let r: Option<&'static X> = None; }
fn main() {}
//= fine
fn f<X>(y: X) { let r: Vec<&X> = vec![]; }
fn main() {}
//= E0310 3
struct R<X: 'static>(X);
fn g<T>() {}
fn f<X>(y: X) { g::<R<X>>(); }
fn main() {}
//= none 2
struct R<'a, 'b: 'a>(&'a i32, &'b i32);
fn f<'a, 'b>(y: &'a i32, z: &'b i32) { let n: Option<R<'a, 'b>> = None; }
fn main() {}
//= fine
struct R<X: 'static>(X);
trait T { fn f<'a>(r: R<&'a i32>); }
fn main() {}
//= fine
struct R<X: 'static>(X);
trait T { fn f(r: R<Self>) where Self: Sized; }
fn main() {}
//= fine
struct R<X: 'static>(X);
type A<X> = R<X>;
static S: Option<R<&'static i32>> = None;
const C: Option<A<i32>> = None;
fn main() {}
//= E0310 2
struct R<X: 'static>(X);
fn f<X>() where R<X>: Clone {}
fn main() {}
//= E0310 3
trait T { type O; }
struct R<X: 'static>(X);
impl<X> T for (X,) { type O = Option<R<X>>; }
fn main() {}
//= fine
trait T { type O; }
struct R<'a, X: 'a>(&'a X);
impl<'a, X> T for R<'a, X> { type O = &'a X; }
fn main() {}
//= fine
trait T { type O; }
impl<'a, X> T for [&'a X] { type O = &'a X; }
fn main() {}
//= fine
trait T { type O; }
impl<'a, X> T for fn(&'a X) { type O = &'a X; }
fn main() {}
//= fine
trait T { type O; }
impl<'a, X: Clone> T for dyn Fn(&'a X) { type O = &'a X; }
fn main() {}
//= fine
trait T { type O; }
trait D<A> {}
impl<'a, X> T for &'a dyn D<X> { type O = &'a X; }
fn main() {}
//= fine
trait T { type O; }
trait D<A> {}
impl<'a, X> T for &'a (dyn D<X> + 'a) { type O = &'a (dyn D<X> + 'a); }
fn main() {}
//= E0477 2
trait T { type O: Clone + 'static; fn f(&self) -> Self::O; }
impl<'a> T for &'a str { type O = &'a str; fn f(&self) -> &'a str { self } }
fn main() {}
//= fine
trait T { type O: 'static; }
impl<X: T> T for Vec<X> { type O = X::O; }
impl<X: T> T for [X; 2] { type O = Vec<X::O>; }
fn main() {}
//= E0310 2
trait U { type O; } trait T { type O: 'static; }
impl<X: U> T for Vec<X> { type O = X::O; }
fn main() {}
//= fine
trait T { type O where Self: 'static; }
impl<X> T for Vec<X> { type O = &'static X where Self: 'static; }
fn main() {}
//= fine
use std::fmt::Debug;
trait T { type O: Debug; }
impl<X: Debug> T for Vec<X> { type O = Box<dyn Debug>; }
fn main() {}
//= fine
struct P<X>(X);
impl<X> P<X> { fn f<'a>(x: &'a i32) -> Option<&'a X> { None } }
fn main() {}
//= E0309 2
struct P<'a, X>(&'a i32, X);
impl<'a, X> P<'a, X> { fn f(&self) -> Option<&'a X> { None } fn g(&self) { let k: Option<&'a X> = self.f(); } }
fn main() {}
//= E0309 2
struct P<'a, X>(&'a i32, X);
impl<'a, X> P<'a, X> { fn g(&self) { let k: Option<&'a X> = None; } }
fn main() {}
//= E0309 2
struct P<'a, X>(&'a i32, X);
impl<'a, X> P<'a, X> { const K: Option<&'a X> = None; }
fn main() {}
//= E0310 2
struct P<X>(X);
impl<X> P<X> { const K: Option<&'static X> = None; }
fn main() {}
//= E0309 2
trait D<'a, X> where X: 'a {}
impl<'a, X> D<'a, X> for u8 {}
fn main() {}
//= E0478 2
trait D<'a, 'b> where 'b: 'a {}
impl<'a, 'b> D<'a, 'b> for u8 {}
fn main() {}
//= E0478 2
trait D<'a, 'b> where 'b: 'a {}
struct X<'a, 'b, T: D<'a, 'b>>(T, &'a i32, &'b i32);
fn main() {}
//= E0310 2
trait D<X: 'static> {}
struct N<X, T: D<X>>(T, X);
fn main() {}
//= E0310 2
trait D<X: 'static> {}
fn f<X, T: D<X>>(t: T, x: X) {}
fn main() {}
//= fine
struct R<X: 'static>(X);
trait D { fn f() -> R<Self> where Self: Sized; }
trait E<X> { type K; fn m(x: X) -> Option<R<X>>; }
fn main() {}
//= E0309 1
trait E<'a, X> { fn m(x: X) -> Option<&'a X>; type K: Into<&'a X>; }
fn main() {}
//= E0310 1
trait E<X> { const K: Option<&'static X>; }
fn main() {}
//= E0478 2 E0803 2
trait Up: 'static {} trait Lo: Up {}
impl<'a> Up for &'a i32 {}
fn main() {}
//= E0277 2
trait Up: 'static {} trait Lo: Up {}
impl<'a> Lo for &'a i32 {}
fn main() {}
//= fine
trait T: 'static {}
impl T for &'static i32 {} impl<X: 'static> T for Vec<X> {} impl<X: T> T for Option<X> {} impl T for i32 {} impl<F: Fn() + 'static> T for (F,) {}
fn main() {}
//= E0478 3 E0803 3
trait T: 'static { }
struct S<'a>(&'a i32);
impl<'a> T for S<'a> {}
fn main() {}
//= E0478 3 E0803 3
trait T: 'static { }
impl T for dyn Fn() {}
impl<'a> T for (dyn Fn(i32) + 'a) {}
fn main() {}
//= fine
struct C<'a, T: 'static>(&'a T);
fn f<'a, T>(c: &C<'a, T>) where T: 'static {}
fn main() {}
//= fine
struct N<'a> { up: Option<&'a N<'a>>, v: i32 }
impl<'a> N<'a> { fn root(&'a self) -> &'a N<'a> { match self.up { Some(u) => u.root(), None => self } } }
fn f() { let a = N { up: None, v: 1 }; let b = N { up: Some(&a), v: 2 }; println!("{}", b.root().v); }
fn main() {}
//= fine
enum L<'a, T> { Nil, Cons(T, &'a L<'a, T>) }
impl<'a, T: Copy> L<'a, T> { fn head(&self) -> Option<T> { match self { L::Nil => None, L::Cons(t, _) => Some(*t) } } fn tail(&self) -> Option<&'a L<'a, T>> { match self { L::Nil => None, L::Cons(_, r) => Some(*r) } } }
fn f() { let n = L::Nil; let a = L::Cons(1, &n); let b = L::Cons(2, &a); println!("{:?}", b.tail().and_then(|t| t.head())); }
fn main() {}
//= fine
trait Visit<'a> { type Out: 'a; fn go(&mut self, s: &'a str) -> Self::Out; }
struct W<'a>(Vec<&'a str>);
impl<'a> Visit<'a> for W<'a> { type Out = &'a str; fn go(&mut self, s: &'a str) -> &'a str { self.0.push(s); s } }
impl<'a, 'b> Visit<'a> for &'b mut W<'a> { type Out = Option<&'a str>; fn go(&mut self, s: &'a str) -> Option<&'a str> { self.0.pop() } }
fn main() {}
//= fine
struct It<'a, T> { s: &'a [T] }
impl<'a, T> Iterator for It<'a, T> { type Item = &'a T; fn next(&mut self) -> Option<&'a T> { let (a, b) = self.s.split_first()?; self.s = b; Some(a) } }
fn it<'a, T>(s: &'a [T]) -> It<'a, T> { It { s } }
fn f() { let v = vec![1, 2]; for x in it(&v) { println!("{}", x); } }
fn main() {}
//= fine
struct It<'a, T> { s: &'a mut [T] }
impl<'a, T> It<'a, T> { fn first(&'a mut self) -> Option<&'a mut T> { self.s.first_mut() } }
fn f() { let mut v = vec![1, 2]; let mut i = It { s: &mut v }; *i.first().unwrap() = 3; }
fn main() {}
//= fine
use std::collections::HashMap;
struct G<'g, K, V> { m: &'g HashMap<K, Vec<V>> }
impl<'g, K: Eq + std::hash::Hash, V> G<'g, K, V> { fn get(&self, k: &K) -> &'g [V] { self.m.get(k).map(|v| v.as_slice()).unwrap_or(&[]) } }
fn main() {}
//= fine
trait S { fn name(&self) -> &str; }
struct B<'a> { xs: Vec<&'a dyn S>, ys: Vec<Box<dyn S + 'a>> }
impl<'a> B<'a> { fn add<T: S + 'a>(&mut self, t: T) { self.ys.push(Box::new(t)); } fn put(&mut self, t: &'a dyn S) { self.xs.push(t); } }
fn main() {}
//= E0309 3
trait S { fn name(&self) -> &str; }
struct B<'a> { ys: Vec<Box<dyn S + 'a>> }
impl<'a> B<'a> { fn add<T: S>(&mut self, t: T) { self.ys.push(Box::new(t)); } }
fn main() {}
//= fine
trait P { type Out; fn run<'a>(&self, s: &'a str) -> Option<(Self::Out, &'a str)>; }
struct M<A, F> { a: A, f: F }
impl<A: P, B, F: Fn(A::Out) -> B> P for M<A, F> { type Out = B; fn run<'a>(&self, s: &'a str) -> Option<(B, &'a str)> { let (o, r) = self.a.run(s)?; Some(((self.f)(o), r)) } }
fn main() {}
//= fine
struct Ctx<'c, 's: 'c> { names: &'c Vec<&'s str> }
impl<'c, 's> Ctx<'c, 's> { fn first(&self) -> &'s str { self.names[0] } fn inner(&self) -> &'c &'s str { &self.names[0] } }
fn f() -> usize { let s = String::from("x"); let r; { let v = vec![&s[..]]; let c = Ctx { names: &v }; r = c.first(); } r.len() }
fn main() {}
//= E0597 3
struct Ctx<'c, 's> { names: &'c Vec<&'s str> }
impl<'c, 's> Ctx<'c, 's> { fn up(&self, s: &'s str) -> &'c str { s } }
fn f() -> usize { let s = String::from("x"); let r; { let v = vec![&s[..]]; let c = Ctx { names: &v }; r = c.up("a"); } r.len() }
fn main() {}
//= fine
fn f<'a, T: Clone>(v: &'a Vec<T>, d: &'a T) -> &'a T { let g = |i: usize| -> &'a T { v.get(i).unwrap_or(d) }; g(0) }
fn main() {}
//= fine
fn f<'a, T: Clone>(v: &'a Vec<T>, d: &'a T) -> &'a T { let g = |i: usize| v.get(i).unwrap_or(d); g(0) }
fn main() {}
//= fine
fn f<'a>(v: &'a str) -> &'a str { let g = |i: usize| -> &str { &v[i..] }; g(0) }
fn main() {}
//= fine
fn f(v: &str) -> usize { let g = |i: usize| -> &str { &v[i..] }; { let k = g(1); k.len() } }
fn main() {}
//= none 1
fn f<'a, 'b>(v: &'a str, w: &'b str) { let g = || -> &'b str { v }; }
fn main() {}
//= none 1
fn f<'a, 'b>(v: &'a str, w: &'b str) { let g = |x: &'b str| -> &'a str { x }; }
fn main() {}
//= fine
fn f<'a>() { let g = |x: i32| -> Box<dyn Fn(&str) -> usize + 'a> { Box::new(move |s| s.len()) }; g(1)("x"); }
fn main() {}
//= fine
fn f() { let g = |x: i32| -> Box<dyn Fn() -> i32> { Box::new(move || x) }; let k = 3; let h = |x: &i32| -> Box<dyn Fn() -> i32> { let y = *x; Box::new(move || y) }; h(&k)(); }
fn main() {}
//= fine
fn f() { let k = 3; let h = || -> Box<dyn Fn() -> i32> { Box::new(|| k) }; }
fn main() {}
//= fine
fn f() { let k = 3; let h = || -> Result<i32, std::num::ParseIntError> { let a: i32 = "1".parse()?; Ok(a + k) }; h().unwrap(); }
fn main() {}
//= fine
fn f(v: &[String]) -> Vec<&str> { let pick = |s| -> Option<&str> { let t: &String = s; Some(t.as_str()) }; v.iter().filter_map(pick).collect() }
fn main() {}
//= E0310 2
use std::fmt::Display;
fn f<T: Display>(v: Vec<T>) -> Box<dyn Display> { let g = |x: T| -> Box<dyn Display> { Box::new(x) }; g(v.into_iter().next().unwrap()) }
fn main() {}
//= fine
use std::fmt::Display;
fn f<'a, T: Display>(v: &'a Vec<T>) -> Vec<Box<dyn Display + 'a>> { v.iter().map(|x| -> Box<dyn Display + 'a> { Box::new(x) }).collect() }
fn main() {}
//= fine
use std::fmt::Display;
fn f<T: Display>(v: &Vec<T>) -> Vec<Box<dyn Display + '_>> { v.iter().map(|x| Box::new(x) as Box<dyn Display>).collect() }
fn main() {}
//= E0515 2
fn f<'a, 'b>(_: Option<&'a &'b i32>, y: &'b i32) -> &'a i32 { y }
fn g() -> &'static i32 { let k = 1; f(None, &k) }
fn main() {}
//= E0597 2
fn f<'a, 'b>(x: &'a &'b i32, y: &'b i32) -> &'a i32 { y }
fn g() { let z = 1; let zr = &z; let r; { let k = 2; r = f(&zr, &k); } println!("{}", r); }
fn main() {}
//= fine
fn f<'a, T>(x: Option<&'a T>, y: T) -> Box<dyn Fn(&T) + 'a> where T: Fn(&T) + Copy { Box::new(move |z| y(z)) }
fn main() {}
//= E0515 2
fn f<'a, T: std::fmt::Debug>(x: Option<&'a T>, y: T) -> Box<dyn std::fmt::Debug + 'a> { Box::new(y) }
fn g() -> Box<dyn std::fmt::Debug> { let k = 1; f(None, &k) }
fn main() {}
//= E0310 2
fn f<'a, T: std::fmt::Debug>(x: Option<&'a T>, y: T) -> Box<dyn std::fmt::Debug + 'a> { Box::new(y) }
fn g<T: std::fmt::Debug>(t: T) -> Box<dyn std::fmt::Debug> { f(None, t) }
fn main() {}
//= E0515 3
struct I<'a, 'b>(Option<&'a &'b i32>);
impl<'a, 'b> I<'a, 'b> { fn up(&self, y: &'b i32) -> &'a i32 { y } }
fn g() -> &'static i32 { let k = 1; I(None).up(&k) }
fn main() {}
//= E0515 3
struct I<'a, 'b>(Option<&'a &'b i32>);
impl<'a, 'b> I<'a, 'b> { fn up(y: &'b i32) -> &'a i32 { y } }
fn g() -> &'static i32 { let k = 1; I::up(&k) }
fn main() {}
//= E0515 3
trait T<'a, 'b> { fn up(&self, y: &'b i32) -> &'a i32; }
impl<'a, 'b> T<'a, 'b> for Option<&'a &'b i32> { fn up(&self, y: &'b i32) -> &'a i32 { y } }
fn g() -> &'static i32 { let k = 1; let o: Option<&&i32> = None; o.up(&k) }
fn main() {}
//= E0515 2
fn f<'a, 'b>(y: &'b i32) -> (Option<&'a &'b i32>, &'a i32) { (None, y) }
fn g() -> &'static i32 { let k = 1; f(&k).1 }
fn main() {}
//= fine
fn up<'a, 'b>(_: Option<&'a &'b ()>, y: &'b i32) -> &'a i32 { y }
fn g() -> &'static i32 { let k = 1; let h: fn(Option<&'static &'static ()>, &i32) -> &'static i32 = up; h(None, &k) }
fn main() {}
//= E0597 2
fn up<'a, 'b>(_: &'a &'b (), y: &'b i32) -> &'a i32 { y }
fn ap<F: for<'x> Fn(&'static &'x (), &'x i32) -> &'static i32>(f: F) -> &'static i32 { let k = 1; f(&&(), &k) }
fn g() -> &'static i32 { ap(up) }
fn main() {}
//= E0597 2
fn f<'a, 'b>(x: &'a mut Vec<&'b i32>, y: &'b i32) { x.push(y) }
fn g() { let mut v = vec![]; { let k = 1; f(&mut v, &k); } println!("{:?}", v); }
fn main() {}
//= E0505 2
fn f<'a, 'b>(x: &'a Vec<&'b i32>) -> &'a &'b i32 { &x[0] }
fn g() { let k = 1; let v = vec![&k]; let r = f(&v); drop(v); println!("{:?}", r); }
fn main() {}
//= none 4
struct W<'a, T>(&'a [T]);
fn f<'a, T: Copy>(w: Option<W<'a, T>>, y: T) -> Box<dyn Fn() -> T + 'a> { Box::new(move || y) }
fn g() -> Box<dyn Fn() -> &'static i32> { f(None, &1) }
fn h<'x>(x: &'x i32) -> Box<dyn Fn() -> &'x i32 + 'static> { f(None, x) }
fn main() {}
//= E0515 2
fn f<'a, 'b>(x: fn(&'a &'b ()), y: &'b i32) -> &'a i32 { y }
fn g() -> &'static i32 { let k = 1; f(|_| (), &k) }
fn main() {}
//= fine
trait Tr { type O; fn up<'b>(y: &'b i32, o: Option<&'b Self::O>) -> i32 { 0 } }
impl<'a> Tr for &'a i32 { type O = &'a i32; }
fn g() { let k = 1; <&i32 as Tr>::up(&k, None); }
fn main() {}
//= fine
struct C<'a>(std::cell::Cell<Option<&'a C<'a>>>);
fn f<'a>(c: &'a C<'a>) { c.0.set(Some(c)); }
fn g() { let c = C(std::cell::Cell::new(None)); f(&c); }
fn main() {}
//= none 2
fn conv<'a, 'b, T: ?Sized>(_: Option<&'a &'b T>, t: &'b T) -> &'a T { t }
fn g<'x>(s: &'x str) -> &'static str { conv(None, s) }
fn main() {}
//= E0597 2
fn conv<'a, 'b, T: ?Sized>(t: &'b T, _: Option<&'a &'b T>) -> &'a T { t }
fn g() -> usize { let r; { let s = String::from("x"); r = conv(&s[..], None); } r.len() }
fn main() {}
//= none 1
fn id<'a, 'b>(t: &'b str) -> impl Fn(&'a &'b ()) -> &'a str { move |_| t }
fn g() -> &'static str { let s = String::new(); let r = id(&s)(&&()); "" }
fn main() {}
//= E0491 2
trait T { type O; } struct A<'x, 'y>(&'x &'y str);
impl<'x, 'y> T for (&'x i32, &'y i32) { type O = &'x &'y str; }
fn main() {}
//= E0309 2
trait T { type O; }
impl<'a, X> T for (&'a i32, X) { type O = &'a X; }
fn main() {}
//= E0309 3
trait T { type O; }
struct R<'a, X: 'a>(&'a X);
impl<'a, X> T for (&'a i32, X) { type O = R<'a, X>; }
fn main() {}
//= E0310 2
trait T { type O; }
impl<X> T for Vec<X> { type O = &'static X; }
fn main() {}
//= E0310 2
struct R<X: 'static>(X);
struct Q<X>(R<X>);
fn main() {}
//= E0310 3
struct R<X: 'static>(X);
trait T { type O; }
impl<X> T for Vec<X> { type O = R<X>; }
fn main() {}
//= E0478 3
struct R<'a, 'b: 'a>(&'a i32, &'b i32);
trait T { type O; }
impl<'a, 'b> T for (&'a i32, &'b i32) { type O = R<'a, 'b>; }
fn main() {}
//= none 2
struct R<X: 'static>(X);
fn f<'a>() { let r: Option<R<&'a i32>> = None; }
fn main() {}
//= E0310 2
struct R<X: 'static>(X);
fn f<X>() { let r: Option<R<X>> = None; }
fn main() {}
//= E0477 2
trait T<'a> { type O: 'a; }
impl<'a, 'b> T<'a> for &'b i32 { type O = &'b i32; }
fn main() {}
//= E0477 2
trait T { type O: 'static; }
impl<'b> T for &'b i32 { type O = &'b i32; }
fn main() {}
//= E0310 2
trait T { type O: 'static; }
impl<X> T for Vec<X> { type O = X; }
fn main() {}
//= E0478 2 E0803 2
trait T where Self: 'static {}
impl<'a> T for &'a i32 {}
fn main() {}
//= E0478 2 E0803 2
trait T: 'static {}
impl<'a> T for &'a i32 {}
fn main() {}
//= E0310 2
trait T: 'static {}
impl<X> T for Vec<X> {}
fn main() {}
//= fine
struct S<'a, 'b>(&'a &'b i32);
impl<'a, 'b> S<'a, 'b> { fn g(y: &'b i32) -> &'a i32 { y } }
fn main() {}
//= E0309 1
fn f<'a, T: std::fmt::Debug>(x: &'a i32, t: T) -> Box<dyn std::fmt::Debug + 'a> { (|| -> Box<dyn std::fmt::Debug + 'a> { Box::new(t) })() }
fn main() {}
//= none 3
pub trait T { fn get<'a,'b>(&'a self, o: &'b str) -> &'a str; }
pub struct S(String);
impl T for S { fn get<'a>(&'a self, o: &'a str) -> &'a str { let _ = o; &self.0 } }
fn main() {}
//= none 3
pub trait T { fn get<'a>(&self, o: &'a str) -> &'a str; }
pub struct S(String);
impl T for S { fn get(&self, _o: &str) -> &str { &self.0 } }
fn main() {}
//= fine
pub trait T { fn get<'a>(&'a self, o: &'a str) -> &'a str; }
pub struct S(String);
impl T for S { fn get(&self, _o: &str) -> &str { &self.0 } }
fn main() {}
//= fine
pub trait T { fn get<'a>(&'a self, o: &'a str) -> &'a str; }
pub struct S(String);
impl T for S { fn get<'x,'y>(&'x self, _o: &'y str) -> &'x str { &self.0 } }
fn main() {}
//= E0308 3
pub trait T { fn get<'a>(o: &'a str) -> usize; }
pub struct S;
impl T for S { fn get(o: &'static str) -> usize { o.len() } }
fn main() {}
//= fine
pub trait T { fn get<'a>(o: &'a str) -> &'a str; }
pub struct S;
impl T for S { fn get(_o: &str) -> &'static str { "" } }
fn main() {}
//= none 3
pub trait T<'t> { fn get(&self) -> &'t str; }
pub struct S<'s>(&'s str);
impl<'s> T<'s> for S<'s> { fn get(&self) -> &str { self.0 } }
fn main() {}
//= fine
pub trait T<'t> { fn put(&mut self, x: &'t str); }
pub struct S<'s>(&'s str);
impl<'s> T<'s> for S<'s> { fn put(&mut self, x: &str) { let _ = x; } }
fn main() {}
//= E0308 3
pub trait T { fn put(&mut self, x: &str); }
pub struct S<'s>(&'s str);
impl<'s> T for S<'s> { fn put(&mut self, x: &'s str) { self.0 = x; } }
fn main() {}
//= none 3
pub trait T { type O; fn get(&self) -> Self::O; }
pub struct S<'s>(&'s str);
impl<'s> T for S<'s> { type O = &'s str; fn get(&self) -> &str { self.0 } }
fn main() {}
//= none 3
pub trait T { fn get<'a, X>(&'a self, x: &X) -> &'a str; }
pub struct S;
impl T for S { fn get<'b, Y>(&'b self, x: &'b Y) -> &'b str { let _ = x; "" } }
fn main() {}
//= none 3
pub trait T { fn get(&self) -> Box<dyn Fn() -> usize>; }
pub struct S(usize);
impl T for S { fn get<'a>(&'a self) -> Box<dyn Fn() -> usize + 'a> { Box::new(move || self.0) } }
fn main() {}
//= E0308 3
pub trait T { fn get(&self, d: &dyn Fn()); }
pub struct S(usize);
impl T for S { fn get(&self, d: &(dyn Fn() + 'static)) { d() } }
fn main() {}
//= E0623 3
pub trait T { fn get<'a, 'b>(x: &'a str, y: &'b str) -> &'a str where 'b: 'a; }
pub struct S;
impl T for S { fn get<'a, 'b>(x: &'a str, y: &'b str) -> &'a str where 'a: 'b { let _ = y; x } }
fn main() {}
//= E0276 3
pub trait T { fn get<'a, X>(x: &'a str, y: X) -> usize; }
pub struct S;
impl T for S { fn get<'a, X>(x: &'a str, y: X) -> usize where X: 'static { let _ = y; x.len() } }
fn main() {}
//= none 3
pub trait T { fn get(x: &mut Vec<&str>); }
pub struct S;
impl T for S { fn get<'a>(x: &'a mut Vec<&'a str>) { let _ = x; } }
fn main() {}
//= E0308 3
pub trait T { fn get(x: fn(&'static str) -> &'static str); }
pub struct S;
impl T for S { fn get(x: for<'a> fn(&'a str) -> &'a str) { let _ = x; } }
fn main() {}
//= none 3
pub trait T { fn get<'a, 'b>(x: &'a &'b str) -> &'b str; }
pub struct S;
impl T for S { fn get<'a, 'b>(x: &'a &'b str) -> &'a str { x } }
fn main() {}
//= fine
pub trait T { fn get<'a, 'b>(x: &'a &'b str) -> &'a str; }
pub struct S;
impl T for S { fn get<'a, 'b>(x: &'a &'b str) -> &'b str { x } }
fn main() {}
//= E0308 3
pub trait T { fn it<'a>(&'a self, f: &mut dyn FnMut(&'a u32)); }
pub struct S(Vec<u32>);
impl T for S { fn it(&self, f: &mut dyn FnMut(&u32)) { for x in &self.0 { f(x) } } }
fn main() {}
//= E0308 3
pub trait T { fn mk(s: &str) -> Self; }
pub struct S<'s>(&'s str);
impl<'s> T for S<'s> { fn mk(s: &'s str) -> Self { S(s) } }
fn main() {}
//= fine
pub trait T<'t>: Sized { fn mk(s: &'t str) -> Self; }
pub struct S<'s>(&'s str);
impl<'s> T<'s> for S<'s> { fn mk<'z>(s: &'z str) -> S<'z> { S(s) } }
fn main() {}
//= fine
pub trait T { fn eq(&self, o: &Self) -> bool; }
pub struct S<'s>(&'s str);
impl<'s> T for S<'s> { fn eq(&self, o: &S) -> bool { self.0 == o.0 } }
fn main() {}
//= none 3
pub trait T<K> { fn g(&self, k: &K) -> Option<&K>; }
pub struct S<K>(Vec<K>);
impl<K> T<K> for S<K> { fn g<'a>(&'a self, k: &'a K) -> Option<&'a K> { Some(k) } }
fn main() {}
//= E0623 3
pub trait T { fn get<'a: 'b, 'b>(x: &'a str, y: &'b str); }
pub struct S;
impl T for S { fn get<'a, 'b: 'a>(x: &'a str, y: &'b str) { let _ = (x,y); } }
fn main() {}
//= E0276 3
pub trait T { fn get<'a>(x: &'a str) where 'a: 'a; }
pub struct S;
impl T for S { fn get<'a>(x: &'a str) where 'a: 'static { let _ = x; } }
fn main() {}
//= E0276 3
pub trait T<'t> { fn get<'a>(x: &'a str, y: &'t str) where 'a: 't; }
pub struct S<'s>(&'s str);
impl<'s> T<'s> for S<'s> { fn get<'a>(x: &'a str, y: &'s str) where 's: 'a { let _ = (x,y); } }
fn main() {}
//= fine
pub trait T<'t> { fn get<'a>(x: &'a str, y: &'t str) where 'a: 't; }
pub struct S<'s>(&'s str);
impl<'s> T<'s> for S<'s> { fn get<'a>(x: &'a str, y: &'s str) where 'a: 's { let _ = (x,y); } }
fn main() {}
//= E0276 3
pub trait T { fn get<F: Fn(&'static u32)>(f: F); }
pub struct S;
impl T for S { fn get<F: Fn(&u32)>(f: F) { let _ = f; } }
fn main() {}
//= fine
pub trait T { fn get<F: Fn(&u32)>(f: F); }
pub struct S;
impl T for S { fn get<F: Fn(&'static u32)>(f: F) { let _ = f; } }
fn main() {}
//= E0276 4
pub trait Q<'q> {}
pub trait T { fn get<F: Q<'static>>(f: F); }
pub struct S;
impl T for S { fn get<F: for<'z> Q<'z>>(f: F) { let _ = f; } }
fn main() {}
//= fine
pub trait Q<'q> {}
pub trait T { fn get<F: for<'z> Q<'z>>(f: F); }
pub struct S;
impl T for S { fn get<F: Q<'static>>(f: F) { let _ = f; } }
fn main() {}
//= E0308 4
pub trait Q<'q> {}
pub trait T<'t> { fn get<F: Q<'t>>(f: F); }
pub struct S;
impl<'s> T<'s> for S { fn get<F: Q<'static>>(f: F) { let _ = f; } }
fn main() {}
//= E0308 3
pub trait T<'t> { fn get<F: Iterator<Item = &'t u32>>(f: F); }
pub struct S;
impl<'s> T<'s> for S { fn get<F: Iterator<Item = &'static u32>>(f: F) { let _ = f; } }
fn main() {}
//= E0308 3
pub trait T<'t> { fn get<F: Fn(&'t u32) -> &'t u32>(f: F); }
pub struct S;
impl<'s> T<'s> for S { fn get<F: Fn(&'static u32) -> &'static u32>(f: F) { let _ = f; } }
fn main() {}
//= none 3
pub trait T<A> { fn get<X>(&self, a: A, x: X) -> (A, X); }
pub struct S<'s, Y>(&'s Y);
impl<'s, Y> T<&'s Y> for S<'s, Y> { fn get<Z>(&self, a: &'s Y, x: Z) -> (&Y, Z) { (a, x) } }
fn main() {}
//= fine
pub trait T { fn any<'a>(&'a self, o: &mut Vec<&'a str>); }
pub struct S(Vec<String>);
impl T for S { fn any(&self, o: &mut Vec<&str>) { let _ = o; } }
fn main() {}
//= none 3
pub trait T { fn any<'a>(&'a self, o: &mut Vec<&'a str>); }
pub struct S(Vec<String>);
impl T for S { fn any<'b>(&'b self, o: &'b mut Vec<&'b str>) { let _ = o; } }
fn main() {}
//= none 3
pub trait Node<'n> { fn kids(&self) -> Vec<&'n dyn Node<'n>>; }
pub struct L<'l>(&'l str);
impl<'l> Node<'l> for L<'l> { fn kids(&self) -> Vec<&dyn Node<'l>> { vec![self] } }
fn main() {}
//= E0308 3
use std::iter::FromIterator;
pub struct V<'a>(Vec<&'a str>);
impl<'a> FromIterator<&'a str> for V<'a> { fn from_iter<I: IntoIterator<Item = &'static str>>(i: I) -> Self { V(i.into_iter().collect()) } }
fn main() {}
//= fine
pub struct V<'a>(&'a str);
impl<'a> From<&'a str> for V<'a> { fn from(s: &'a str) -> V<'a> { V(s) } }
impl<'a> AsRef<str> for V<'a> { fn as_ref(&self) -> &'a str { self.0 } }
fn main() {}
//= none 3
pub trait T { fn d<'a>(x: &'a u32) -> Box<dyn FnMut(&u32) -> u32 + 'a>; }
pub struct S;
impl T for S { fn d<'a>(x: &'a u32) -> Box<dyn FnMut(&'a u32) -> u32 + 'a> { Box::new(move |y| *x + *y) } }
fn main() {}
//= E0308 3
pub trait T { type A; fn d(&self, f: &mut dyn FnMut(Self::A)); }
pub struct S<'s>(&'s u32);
impl<'s> T for S<'s> { type A = &'s u32; fn d(&self, f: &mut dyn FnMut(&u32)) { f(self.0) } }
fn main() {}
//= none 4
pub trait T: Iterator { fn d(&mut self) -> Option<Self::Item>; }
pub struct I<'s>(&'s [u32]);
impl<'s> Iterator for I<'s> { type Item = &'s u32; fn next(&mut self) -> Option<&'s u32> { None } }
impl<'s> T for I<'s> { fn d(&mut self) -> Option<&u32> { self.next() } }
fn main() {}
//= fine
pub trait C { fn cmp<'a>(a: &'a Self, b: &'a Self) -> &'a Self; }
impl<'x> C for &'x str { fn cmp<'a>(a: &'a &'x str, _b: &'a &'x str) -> &'a &'static str { let _ = a; &"" } }
fn main() {}
//= fine
pub trait P<'i, O> { fn m(&self, s: &'i str) -> Option<(&'i str, O)>; }
impl<'i, F, O> P<'i, O> for F where F: Fn(&'i str) -> Option<(&'i str, O)> { fn m<'k>(&self, s: &'k str) -> Option<(&'k str, O)> { let _ = s; None } }
fn main() {}
//= E0308 3
pub trait T<'t> { fn g<F: Fn(&'t u32)>(f: F); }
pub struct S;
impl<'s> T<'s> for S { fn g<F: FnOnce(&'static u32)>(f: F) { let _ = f; } }
fn main() {}
//= E0308 5
pub trait U<'u> {}
pub trait V<'v>: U<'v> {}
pub trait T<'t> { fn g<F: V<'t>>(f: F); }
pub struct S;
impl<'s> T<'s> for S { fn g<F: U<'static>>(f: F) { let _ = f; } }
fn main() {}
//= fine
pub trait T<'t> { fn g<I: Iterator<Item = &'t u32>>(x: &u32, i: I) -> Option<&'t u32>; }
pub struct S;
impl<'s> T<'s> for S { fn g<J: Iterator<Item = &'s u32>>(x: &u32, mut i: J) -> Option<J::Item> { let _ = x; i.next() } }
fn main() {}
//= E0308 4
pub trait T { type O; fn put(&self, x: &str) -> Option<Self::O>; }
pub struct M<I, F>(I, F);
impl<B, I: Iterator, F: Fn(I::Item) -> B> T for M<I, F> { type O = B;
    fn put(&self, x: &'static str) -> Option<B> { let _ = x; None }
}
fn main() {}
//= E0309 2
fn g<'a, T: 'a>(t: T) {}
fn f<'a, T>(t: T) { g::<'a, T>(t); }
fn main() {}
//= fine
fn g<'a, T: 'a>(t: T) {}
fn f<'a, T: 'a>(t: T) { g::<'a, T>(t); }
fn main() {}
//= none 2
fn g<'a>() -> &'a str where 'a: 'a { "" }
fn f<'a, 'b>() -> &'b str { g::<'a>() }
fn main() {}
//= fine
fn g<'a>() -> &'a str where 'a: 'a { "" }
fn f<'a: 'b, 'b>() -> &'b str { g::<'a>() }
fn main() {}
//= E0521 2
fn g<'a>(x: &'a str) where 'a: 'a {}
fn f<'b>(x: &'b str) { g::<'static>(x); }
fn main() {}
//= E0597 2
fn g<'a>(x: &'a str) where 'a: 'a {}
fn f() { let s = String::new(); g::<'static>(&s); }
fn main() {}
//= fine
fn g<'a>(x: &'a str) where 'a: 'a {}
fn f() { let s = String::new(); g::<'_>(&s); g::<'static>("x"); }
fn main() {}
//= fine
fn g<'a, 'b>(x: &'b str) -> &'a str where 'b: 'a { x }
fn f<'x>(s: &'x str) -> &'x str { g::<'x, 'x>(s) }
fn main() {}
//= none 2
fn g<'a, 'b>(x: &'b str) -> &'a str where 'b: 'a { x }
fn f<'x, 'y>(s: &'x str) -> &'x str { g::<'y, 'x>(s) }
fn main() {}
//= fine
fn g<'a, 'b>(x: &'b str) -> &'a str where 'b: 'a { x }
fn f<'x: 'y, 'y>(s: &'x str) -> &'y str { g::<'y, 'x>(s) }
fn main() {}
//= E0309 2
struct S; impl S { fn m<'a, T: 'a>(&self, t: T) {} }
fn f<'a, T>(s: S, t: T) { s.m::<'a, T>(t); }
fn main() {}
//= E0310 2
struct S; impl S { fn m<'a, T: 'a>(t: T) {} }
fn f<'a, T>(t: T) { S::m::<'static, T>(t); }
fn main() {}
//= E0597 2
struct S; impl S { fn m<'a, T: 'a>(t: T) {} }
fn f() { let s = String::new(); S::m::<'static, &str>(&s); }
fn main() {}
//= E0597 2
fn g<'a, T: 'a>(t: T) {}
fn f() { let s = String::new(); g::<'static, _>(&s); }
fn main() {}
//= fine
fn g<'a, T: 'a>(t: T) {}
fn f() { let s = String::new(); g::<'static, _>(1); g::<'static, &str>("x"); g::<'static, String>(s); }
fn main() {}
//= E0309 2
fn g<'a, T: 'a>(t: T) {}
fn f<'a, T>(t: T) { let h = g::<'a, T>; h(t); }
fn main() {}
//= E0309 2
fn g<'a, T: 'a>(t: T) {}
fn f<'a, T>(t: T) { let h: fn(T) = g::<'a, T>; h(t); }
fn main() {}
//= none 3
fn g<'a>(x: &'a str) where 'a: 'a {}
fn call<F: Fn(&str)>(f: F) {}
fn f() { call(g::<'static>); }
fn main() {}
//= fine
fn g<'a>(x: &'a str) where 'a: 'a {}
fn call<F: Fn(&'static str)>(f: F) { f("") }
fn f() { call(g::<'static>); }
fn main() {}
//= E0597 3
fn g<'a>(x: &'a str) -> &'a str where 'a: 'a { x }
fn call<'x, F: Fn(&'x str) -> &'x str>(s: &'x str, f: F) -> &'x str { f(s) }
fn f() { let s = String::new(); call(&s, g::<'static>); }
fn main() {}
//= E0521 3
trait T<'a> { fn m(&self) -> &'a str; }
impl<'a> T<'a> for &'a str { fn m(&self) -> &'a str { self } }
fn f<'x>(s: &'x str) -> &'static str { <&str as T<'static>>::m(&s) }
fn main() {}
//= fine
trait T<'a> { fn m(&self) -> &'a str; }
impl<'a> T<'a> for &'a str { fn m(&self) -> &'a str { self } }
fn f<'x>(s: &'x str) -> &'x str { <&'x str as T<'x>>::m(&s) }
fn main() {}
//= E0521 3
trait T<'a> { fn m(&self, x: &'a str); }
struct S; impl<'a> T<'a> for S { fn m(&self, x: &'a str) {} }
fn f(s: &str) { <S as T<'static>>::m(&S, s) }
fn main() {}
//= E0521 3
trait T<'a> { fn m(&self, x: &'a str); }
struct S; impl<'a> T<'a> for S { fn m(&self, x: &'a str) {} }
fn f(s: &str) { T::<'static>::m(&S, s) }
fn main() {}
//= fine
trait T<'a> { fn m(&self, x: &'a str); }
struct S; impl<'a> T<'a> for S { fn m(&self, x: &'a str) {} }
fn f<'q>(s: &'q str) { T::<'q>::m(&S, s); T::<'_>::m(&S, s); <S as T<'q>>::m(&S, s); <S as T>::m(&S, s); }
fn main() {}
//= E0309 2
fn g<'a, T: 'a>() {}
fn f<'a, T>() { g::<'a, T>(); }
fn main() {}
//= none 2
fn g<'a, T: 'a>() {}
fn f<'a, 'b>() { g::<'a, &'b str>(); }
fn main() {}
//= fine
fn g<'a, T: 'a>() {}
fn f<'a, 'b: 'a>() { g::<'a, &'b str>(); g::<'a, &'static str>(); g::<'b, &'b str>(); }
fn main() {}
//= E0309 2
trait K { fn m<'a, T: 'a>(&self, t: T); } impl K for i32 { fn m<'a, T: 'a>(&self, t: T) {} }
fn f<'a, T>(t: T) { K::m::<'a, T>(&1, t); }
fn main() {}
//= E0309 2
trait K { fn m<'a, T: 'a>(&self, t: T); }
fn f<'a, X: K, T>(x: X, t: T) { x.m::<'a, T>(t); }
fn main() {}
//= fine
trait K { fn m<'a, T: 'a>(&self, t: T); }
fn f<'a, X: K, T: 'a>(x: X, t: T) { x.m::<'a, T>(t); <X as K>::m::<'a, i32>(&x, 2); }
fn main() {}
//= fine
fn g<'a, T: 'a>(x: &'a i32, t: T) {}
fn f<'a, T>(x: &'a i32, t: T) { let c = || { g::<T>(x, t); }; }
fn main() {}
//= fine
fn n<'a, T: 'a>(x: &'a i32, t: T) {}
fn f<'a, T: 'a>(x: &'a i32, t: T) { let g = || { n::<'a, T>(x, t); }; g(); }
fn main() {}
//= E0310 2
fn n<'a, T: 'a>(t: T) {}
fn f<'a, T: 'a>(x: &'a i32, t: T) { let g = || { n::<'static, T>(t); }; g(); }
fn main() {}
//= E0261 2
fn n<'a, T: 'a>(t: T) {}
fn f<'a>() { n::<'zz, i32>(3); }
fn main() {}
//= none 2
fn two<'a, 'b>(x: &'a str) -> &'b str where 'a: 'b { x }
fn f<'p, 'q>(s: &'p str) -> &'q str { let h = two::<'p, 'q>; h(s) }
fn main() {}
//= fine
fn two<'a, 'b>(x: &'a str) -> &'b str where 'a: 'b { x }
fn f<'p: 'q, 'q>(s: &'p str) -> &'q str { let h = two::<'p, 'q>; h(s) }
fn main() {}
//= E0597 1
fn f() { let h = Vec::<&'static str>::push; let s = String::new(); let mut v = vec![]; h(&mut v, &s); }
fn main() {}
//= none 2
fn id<T>(t: T) -> T { t }
fn f<'a>(s: &'a str) -> &'static str { let h = id::<&'static str>; h(s) }
fn main() {}
//= E0597 2
fn id<T>(t: T) -> T { t }
fn f() { let h = id; { let s = String::new(); h(&s); } h(&String::new()); }
fn main() {}
//= E0597 2
fn id<T>(t: T) -> T { t }
fn f() { let s = String::new(); let h = id; { let t = String::new(); h(&*t); } h(&*s); }
fn main() {}
//= none 3
struct S<'a>(&'a str); impl<'a> S<'a> { fn m(x: &'a str) {} }
fn hr<F: Fn(&str)>(f: F) {}
fn f() { hr(S::m); }
fn main() {}
//= fine
struct S<'a>(&'a str); impl<'a> S<'a> { fn m<'b>(x: &'b str) {} }
fn hr<F: Fn(&str)>(f: F) {}
fn f() { hr(S::m); }
fn main() {}
//= fine
struct S<'a>(&'a str);
fn hr<F: Fn(&str) -> usize>(f: F) {}
fn one<'a, F: Fn(&'a str) -> S<'a>>(f: F, x: &'a str) -> S<'a> { f(x) }
fn f() { let k = String::new(); one(S, &k); }
fn main() {}
//= none 3
struct S<'a>(&'a str);
fn hr<F>(f: F) where F: for<'x> Fn(&'x str) -> S<'x> {}
fn f() { hr(S); }
fn main() {}
//= E0308 2
fn early<'a>(x: &'a str) -> &'a str where 'a: 'a { x }
fn f() { let h: fn(&str) -> &str = early; }
fn main() {}
//= fine
fn early<'a>(x: &'a str) -> &'a str where 'a: 'a { x }
fn f<'q>(s: &'q str) -> &'q str { let h: fn(&'q str) -> &'q str = early; h(s) }
fn main() {}
//= fine
fn f(v: &[String]) -> Vec<&str> { v.iter().map(String::as_str).collect() }
fn main() {}
//= fine
fn f(v: &[&str]) -> Vec<String> { v.iter().map(ToString::to_string).collect() }
fn main() {}
//= fine
fn f<'a>(v: &'a [Option<&'a str>]) -> Vec<&'a str> { v.iter().copied().map(Option::unwrap_or_default).collect() }
fn main() {}
//= fine
struct P<'a> { s: &'a str } impl<'a> P<'a> { fn new(s: &'a str) -> Self { P { s } } fn get(&self) -> &'a str { self.s } }
fn f<'q>(v: &[&'q str]) -> Vec<&'q str> { let p: Vec<P> = v.iter().copied().map(P::new).collect(); p.iter().map(P::get).collect() }
fn main() {}
//= fine
fn mk<'a>() -> impl Fn(&'a str) -> &'a str { fn id<'x>(s: &'x str) -> &'x str { s } id }
fn f() { let s = String::new(); let r; { let k = String::new(); r = mk()(&s).len(); } }
fn main() {}
//= fine
fn id<T>(t: T) -> T { t }
fn f<'a>(c: bool, x: &'a str) -> &'a str { let g = if c { id::<&'a str> } else { id::<&'a str> }; g(x) }
fn main() {}
//= none 2
struct H<F>(F); fn id<T>(t: T) -> T { t }
fn f<'a>(x: &'a str) -> &'static str { let h = H(id::<&'static str>); (h.0)(x) }
fn main() {}
//= fine
fn call<A, B>(f: fn(A) -> B, a: A) -> B { f(a) } fn id<T>(t: T) -> T { t }
fn f<'a>(x: &'a str) -> &'a str { call(id, x) }
fn main() {}
//= fine
fn bx<'a>() -> Box<dyn Fn(&'a str) -> &'a str + 'a> { fn id<'x>(s: &'x str) -> &'x str where 'x: 'x { s } Box::new(id) }
fn f() { bx(); }
fn main() {}
//= none 1
fn bx<'a>() -> Box<dyn Fn(&'a str) -> &'a str> { fn id<T>(s: T) -> T { s } Box::new(id::<&'a str>) }
fn f() { bx(); }
fn main() {}
//= E0597 2
trait Put<T> { fn put(&mut self, t: T); }
fn f<X: Put<&'static str>>(x: &mut X) { let s = String::new(); x.put(&s); }
fn main() {}
//= E0621 2
trait Put<T> { fn put(&mut self, t: T); }
fn f<'a, X: Put<&'a str>>(x: &mut X, s: &str) { x.put(s); }
fn main() {}
//= fine
trait Put<T> { fn put(&mut self, t: T); }
fn f<'a, X: Put<&'a str>>(x: &mut X, s: &'a str) { x.put(s); x.put("k"); }
fn main() {}
//= fine
trait Put<T> { fn put(&mut self, t: T); }
fn f<X: for<'a> Put<&'a str>>(x: &mut X) { let s = String::new(); x.put(&s); }
fn main() {}
//= E0521 2
trait Put<T> { fn put(&mut self, t: T) {} }
fn f<'a>(x: &mut impl Put<&'static str>, s: &'a str) { x.put(s); }
fn main() {}
//= E0597 2
trait Put { fn put(&mut self, t: &'static str); }
fn f<X: Put>(x: &mut X) { let s = String::new(); x.put(&s); }
fn main() {}
//= E0597 2
trait Put<T> { fn put(&self, t: T); }
fn f<'a, X: Put<Vec<&'a str>>>(x: &X, s: &'a str) { let k = String::new(); x.put(vec![s]); x.put(vec![&k]); }
fn main() {}
//= fine
trait Put<T> { fn put(&self, t: T); }
trait H<'a> { type P: Put<&'a str>; fn p(&self) -> Self::P; }
fn f<'a, X: H<'a>>(x: X, s: &'a str) { x.p().put(s); }
fn main() {}
//= E0621 3
trait Put<T> { fn put(&self, t: T); }
trait H<'a> { type P: Put<&'a str>; fn p(&self) -> Self::P; }
fn f<'a, X: H<'a>>(x: X, s: &str) { x.p().put(s); }
fn main() {}
//= E0521 3
trait A<'a> { fn put(&self, t: &'a str); }
trait H { type P: A<'static>; fn p(&self) -> Self::P; }
fn f<X: H>(x: X, s: &str) { x.p().put(s); }
fn main() {}
//= fine
trait Put<T> { fn put(&mut self, t: T); }
fn f<T: Clone, X: Put<T>>(x: &mut X, t: &T) { x.put(t.clone()); }
fn main() {}
//= E0597 2
trait A: Put<&'static str> {} trait Put<T> { fn put(&mut self, t: T); }
fn f<X: A>(x: &mut X) { let s = String::new(); x.put(&s); }
fn main() {}
//= fine
trait A<'a>: Put<&'a str> {} trait Put<T> { fn put(&mut self, t: T); }
fn f<'a, X: A<'a>>(x: &mut X, s: &'a str) { x.put(s); }
fn main() {}
//= fine
fn apply<'a>(fs: &[fn(&'a str) -> &'a str], s: &'a str) -> &'a str { let mut r = s; for f in fs { r = f(r); } r }
fn f() -> String { let s = String::from("a"); apply(&[str::trim], &s).to_string() }
fn main() {}
//= fine
fn apply(fs: &[fn(&str) -> &str]) {}
fn f() { apply(&[str::trim, str::trim_start]) }
fn main() {}
//= fine
fn a(x: &str) -> &str { x } fn b(x: &str) -> &str { x }
fn f<'a>(x: &'a str) -> &'a str { let fs = [a, b]; let mut r = x; for f in fs { r = f(r); } r }
fn main() {}
//= fine
fn a(x: &str) -> &str { x } fn b(x: &str) -> &str { x }
fn f<'a>(x: &'a str) -> &'a str { let g = if x.len() > 3 { a } else { b }; let f: fn(&'a str) -> &'a str = g; f(x) }
fn main() {}
//= E0308 2
fn a(x: &str) -> &str { x } fn b(x: &'static str) -> &'static str { x }
fn f<'a>(x: &'a str) -> &'a str { let fs = [a, b]; fs[0](x) }
fn main() {}
//= E0308 1
fn f(v: &mut Vec<fn(&str)>) { let w: &mut Vec<fn(&'static str)> = v; }
fn main() {}
//= fine
fn f(v: &mut Vec<for<'a> fn(&'a str) -> &'a str>) { fn a(x: &str) -> &str { x } v.push(a); v.push(str::trim); }
fn main() {}
//= E0308 1
fn f(v: &mut Vec<fn(&'static str)>) { let w: &mut Vec<fn(&str)> = v; }
fn main() {}
//= E0308 2
use std::cell::Cell;
fn f(v: &Cell<fn(&str)>) { let w: &Cell<fn(&'static str)> = v; }
fn main() {}
//= E0308 1
fn f<'a>(v: &'a mut fn(&str)) -> &'a mut fn(&'static str) { v }
fn main() {}
//= fine
fn f<'a>(v: &'a fn(&str)) -> &'a fn(&'static str) { v }
fn main() {}
//= E0308 2
fn g(v: &mut Vec<fn(&'static str)>) {}
fn f(v: &mut Vec<fn(&str)>) { g(v) }
fn main() {}
//= fine
fn g(v: &mut Vec<fn(&str)>) {}
fn f(v: &mut Vec<fn(&str)>) { g(v); g(v); let mut k: Vec<fn(&str)> = Vec::new(); g(&mut k); }
fn main() {}
//= fine
struct C<T>(fn(T));
fn f(c: C<fn(&'static str)>) -> C<fn(&str)> { c }
fn main() {}
//= E0308 2
struct C<T>(fn(T));
fn f(c: C<fn(&str)>) -> C<fn(&'static str)> { c }
fn main() {}
//= E0308 1
fn f(v: &mut Box<dyn Fn(&str)>) { let w: &mut Box<dyn Fn(&'static str)> = v; }
fn main() {}
//= fine
fn f(v: Box<dyn Fn(&str)>) -> Box<dyn Fn(&'static str)> { v }
fn main() {}
//= fine
fn f(v: &mut Vec<Box<dyn Fn(&str) -> &str>>) { v.push(Box::new(|x| x)); v[0]("a"); for g in v.iter_mut() { g("k"); } }
fn main() {}
//= fine
use std::collections::HashMap;
fn f(m: &mut HashMap<String, fn(&[&str]) -> i32>) { fn a(x: &[&str]) -> i32 { 0 } m.insert(String::new(), a); let s = String::new(); if let Some(h) = m.get("a") { h(&[&s]); } }
fn main() {}
//= fine
fn f<'a>(v: &mut Vec<fn(&'a str)>, s: &'a str) { fn a(x: &str) {} v.push(a); v[0](s); }
fn main() {}
//= fine
struct C<T>(fn(T));
fn f<'a>(c: C<fn(&'a str)>) -> C<fn(&str)> { c }
fn main() {}
//= E0308 3
struct W<T>(std::cell::RefCell<Vec<T>>);
fn g(w: &W<fn(&'static str)>) {}
fn f(w: &W<fn(&str)>) { g(w) }
fn main() {}
//= fine
fn every<F: for<'x> Fn(&'x String) -> &'x String>(r: &String, f: F) -> &String { r }
fn f(p: &'static String) { every(p, |w| p); every(p, |w| w); }
fn main() {}
//= fine
fn every<F: for<'x> Fn(&'x &'static str) -> &'x str>(f: F) {}
fn f(p: &'static str) { every(|w| p); }
fn main() {}
//= fine
fn every<'c, F: for<'x> Fn(&'x &'c str) -> &'x str>(r: &'c str, f: F) {}
fn f<'b>(p: &'b str) { every(p, |w| p); }
fn main() {}
//= E0521 2
fn every<F: FnMut(&mut Vec<&String>)>(f: F) {}
fn f<'b>(p: &'b String) { every(|v| v.push(p)); }
fn main() {}
//= fine
fn every<F: FnMut(&mut Vec<&String>)>(f: F) {}
fn f(p: &'static String) { every(|v| v.push(p)); }
fn main() {}
//= E0521 1
fn f<'b>(p: &'b String) { let g = |v: &mut Vec<&String>| v.push(p); }
fn main() {}
//= fine
fn f(p: &'static String) { let g = |v: &mut Vec<&String>| v.push(p); }
fn main() {}
//= fine
fn f<'b>(p: &'b String) { let g: &dyn Fn(&String) -> &'b String = &|w| p; }
fn main() {}
//= fine
fn f<'b>(p: &'b str) { let g: fn(&str) -> &str = |w| w; g(p); let h = |w: &str| p.len() + w.len(); h("a"); }
fn main() {}
//= fine
fn f<'b>(p: &'b [String], k: &'b String) -> Vec<&'b String> { p.iter().map(|w| if w.len() > 2 { w } else { k }).collect() }
fn main() {}
//= fine
fn f<'b>(p: &'b str, k: &mut Vec<&'b str>) { k.iter_mut().for_each(|w| *w = p); k.retain(|w| *w != p); }
fn main() {}
//= fine
fn f<'b>(p: &'b str, k: &mut Vec<&'b str>) { k.sort_by(|a, b| a.cmp(b)); k.sort_by_key(|a| a.len()); k.dedup_by(|a, b| { *a = p; a == b }); }
fn main() {}
//= fine
fn f<'b>(p: &'b str, k: &mut Vec<&'b str>) { k.iter_mut().for_each(|w: &mut &str| *w = p); }
fn main() {}
//= fine
fn each<'c, F: FnMut(&mut &'c str)>(f: F, r: &'c str) {}
fn f<'b>(p: &'b str, q: &'b str) { each(|w| *w = p, q); }
fn main() {}
//= fine
fn each<'c, F: FnMut(&mut &'c str)>(f: F, r: &'c str) {}
fn f<'a, 'b>(p: &'b str, q: &'a str) { each(|w| *w = p, q); let t = String::new(); each(|w| *w = p, &t); }
fn main() {}
//= none 2
fn each<'c, F: FnMut(&mut &'c str)>(f: F, r: &'c str) {}
fn f<'a, 'b>(p: &'b str, q: &'static str) -> &'static str { let mut k = ""; each(|w| { *w = p; k = *w }, q); k }
fn main() {}
//= fine
use std::collections::HashMap;
fn f<'a>(m: &mut HashMap<&'a str, Vec<&'a str>>, k: &'a str) { m.entry(k).and_modify(|v| v.push(k)).or_insert_with(|| vec![k]); m.values_mut().for_each(|v| v.push(k)); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn f<'s>(g: fn(&String)) { let mut v4 = *(make::<Box<Option<fn(&String)>>>()).get_or_insert_with(|| g); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn f<'s>(g: fn(&'s String)) { let mut v4 = *(make::<Box<Option<fn(&'s String)>>>()).get_or_insert_with(|| g); }
fn main() {}
//= fine
fn id<T>(t: T) -> T { t }
fn f<'s>(g: fn(&'s String), h: fn(&String)) { id::<fn(&String)>(h); id::<fn(&'s String)>(g); id::<fn(&'s String)>(h); }
fn main() {}
//= E0308 2
fn id<T>(t: T) -> T { t }
fn f<'s>(g: fn(&'s String)) { id::<fn(&String)>(g); }
fn main() {}
//= fine
fn f<'b>(p: &'b String) { let g: Box<dyn Fn(&String) -> usize + 'b> = Box::new(|w| p.len()); }
fn main() {}
//= E0597 1
fn f<'b>(p: &'b String) { let g: Box<dyn Fn(&String) -> &'b String + 'b> = Box::new(|w| p); }
fn main() {}
//= E0521 4
trait A { type O; }
impl A for &'static str { type O = i32; }
fn g<T: A>(t: T) -> Option<T::O> { None }
fn f<'x>(s: &'x str) { g(s); }
fn main() {}
//= fine
trait A { type O; }
impl<'a, 'b: 'a> A for (&'a str, &'b str) { type O = &'a str; }
fn g<T: A>(t: T) -> Option<T::O> { None }
fn f<'x, 'y>(s: &'x str, t: &'y str) { g((s, t)); }
fn main() {}
//= fine
trait A { type O; }
impl<'a, 'b: 'a> A for (&'a str, &'b str) { type O = &'a str; }
fn f<'x, 'y: 'x>(s: &'x str, t: &'y str) -> Option<<(&'x str, &'y str) as A>::O> { None }
fn main() {}
//= E0521 4
trait A { type O; fn go(self) -> Self::O; }
trait L {} impl L for &'static str {}
impl<T: L> A for Option<T> { type O = T; fn go(self) -> T { self.unwrap() } }
fn f<'x>(s: &'x str) -> &'x str { Some(s).go() }
fn main() {}
//= fine
trait A { type O; fn go(self) -> Self::O; }
trait L {} impl L for &'static str {}
impl<T: L> A for Option<T> { type O = T; fn go(self) -> T { self.unwrap() } }
fn f<'x>(s: &'static str) -> &'x str { Some(s).go() }
fn main() {}
//= E0521 3
trait A { type O; fn go(self) -> Self::O; }
impl<T: 'static> A for Option<T> { type O = T; fn go(self) -> T { self.unwrap() } }
fn f<'x>(s: &'x str) -> &'x str { Some(s).go() }
fn main() {}
//= none 4
trait A { type O; }
impl<T: 'static> A for Option<T> { type O = i32; }
struct S<X: A>(X, X::O);
fn f<'x>(s: &'x str) { let k = S(Some(s), 3); }
fn main() {}
//= fine
trait A { type O; }
impl<T: 'static> A for Option<T> { type O = i32; }
fn f<T: 'static>(s: T) { let k: <Option<T> as A>::O = 3; }
fn main() {}
//= fine
trait A { type O; }
impl<'a, T: 'a> A for (&'a i32, Option<T>) { type O = &'a i32; }
struct S<'a, T: 'a>(<(&'a i32, Option<T>) as A>::O);
fn main() {}
//= fine
trait It { type N; fn n(&mut self) -> Option<Self::N>; }
struct M<I, F>(I, F);
impl<I: It, B, F: FnMut(I::N) -> B> It for M<I, F> { type N = B; fn n(&mut self) -> Option<B> { self.0.n().map(&mut self.1) } }
struct W<'a>(&'a [i32]); impl<'a> It for W<'a> { type N = &'a i32; fn n(&mut self) -> Option<&'a i32> { self.0.first() } }
fn f() { let k = vec![1]; let r; { let v = vec![1]; let mut m = M(W(&v), |x: &i32| *x); r = m.n(); } r; }
fn main() {}
//= E0597 5
trait It { type N; fn n(&mut self) -> Option<Self::N>; }
struct M<I, F>(I, F);
impl<I: It, B, F: FnMut(I::N) -> B> It for M<I, F> { type N = B; fn n(&mut self) -> Option<B> { self.0.n().map(&mut self.1) } }
struct W<'a>(&'a [i32]); impl<'a> It for W<'a> { type N = &'a i32; fn n(&mut self) -> Option<&'a i32> { self.0.first() } }
fn f() { let r; { let v = vec![1]; let mut m = M(W(&v), |x| x); r = m.n(); } r; }
fn main() {}
//= E0521 4
trait Tr { type Out; } struct Q<T>(T);
impl<'a> Tr for Q<&'a i32> where &'a i32: Lg { type Out = i32; } trait Lg {} impl Lg for &'static i32 {}
fn g<T: Tr>(t: T, o: T::Out) {}
fn f<'x>(x: &'x i32) { g(Q(x), 1); }
fn main() {}
//= fine
trait Tr { type Out; } struct Q<T>(T);
impl<'a> Tr for Q<&'a i32> where &'a i32: Lg { type Out = i32; } trait Lg {} impl Lg for &'static i32 {}
fn g<T: Tr>(t: T, o: T::Out) {}
fn f(x: &'static i32) { g(Q(x), 1); }
fn main() {}
//= E0521 3
trait Lg {} impl Lg for &'static i32 {}
fn g<T>(t: T) where Option<T>: Pg {} trait Pg {} impl Pg for Option<&'static i32> {}
fn f<'x>(x: &'x i32) { g(x); }
fn main() {}
//= E0521 4
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
trait Lg {} impl Lg for &'static str {}
fn g<T: It>(t: T) where T::N: Lg {}
fn f<'x>(x: &'x str) { g(x); }
fn main() {}
//= fine
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
trait Lg {} impl Lg for &'static str {}
fn g<T: It>(t: T) where T::N: Lg {}
fn f(x: &'static str) { g(x); }
fn main() {}
//= E0521 3
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
fn g<T: It>(t: T) where T::N: 'static {}
fn f<'x>(x: &'x str) { g(x); }
fn main() {}
//= E0310 3
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
fn g<T: It>(t: T) where T::N: 'static {}
fn f<U: It>(x: U) { g(x); }
fn main() {}
//= fine
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
fn g<T: It>(t: T) where T::N: 'static {}
fn f<U: It>(x: U) where U::N: 'static { g(x); }
fn main() {}
//= none 3
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
struct S<T: It>(T) where T::N: 'static;
fn f<'x>(x: &'x str) { S(x); }
fn main() {}
//= E0521 3
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
trait K { fn k(&self) {} } impl<T: It> K for Option<T> where T::N: 'static {}
fn f<'x>(x: &'x str) { Some(x).k(); }
fn main() {}
//= E0521 3
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
trait K { type Z; fn k(&self) -> Self::Z; } impl<T: It> K for Option<T> where T::N: 'static { type Z = i32; fn k(&self) -> i32 { 1 } }
fn f<'x>(x: &'x str) -> i32 { Some(x).k() }
fn main() {}
//= fine
trait It { type N; } impl<'a> It for &'a str { type N = &'a str; }
trait K { type Z; fn k(&self) -> Self::Z; } impl<T: It> K for Option<T> where T::N: 'static { type Z = i32; fn k(&self) -> i32 { 1 } }
fn f(x: &'static str) -> i32 { Some(x).k() }
fn main() {}
//= fine
fn g<'a, T: PartialEq<&'static str>>(t: T) {}
fn f(x: &str) { g(x); }
fn main() {}
//= E0521 2
fn g<T>(v: &[T]) where [T]: Lst {} trait Lst {} impl Lst for [&'static str] {}
fn f(x: &str) { g(&[x]); }
fn main() {}
//= fine
fn g<'a, T>(t: &'a T) where &'a T: Lst {} trait Lst {} impl<'a> Lst for &'a i32 {}
fn f(x: i32) { g(&x); }
fn main() {}
//= E0597 2
fn g<'a, T>(t: &'a T) where &'a T: Lst {} trait Lst {} impl Lst for &'static i32 {}
fn f(x: i32) { g(&x); }
fn main() {}
//= fine
fn g<T>(t: &T) where for<'a> &'a T: Lst {} trait Lst {} impl<'a> Lst for &'a i32 {}
fn f(x: i32) { g(&x); }
fn main() {}
//= none 2
fn g<T>(t: &T) where for<'a> &'a T: Lst {} trait Lst {} impl Lst for &'static i32 {}
fn f(x: i32) { g(&x); }
fn main() {}
//= fine
trait It { type N; fn n(&self) -> Self::N; }
fn f<U: It + 'static>(x: U) -> Box<dyn Fn(U::N)> { Box::new(|_| ()) }
fn g<U: It>(x: U) -> Box<dyn std::fmt::Debug> where U::N: std::fmt::Debug + 'static { Box::new(x.n()) }
fn main() {}
//= E0310 2
trait It { type N; fn n(&self) -> Self::N; }
fn g<U: It>(x: U) -> Box<dyn std::fmt::Debug> where U::N: std::fmt::Debug { Box::new(x.n()) }
fn main() {}
//= fine
trait It { type N: 'static + std::fmt::Debug; fn n(&self) -> Self::N; }
fn g<U: It>(x: U) -> Box<dyn std::fmt::Debug> { Box::new(x.n()) }
fn main() {}
//= fine
trait It { type N: std::fmt::Debug; fn n(&self) -> Self::N; }
fn g<'a, U: It + 'a>(x: U) -> Box<dyn std::fmt::Debug + 'a> { Box::new(x.n()) }
fn main() {}
//= fine
trait It { type N: std::fmt::Debug; fn n(&self) -> Self::N; }
fn g<'a, U: It>(x: &'a U) -> Box<dyn std::fmt::Debug + 'a> { Box::new(x.n()) }
fn main() {}
//= E0309 2
trait It { type N: std::fmt::Debug; fn n(&self) -> Self::N; }
fn g<'a, U: It>(x: U, k: &'a i32) -> Box<dyn std::fmt::Debug + 'a> { Box::new(x.n()) }
fn main() {}
//= fine
fn g<'a, I: Iterator + 'a>(i: I) -> Box<dyn Iterator<Item = I::Item> + 'a> { Box::new(i.take(2)) }
fn main() {}
//= fine
fn g<'a, I>(i: I) -> Box<dyn Iterator<Item = I::Item> + 'a> where I: Iterator + 'a, I::Item: Clone { let v: Vec<I::Item> = i.collect(); Box::new(v.into_iter()) }
fn main() {}
//= E0309 1
fn g<'a, I>(i: I) -> Box<dyn Iterator<Item = I::Item> + 'a> where I: Iterator { let v: Vec<I::Item> = i.collect(); Box::new(v.into_iter()) }
fn main() {}
//= fine
fn g<I>(i: I) -> usize where I: IntoIterator, I::Item: AsRef<str> { i.into_iter().map(|x| x.as_ref().len()).sum() }
fn f(v: &[String], w: Vec<&str>) { g(v); g(w); }
fn main() {}
//= fine
fn g<'a, I>(i: I) -> Vec<&'a str> where I: IntoIterator<Item = &'a str> { i.into_iter().collect() }
fn f(w: Vec<&str>) -> usize { let s = String::new(); g(vec![&*s]).len() + g(w).len() }
fn main() {}
//= fine
fn g<T>(t: &T) -> T::Owned where T: ToOwned + ?Sized { t.to_owned() }
fn f(s: &str) -> String { g(s) }
fn main() {}
//= E0308 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, 'b, X: T<'a>>(R<'b, X>, &'a i32);
fn main() {}
//= fine
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, X: T<'a>>(R<'a, X>);
fn main() {}
//= fine
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, X: for<'z> T<'z>>(R<'a, X>);
fn main() {}
//= E0623 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
fn f<'a, 'b, X: T<'a>>(r: R<'b, X>, q: &'a i32) {}
fn main() {}
//= fine
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
fn f<'a, X: T<'a>>(r: R<'a, X>) {}
fn main() {}
//= E0308 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
fn f<'a, 'b, X: T<'a>>(x: X, q: &'a i32) -> Option<R<'b, X>> { None }
fn main() {}
//= E0308 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
impl<'a, 'b, X: T<'a>> R<'b, X> { fn g(&self, q: &'a i32) {} }
fn main() {}
//= E0308 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
trait U {} impl<'a, 'b, X: T<'b>> U for (R<'a, X>, &'b i32) {}
fn main() {}
//= E0308 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
enum E<'a, 'b, X: T<'a>> { A(R<'b, X>), B(&'a i32) }
fn main() {}
//= fine
trait T<'a> {} trait W<'a>: T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, X: W<'a>>(R<'a, X>);
fn main() {}
//= E0308 3
trait T<'a> {} trait W<'a>: T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, 'b, X: W<'a>>(R<'b, X>, &'a i32);
fn main() {}
//= fine
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<X: T<'static>>(R<'static, X>);
fn main() {}
//= E0308 3
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, X: T<'static>>(R<'a, X>);
fn main() {}
//= fine
trait T<'a> {} struct N; impl<'a> T<'a> for N {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, 'b>(R<'a, N>, R<'b, N>);
fn main() {}
//= fine
trait T<'a> {} struct N; impl T<'static> for N {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q(R<'static, N>);
fn main() {}
//= fine
trait T<'a> {} struct N<'a>(&'a i32); impl<'a> T<'a> for N<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a>(R<'a, N<'a>>);
fn main() {}
//= E0308 4
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
type A<'a, 'b, X> = R<'b, X>;
trait G<'a, 'b, X: T<'a>> { fn g(r: R<'b, X>); }
fn main() {}
//= fine
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
trait G<'a, X: T<'a>> { fn g(r: R<'a, X>); }
fn main() {}
//= fine
trait T<'a> {}
struct R<'a, X: T<'a>>(X, &'a i32);
fn f<'a, X: T<'a>>(x: X, q: &'a i32) { let r: R<'a, X> = R(x, q); let k = 1; }
fn main() {}
//= E0308 3
trait T<A> {}
struct R<'a, X: T<&'a i32>>(X, &'a i32);
struct Q<'a, 'b, X: T<&'a i32>>(R<'b, X>, &'a i32);
fn main() {}
//= fine
trait T<A> {}
struct R<'a, X: T<&'a i32>>(X, &'a i32);
struct Q<'a, 'b, X: T<&'b i32>>(R<'b, X>, &'a i32);
fn main() {}
//= none 3
trait T<'a> {}
fn r<'a, X: T<'a>>(x: &X, y: &'a i32) {}
fn f<'a, 'b, X: T<'a>>(x: &X, y: &'b i32) { r(x, y) }
fn main() {}
//= fine
trait T<'a> {}
fn r<'a, X: T<'a>>(x: &X, y: &'a i32) {}
fn f<'a, 'b: 'a, X: T<'a>>(x: &X, y: &'b i32) { r(x, y) }
fn main() {}
//= none 2
trait T<'a> { fn m(&self, x: &'a i32); }
fn f<'a, 'b, X: T<'a>>(x: &X, y: &'b i32, z: &'a i32) { x.m(y); }
fn main() {}
//= E0597 2
trait T<'a> { fn m(&self, x: &'a i32); }
fn f<'a, X: T<'a>>(x: &X, z: &'a i32) { let k = 1; x.m(&k); }
fn main() {}
//= none 2
trait T<'a> { fn m(&self) -> &'a i32; }
fn f<'a, 'b, X: T<'a>>(x: &X, y: &'b i32) -> &'b i32 { x.m() }
fn main() {}
//= fine
trait T<'a> { fn m(&self) -> &'a i32; }
fn f<'a: 'b, 'b, X: T<'a>>(x: &X, y: &'b i32) -> &'b i32 { x.m() }
fn main() {}
//= E0310 3
trait A { type O; }
impl<T: 'static> A for Option<T> { type O = i32; }
fn f<T>(s: T, k: <Option<T> as A>::O) {}
fn main() {}
//= E0309 3
trait A { type O; }
impl<'a, T: 'a> A for (&'a i32, Option<T>) { type O = &'a i32; }
struct S<'a, T>(<(&'a i32, Option<T>) as A>::O);
fn main() {}
//= fine
trait Src<'a> { type Out; } struct W<'a>(&'a i32); impl<'a> Src<'a> for W<'a> { type Out = &'a i32; }
struct S<'a, X: Src<'a>>(X::Out, &'a i32);
fn f<'a>(s: S<'a, W<'a>>) -> &'a i32 { s.0 }
fn main() {}
//= E0623 3
trait Src<'a> { type Out; } struct W<'a>(&'a i32); impl<'a> Src<'a> for W<'a> { type Out = &'a i32; }
struct S<'a, X: Src<'a>>(X::Out, &'a i32);
fn f<'a, 'b>(s: S<'a, W<'b>>) {}
fn main() {}
//= fine
struct P<I: Iterator>(I, Option<I::Item>);
impl<'a, I: Iterator<Item = &'a str>> P<I> { fn n(&mut self) -> Option<&'a str> { self.1.take() } }
fn f<'a>(v: &'a [&'a str]) -> P<std::iter::Copied<std::slice::Iter<'a, &'a str>>> { P(v.iter().copied(), None) }
fn main() {}
//= fine
struct P<I: Iterator>(I, Option<<I as Iterator>::Item>);
fn f<'a, 'b>(p: &'b mut P<std::vec::IntoIter<&'a str>>) -> Option<&'a str> { p.1 }
fn main() {}
//= fine
struct K<'a, T: PartialEq<&'a str>>(T, &'a str);
fn f<'a, 'b>(k: K<'a, &'b str>) {}
fn main() {}
//= fine
struct K<T: std::ops::Add<Output = T>>(T);
fn f<'a>(k: &'a K<i32>) -> &'a i32 { &k.0 }
fn main() {}
//= fine
struct M<F>(F) where F: Fn(&str) -> &str;
impl<F: Fn(&str) -> &str> M<F> { fn go<'a>(&self, s: &'a str) -> &'a str { (self.0)(s) } }
fn main() {}
//= fine
trait T<'a> {} struct R<'a, X: T<'a>>(X, &'a i32);
struct Q<'a, X>(R<'a, X>) where X: for<'z> T<'z>;
fn f<'a, X: for<'z> T<'z>>(q: Q<'a, X>) -> R<'a, X> { q.0 }
fn main() {}
//= fine
trait T<'a> {} struct R<'a, X: T<'a>>(X, &'a i32);
impl<'a, X: T<'a>> R<'a, X> { fn a(&self) -> &X { &self.0 } fn b<'q>(&'q mut self) -> &'q mut R<'a, X> { self } fn c(self) -> Option<R<'a, X>> { Some(self) } }
fn main() {}
//= fine
trait T<'a> { type O; } struct R<'a, X: T<'a>>(X::O, &'a i32);
impl<'a, X: T<'a>> Clone for R<'a, X> where X::O: Clone { fn clone(&self) -> Self { R(self.0.clone(), self.1) } }
fn main() {}
//= fine
trait V<'s> { type Val: 's; fn v(&self) -> Self::Val; }
fn all<'s, T: V<'s>>(x: &[T]) -> Vec<<T as V<'s>>::Val> { x.iter().map(|y| y.v()).collect() }
fn main() {}
//= fine
trait V<'s> { type Val: 's; }
struct H<'s, T: V<'s>> { v: Vec<T::Val>, s: &'s str }
impl<'s, T: V<'s>> H<'s, T> { fn first(&self) -> Option<&T::Val> { self.v.first() } }
fn main() {}
//= fine
use std::borrow::Cow;
struct D<'a>(Cow<'a, str>, Vec<Cow<'a, [i32]>>);
fn f<'a>(s: &'a str) -> D<'a> { D(Cow::Borrowed(s), vec![]) }
fn main() {}
//= fine
trait Shape<'a> {} impl<'a, 'b> Shape<'a> for &'b str {} struct G<'a, S: Shape<'a>>(S, &'a str);
fn f<'x, 'y>(a: &'x str, b: &'y str) -> G<'x, &'y str> { G(b, a) }
fn main() {}
//= fine
trait Shape<'a> {} impl<'a> Shape<'a> for &'a str {} struct G<'a, S: Shape<'a>>(S, &'a str);
enum En<'a> { A(G<'a, &'a str>), B(Box<En<'a>>) }
fn main() {}
//= fine
trait T { type I; type O; fn n<'a>(&mut self, x: &'a str) -> Option<Self::O>; }
struct M<I, F>(I, F);
impl<B, I: Iterator, F: FnMut(I::Item) -> B> T for M<I, F> { type I = I; type O = B; fn n<'a>(&mut self, x: &'a str) -> Option<B> { None } }
fn main() {}
//= E0308 3
trait T { type O; fn put(&self, x: &str, o: Self::O) -> Option<Self::O>; }
struct M<I, F>(I, F);
impl<B, I: Iterator, F: Fn(I::Item) -> B> T for M<I, F> { type O = B; fn put(&self, x: &'static str, o: B) -> Option<B> { None } }
fn main() {}
//= none 3
trait T { type O; fn put<'a, 'b>(&self, x: &'a str, y: &'b str, o: Option<Self::O>) -> (Option<Self::O>, &'a str); }
struct M<I, F>(I, F);
impl<B, I: Iterator, F: Fn(I::Item) -> B> T for M<I, F> { type O = B; fn put<'a, 'b>(&self, x: &'a str, y: &'b str, o: Option<B>) -> (Option<B>, &'b str) { (o, y) } }
fn main() {}
//= fine
trait T { type O; fn put<'a, 'b>(&self, x: &'a str, y: &'b str, o: Option<Self::O>) -> (Option<Self::O>, &'a str); }
struct M<I, F>(I, F);
impl<B, I: Iterator, F: Fn(I::Item) -> B> T for M<I, F> { type O = B; fn put<'a, 'b>(&self, x: &'a str, y: &'b str, o: Option<B>) -> (Option<B>, &'a str) { (o, x) } }
fn main() {}
//= E0308 3
trait T { type O; fn put<'a>(&self, o: Option<(Self::O, &'a str)>); }
struct M<I, F>(I, F);
impl<B, I: Iterator, F: Fn(I::Item) -> B> T for M<I, F> { type O = B; fn put<'a>(&self, o: Option<(B, &'static str)>) { } }
fn main() {}
//= fine
trait T { type O; fn put<'a>(&self, o: Option<(Self::O, &'a str)>); }
struct M<I, F>(I, F);
impl<B, I: Iterator, F: Fn(I::Item) -> B> T for M<I, F> { type O = B; fn put(&self, o: Option<(B, &str)>) { } }
fn main() {}
//= fine
trait T<'t> { type O; fn put(&self, o: Option<(Self::O, &'t str)>); }
struct M<I, F>(I, F);
impl<'s, B: 's, I: Iterator<Item = &'s B>, F: Fn(I::Item) -> i32> T<'s> for M<I, F> { type O = B; fn put(&self, o: Option<(B, &'s str)>) { } }
fn main() {}
//= E0308 3
trait T<'t> { type O; fn put(&self, o: Option<(Self::O, &'t str)>); }
struct M<I, F>(I, F);
impl<'r, 's, B: 's, I: Iterator<Item = &'s B>, F: Fn(I::Item) -> i32> T<'r> for M<I, F> { type O = B; fn put(&self, o: Option<(B, &'s str)>) { } }
fn main() {}
//= fine
trait T<'t> { type O; fn get(&self) -> Option<(Self::O, &'t i32)>; }
struct M<I>(I);
impl<'s, B: 's, I: Iterator<Item = &'s B>> T<'s> for M<I> { type O = I::Item; fn get(&self) -> Option<(&'s B, &'s i32)> { None } }
fn main() {}
//= E0308 3
trait T<'t> { type O; fn get(&self) -> Option<(Self::O, &'t i32)>; }
struct M<I>(I);
impl<'r, 's, B: 's, I: Iterator<Item = &'s B>> T<'s> for (M<I>, &'r i32) { type O = I::Item; fn get(&self) -> Option<(&'s B, &'r i32)> { None } }
fn main() {}
//= fine
trait P<'a> {}
trait T { fn m<'a>(&self, x: impl P<'a>, y: &'a str); }
struct S; impl T for S { fn m<'a>(&self, x: impl P<'a>, y: &'a str) {} }
fn main() {}
//= E0308 3
trait P<'a> {}
trait T { fn m<'a, 'b>(&self, x: impl P<'a>, y: impl P<'b>); }
struct S; impl T for S { fn m<'a, 'b>(&self, x: impl P<'b>, y: impl P<'a>) {} }
fn main() {}
//= E0195 3
trait P<'a> {}
trait T { fn m(&self, x: impl P<'static>); }
struct S; impl T for S { fn m<'a>(&self, x: impl P<'a>) {} }
fn main() {}
//= E0308 3
trait P<'a> {}
trait T { fn m<'a, 'b>(&self, x: impl P<'a>, y: &'b str); }
struct S; impl T for S { fn m<'a, 'b>(&self, x: impl P<'b>, y: &'b str) {} }
fn main() {}
//= fine
trait T { fn m<'a>(&self, x: impl Iterator<Item = &'a str>) -> &'a str; }
struct S; impl T for S { fn m<'a>(&self, mut x: impl Iterator<Item = &'a str>) -> &'a str { x.next().unwrap() } }
fn main() {}
//= E0308 2
trait T { fn m<'a, 'b>(&self, x: impl Iterator<Item = &'a str>, y: &'b str) -> &'b str; }
struct S; impl T for S { fn m<'a, 'b>(&self, mut x: impl Iterator<Item = &'b str>, y: &'b str) -> &'b str { x.next().unwrap() } }
fn main() {}
//= fine
trait T { fn m(&self, x: impl Fn(&str) -> &str); }
struct S; impl T for S { fn m(&self, x: impl Fn(&str) -> &str) {} }
fn main() {}
//= fine
trait T { fn m<'a>(&self, x: impl Fn(&'a str)); }
struct S; impl T for S { fn m<'a>(&self, x: impl Fn(&'a str)) {} }
fn main() {}
//= fine
trait T { fn m(&self, x: impl Fn(&str)); }
struct S; impl T for S { fn m(&self, x: impl Fn(&'static str)) {} }
fn main() {}
//= fine
trait T { fn m(&self, x: impl 'static + Copy); }
struct S; impl T for S { fn m(&self, x: impl Copy) {} }
fn main() {}
//= E0276 2
trait T { fn m(&self, x: impl Copy); }
struct S; impl T for S { fn m(&self, x: impl Copy + 'static) {} }
fn main() {}
//= fine
trait T { fn m<'a>(&self, x: impl Copy + 'a, y: &'a i32); }
struct S; impl T for S { fn m<'b>(&self, x: impl Copy + 'b, y: &'b i32) {} }
fn main() {}
//= fine
trait P<'a> {} trait T<'t> { fn m(&self, x: impl P<'t>); }
struct S<'s>(&'s str); impl<'s> T<'s> for S<'s> { fn m(&self, x: impl P<'s>) {} }
fn main() {}
//= E0308 2
trait P<'a> {} trait T<'t> { fn m(&self, x: impl P<'t>); }
struct S<'s>(&'s str); impl<'r, 's> T<'r> for S<'s> { fn m(&self, x: impl P<'s>) {} }
fn main() {}
//= fine
trait P<'a> {} trait T { fn m(&self, x: impl for<'x> P<'x>); }
struct S; impl T for S { fn m(&self, x: impl P<'static>) {} }
fn main() {}
//= E0276 2
trait P<'a> {} trait T { fn m(&self, x: impl P<'static>); }
struct S; impl T for S { fn m(&self, x: impl for<'x> P<'x>) {} }
fn main() {}
//= fine
trait P<X> {} trait T { fn m<'a>(&self, x: impl P<&'a str>); }
struct S; impl T for S { fn m<'q>(&self, x: impl P<&'q str>) {} }
fn main() {}
//= fine
trait P<'a> {} trait T { fn m<'a, X: P<'a>>(&self, x: X); }
struct S; impl T for S { fn m<'q, X: P<'q>>(&self, x: X) {} }
fn main() {}
//= fine
use std::cell::Cell;
fn make<T>() -> T { loop {} }
fn a(s: &String) { (*make::<&mut fn(&String)>())(s); }
fn b(s: &String) { (*make::<&mut Cell<fn(&String)>>().get_mut())(s); }
fn d(s: &String) { (*make::<&mut [&mut fn(&String)]>().last_mut().unwrap())(s); }
struct Other<'a> { f: fn(&'a String) }
fn main() {}
//= fine
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn make<T>() -> T { loop {} }
fn c<'a>() -> fn(&'a String) { (make::<&mut Makes<'_, fn(&String)>>())() }
fn d() { make::<Box<Makes<'_, Option<Box<dyn Fn(&String) -> &String + '_>>>>>()(); }
fn main() {}
//= fine
const F: fn(&str) -> usize = g;
static S: fn(&str) -> usize = g;
const O: Option<fn(&str) -> usize> = None;
struct Other<'a> { f: fn(&'a str) -> usize }
fn g(s: &str) -> usize { s.len() }
fn a() { let s = String::new(); F(&s); S(&s); let h = F; h(&s); let v = vec![F, S]; for k in v { k(&s); } }
fn b() { let s = String::new(); if let Some(k) = O { k(&s); } let mut o = O; o = Some(g); o.unwrap()(&s); }
fn main() {}
//= fine
use std::cell::Cell;
fn a<'s>(h: fn(&String)) { let c: Cell<fn(&'s String)> = Cell::new(h); }
fn b<'s>(h: fn(&String)) { let c: Cell<fn(&String)> = Cell::new(h); let s = String::new(); c.get()(&s); }
fn c<'s>(h: fn(&'s String), k: fn(&String)) { let mut v = Vec::new(); v.push(h); v.push(k); }
fn d<'s>(h: fn(&'s String), k: fn(&String)) {
    let mut v = None; if true { v = Some(k); }
    let s = String::new(); v.unwrap()(&s); let mut w = None; w = Some(h);
}
fn main() {}
//= fine
fn e<'s>(h: fn(&'s String), s: &'s String) { let c = || h; c()(s); let d = |k: fn(&'s String)| k(s); d(h); }
fn f<'s>(h: fn(&String)) {
    let c = || h; let s = String::new(); c()(&s);
    let d = |k: fn(&String)| { let t = String::new(); k(&t) }; d(h);
}
struct T<'a> { f: fn(&'a String), g: Option<fn(&String)> }
fn g<'s>(t: T<'s>, s: &'s String) {
    let T { f, g } = t; f(s); let u = String::new(); g.unwrap()(&u);
    let m = [f; 2].map(|x| Some(x)); m[0].unwrap()(s);
}
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn b(s: &String) { let f: fn(&String) -> fn(&String) = make(); let t = String::new(); f(s)(&t); }
fn c<'s>(s: &'s String) { let f: for<'a> fn(&'a String, fn(&'a String)) = make(); let g: fn(&'s String) = make(); f(s, g); }
fn d(x: fn(fn(&String))) { let h: fn(&String) = make(); x(h); }
fn e<'s>(x: fn(fn(&'s String)), h: fn(&String)) { x(h); }
fn main() {}
//= E0308 1
fn e<'s>(x: fn(fn(&String)), h: fn(&'s String)) { x(h); }
fn main() {}
//= E0308 2
fn make<T>() -> T { loop {} }
fn f<'s>(g: fn(&'s String)) { let mut v = *(make::<Box<Option<fn(&String)>>>()).get_or_insert_with(|| g); }
fn main() {}
//= E0308 3
struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn f(p: Take<'_>) { ((*make::<&mut &mut [Option<fn(&String)>]>()).last_mut().unwrap()).insert(p.f); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn tie<'a, T: ?Sized>(_: &'a T, _: &mut Vec<&'a T>) {}
fn a<'b>(p: &'b Box<dyn Fn(&String) -> &String + '_>) {
    tie(p, (make::<&mut Vec<Vec<&Box<dyn Fn(&String) -> &String + '_>>>>()).last_mut().unwrap());
}
fn b<'a>(p: &Box<dyn Fn(&String) -> &String + 'a>) { make::<&mut Option<&Box<dyn Fn(&String) -> &String + '_>>>().replace(p); }
fn main() {}
//= E0499 2
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn g<'a, T: for<'x> Lend<'x, Out = &'x mut String>>(p0: &'a mut T) { let a = p0.lend(); let b = p0.lend(); a.clear(); }
fn main() {}
//= E0309 2 E0515 2
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn h<'a, T: for<'x> Lend<'x, Out = &'x mut String>>(mut p0: T) -> &'a mut String { p0.lend() }
fn main() {}
//= E0621 2
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn i<'a, T: for<'x> Lend<'x, Out = &'x mut String>>(p0: &'a mut T, q: &mut T) -> &'a mut String { q.lend() }
fn main() {}
//= E0505 2
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn j<T: for<'x> Lend<'x, Out = &'x mut String>>(mut p0: T) { let a = p0.lend(); drop(p0); a.clear(); }
fn main() {}
//= fine
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn k<T: for<'x> Lend<'x, Out = &'x mut String>>(mut p0: T) { let a = p0.lend(); a.clear(); let a = p0.lend(); a.clear(); }
fn l<'a, T: Lend<'a, Out = &'a mut String>>(p0: &'a mut T) -> &'a mut String { p0.lend() }
fn n<'b, T: for<'x> Lend<'x, Out = (&'x mut String, &'b String)>>(mut p0: T) -> &'b String { p0.lend().1 }
fn o<'a, T: for<'x> Lend<'x, Out = &'x mut String>>(p0: &'a mut T) -> &'a mut String { p0.lend() }
fn main() {}
//= E0499 2
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn m<T>(p0: &mut T) where for<'x> T: Lend<'x, Out = &'x mut String> { let a = p0.lend(); let b = p0.lend(); a.clear(); }
fn main() {}
//= fine
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn n<'b, T: for<'x> Lend<'x, Out = (&'x mut String, &'b String)>>(p0: &mut T) -> &'b String { p0.lend().1 }
fn n1<'b, T: for<'x> Lend<'x, Out = &'b String>>(p0: &mut T) -> &'b String { p0.lend() }
fn n2<'b, T: for<'x> Lend<'x, Out = &'b String>>(p0: &mut T, q: &'b String) -> &'b String { p0.lend() }
fn n3<'b, 'c, T: Lend<'c, Out = (&'c String, &'b String)>>(p0: &'c mut T) -> &'b String { p0.lend().1 }
fn main() {}
//= E0499 3
pub trait Conv<A> { type Out; fn conv(&self, a: A) -> Self::Out; }
fn g<T: for<'x> Conv<&'x mut String, Out = &'x mut String>>(t: &T) { let mut s = String::new();
    let a = t.conv(&mut s); let b = t.conv(&mut s); a.clear(); }
fn main() {}
//= fine
pub trait Conv<A> { type Out; fn conv(&self, a: A) -> Self::Out; }
fn f<'a, T: for<'x> Conv<&'x mut String, Out = &'x mut String>>(t: &T, s: &'a mut String) -> &'a mut String { t.conv(s).clear(); t.conv(s) }
fn main() {}
//= fine
fn redirect(m: &mut String) {}
fn f(p: Box<&mut String>) { while true { redirect(*p); } }
fn g(p: &mut &mut String) { redirect(*p); redirect(*p); }
fn main() {}
//= fine
struct Own<'t> { text: &'t mut String }
fn f(o: Own<'_>) { let mut c = || { let v: &mut String = o.text; v.clear(); }; c(); c(); }
fn g(p: &mut String) { let mut c = || { let v: &mut String = p; v.clear(); }; c(); p.clear(); }
fn main() {}
//= E0501 1
fn g(p: &mut String) { let mut c = || { let v: &mut String = p; v.clear(); }; p.clear(); c(); }
fn main() {}
//= E0308 1
fn g(p: &String) { let mut c = || { let v: &mut String = p; }; }
fn main() {}
//= E0596 1
fn g(p: &mut String) { let c = || { let v: &mut String = p; v.clear(); }; c(); }
fn main() {}
//= fine
fn a<'a>(p: &'a mut Vec<String>, o: &mut Option<&'a mut Vec<String>>) { o.get_or_insert_with(|| p); }
fn b<'a>(p: &'a mut Vec<String>, o: &mut Option<&'a mut String>) { o.get_or_insert_with(|| &mut p[1]); }
fn c<'a>(p: &'a mut Vec<String>, o: Option<&'a mut String>) -> &'a mut String { o.unwrap_or_else(|| p.last_mut().unwrap()) }
fn main() {}
//= none 1
fn c<'a>(p: &'a mut Vec<String>, mut f: impl FnMut(&mut dyn FnMut() -> &'a mut String)) { f(&mut || &mut p[0]); }
fn main() {}
//= none 2
fn twice<R>(mut f: impl FnMut() -> R) -> R { f(); f() }
fn c<'a>(p: &'a mut Vec<String>) -> &'a mut String { twice(|| &mut p[0]) }
fn main() {}
//= E0382 2
fn once<F: FnOnce()>(f: F) -> F { f }
fn c(p: &mut Vec<String>) { let f = once(|| p.clear()); f(); f(); }
fn main() {}
//= fine
fn once<F: FnOnce()>(f: F) -> F { f }
fn c(p: &Vec<String>) { let f = once(|| { p.len(); }); f(); f(); }
fn main() {}
//= fine
fn both<F: FnOnce() + FnMut()>(mut f: F) { f(); f() }
fn other<F>(mut f: F) where F: FnMut(), F: FnOnce() { f(); f() }
fn c(p: &mut Vec<String>) { both(|| p.clear()); other(|| p.clear()); }
fn main() {}
//= E0525 2
fn once<F: FnOnce()>(f: F) -> F { f }
fn c(p: &mut Vec<String>) { let mut f = once(|| p.clear()); let g: &mut dyn FnMut() = &mut f; }
fn main() {}
//= E0515 1
fn c(o: Option<i32>) -> &'static mut String { let mut s = String::new(); let r: Option<&mut String> = None; r.unwrap_or_else(move || &mut s) }
fn main() {}
//= fine
fn f<'a>(p: &'a String) -> impl Iterator<Item = usize> + 'a { Some(1).into_iter().map(|x| take(p) + x) }
fn take(p: &String) -> usize { p.len() }
fn g<'a>(p: &'a String) -> impl Fn() -> usize + 'a { || p.len() }
fn h<'a>(p: (i32, &'a String)) -> impl Fn() -> usize + 'a { || take(p.1) }
fn main() {}
//= E0373 1
fn g<'a>(p: &'a String) -> impl Fn() -> usize + 'a { || { let q = p; q.len() } }
fn main() {}
//= E0373 2
fn take<T>(p: T) -> usize { 1 }
fn g<'a>(p: &'a String) -> impl Fn() -> usize + 'a { || take(p) }
fn main() {}
//= E0373 1
fn h<'a>(p: &'a String) -> impl Fn() -> &'a String + 'a { || p }
fn main() {}
//= E0373 1
fn h<'a>(p: &'a String) -> impl FnOnce() -> &'a String + 'a { || p }
fn main() {}
//= fine
fn h<'a>(p: &'a String) -> impl Fn() -> String + 'a { || { let q: &String = p; q.clone() } }
fn main() {}
//= E0621 1
fn f<'a>(_: &'a &'static i32, text: &String) -> &'a String { text }
fn main() {}
//= fine
fn f<'s, 't>(one: &'s mut &'t mut String, _: &'static Option<&'t i32>) -> &'s mut &'static mut String { one }
fn main() {}
//= E0499 5
trait Lends<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
fn f<T: for<'x> Lends<'x, Out = &'x mut String>>(mut lender: T) {
    let mut number = 1;
    let one = &mut number;
    let other = &mut number;
    *one = 2;
    lender.lend();
}
fn main() {}
//= E0499 5
trait Lends<'a, 'b> { type Out; fn lend(&'a mut self, other: &'b str) -> Self::Out; }
fn f<T: for<'x, 'y> Lends<'x, 'y, Out = &'x mut String>>(mut lender: T) {
    let mut number = 1;
    let one = &mut number;
    let other = &mut number;
    *one = 2;
    lender.lend("");
}
fn main() {}
//= E0382 18 E0596 31
pub fn once<T, F: FnOnce() -> T>(f: F) -> T { f() }
fn f(p0: &String, mut p1: i32) {
    let mut c8 = |p9: &String| { p1 = 2; };
    once(|| c8(p0))
}
fn g(mut n: i32) -> i32 {
    let mut c = || n = 2;
    let mut d = || c();
    d();
    d();
    n
}
fn h() -> i32 {
    let s = String::from("a");
    let take = move || s;
    let twice = || take();
    let s = twice();
    twice();
    1
}
fn i() -> i32 {
    let mut n = 0;
    let mut outer = || { let mut inner = || n += 1; let mut again = || inner(); again(); };
    outer();
    n
}
fn j() {
    let mut n = 0;
    let mut c = || n += 1;
    let d = || c();
    d();
}
fn main() {}
//= E0499 12 E0505 3 E0505 7 E0505 21 E0506 17 E0506 24 E0506 27
pub fn a<'a>(p0: (String, &'a String)) -> Box<String> {
    let (v1, v2) = &p0;
    Box::new(p0.0 + v2.as_str())
}
pub fn b(p0: (String, String)) -> String {
    let (v1, v2) = &p0;
    let x = p0.0;
    x + v2.as_str()
}
pub fn c(mut p0: (String, String)) {
    let (v1, v2) = &mut p0;
    p0.0.push('a');
    v2.push('b');
}
pub fn d(mut p0: (i32, String)) -> usize {
    let (v1, v2) = &p0;
    p0.0 = 3;
    v2.len()
}
pub fn e(p0: (i32, String)) -> usize {
    match &p0 { (1, v2) => { drop(p0.1); v2.len() } _ => 0 }
}
pub fn f(mut p0: (i32, String)) -> usize {
    match &p0 { (1, v2) => { p0.0 = 1; v2.len() } _ => 0 }
}
pub fn g(mut p0: (i32, String)) -> usize {
    if let (1, v2) = &mut p0 { p0.0 = 1; v2.len() } else { 0 }
}
pub fn h(mut p0: (i32, String)) -> usize {
    if let (1, ref v2) = p0 { p0.0 = 1; v2.len() } else { 0 }
}
fn main() {}
//= E0382 2 E0382 3 E0382 4 E0382 5 E0382 8 E0382 9 E0382 10 E0505 11 E0505 12 E0505 13 E0505 14 E0505 15
fn g(s: String, n: usize) -> String { s }
fn a(s: String) { g(s, s.len()); }
fn b(s: (String, i32)) { g(s.0, s.0.len()); }
fn c(s: (String, i32)) -> String { s.0 + s.0.as_str() }
fn d(s: String) -> String { s + s.as_str() }
fn e(mut s: String) -> String { g(s, { s = String::new(); 1 }) }
struct P { a: String, b: String }
fn f(p: P) -> (String, usize) { (p.a, p.a.len()) }
fn h(p: P) -> P { P { a: p.a, b: p.a.clone() } }
fn i(p: P) -> [String; 2] { [p.a, p.a.clone()] }
fn j<'a>(p0: (String, &'a String)) -> String { let r = &p0; g(p0.0, r.1.len()) }
fn k<'a>(p0: (String, &'a String)) -> String { let r = &p0; p0.0 + r.1.as_str() }
fn l<'a>(p0: (String, &'a String)) -> String { let r = &p0; p0.0 + r.1 }
fn m<'a>(p0: (String, &'a String)) -> (String, &'a str) { let r = &p0; (p0.0, r.1.as_str()) }
fn n<'a>(p0: (String, &'a str)) -> (String, &'a str) { let r = &p0; (p0.0, r.1) }
fn o<'a>(mut p0: (i32, &'a str)) -> (&'a str, ()) { let r = &p0; (r.1, { p0.0 = 1; }) }
fn main() {}
//= fine
struct P { a: String, b: String, n: i32 }
fn take<T>(t: T) {}
fn a(mut p: Box<P>) { let c = || p.a.len(); p.b.push('x'); c(); }
fn b(mut p: Box<P>) { let mut c = || p.n += 1; let r = &p.a; c(); r.len(); }
fn c(mut p: Box<P>) { let mut c = || p.a.push('x'); let mut d = || p.b.push('x'); c(); d(); }
fn d(mut p: (Box<P>, Box<P>)) { let c = || p.0.a.len(); drop(p.1); c(); }
fn e<'a>(p: Box<&'a String>) -> impl Fn() -> usize + 'a { || p.len() }
fn f<'a>(p: Box<&'a String>) -> impl Fn() -> &'a str + 'a { || p.as_str() }
fn g<'a>(p: Box<Box<&'a mut String>>) -> impl FnMut() + 'a { || p.push('x') }
fn h(p: Box<P>) { let c = || take(p.a); c(); }
fn i(mut p: Box<P>) { let r = &mut p.b; let c = || r.push('x'); take(c); p.b.clear(); }
fn j(p: Box<P>) { let c = move || p.a.len(); c(); c(); }
fn k(p: Box<dyn Fn() -> i32>) { let c = || p(); c(); p(); }
fn l(mut p: Box<dyn FnMut() -> i32>) { let mut c = || p(); c(); p(); }
fn main() {}
//= E0382 8 E0382 9 E0382 10 E0499 5 E0499 15 E0502 3 E0503 4 E0505 6 E0505 7 E0506 11 E0507 16 E0594 12 E0596 13 E0596 14
struct P { a: String, b: String, n: i32 }
fn take<T>(t: T) {}
fn a(mut p: Box<P>) { let c = || p.a.len(); p.a.push('x'); c(); }
fn b(mut p: Box<P>) { let mut c = || p.n += 1; let r = p.n; c(); }
fn c(mut p: Box<P>) { let mut c = || p.a.push('x'); let mut d = || p.a.push('x'); c(); d(); }
fn d(p: Box<P>) { let c = || p.a.len(); drop(p); c(); }
fn e(p: Box<P>) { let c = || p.a.len(); take(p.a); c(); }
fn f(p: Box<P>) { let c = || take(p.a); c(); p.b.len(); }
fn g(p: Box<P>) { let c = || take(p.a); c(); c(); }
fn h(p: Box<P>) { let c = move || p.a.len(); p.b.len(); c(); }
fn i(mut p: Box<P>) { let c = || p.a.len(); p = Box::new(P { a: String::new(), b: String::new(), n: 1 }); c(); }
fn j(p: Box<P>) { let c = || p.n += 1; }
fn k(mut p: Box<P>) { let c = || p.n += 1; c(); }
fn l(mut p: Box<dyn FnMut() -> i32>) { let c = || p(); c(); }
fn m(mut p: Box<dyn FnMut() -> i32>) { let mut c = || p(); p(); c(); }
fn n(p: &mut Box<P>) { let c = || take(p.a); c(); }
fn main() {}
//= E0373 2 E0373 3 E0373 4 E0373 7
struct P { a: String }
fn a(p: Box<P>) -> impl Fn() -> usize { || p.a.len() }
fn b<'a>(p: Box<(&'a String, i32)>) -> impl Fn() -> i32 + 'a { || p.1 }
fn c<'a>(p: Box<(&'a String, i32)>) -> Box<dyn Fn() -> usize + 'a> { Box::new(|| p.0.len() + p.1 as usize) }
fn d<'a>(p: &'a Box<P>) -> impl Fn() -> usize + 'a { || p.a.len() }
fn e<'a>(p: &'a mut Box<P>) -> impl FnMut() + 'a { || p.a.clear() }
fn f() -> impl Fn() -> usize { let p = Box::new(P { a: String::new() }); || p.a.len() }
fn main() {}
//= E0505 7 E0509 5
struct D { a: String }
impl Drop for D { fn drop(&mut self) {} }
fn take<T>(t: T) {}
fn a(mut p: Box<D>) { let c = || p.a.len(); let d = || p.a.len(); c(); d(); }
fn b(p: Box<D>) { let c = || take(p.a); c(); }
fn c<'a>(p: Box<&'a D>) -> impl Fn() -> usize + 'a { || p.a.len() }
fn d(p: Box<i32>) -> i32 { let c = || *p; drop(p); c() }
fn main() {}
//= E0506 16
pub fn g<'a>(x: &'a &String) -> &'a String { *x }
pub fn all<'a>(x: &'a [&String; 2]) -> &'a String { x[0] }
pub struct View<'a> { pub r: &'a String, pub n: i32 }
impl<'x> View<'x> { fn look(&self) -> &String { self.r } fn same(&self) -> &'x String { self.r } fn edit(&mut self) -> &String { self.r } fn count(&self) -> &i32 { &self.n } }
pub struct Node { pub next: Option<Box<Node>>, pub v: i32 }
pub struct One<'a> { pub o: Option<&'a One<'a>>, pub s: &'a str }
fn a1_(n: &Node) { let mut c = n; while let Some(x) = &c.next { c = x; } }
fn a2_(n: &mut Node) { let mut c = n; while let Some(ref mut x) = c.next { c = x; } }
fn a3_(n: &Node) { let mut c = n; loop { match c.next.as_ref() { Some(x) => c = x, None => break } } }
fn a4_(s: &str) { let mut t = s; while !t.is_empty() { t = &t[1..]; } }
fn a5_(s: &mut [u8]) { let mut t = s; while t.len() > 1 { let u = t; t = &mut u[1..]; } }
fn a6_() { let q = String::new(); let mut a = &q; let mut b = &q; (a, b) = (b, a); a.len(); }
fn a7_() { let q = String::new(); let mut w = (&q, &q); w.0 = w.1; w.1 = w.0; w.0.len(); }
fn a8_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; w.r = w.same(); w.r.len(); }
fn a9_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; w.n = *w.count(); w.n += w.look().len() as i32; }
fn a10_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; let k = &w; w.r = k.r; w.n = k.n; }
fn a11_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; let k = w.count(); w = View { r: &q, n: *k }; }
fn a12_() { let mut s = String::new(); let r = &s; s = r.clone(); s = s.trim().to_string(); }
fn a13_() { let mut s = "a"; let r = &s; s = *r; s = s.trim(); let t: &&str = &s; s = t.trim(); }
fn a14_() { let mut v = vec![1, 2]; let r = &v; v[0] = r[1]; let k = v[0]; v[k] = v[v[1]]; }
fn a15_<'a>(mut o: &'a One<'a>) { while let Some(p) = o.o { o = p; } let mut s = o.s; s = &s[1..]; }
fn a16_() { let mut x = 1; let mut r = &mut x; let y = &mut *r; *y = 2; let mut z = 3; r = &mut z; *r = 1; }
fn a17_() { let q = String::new(); let mut w = &q; for i in 0..3 { let k = &w; w = k; } w.len(); }
fn a18_() { let mut b = Box::new(1); let r = &b; *b = **r; let mut o = Some(1); o = o.as_ref().map(|x| *x); }
fn a19_() { let mut it = "a b".split(' '); let mut w = it.next(); w = w.map(|x| x.trim()); w = it.next(); }
fn a20_(p: &mut &str) { *p = p.trim(); let q = &*p; *p = *q; }
fn main() {}
//= E0502 18 E0506 7 E0506 8 E0506 9 E0506 10 E0506 11 E0506 12 E0506 13 E0506 14 E0506 15 E0506 16 E0506 17 E0506 19 E0506 20 E0506 21 E0506 22 E0506 23 E0506 24 E0506 26
pub fn g<'a>(x: &'a &String) -> &'a String { *x }
pub fn all<'a>(x: &'a [&String; 2]) -> &'a String { x[0] }
pub struct View<'a> { pub r: &'a String, pub n: i32 }
impl<'x> View<'x> { fn look(&self) -> &String { self.r } fn same(&self) -> &'x String { self.r } fn edit(&mut self) -> &String { self.r } fn count(&self) -> &i32 { &self.n } }
pub struct Node { pub next: Option<Box<Node>>, pub v: i32 }
pub struct One<'a> { pub o: Option<&'a One<'a>>, pub s: &'a str }
fn r1_() { let q = String::new(); let mut w = [&q, &q]; w[0] = all(&w); }
fn r2_() { let q = String::new(); let mut w = &q; loop { w = g(&w); } }
fn r3_() { let q = String::new(); let mut w = Box::new(&q); *w = g(&*w); }
fn r4_() { let q = String::new(); let mut w = Some(&q); w = Some(g(w.as_ref().unwrap())); }
fn r5_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; w = View { r: w.look(), n: 2 }; }
fn r6_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; w.r = w.edit(); }
fn r7_() { let q = String::new(); let mut w = View { r: &q, n: 1 }; let c = || { let mut u = View { r: &q, n: 1 }; u.r = u.look(); }; }
fn r8_() { let q = String::new(); let mut w = (&q, 1); (w.0, w.1) = (g(&w.0), 2); }
fn r9_() { let q = String::new(); let mut w = &q; let k = if w.len() > 1 { g(&w) } else { &q }; w = k; }
fn r10_() { let q = String::new(); let mut w = &q; w = if w.len() > 1 { g(&w) } else { &q }; }
fn r11_() { let q = String::new(); let mut w = &q; w = match w.len() { 1 => g(&w), _ => w }; }
fn r12_() { let q = String::new(); let mut w = vec![&q]; let k = &w[0]; w[0] = k; w[0] = g(k); }
fn r13_() { let q = 1; let mut w: &dyn std::fmt::Debug = &q; w = &w; }
fn r14_() { let q = 1; let mut w: &dyn Fn() = &|| (); w = &w; }
fn r15_() { let q = String::new(); let mut w = (&q, 1); let p = &mut w; p.0 = g(&p.0); }
fn r16_() { let q = String::new(); let mut w = (&q, 1); w = (g(&w.0), 1); }
fn r17_() { let q = String::new(); let mut w = (&q, 1); let k = Some(g(&w.0)); w.0 = k.unwrap(); }
fn r18_() { let q = String::new(); let mut w = (&q, 1); let k = (g(&w.0), 1); w.0 = k.0; }
fn r19_() { let q = String::new(); let mut w = (&q, 1); let k = (g(&w.0), 1); w.1 = k.1; }
fn r20_() { let q = String::new(); let mut w = (&q, 1); let k = &w; w.1 = k.1; w.0 = k.0; }
fn r21_() { let q = String::new(); let mut w = (&q, 1); let k = &w; let z = k; w = *z; }
fn r22_() { let q = String::new(); let mut w: (&str, i32) = (&q, 1); let k: &(&str, i32) = &w; w = (k.0, 2); let s: &str = &w.0; w.0 = s; }
fn main() {}
//= E0506 5 E0506 6 E0506 7 E0506 8 E0506 9 E0506 10 E0506 11 E0506 12 E0506 13 E0506 14 E0506 15 E0506 16 E0506 17 E0597 5 E0621 6 none 12 none 17 none 18
pub fn make<T>() -> T { loop {} }
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub trait Look { fn look(&self) -> &String; }
impl<'x> Look for View<'x> { fn look(&self) -> &String { self.r } }
fn f1_<'a>(mut v: View<'a>) { v.r = v.look(); }
fn f2_<'a>(v: &mut View<'a>) { v.r = v.look(); }
fn f3_() { let v = make::<&mut View<'_>>(); v.r = v.look(); }
fn f4_() { let v = make::<&mut Vec<View<'_>>>(); let w = v.last_mut().unwrap(); w.r = w.look(); }
fn f5_() { let v = make::<&mut [View<'_>]>(); let w = v.last_mut().unwrap(); w.r = w.look(); }
fn f6_() { if let Some(w) = make::<&mut Vec<View<'_>>>().last_mut() { w.r = w.look(); } }
fn f7_() { if let Some(w) = make::<Option<&mut View<'_>>>() { w.r = w.look(); } }
fn f8_(p: Option<&mut View<'_>>) { if let Some(w) = p { w.r = w.look(); } }
fn f9_() { let w = make::<&mut [Vec<View<'_>>]>().last_mut().unwrap().last_mut().unwrap(); w.r = w.look(); }
fn f10_() { let mut w = make::<View<'_>>(); w.r = w.look(); }
fn f11_() { let mut w = make::<View<'_>>(); let s = w.look(); w.r = s; }
fn f12_() { let mut w = make::<View<'_>>(); let s = w.look(); w.r = s; s.len(); }
fn f13_(w: &mut View<'_>) { let s = w.look(); w.r = s; }
fn f14_(w: &mut View<'_>, o: &String) { let s = w.look(); w.r = o; }
fn main() {}
//= fine
use std::cell::{Cell, RefCell};
pub struct Edit<'a> { pub m: &'a mut String, pub n: i32 }
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub struct Two { a: i32, b: i32 , c: Option<i32>}
pub fn same<T>(_: &mut T, _: T) {}
pub fn two<T>(_: &mut T, _: i32) {}
pub fn con(_: &mut Two, _: i32) {}
mod m0 {
use super::*;
pub fn f<'a>(mut p0: Vec<Edit<'a>>) { p0[0].n = p0[0].n; }
}
mod m1 {
use super::*;
pub fn f<'a>(mut p0: RefCell<Two>) { let mut r = p0.borrow_mut(); r.a = r.b; }
}
mod m2 {
use super::*;
pub fn f<'a>(mut r: Box<Two>) { r.a = r.b; }
}
mod m3 {
use super::*;
pub fn f<'a>(mut r: Vec<Vec<Two>>) { r[0][1].a = r[1][0].b; }
}
mod m4 {
use super::*;
pub fn f<'a>(p1: &mut View<'a>) { same(p1, View { r: p1.r, n: 1 }); }
}
mod m5 {
use super::*;
pub fn f<'a>(p1: &mut View<'a>) { two(p1, p1.n); }
}
mod m6 {
use super::*;
pub fn f<'a>(p1: &mut View<'a>) { two(p1, {p1.n}); }
}
mod m7 {
use super::*;
pub fn f<'a>(p1: &mut View<'a>) { two(p1, p1.n + 1); }
}
mod m8 {
use super::*;
pub fn f<'a>(p1: &mut View<'a>) { two::<View>(p1, p1.n + 1); }
}
mod m9 {
use super::*;
pub fn f(p1: &mut Two) { con(p1, p1.a); }
}
mod m10 {
use super::*;
pub fn f(p1: &mut Two) { con(p1, p1.a + 1); }
}
mod m11 {
use super::*;
pub fn f(p1: &mut Two) { let g = con; g(p1, p1.a + 1); }
}
mod m12 {
use super::*;
pub fn f(p1: &mut Two, g: fn(&mut Two, i32)) { g(p1, p1.a + 1); }
}
mod m13 {
use super::*;
pub fn f(p1: &mut Two, g: impl Fn(&mut Two, i32)) { g(p1, p1.a + 1); }
}
mod m14 {
use super::*;
pub struct Mine { x: i32 }
pub struct Pt<'a>(&'a mut Two, i32);
pub fn f(p1: &mut Two) { let x = Pt(p1, p1.a); }
}
mod m15 {
use super::*;
impl Two { fn m1(&mut self, o: &mut Two, x: i32) {} }
pub fn f(p1: &mut Two, mut q: Two) { q.m1(p1, p1.a); }
}
mod m16 {
use super::*;
impl Two { fn m(&mut self, o: &mut Two, x: i32) {} }
pub fn f(p1: &mut Two, mut q: Two) { q.m(p1, q.a); }
}
mod m17 {
use super::*;
pub fn f(p1: &mut Two) { con(p1, { let r = &p1.a; *r }); }
}
mod m18 {
use super::*;
pub fn f(p1: &mut Box<Two>) { con(p1, p1.a); }
}
mod m19 {
use super::*;
pub fn f(p1: &mut Two) { two::<Two>(p1, p1.c.unwrap()); }
}
mod m20 {
use super::*;
pub fn f<'a>(r: &mut Vec<Two>) { r[0].a = r[r.len() - 1].b; }
}
mod m21 {
use super::*;
pub fn f(p1: &mut Two) { let g = |x: &mut Two, y: i32| (); g(p1, p1.a + 1); }
}
mod m22 {
use super::*;
pub fn f(p1: &mut Option<&mut Two>) { con(p1.as_mut().unwrap(), 3); }
}
mod m23 {
use super::*;
pub fn f(v: &mut Vec<i32>) { fn k(a: &mut Vec<i32>, b: usize) {} k(v, v.len()); Vec::push(v, v[0]); Vec::insert(v, v.len(), 3); }
}
mod m24 {
use super::*;
pub fn f(v: &mut Vec<i32>) { std::mem::swap(v, &mut v.clone()); let x = std::mem::replace(v, v.clone()); }
}
mod m25 {
use super::*;
pub fn f(mut a: Vec<Two>) { a[0].a += a[1].a; }
}
mod m26 {
use super::*;
pub fn f(mut a: Vec<Two>) { let mut k = 1; a[{ k = 2; 0}].a = k; }
}
fn main() {}
//= E0499 63 E0499 71 E0502 47 E0502 51 E0502 59 E0502 67 E0502 75 E0502 83 E0502 87 E0502 91 E0503 10 E0503 14 E0503 18 E0503 23 E0503 31 E0503 35 E0503 39 E0503 43 E0503 55 E0503 79 E0506 27
use std::cell::{Cell, RefCell};
pub struct Edit<'a> { pub m: &'a mut String, pub n: i32 }
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub struct Two { a: i32, b: i32 , c: Option<i32>}
pub fn same<T>(_: &mut T, _: T) {}
pub fn two<T>(_: &mut T, _: i32) {}
pub fn con(_: &mut Two, _: i32) {}
mod m0 {
use super::*;
pub fn f<'a>(p1: &mut View<'a>) { two(&mut *p1, p1.n); }
}
mod m1 {
use super::*;
pub fn f<'a>(mut p1: View<'a>) { two(&mut p1, p1.n); }
}
mod m2 {
use super::*;
pub fn f(p1: &mut Two) { con(&mut *p1, p1.a + 1); }
}
mod m3 {
use super::*;
pub struct Pt<'a> {a: &'a mut Two, b: i32 }
pub fn f(p1: &mut Two) { let x = Pt { a: p1, b: p1.a }; }
}
mod m4 {
use super::*;
pub fn f(p1: &mut Two) { con(p1, { p1.a = 3; 4 }); }
}
mod m5 {
use super::*;
pub fn f(mut p1: Box<Two>) { con(&mut p1, p1.a); }
}
mod m6 {
use super::*;
pub fn f(mut p1: Box<Two>) { con(&mut *p1, p1.a); }
}
mod m7 {
use super::*;
pub fn f(p1: &mut [Two; 3]) { fn k(_: &mut [Two], _: i32) {} k(p1, p1[0].a); }
}
mod m8 {
use super::*;
pub fn f(mut p1: [Two; 3]) { fn k(_: &mut [Two], _: i32) {} k(&mut p1, p1[0].a); }
}
mod m9 {
use super::*;
pub fn f(mut v: Vec<Two>) { con(&mut v[0], v.len() as i32); }
}
mod m10 {
use super::*;
pub fn f(mut v: Vec<&mut Two>) { con(v[0], v.len() as i32); }
}
mod m11 {
use super::*;
pub fn f(v: &mut (Two, Two)) { con(&mut v.0, v.0.a); }
}
mod m12 {
use super::*;
pub fn f<'a>(r: &mut Vec<(Two, [i32; 3])>) { r[0].1[r[1].0.a as usize] = r[r.len() - 1].0.b; }
}
mod m13 {
use super::*;
pub fn f(p1: &mut Two) { con(p1, { con(p1, 1); 2 }); }
}
mod m14 {
use super::*;
pub fn f(p1: &mut Two) { fn k(a: &mut Two, b: &Two) {} k(p1, p1); }
}
mod m15 {
use super::*;
pub fn f(p1: &mut Two) { fn k(a: &mut Two, b: &mut Two) {} k(p1, p1); }
}
mod m16 {
use super::*;
pub fn f(p1: &mut Two) { fn k(a: &Two, b: &mut Two) {} k(p1, p1); }
}
mod m17 {
use super::*;
pub fn f(p1: &mut Two) { fn k(a: &mut Two, b: &mut Two, c: i32) {} let mut q = Two { a: 1, b: 2, c: None }; k(p1, &mut q, q.a + p1.b); }
}
mod m18 {
use super::*;
pub fn f(v: &mut String) { fn k(a: &mut String, b: &str) {} k(v, v.as_str()); }
}
mod m19 {
use super::*;
pub fn f(v: &mut String) { fn k(a: &mut str, b: usize) {} k(v, v.len()); }
}
mod m20 {
use super::*;
pub fn f(v: &mut dyn Fn(), w: &mut Two) { fn k(a: &mut dyn Fn(), b: ()) {} k(v, v()); }
}
fn main() {}
//= fine
pub fn make<T>() -> T { loop {} }
pub fn cond() -> bool { true }
pub struct Pair { pub a: String, pub b: String }
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
mod m0 {
use super::*;
pub fn f<'a, 'b: 'a>(  ) -> impl Iterator<Item = &'b String> + 'a { make::<Vec<&String>>().into_iter() }
}
mod m1 {
use super::*;
pub fn f<'b>(  ) -> impl Iterator<Item = &'static String> + 'static { None.into_iter() }
}
mod m2 {
use super::*;
pub fn f<'b>(x: &'b String) -> impl Iterator<Item = &'b String> + 'static { std::iter::once(()).map(|_| make::<&String>()) }
}
mod m3 {
use super::*;
pub fn f<'b>(x: &'b String) -> impl Iterator<Item = &'b String> { std::iter::once(()).map(|_| make::<&String>()) }
}
mod m4 {
use super::*;
pub fn f<'a, 'b>(x: &'b String) -> impl Iterator<Item = &'b String> + 'a { std::iter::once(()).map(|_| make::<&String>()) }
}
mod m5 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'b String) -> impl Iterator<Item = &'b String> + 'a { std::iter::once(()).map(move |_| x) }
}
mod m6 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'b String) -> impl Iterator<Item = &'a String> + 'a { std::iter::once(()).map(move |_| x) }
}
mod m7 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'b String) -> impl Iterator<Item = &'a String> + 'b { std::iter::once(()).map(move |_| x) }
}
mod m8 {
use super::*;
pub fn f<'a, 'b>() -> impl Iterator<Item = &'a mut String> + 'b { make::<&mut Vec<&mut Pair>>().drain(..).map(|w| &mut w.a) }
}
mod m9 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'a mut String> + 'b { make::<&mut Vec<&mut Pair>>().drain(..) .map(|w| &mut w.a)}
}
mod m10 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'b mut String> + 'a { make::<&mut Vec<&mut Pair>>().drain(..) .map(|w| &mut w.a)}
}
mod m11 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'b mut String> + 'a { make::<&mut Vec<&mut String>>().drain(..) }
}
mod m12 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'b mut String> + 'a { make::<&mut Option<Box<Vec<&mut String>>>>().as_deref_mut().unwrap_or(&mut *make::<&mut Vec<&mut String>>()).drain(..) }
}
mod m13 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'b mut String> + 'a { make::<&mut Vec<&mut String>>().iter_mut().map(|w| &mut **w) }
}
mod m14 {
use super::*;
pub fn f<'a, 'b>() -> impl Fn() -> &'a String + 'b { || make::<&String>() }
}
mod m15 {
use super::*;
pub fn f<'a: 'b, 'b>(x: &'a String) -> impl Fn() -> &'b String + 'b { move || x }
}
mod m16 {
use super::*;
pub fn f<'a>(x: &'a Vec<&'a String>) -> impl Fn() -> &'a String + 'a { let v4 = x[0]; || v4 }
}
mod m17 {
use super::*;
pub fn f<'a: 'b, 'b>(x: &'a Vec<&'a String>) -> impl Fn() -> &'a String + 'b { let v4 = x[0]; || v4 }
}
mod m18 {
use super::*;
pub fn f<'a>(x: &'a Vec<&'a String>) -> impl Fn() -> &'a String { let v4 = x[0]; || v4 }
}
mod m19 {
use super::*;
pub fn f<'a: 'b, 'b, T>(x: &'a Vec<&'a String>) -> impl Fn() -> &'a String + 'a where T: Clone + 'b { let v4 = x[0]; || v4 }
}
mod m20 {
use super::*;
pub fn f<'a: 'b, 'b>(x: &'a Vec<&'a String>) -> impl FnMut() -> &'a String + 'a { let v4 = x[0]; || v4 }
}
mod m21 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl Iterator<Item = &'a String> { std::iter::once(x).filter(|w| make::<fn(&&String) -> bool>()(w)) }
}
mod m22 {
use super::*;
pub fn f<'a, 'b>(x: &'a String) -> impl Iterator<Item = &'a String> + 'b { std::iter::once(()).map(|_| make::<&String>()).filter(|w: &&String| w.len() > 1).map(|w| w) }
}
mod m23 {
use super::*;
pub fn f<'a, 'b>(x: &'a String, y: &'b String) -> impl Iterator<Item = &'a String> + 'b { std::iter::once(()).map(|_| make::<&String>()).filter(move |w: &&String| w.len() > y.len()).map(|w| w) }
}
mod m24 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl Iterator<Item = &'static String> + 'a { None.into_iter() }
}
mod m25 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl Iterator<Item = &'static String> { None.into_iter() }
}
mod m26 {
use super::*;
pub fn f<'a>(x: &'a String, y: &'a String) -> impl Clone + 'a { (x, y) }
}
mod m27 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'a String, y: &'b String) -> impl Clone + 'a { (x, y) }
}
mod m28 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'a String, y: std::cell::Cell<&'b String>) -> impl Sized + 'b { y }
}
mod m29 {
use super::*;
pub fn f<'a, T: 'a>(y: T) -> impl Sized + 'a { y }
}
mod m30 {
use super::*;
pub fn g<'a>(y: &'a String) -> impl Clone + 'a { y }
pub fn f<'a: 'b, 'b>(y: &'a String) -> impl Sized + 'b { g(y) }
}
mod m31 {
use super::*;
pub fn f<'a, 'b>(x: &'a String, y: &'b String) -> impl Fn(&'a String) -> &'b String { |_| make::<&String>() }
}
mod m32 {
use super::*;
pub fn f<'a>(x: &'a String) -> Box<dyn Fn(&String) + 'a> { Box::new(|w| ()) }
}
mod m33 {
use super::*;
pub fn f<'a, 'b>(x: &'b String) -> Box<dyn Iterator<Item = &'b String> + 'a> { Box::new(std::iter::once(()).map(|_| make::<&String>())) }
}
mod m34 {
use super::*;
pub fn keep<'a, T: 'a>(_: T, _: &'a u8) {}
pub fn f<'b>(x: &'b String) { let s = String::new(); keep(std::iter::once(()).map(|_| x), &1u8); }
}
mod m35 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl Into<Option<&'a String>> { x }
}
mod m36 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl Iterator<Item = &'a String> { let v = [1, 2]; let r = &x; v.into_iter().map(move |_| x) }
}
mod m37 {
use super::*;
pub fn f<'a>(x: &'a Vec<String>) -> impl DoubleEndedIterator<Item = &'a String> + 'a { x.iter().filter(|s| s.len() > 1).map(|s| s).rev() }
}
mod m38 {
use super::*;
pub fn f<'a>(x: &'a Vec<String>, n: &'a usize) -> impl Iterator<Item = (usize, &'a str)> + 'a { x.iter().filter(move |s| s.len() > *n).map(|s| s.as_str()).enumerate().skip(1) }
}
mod m39 {
use super::*;
pub fn f(x: &[i32]) -> impl Iterator<Item = i32> + '_ { x.iter().copied().chain(x.iter().map(|y| y + 1)) }
}
mod m40 {
use super::*;
pub fn f<'a>(x: &'a [i32], k: impl Fn(&i32) -> bool + 'a) -> impl Iterator<Item = &'a i32> + 'a { x.iter().filter(move |y| k(y)) }
}
fn main() {}
//= E0309 63 E0309 101 E0310 67 E0373 89 E0373 93 E0515 81 E0621 43 E0621 51 E0621 77 E0700 47 E0700 59 none 7 none 11 none 15 none 19 none 23 none 27 none 31 none 35 none 39 none 55 none 72 none 85 none 97
pub fn make<T>() -> T { loop {} }
pub fn cond() -> bool { true }
pub struct Pair { pub a: String, pub b: String }
pub trait Lend<'a> { type Out; fn lend(&'a mut self) -> Self::Out; }
mod m0 {
use super::*;
pub fn f<'a, 'b: 'a, 'c, T: for<'x> Lend<'x, Out = &'x mut String>>(  ) -> impl Iterator<Item = &'c String> + 'b { make::<Vec<&String>>().into_iter() }
}
mod m1 {
use super::*;
pub fn f<'a, 'b: 'a, 'c, T>(  ) -> impl Iterator<Item = &'c String> + 'b { make::<Vec<&String>>().into_iter() }
}
mod m2 {
use super::*;
pub fn f<'b, 'c>(  ) -> impl Iterator<Item = &'c String> + 'b { make::<Vec<&String>>().into_iter() }
}
mod m3 {
use super::*;
pub fn f<'a, 'b: 'a>(  ) -> impl Iterator<Item = &'a String> + 'b { make::<Vec<&String>>().into_iter() }
}
mod m4 {
use super::*;
pub fn f<'b>(  ) -> impl Iterator<Item = &'b String> + 'static { make::<Vec<&String>>().into_iter() }
}
mod m5 {
use super::*;
pub fn f<'b>(  ) -> impl Iterator<Item = &'b String> + 'static { None.into_iter() }
}
mod m6 {
use super::*;
pub fn f<'a, 'b>(x: &'b String) -> impl Iterator<Item = &'b String> + 'a { std::iter::once(()).map(move |_| x) }
}
mod m7 {
use super::*;
pub fn f<'a, 'b>(x: &'a String) -> impl Fn() -> &'a String + 'b { move || x }
}
mod m8 {
use super::*;
pub fn f<'a, 'b>(x: &'a String) -> impl Fn() -> &'b String + 'b { move || x }
}
mod m9 {
use super::*;
pub fn f<'a>(x: &'a String, y: &String) -> impl Iterator<Item = &'a String> { Some(y).into_iter() }
}
mod m10 {
use super::*;
pub fn f<'a>(x: &'a String, y: &String) -> impl Clone { y }
}
mod m11 {
use super::*;
pub fn f<'a>(x: &'a String, y: &String) -> impl Clone + 'a { y }
}
mod m12 {
use super::*;
pub fn f<'a, 'b>(x: &'a String, y: &'b String) -> impl Clone + 'a { (x, y) }
}
mod m13 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'a String, y: std::cell::Cell<&'b String>) -> impl Sized + 'a { y }
}
mod m14 {
use super::*;
pub fn f<'a, T>(x: &'a String, y: T) -> impl Sized + 'a { y }
}
mod m15 {
use super::*;
pub fn f<T>(y: T) -> impl Sized + 'static { y }
}
mod m16 {
use super::*;
pub fn g<'a>(y: &'a String) -> impl Clone + 'a { y }
pub fn f<'a, 'b>(y: &'a String) -> impl Sized + 'b { g(y) }
}
mod m17 {
use super::*;
pub fn g<'a>(y: &'a String) -> impl Clone + 'a { y }
pub fn f<'b>(y: &String) -> impl Sized + 'b { g(y) }
}
mod m18 {
use super::*;
pub fn f<'b>() -> impl Sized + 'b { let s = String::new(); let r = &s; move || r.len() }
}
mod m19 {
use super::*;
pub fn f<'a, 'b>(x: &'b String) -> Box<dyn Iterator<Item = &'b String> + 'a> { Box::new(std::iter::once(x)) }
}
mod m20 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl Fn() -> &'a String { || x }
}
mod m21 {
use super::*;
pub fn f<'a>(x: &'a String) -> Box<dyn Fn() -> &'a String + 'a> { || x; Box::new(|| x) }
}
mod m22 {
use super::*;
pub fn f<'a, 'b>(x: &'a String, y: &'b String) -> impl Into<Option<(&'a String, &'b String)>> { (y, y) }
}
mod m23 {
use super::*;
pub fn f<'a>(x: &'a [i32], k: impl Fn(&i32) -> bool) -> impl Iterator<Item = &'a i32> + 'a { x.iter().filter(move |y| k(y)) }
}
fn main() {}
//= fine
pub fn make<T>() -> T { loop {} }
pub fn keep<'a, T: 'a>(_: T, _: &'a u8) {}
mod m0 {
use super::*;
pub fn f<'a, 'b>() -> impl Fn(i32) -> &'b String + 'a { let c = |w: i32| make::<&'b String>(); c }
}
mod m1 {
use super::*;
pub fn f<'a, 'b>(x: &'a u8, y: &'b String) { let c = |w| { let z: &'b String = w; z }; keep::<'a>(Some(c), x); }
}
mod m2 {
use super::*;
pub fn f<'a, 'b>(x: &'a u8, y: &'b String) { let c = |w| { let z: &'b String = w; z }; keep::<'a>((c, 1), x); }
}
fn main() {}
//= E0700 9 none 5 none 13
pub fn make<T>() -> T { loop {} }
pub fn keep<'a, T: 'a>(_: T, _: &'a u8) {}
mod m0 {
use super::*;
pub fn f<'a, 'b>(x: &'a u8, y: &'b String) { let c = move |w: i32| y; keep::<'a>((c, 1), x); }
}
mod m1 {
use super::*;
pub fn f<'a, 'b>(y: &'b String) -> impl Sized + 'a { let c = |w| { let z: &'b String = w; z }; Some(c) }
}
mod m2 {
use super::*;
pub fn f<'a, 'b>(y: &'b String) -> impl Sized + 'a { let c = move |w: i32| y; Some(c) }
}
fn main() {}
//= fine
use std::cell::{Cell, RefCell};
pub fn make<T>() -> T { loop {} }
pub fn id<'a>(s: &'a str) -> &'a str { s }
pub fn id2<'a>(s: &'a str) -> &'a str { s }
pub fn early<'a: 'a>(s: &'a str) -> &'a str { s }
pub fn two<'a, 'b>(s: &'a str, t: &'b str) -> &'a str { s }
pub fn two2<'a, 'b>(s: &'a str, t: &'b str) -> &'a str { s }
pub fn same<'a>(s: &'a str, t: &'a str) -> &'a str { s }
pub fn stat(s: &'static str) -> &'static str { s }
pub fn sink<'a>(s: &'a str) {}
pub fn sinks(s: &'static str) {}
pub fn cond() -> bool { true }
fn f11_<'a>(g: fn(&'a str) -> &'a str, h: fn(&str) -> &str) { let x: [fn(&'a str) -> &'a str; 2] = [h, g]; }
fn f15_<'a>() { let x: [fn(&'a str) -> &'a str; 1] = [id]; }
fn f16_<'a>() { let x: fn(&'a str) -> &'a str = if cond() { id } else { id2 }; }
fn f17_<'a>() { let x: fn(&'a str) -> &'a str = if cond() { id } else { id }; }
fn f22_() { let x = [two, two2]; }
fn f24_() { let x = [same, two]; }
fn f26_() { let x = if cond() { same } else { two }; }
fn f28_() { let x = [stat, id]; }
fn f30_() { let x = [early, id]; }
fn f32_() { let x = [sinks, sink]; }
fn f34_() { let x: [fn(&'static str); 2] = [sink, sinks]; }
fn f36_(g: fn(&'static str)) { let x: fn(&'static str) = if cond() { g } else { sink }; }
fn f37_(g: fn(&'static str)) -> fn(&'static str) { if cond() { g } else { sink } }
fn f38_(g: fn(&'static str)) -> fn(&'static str) { if cond() { sink } else { g } }
fn f39_(g: fn(&'static str)) -> fn(&'static str) { match cond() { true => sink, _ => g } }
fn f40_(g: fn(&'static str), h: fn(&str)) -> fn(&'static str) { match cond() { true => h, _ => g } }
fn f42_(g: fn(&'static str), h: fn(&str)) -> fn(&'static str) { if cond() { return h } g }
fn f43_(g: fn(&'static str), h: fn(&str)) { let mut x = g; x = h; }
fn f48_(g: fn(&'static str), h: fn(&str)) { let x = Some(g).unwrap_or(h); }
fn f50_(g: Option<fn(&'static str)>, h: Option<fn(&str)>) { let x = if cond() { g } else { h }; }
fn f52_(g: Option<fn(&'static str)>, h: Option<fn(&str)>) { let x = [g, h]; }
fn f53_(g: &dyn Fn(&'static str), h: &dyn Fn(&str)) { let x = [g, h]; }
fn f55_(g: (fn(&'static str), i32), h: (fn(&str), i32)) { let x = match cond() { true => g, _ => h }; }
fn f56_<'a, 'b>(g: fn(&'a str), h: fn(&'b str)) { let x = match cond() { true => g, _ => h }; }
fn f57_<'a, 'b>(g: fn(&'a str), h: fn(&'b str)) { let x = [g, h]; }
fn f58_() { let x = [sink, |s: &str| {}]; }
fn f60_() { let x = [|s: &'static str| {}, sink]; }
fn f62_() { let x = [|s: &'static str| {}, |s: &str| {}]; }
fn f67_<'a>(p: &'a str) -> &'static str { loop {} p }
fn f68_<'a>(p: &'a str) { loop {} let x: &'static str = p; }
fn f69_<'a>(p: String) { loop {} drop(p); drop(p); }
fn f70_<'a>(g: fn(&'a str), h: fn(&str)) -> fn(&'a str) { match cond() { true => h, _ => g } }
fn f72_<'a>(g: fn(&'a str), h: fn(&str)) -> fn(&'a str) { if cond() { h } else if cond() { g } else { sink } }
fn f73_<'a>() -> fn(&'a str) { match 1 { 1 => sink, 2 => |s: &str| {}, _ => |s: &'a str| {} } }
fn f74_() { let x: [fn(&str) -> &str; 2] = [id, id2]; }
fn f75_() { let x = [id, id2]; let s = String::new(); x[0](&s); }
fn main() {}
//= E0308 13 E0308 14 E0308 15 E0308 16 E0308 17 E0308 18 E0308 19 E0308 20 E0308 21 E0308 22 E0308 23 E0308 24 E0308 25 E0308 26 E0308 27 E0308 28 E0308 29 E0308 30 E0308 31 E0308 32 E0308 33 E0308 34 E0308 35 E0308 36 E0308 37 E0308 38 E0308 39 E0308 40 E0308 41 E0308 42 E0308 43 E0308 44 E0308 45 E0308 46
use std::cell::{Cell, RefCell};
pub fn make<T>() -> T { loop {} }
pub fn id<'a>(s: &'a str) -> &'a str { s }
pub fn id2<'a>(s: &'a str) -> &'a str { s }
pub fn early<'a: 'a>(s: &'a str) -> &'a str { s }
pub fn two<'a, 'b>(s: &'a str, t: &'b str) -> &'a str { s }
pub fn two2<'a, 'b>(s: &'a str, t: &'b str) -> &'a str { s }
pub fn same<'a>(s: &'a str, t: &'a str) -> &'a str { s }
pub fn stat(s: &'static str) -> &'static str { s }
pub fn sink<'a>(s: &'a str) {}
pub fn sinks(s: &'static str) {}
pub fn cond() -> bool { true }
fn f1_<'a>(g: fn(&'a str) -> &'a str) { let x = [id, g]; }
fn f2_<'a>(g: fn(&'a str) -> &'a str) { let x = [g, id]; }
fn f3_<'a>(g: fn(&'a str) -> &'a str) { let x = [g, id, id2]; }
fn f4_<'a>(g: fn(&'a str) -> &'a str) { let x = if cond() { g } else { id }; }
fn f5_<'a>(g: fn(&'a str) -> &'a str) { let x = if cond() { id } else { g }; }
fn f6_<'a>(g: fn(&'a str) -> &'a str) { let x = match cond() { true => id, false => g }; }
fn f7_<'a>(g: fn(&'a str) -> &'a str, h: fn(&str) -> &str) { let x = match cond() { true => h, false => g }; }
fn f8_<'a>(g: fn(&'a str) -> &'a str, h: fn(&str) -> &str) { let x = match cond() { true => g, false => h }; }
fn f9_<'a>(g: fn(&'a str) -> &'a str, h: fn(&str) -> &str) { let x = [g, h]; }
fn f10_<'a>(g: fn(&'a str) -> &'a str, h: fn(&str) -> &str) { let x = [h, g]; }
fn f12_<'a>(g: fn(&'a str) -> &'a str, h: fn(&str) -> &str) { let x: [fn(&'a str) -> &'a str; 2] = [h, h]; }
fn f13_<'a>() { let x: [fn(&'a str) -> &'a str; 2] = [id, id2]; }
fn f14_<'a>() { let x: [fn(&'a str) -> &'a str; 2] = [id, id]; }
fn f18_<'a>() { let x: fn(&'a str) -> &'a str = match cond() { true => id, false => id2 }; }
fn f19_<'a>(h: fn(&str) -> &str) { let x: fn(&'a str) -> &'a str = match cond() { true => h, false => h }; }
fn f20_<'a>(h: fn(&str) -> &str) { let x: fn(&'a str) -> &'a str = match cond() { true => h, false => id }; }
fn f21_<'a>(h: fn(&str) -> &str) { let x: fn(&'a str) -> &'a str = match cond() { true => id, false => h }; }
fn f23_() { let x = [two, same]; }
fn f25_() { let x = if cond() { two } else { same }; }
fn f27_() { let x = [id, stat]; }
fn f29_() { let x = [id, early]; }
fn f31_() { let x = [sink, sinks]; }
fn f33_() { let x: [fn(&'static str); 2] = [sinks, sink]; }
fn f35_() { let x: [fn(&str); 2] = [sink, sinks]; }
fn f41_(g: fn(&'static str), h: fn(&str)) -> fn(&'static str) { match cond() { true => g, _ => h } }
fn f44_(g: fn(&'static str), h: fn(&str)) { let mut x = h; x = g; }
fn f45_(g: fn(&'static str), h: fn(&str)) { let x = loop { if cond() { break g } break h }; }
fn f46_(g: fn(&'static str), h: fn(&str)) { let x = loop { if cond() { break h } break g }; }
fn f47_(g: fn(&'static str), h: fn(&str)) { let x = vec![g, h]; }
fn f49_(g: fn(&'static str), h: fn(&str)) { let x = Some(h).unwrap_or(g); }
fn f51_(g: Option<fn(&'static str)>, h: Option<fn(&str)>) { let x = if cond() { h } else { g }; }
fn f54_(g: &dyn Fn(&'static str), h: &dyn Fn(&str)) { let x = [h, g]; }
fn f66_(p: fn(&'static str)) { loop {} let x = || -> fn(&str) { p }; }
fn f71_<'a>(g: fn(&'a str), h: fn(&str)) -> fn(&'a str) { match cond() { true => g, _ => h } }
fn main() {}
//= fine
use std::cell::{Cell, RefCell};
pub fn make<T>() -> T { loop {} }
pub fn id<'a>(s: &'a str) -> &'a str { s }
pub fn id2<'a>(s: &'a str) -> &'a str { s }
pub fn early<'a: 'a>(s: &'a str) -> &'a str { s }
pub fn sink<'a>(s: &'a str) {}
pub fn sinks(s: &'static str) {}
pub fn cond() -> bool { true }
pub type G = fn(&'static str);
pub type H = fn(&str);
pub fn takes(x: fn(&'static str)) {}
pub fn takesh(x: fn(&str)) {}
pub fn same<T>(a: T, b: T) -> T { a }
pub fn pass<T>(a: T) -> T { a }
pub fn cellg(x: Cell<G>) {}
pub fn cellh(x: Cell<H>) {}
pub fn once<T, F: FnOnce() -> T>(f: F) -> T { f() }
pub struct W<T> { pub t: T }
pub struct Take<'x> { pub f: fn(&'x str) }
fn fr1_(g: G, h: H) -> G { if cond() { return g; } h }
fn fr7_(g: G, h: H) { let c = || { if cond() { return h; } h }; }
fn fr9_(g: G, h: H) { let c = || { if cond() { return g; } h }; }
fn fn2_(g: G, h: H) -> G { let x: G = match cond() { true => return g, false => { h } }; x }
fn fn3_(g: G, h: H) -> G { let x = match cond() { true => return g, false => h }; x }
fn fb1_(g: G, h: H) { let x: G = match cond() { true => { h }, false => { h } }; }
fn fb3_(g: G, h: H) { let x: [G; 2] = [{ h }, { h }]; }
fn fb4_(g: G, h: H) { let x: G = match cond() { true => h, false => if cond() { h } else { g } }; }
fn fb6_(g: G, h: H) { let x: G = 'a: { if cond() { break 'a h; } if cond() { break 'a g; } g }; }
fn fb8_(g: G, h: H) { let x: G = loop { if cond() { break h; } if cond() { break g; } }; }
fn fa1_(g: G, h: H) { takes(if cond() { h } else { g }); }
fn fa2_(g: G, h: H) { takes(match cond() { true => h, _ => g }); }
fn fa4_(g: G, h: H) { cellg(Cell::new(h)); }
fn fa5_(g: G, h: H) { cellh(Cell::new(h)); cellg(Cell::new(pass(h))); }
fn fa7_(g: G, h: H) { let c = Cell::new(h); cellh(c); }
fn fa8_(g: G, h: H) { let c: Cell<G> = Cell::new(h); c.set(h); c.set(g); }
fn fa9_(g: G, h: H) { let c = Cell::new(g); c.set(h); }
fn fs1_(g: G, h: H) { let x = same(g, h); }
fn fs3_(g: G, h: H) { let x: G = same(h, g); }
fn fs4_(g: G, h: H) { takes(same(h, g)); }
fn fs5_(g: G, h: H) { let x: Option<G> = same(Some(h), Some(g)); }
fn fs7_(g: G, h: H) { let x: G = Some(g).unwrap_or(h); }
fn fs8_(g: G, h: H) { let x: G = Option::unwrap_or(Some(h), g); }
fn fv2_(g: G, h: H) { let mut v = Vec::new(); v.push(g); v.push(h); }
fn fv3_(g: G, h: H) { let mut v: Vec<G> = Vec::new(); v.push(h); v.push(g); }
fn fv5_(g: G, h: H) { let mut v = None; v = Some(g); v = Some(h); }
fn fv6_(g: G, h: H) { let v: Vec<G> = vec![h, g]; }
fn fw2_(g: G, h: H) { let mut w = W { t: g }; w.t = h; }
fn fw3_(g: G, h: H) { let w: W<G> = W { t: h }; }
fn fw4_(g: G, h: H) { let w: W<G> = W { t: if cond() { h } else { g } }; }
fn fw6_<'a>(g: fn(&'a str), h: H) -> Take<'a> { Take { f: std::mem::replace(make::<&mut fn(&'a str)>(), h) } }
fn fc1_<'a>(g: fn(&'a str), h: H) -> fn(&'a str) { match cond() { true => Clone::clone(&h), false => Clone::clone(&h) } }
fn fc3_<'a>(g: fn(&'a str), h: H) -> fn(&'a str) { match cond() { true => h.clone(), false => pass(h) } }
fn fk1_(g: G, h: H) { let x = [h, |s: &str| {}]; }
fn fk2_(g: G, h: H) { let x = [|s: &str| {}, g]; }
fn fk4_(g: G, h: H) { let x = [g, |s: &str| {}]; }
fn fk6_(g: G, h: H) { let x: [G; 2] = [|s: &str| {}, |s: &str| {}]; }
fn fk8_(g: G, h: H) { let x = [h, |s| {}]; }
fn fm2_(g: G, h: H) { for p in [h, sink] { takes(p) } }
fn fm4_(g: G, h: H) { let v: Vec<G> = vec![h, h].into_iter().map(|x| x as G).collect(); }
fn fm5_(g: G, h: H) { let v: Vec<_> = vec![h, h].into_iter().collect(); takesh(v[0]); }
fn fm6_(g: G, h: H) { let (a, b) = (g, h); takes(b); takesh(b); takes(a); }
fn fm8_(g: G, h: H) { let a; if cond() { a = g } else { a = h } takes(a) }
fn fm9_(g: G, h: H) { let mut a = |x: H| {}; a(h); a(sink); }
fn fm11_(g: G, h: H) { let a = |x| {}; a(g); a(h); }
fn main() {}
//= E0308 20 E0308 21 E0308 22 E0308 23 E0308 24 E0308 25 E0308 26 E0308 27 E0308 28 E0308 29 E0308 30 E0308 31 E0308 32 E0308 33 E0308 34 E0308 35 E0308 36 E0308 37 E0308 38 E0308 39 E0308 40 E0308 41 E0308 42 E0308 43 E0308 44 E0308 45 E0308 46 E0308 47 E0308 48 E0308 49
use std::cell::{Cell, RefCell};
pub fn make<T>() -> T { loop {} }
pub fn id<'a>(s: &'a str) -> &'a str { s }
pub fn id2<'a>(s: &'a str) -> &'a str { s }
pub fn early<'a: 'a>(s: &'a str) -> &'a str { s }
pub fn sink<'a>(s: &'a str) {}
pub fn sinks(s: &'static str) {}
pub fn cond() -> bool { true }
pub type G = fn(&'static str);
pub type H = fn(&str);
pub fn takes(x: fn(&'static str)) {}
pub fn takesh(x: fn(&str)) {}
pub fn same<T>(a: T, b: T) -> T { a }
pub fn pass<T>(a: T) -> T { a }
pub fn cellg(x: Cell<G>) {}
pub fn cellh(x: Cell<H>) {}
pub fn once<T, F: FnOnce() -> T>(f: F) -> T { f() }
pub struct W<T> { pub t: T }
pub struct Take<'x> { pub f: fn(&'x str) }
fn fr2_(g: G, h: H) -> G { if cond() { return h; } if cond() { return h; } g }
fn fr3_(g: G, h: H) -> G { if cond() { return g; } if cond() { return h; } g }
fn fr4_(g: G, h: H) -> G { if cond() { return h; } return h; }
fn fr5_(g: G, h: H) -> G { if cond() { return sink; } if cond() { return sink; } sink }
fn fr6_(g: G, h: H) { let c = || -> G { if cond() { return h; } if cond() { return h; } h }; }
fn fr8_(g: G, h: H) { let c = || { if cond() { return h; } g }; }
fn fn1_(g: G, h: H) -> G { let x: G = match cond() { true => return g, false => h }; x }
fn fb2_(g: G, h: H) { let x = match cond() { true => { h }, false => { g } }; }
fn fb5_(g: G, h: H) { let x: G = 'a: { if cond() { break 'a h; } if cond() { break 'a g; } h }; }
fn fb7_(g: G, h: H) { let x: G = loop { if cond() { break h; } if cond() { break h; } }; }
fn fa3_(g: G, h: H) { takes(match cond() { true => g, _ => h }); }
fn fa6_(g: G, h: H) { let c = Cell::new(h); cellg(c); }
fn fa10_(g: G, h: H) { let c = Cell::new(h); c.set(g); }
fn fs2_(g: G, h: H) { let x = same(h, g); }
fn fs6_(g: G, h: H) { let x: G = Some(h).unwrap_or(g); }
fn fv1_(g: G, h: H) { let mut v = Vec::new(); v.push(h); v.push(g); }
fn fv4_(g: G, h: H) { let mut v = None; v = Some(h); v = Some(g); }
fn fv7_(g: G, h: H) { let v: Vec<G> = vec![g, h]; }
fn fv8_(g: G, h: H) { let mut v = vec![h]; v.push(g); }
fn fw1_(g: G, h: H) { let mut w = W { t: h }; w.t = g; }
fn fw5_(g: G, h: H) { let t = Take { f: std::mem::replace(make::<&mut fn(&str)>(), h) }; }
fn fc2_<'a>(g: fn(&'a str), h: H) -> fn(&'a str) { match cond() { true => Clone::clone(&h), false => h.clone() } }
fn fc4_<'a>(g: fn(&'a str), h: H) -> fn(&'a str) { match cond() { true => h.clone(), false => RefCell::new(h).into_inner() } }
fn fc5_<'a>(g: fn(&'a str), h: H) -> fn(&'a str) { match cond() { true => once(|| loop {}), false => make::<Vec<fn(&str)>>().remove(0) } }
fn fc6_<'a>(g: fn(&'a str), h: H) -> fn(&'a str) { match cond() { true => h, false => once(|| h) } }
fn fk7_(g: G, h: H) { let x = [|s| {}, h]; }
fn fk9_(g: G, h: H) { let x = [sink, |s| {}]; }
fn fm1_(g: G, h: H) { for p in [g, h] { takes(p) } }
fn fm7_(g: G, h: H) { let a; if cond() { a = h } else { a = g } }
fn fm10_(g: G, h: H) { let a = |x| {}; a(h); a(g); }
fn main() {}
//= E0308 45 E0308 62 E0597 37 none 66
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, BTreeMap};
use std::rc::Rc;
pub fn make<T>() -> T { loop {} }
pub fn id<'a>(s: &'a str) -> &'a str { s }
pub fn trim(s: &str) -> &str { s.trim() }
pub fn sink(s: &str) {}
pub fn sinks(s: &'static str) {}
pub fn cond() -> bool { true }
pub type H = fn(&str) -> &str;
pub struct Entry<'a> { pub name: &'a str, pub run: fn(&'a str) -> &'a str }
pub struct Table { pub all: Vec<(&'static str, H)> }
pub fn takes(h: H) {}
fn f_1() { let t = [("a", id as H), ("b", trim as H)]; for (n, g) in &t { let s = String::new(); g(&s); } }
fn f_2() { let t: [(&str, H); 2] = [("a", id), ("b", trim)]; for (n, g) in t { let s = String::new(); g(&s); } }
fn f_3() { let mut t = HashMap::new(); t.insert("a", id as H); t.insert("b", trim); let s = String::new(); t["a"](&s); }
fn f_4() { let mut t: HashMap<&str, H> = HashMap::new(); t.insert("a", id); t.insert("b", trim); if let Some(g) = t.get("a") { let s = String::new(); g(&s); } }
fn f_5() { let mut t: HashMap<&str, Box<dyn Fn(&str) -> &str>> = HashMap::new(); t.insert("a", Box::new(id)); t.insert("b", Box::new(|s| s)); let s = String::new(); t["a"](&s); }
fn f_6() { let mut v: Vec<Box<dyn Fn(&str) -> usize>> = Vec::new(); v.push(Box::new(|s| s.len())); v.push(Box::new(str::len)); let s = String::new(); for g in v.iter() { g(&s); } }
fn f_7() { let v = vec![Box::new(|s: &str| s.len()) as Box<dyn Fn(&str) -> usize>, Box::new(|s| 1)]; let s = String::new(); for g in &v { g(&s); } }
fn f_8(n: i32) -> Option<H> { match n { 0 => Some(id), 1 => Some(trim), _ => None } }
fn f_9(n: i32) -> Result<H, String> { Ok(match n { 0 => id, 1 => trim, _ => return Err(String::new()) }) }
fn f_10(n: i32) -> H { match n { 0 => id, 1 => trim, _ => |s| s } }
fn f_11(n: i32) { let g = match n { 0 => id, 1 => trim, _ => panic!() }; let s = String::new(); g(&s); takes(g); }
fn f_12(n: i32) { let g = if n > 1 { id } else { trim }; let s = String::new(); g(&s); takes(g); }
fn f_13(n: i32) { let g: H = if n > 1 { id } else { trim }; let s = String::new(); g(&s); takes(g); }
fn f_14<'a>(e: &[Entry<'a>]) { for x in e { (x.run)(x.name); } let n = Entry { name: "a", run: id }; let m = Entry { name: "b", run: n.run }; }
fn f_15(t: &mut Table) { t.all.push(("a", id)); t.all.extend([("b", trim as H)]); let g = t.all.iter().find(|x| x.0 == "a").map(|x| x.1); if let Some(g) = g { takes(g); } }
fn f_16(t: &Table) -> Option<H> { t.all.iter().find(|x| x.0 == "a").map(|x| x.1) }
fn f_17(t: &Table) -> H { t.all.iter().find(|(n, _)| *n == "a").map(|&(_, g)| g).unwrap_or(id) }
fn f_18(t: &Table) -> Vec<H> { t.all.iter().map(|x| x.1).collect() }
fn f_19(t: &Table) -> Vec<H> { let mut v = Vec::new(); for (_, g) in &t.all { v.push(*g); } v }
fn f_20(t: &Table) -> Vec<H> { let mut v = Vec::new(); v.push(id as H); v.push(trim); v }
fn f_21(t: &Table) -> Option<H> { let mut r = None; for (_, g) in &t.all { r = Some(*g); } r }
fn f_22(t: &Table) -> Option<H> { let mut r: Option<H> = None; if cond() { r = Some(id); } r = r.or(Some(trim)); r }
fn f_23() { let c = Cell::new(id as H); c.set(trim); let g = c.get(); let s = String::new(); g(&s); }
fn f_24() { let c: RefCell<Option<H>> = RefCell::new(None); *c.borrow_mut() = Some(id); c.replace(Some(trim)); if let Some(g) = *c.borrow() { takes(g); } }
fn f_25() { let r: Rc<dyn Fn(&str) -> &str> = Rc::new(id); let q = r.clone(); let s = String::new(); q(&s); }
fn f_26() { let r: Rc<dyn Fn(&str) -> &str> = if cond() { Rc::new(id) } else { Rc::new(|s| s) }; let s = String::new(); r(&s); }
fn f_27() { let mut stack: Vec<Box<dyn FnMut(&mut String)>> = vec![]; stack.push(Box::new(|s| s.push('a'))); let mut t = String::new(); while let Some(mut g) = stack.pop() { g(&mut t); } }
fn f_28() { let apply = |g: H, s: &str| g(s).len(); apply(id, "a"); apply(trim, &String::new()); }
fn f_29() { let apply = |g: fn(&str), s: &str| g(s); apply(sink, "a"); }
fn f_30() { let pick = |n: i32| -> H { if n > 1 { id } else { trim } }; takes(pick(1)); }
fn f_31() { let pick = |n: i32| if n > 1 { id as H } else { trim }; takes(pick(1)); }
fn f_32() { let pick = |n: i32| match n { 1 => id as H, 2 => trim, _ => |s| s }; takes(pick(1)); }
fn f_33() { let t: BTreeMap<i32, H> = [(1, id as H), (2, trim)].into_iter().collect(); takes(t[&1]); }
fn f_34() { let t: BTreeMap<i32, H> = vec![(1, id as H), (2, trim)].into_iter().collect(); for (_, g) in t { takes(g); } }
fn f_35() { let (a, b): (H, H) = (id, trim); let mut x = a; x = b; std::mem::swap(&mut x, &mut { a }); takes(x); }
fn f_36() { let mut a: H = id; let mut b: H = trim; std::mem::swap(&mut a, &mut b); let o = std::mem::replace(&mut a, trim); takes(o); }
fn f_37(mut o: Option<H>) { let g = o.take().unwrap_or(id); takes(g); let h = o.get_or_insert(trim); takes(*h); o.insert(id); }
fn f_38(mut o: Option<H>) { let g = o.get_or_insert_with(|| id); takes(*g); let h = o.unwrap_or_else(|| trim); takes(h); }
fn f_39(a: &[H]) { let v: Vec<H> = a.to_vec(); let w: Vec<_> = a.iter().copied().collect(); takes(w[0]); let x = a.iter().cloned().next().unwrap_or(id); takes(x); }
fn f_40(a: &[H]) { let r = a.iter().fold(id as H, |x, y| if cond() { x } else { *y }); takes(r); }
fn f_41(a: &[H]) { let s = String::from("a"); let r = a.iter().fold(s.as_str(), |x, g| g(x)); let t: usize = a.iter().map(|g| g(&s).len()).sum(); }
static ALL: [(&str, H); 2] = [("a", id), ("b", trim)]; const ONE: H = id;
fn f_42() { for (n, g) in ALL.iter() { takes(*g); } let g = if cond() { ONE } else { trim }; takes(g); let x = [ONE, trim, id]; takes(x[2]); }
fn f_43() -> impl Fn(&str) -> &str { if cond() { return id as H; } trim }
fn f_44() -> Box<dyn Fn(&str) -> &str> { if cond() { return Box::new(id); } match 1 { 1 => Box::new(trim), _ => Box::new(|s| s) } }
fn f_45() { let c: Vec<(i32, fn(i32) -> i32)> = vec![(1, |x| x + 1), (2, |x| x * 2)]; let d = [i32::abs, |x| x]; d[0](1); }
struct Machine<'m> { ops: Vec<fn(&mut Machine<'m>, &str)>, name: &'m str }
fn op<'m>(m: &mut Machine<'m>, s: &str) {} fn op2(m: &mut Machine<'_>, s: &str) {}
fn f_46<'m>(n: &'m str) { let mut m = Machine { ops: vec![op, op2], name: n }; m.ops.push(op); let o = m.ops[0]; o(&mut m, "a"); for i in 0..2 { let g = m.ops[i]; g(&mut m, n); } }
struct State { next: Option<fn(&mut State) -> bool> } fn first_(s: &mut State) -> bool { s.next = Some(second_); true } fn second_(s: &mut State) -> bool { s.next = None; false }
fn f_47() { let mut s = State { next: Some(first_) }; while let Some(g) = s.next { if !g(&mut s) { break; } } let t = if cond() { first_ } else { second_ }; s.next = Some(t); }
struct Node(i32); fn w(n: &Node, g: &dyn Fn(&Node) -> i32) -> i32 { g(n) }
fn f_48(n: &Node) { w(n, &|m| m.0); let g: &dyn Fn(&Node) -> i32 = &|m| m.0; w(n, g); let h = g; w(n, h); let k = if cond() { g } else { &|m| 1 }; w(n, k); }
fn f_49() { let fs: [&dyn Fn(&str) -> usize; 2] = [&|s| s.len(), &str::len]; for g in fs { g(&String::new()); } for g in fs.iter() { g(&String::new()); } }
fn f_50() { let by: fn(&&str, &&str) -> std::cmp::Ordering = if cond() { |a, b| a.cmp(b) } else { |a, b| b.cmp(a) }; let mut v = vec!["a"]; v.sort_by(by); v.sort_by(|a, b| by(a, b)); }
fn f_51() { let by = if cond() { |a: &i32, b: &i32| a.cmp(b) } else { |a: &i32, b: &i32| b.cmp(a) }; let mut v = vec![1]; v.sort_by(by); }
fn f_52() { let parse: Vec<(&str, fn(&str) -> Option<i32>)> = vec![("a", |s| s.parse().ok()), ("b", |_| None)]; for (n, p) in &parse { if let Some(x) = p(n) {} } }
fn f_53<T: Clone>(h: fn(&T) -> T, t: &T) { let g = h; let v = vec![h, T::clone]; v[0](t); let w = [T::clone, h]; w[1](t); }
fn f_54() { let mut cur = None; for i in 0..2 { cur = match i { 0 => Some(id as H), _ => cur }; } if let Some(c) = cur { takes(c); } }
fn f_55() { let mut cur: H = id; loop { cur = match 1 { 1 => trim, 2 => break, _ => cur }; } takes(cur); }
fn main() {}
//= fine
use std::cell::Cell;
pub fn make<T>() -> T { loop {} }
pub struct Pair { pub a: String, pub b: String }
#[derive(Clone, Copy)]
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub struct Two<'a, 'b> { pub r: &'a String, pub n: &'b String }
pub struct Inv<'a> { pub c: Cell<&'a String> }
pub trait Look { fn look(&self) -> &String; }
impl<'x> Look for View<'x> { fn look(&self) -> &String { self.r } }
impl<'x> Look for Inv<'x> { fn look(&self) -> &String { self.c.get() } }
impl<'x, 'y> Look for Two<'x, 'y> { fn look(&self) -> &String { self.r } }
impl Look for String { fn look(&self) -> &String { self } }
pub trait Of<'a> { fn of(&self) -> &'a String; }
impl<'a> Of<'a> for View<'a> { fn of(&self) -> &'a String { self.r } }
impl<'a, 'b> Of<'a> for Two<'a, 'b> { fn of(&self) -> &'a String { self.r } }
pub trait Pairs<'a, 'b> { }
impl<'a, 'b> Pairs<'a, 'b> for Two<'a, 'b> { }
impl<'a, 'b> Pairs<'a, 'b> for String { }
impl<'a, 'b> Pairs<'a, 'b> for View<'static> { }
mod m0 {
use super::*;
pub fn f<'a: 'b, 'b>(x: View<'a>) -> impl Look + 'b { x }
}
mod m1 {
use super::*;
pub fn f<'a>(x: Inv<'a>) -> impl Look + 'a { x }
}
mod m2 {
use super::*;
pub fn f<'a>(x: View<'a>) -> impl Of<'a> { x }
}
mod m3 {
use super::*;
pub fn f<'a: 'b, 'b>(x: View<'a>) -> impl Of<'b> { x }
}
mod m4 {
use super::*;
pub fn f<'a, 'b: 'a>(x: Two<'a, 'b>) -> impl Of<'a> { x }
}
mod m5 {
use super::*;
pub fn f<'a: 'b, 'b>(x: Two<'a, 'b>) -> impl Of<'a> + 'b { x }
}
mod m6 {
use super::*;
pub fn f<'a, 'b>(x: Two<'a, 'b>) -> impl Pairs<'a, 'b> { x }
}
mod m7 {
use super::*;
pub fn f<'a, 'b>() -> impl Pairs<'b, 'a> { String::new() }
}
mod m8 {
use super::*;
pub fn f<'a, 'b>(s: &'static String) -> impl Pairs<'b, 'a> { View { r: s, n: 1 } }
}
mod m9 {
use super::*;
pub fn f<'a, 'b>(s: &'a Vec<String>) -> Option<impl Iterator<Item = &'a String>> { Some(s.iter()) }
}
mod m10 {
use super::*;
pub fn f<'a, 'b>(s: &'a Vec<String>) -> (impl Iterator + 'a, &'b String) { (s.iter(), make()) }
}
mod m11 {
use super::*;
pub fn f<T: Look>(t: T) -> impl Look { t }
}
mod m12 {
use super::*;
pub fn f<'a, T: Look + 'a>(t: T) -> impl Look + 'a { t }
}
mod m13 {
use super::*;
pub fn f() -> impl Fn() -> i32 { let x = 1; move || x }
}
mod m14 {
use super::*;
pub fn f<'a, 'b>() -> impl Fn(&'a String) -> &'b String { |x| make() }
}
mod m15 {
use super::*;
pub fn f<'a: 'b, 'b>() -> impl Fn(&'a String) -> &'b String { |x| x }
}
mod m16 {
use super::*;
pub fn f<'a: 'b, 'b>() -> impl Fn(&'a String) -> &'b String + 'static { |x| x }
}
mod m17 {
use super::*;
pub fn f<'a>(v: &'a String) -> impl Fn() -> &'a String + 'static { || make() }
}
mod m18 {
use super::*;
pub fn f<'a, 'b>(v: &'a Vec<&'b String>) -> impl Iterator<Item = &'b String> + 'a { v.iter().map(|x| *x) }
}
mod m19 {
use super::*;
pub fn f<'a, 'b: 'a>(v: &'a Vec<&'b String>) -> impl Iterator<Item = &'a String> { v.iter().map(|x| *x) }
}
mod m20 {
use super::*;
pub fn f<'a>(v: &'a Vec<String>, n: &usize) -> impl Iterator<Item = &'a String> { v.iter().take(*n) }
}
mod m21 {
use super::*;
pub fn f<'a, 'n: 'a>(v: &'a Vec<String>, n: &'n usize) -> impl Iterator<Item = &'a String> { v.iter().filter(move |x| x.len() > *n) }
}
mod m22 {
use super::*;
pub fn g<'a>(v: &'a Vec<String>) -> impl Iterator<Item = &'a String> + 'a { v.iter() }
pub fn f<'a, 'n>(v: &'a Vec<String>) -> impl Iterator<Item = &'a String> + 'a { g(v) }
}
mod m23 {
use super::*;
pub fn g<'a, 'b>(v: &'b String) -> impl Look + 'static { String::new() }
pub fn f<'a, 'n>(v: &'a String) -> impl Look + 'static { g(v) }
}
mod m24 {
use super::*;
pub fn g<'a, 'b>(v: &'b String) -> impl Pairs<'a, 'b> + 'static { String::new() }
pub fn keep<T: 'static>(t: T) {}
pub fn f<'a, 'n>(v: &'a String) { keep(g(v)) }
}
mod m25 {
use super::*;
pub fn g<'a, 'b: 'a>(v: &'b String) -> impl Pairs<'a, 'b> + 'a { String::new() }
pub fn f<'a, 'b: 'a>(v: &'b String) -> Box<dyn Pairs<'a, 'b> + 'a> { Box::new(g(v)) }
}
mod m26 {
use super::*;
pub fn g<'a, 'b: 'a>(v: &'b String) -> impl Pairs<'a, 'b> + 'b { String::new() }
pub fn f<'a, 'b: 'a>(v: &'b String) -> Box<dyn Pairs<'a, 'b> + 'b> { Box::new(g(v)) }
}
mod m27 {
use super::*;
impl Pair { fn parts1(&self) -> impl Iterator<Item = &String> { [&self.a, &self.b].into_iter() } }
}
mod m28 {
use super::*;
impl Pair { fn parts6<'a>(&'a self, n: &'a String) -> impl Iterator<Item = &'a String> { [&self.a, n].into_iter() } }
}
mod m29 {
use super::*;
impl<'s> View<'s> { fn parts3(&self) -> impl Iterator<Item = &'s String> { [self.r].into_iter() } }
}
mod m30 {
use super::*;
impl<'s> View<'s> { fn parts4(&self) -> impl Iterator<Item = &'s String> + '_ { [self.r].into_iter() } }
}
mod m31 {
use super::*;
pub fn f<'a, 'b>() -> impl Iterator<Item = &'a mut String> + 'b { make::<&mut Vec<&mut Pair>>().drain(..).map(|w| &mut w.a) }
}
mod m32 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'a mut String> + 'b { make::<&mut Vec<&mut Pair>>().drain(..) .map(|w| &mut w.a)}
}
mod m33 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'b mut String> + 'a { make::<&mut Vec<&mut String>>().drain(..) }
}
mod m34 {
use super::*;
pub fn f<'a>(x: &'a String) -> Box<dyn Iterator<Item = &'a String> + 'static> { Box::new(Some(1).into_iter().map(|_| make::<&String>())) }
}
mod m35 {
use super::*;
pub fn f<'a>(x: &'a String) -> Box<dyn Iterator<Item = &'a String>> { Box::new(Some(1).into_iter().map(|_| make::<&'a String>())) }
}
mod m36 {
use super::*;
pub fn keep<T: 'static>(t: T) {}
pub fn f<'a>(x: &'a String) { keep(Some(1).into_iter().map(|_| make::<&'a String>())) }
}
mod m37 {
use super::*;
pub fn keep<T: 'static>(t: T) {}
pub fn f<'a>(x: &'a String) { keep(make::<fn(&'a String)>()) }
}
fn main() {}
//= E0309 62 E0310 66 E0373 70 E0521 112 E0700 30 E0700 34 E0700 42 E0700 82 E0700 86 none 22 none 26 none 38 none 46 none 50 none 54 none 58 none 74 none 78 none 90 none 95 none 99 none 103 none 107
use std::cell::Cell;
pub fn make<T>() -> T { loop {} }
pub struct Pair { pub a: String, pub b: String }
#[derive(Clone, Copy)]
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub struct Two<'a, 'b> { pub r: &'a String, pub n: &'b String }
pub struct Inv<'a> { pub c: Cell<&'a String> }
pub trait Look { fn look(&self) -> &String; }
impl<'x> Look for View<'x> { fn look(&self) -> &String { self.r } }
impl<'x> Look for Inv<'x> { fn look(&self) -> &String { self.c.get() } }
impl<'x, 'y> Look for Two<'x, 'y> { fn look(&self) -> &String { self.r } }
impl Look for String { fn look(&self) -> &String { self } }
pub trait Of<'a> { fn of(&self) -> &'a String; }
impl<'a> Of<'a> for View<'a> { fn of(&self) -> &'a String { self.r } }
impl<'a, 'b> Of<'a> for Two<'a, 'b> { fn of(&self) -> &'a String { self.r } }
pub trait Pairs<'a, 'b> { }
impl<'a, 'b> Pairs<'a, 'b> for Two<'a, 'b> { }
impl<'a, 'b> Pairs<'a, 'b> for String { }
impl<'a, 'b> Pairs<'a, 'b> for View<'static> { }
mod m0 {
use super::*;
pub fn f<'a, 'b>(x: View<'a>) -> impl Look + 'b { x }
}
mod m1 {
use super::*;
pub fn f<'a>(x: View<'a>) -> impl Look + 'static { x }
}
mod m2 {
use super::*;
pub fn f<'a>(x: View<'a>) -> impl Look { x }
}
mod m3 {
use super::*;
pub fn f<'a: 'b, 'b>(x: Inv<'a>) -> impl Look + 'b { x }
}
mod m4 {
use super::*;
pub fn f<'a, 'b>(x: View<'a>) -> impl Of<'b> { x }
}
mod m5 {
use super::*;
pub fn f<'a, 'b>(x: Two<'a, 'b>) -> impl Of<'a> { x }
}
mod m6 {
use super::*;
pub fn f<'a, 'b>(x: Two<'a, 'b>) -> impl Pairs<'b, 'a> { x }
}
mod m7 {
use super::*;
pub fn f<'a, 'b>(s: &'a String) -> impl Pairs<'b, 'a> { View { r: s, n: 1 } }
}
mod m8 {
use super::*;
pub fn f<'a, 'b>(s: &'a Vec<String>) -> Option<impl Iterator<Item = &'b String>> { Some(s.iter()) }
}
mod m9 {
use super::*;
pub fn f<'a, 'b>(s: &'a Vec<String>, x: &'b String) -> (impl Iterator + 'a, &'a String) { (s.iter(), x) }
}
mod m10 {
use super::*;
pub fn f<'a, T: Look>(t: T) -> impl Look + 'a { t }
}
mod m11 {
use super::*;
pub fn f<T: Look>(t: T) -> impl Look + 'static { t }
}
mod m12 {
use super::*;
pub fn f() -> impl Fn() -> i32 { let x = 1; || x }
}
mod m13 {
use super::*;
pub fn f<'a, 'b>() -> impl Fn(&'a String) -> &'b String { |x| x }
}
mod m14 {
use super::*;
pub fn f<'a>(v: &'a String) -> impl Fn() -> usize + 'static { move || v.len() }
}
mod m15 {
use super::*;
pub fn f<'a, 'b>(v: &'a Vec<&'b String>) -> impl Iterator<Item = &'b String> { v.iter().map(|x| *x) }
}
mod m16 {
use super::*;
pub fn f<'a>(v: &'a Vec<String>, n: &usize) -> impl Iterator<Item = &'a String> { v.iter().filter(move |x| x.len() > *n) }
}
mod m17 {
use super::*;
pub fn f<'a, 'n>(v: &'a Vec<String>, n: &'n usize) -> impl Iterator<Item = &'a String> + 'n { v.iter().filter(move |x| x.len() > *n) }
}
mod m18 {
use super::*;
pub fn g<'a>(v: &'a Vec<String>) -> impl Iterator<Item = &'a String> + 'a { v.iter() }
pub fn f<'a, 'n>(v: &'a Vec<String>) -> impl Iterator<Item = &'a String> + 'n { g(v) }
}
mod m19 {
use super::*;
impl Pair { fn parts2(&self, n: &String) -> impl Iterator<Item = &String> { [&self.a, n].into_iter() } }
}
mod m20 {
use super::*;
impl<'s> View<'s> { fn parts5(&self) -> impl Iterator<Item = &String> + 's { [self.r].into_iter() } }
}
mod m21 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Iterator<Item = &'a mut String> + 'b { make::<&mut Vec<&mut String>>().drain(..) }
}
mod m22 {
use super::*;
pub fn keep<T: 'static>(t: T) {}
pub fn f<'a>(x: &'a String) { keep(Some(1).into_iter().map(move |_| x)) }
}
fn main() {}
//= fine
use std::cell::Cell;
pub fn make<T>() -> T { loop {} }
pub fn see<T>(_: &T) {}
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub struct Inv<'a> { pub c: Cell<&'a String> }
pub struct Hold<'a, T> { pub r: &'a T }
pub trait Put<'a> { fn put(&self, s: &'a String); }
impl<'a> Put<'a> for Inv<'a> { fn put(&self, s: &'a String) { self.c.set(s) } }
pub trait Look { fn look(&self) -> &String; }
impl<'x> Look for View<'x> { fn look(&self) -> &String { self.r } }
impl<'a, T: Look> Look for Hold<'a, T> { fn look(&self) -> &String { self.r.look() } }
pub trait Pairs<'a, 'b> { }
impl<'a, 'b, 'c> Pairs<'a, 'b> for View<'c> { }
pub trait Any2 {}
impl<T> Any2 for T {}
pub fn putter<'a>(s: &'a String) -> impl Put<'a> { Inv { c: Cell::new(s) } }
pub fn iter<'a>(s: &'a Vec<String>) -> impl Iterator<Item = &'a String> { s.iter() }
pub fn look<'a>(s: &'a String) -> impl Look + 'a { View { r: s, n: 0 } }
mod m0 {
use super::*;
pub fn f() { let s = String::new(); let t = String::new(); let h = putter(&s); h.put(&t); see(&h); }
}
mod m1 {
use super::*;
pub fn f<'a, 'b>() -> impl Pairs<'a, 'b> { View { r: make(), n: 0 } }
}
mod m2 {
use super::*;
pub fn f<'a, 'b: 'a>() -> impl Pairs<'a, 'b> { View { r: make(), n: 0 } }
}
mod m3 {
use super::*;
pub fn f<'a, 'b: 'a>(x: &'a String, y: &'b String) -> impl Pairs<'a, 'b> { View { r: if true { x } else { y }, n: 0 } }
}
mod m4 {
use super::*;
pub fn f<'a>(x: &'a String, y: &'a String) -> impl Look + 'a { let mut l = look(x); l = look(y); l }
}
mod m5 {
use super::*;
pub fn f<'a, 'b>(x: &'a String, y: &'b String) -> usize { let mut l = look(x); l = look(y); l.look().len() }
}
mod m6 {
use super::*;
pub fn f(x: &Vec<String>) { let v = Vec::new(); let mut l = iter(x); l = iter(&v); l.next(); }
}
mod m7 {
use super::*;
pub fn f<'a, T: Look>(x: &'a T) -> impl Look + 'a { Hold { r: x } }
}
mod m8 {
use super::*;
pub fn f<'a, T: Look>(x: Hold<'a, T>) -> impl Look + 'a { x }
}
mod m9 {
use super::*;
pub fn f<'a, T: Iterator<Item = &'a String>>(x: T) -> impl Iterator<Item = &'a String> { x.map(|s| s) }
}
mod m10 {
use super::*;
pub fn f<'a, T: Iterator<Item = &'a String> + 'a>(x: T) -> impl Iterator<Item = &'a String> + 'a { x.map(|s| s) }
}
mod m11 {
use super::*;
pub fn f<'a, T: Iterator>(x: T) -> impl Iterator<Item = T::Item> + 'a where T: 'a { x.map(|s| s) }
}
mod m12 {
use super::*;
pub fn f<'a, T: 'a>(x: T) -> impl Fn() -> T + 'a where T: Clone { move || x.clone() }
}
mod m13 {
use super::*;
pub fn f<'a, T: Clone>() -> impl Fn() -> T + 'a { move || make::<T>() }
}
mod m14 {
use super::*;
pub fn f<'a>(x: &'a dyn Look) -> impl Any2 + 'a { x }
}
mod m15 {
use super::*;
pub fn f<'a>(x: Box<dyn Look + 'a>) -> impl Any2 + 'a { x }
}
mod m16 {
use super::*;
pub fn f<'a>(x: fn(&'a String) -> &'static String) -> impl Any2 + 'a { x }
}
mod m17 {
use super::*;
pub fn f<'a>(x: fn(&'a String) -> &'static String) -> impl Any2 { x }
}
mod m18 {
use super::*;
pub fn f<'a>(x: fn(&String) -> &String) -> impl Any2 + 'static { x }
}
mod m19 {
use super::*;
pub fn f<'a>(x: for<'x> fn(&'x String) -> &'x String) -> impl Fn(&String) -> &String { x }
}
mod m20 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl FnMut(&'a String) -> &'a String { let mut k = x; move |y| { let z = k; k = y; z } }
}
mod m21 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl FnMut(&String) -> &'a String { let mut k = x; move |y| { x } }
}
mod m22 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl FnMut(&'a String) -> &'a String { let mut k = x; move |y| { let z = k; k = y; z } }
pub fn g() { let s = String::new(); let t = String::new(); let mut h = f(&s); h(&t); h(&s); }
}
mod m23 {
use super::*;
pub fn f<'a>(v: &'a mut Vec<String>) -> impl Iterator<Item = &'a mut String> { v.iter_mut().filter(|x| x.len() > 1) }
}
mod m24 {
use super::*;
pub fn f(n: usize) -> impl Iterator<Item = usize> { (0..n).flat_map(|x| (0..x).map(move |y| x + y)) }
}
mod m25 {
use super::*;
pub fn f<'a>(s: &'a str) -> impl Iterator<Item = &'a str> + 'a { s.split(' ').filter(|x| !x.is_empty()) }
}
mod m26 {
use super::*;
pub fn f<'a>(o: Option<&'a String>) -> impl Fn() -> Option<&'a String> { move || o }
}
mod m27 {
use super::*;
pub fn f<'a>(o: Option<&'a String>) -> Result<impl Fn() -> Option<&'a String>, ()> { Ok(move || o) }
}
mod m28 {
use super::*;
pub fn f<'a>(o: Option<&'a String>) -> Box<impl Fn() -> Option<&'a String>> { Box::new(move || o) }
}
mod m29 {
use super::*;
pub fn f<'a>(o: Option<&'a String>) -> (impl Look + 'a, impl Look + 'a) { (View { r: o.unwrap(), n: 1 }, View { r: o.unwrap(), n: 1 }) }
}
fn main() {}
//= E0309 45 E0309 49 E0309 53 E0309 57 E0373 70 E0515 33 E0515 37 E0597 21 E0597 66 E0621 74 E0700 25 E0700 29 E0700 41 none 61
use std::cell::Cell;
pub fn make<T>() -> T { loop {} }
pub fn see<T>(_: &T) {}
pub struct View<'a> { pub r: &'a String, pub n: i32 }
pub struct Inv<'a> { pub c: Cell<&'a String> }
pub struct Hold<'a, T> { pub r: &'a T }
pub trait Put<'a> { fn put(&self, s: &'a String); }
impl<'a> Put<'a> for Inv<'a> { fn put(&self, s: &'a String) { self.c.set(s) } }
pub trait Look { fn look(&self) -> &String; }
impl<'x> Look for View<'x> { fn look(&self) -> &String { self.r } }
impl<'a, T: Look> Look for Hold<'a, T> { fn look(&self) -> &String { self.r.look() } }
pub trait Pairs<'a, 'b> { }
impl<'a, 'b, 'c> Pairs<'a, 'b> for View<'c> { }
pub trait Any2 {}
impl<T> Any2 for T {}
pub fn putter<'a>(s: &'a String) -> impl Put<'a> { Inv { c: Cell::new(s) } }
pub fn iter<'a>(s: &'a Vec<String>) -> impl Iterator<Item = &'a String> { s.iter() }
pub fn look<'a>(s: &'a String) -> impl Look + 'a { View { r: s, n: 0 } }
mod m0 {
use super::*;
pub fn f() { let s = String::new(); let h = putter(&s); { let t = String::new(); h.put(&t); } see(&h); }
}
mod m1 {
use super::*;
pub fn f<'a, 'b>(x: &'a String, y: &'b String) -> impl Pairs<'a, 'b> { View { r: if true { x } else { y }, n: 0 } }
}
mod m2 {
use super::*;
pub fn f<'a, 'b, 'c: 'a + 'b>(x: &'c String) -> impl Pairs<'a, 'b> { View { r: x, n: 0 } }
}
mod m3 {
use super::*;
pub fn f<'a>(x: &'a Vec<String>) -> impl Iterator<Item = &'a String> { let v = Vec::new(); let mut l = iter(x); l = iter(&v); l }
}
mod m4 {
use super::*;
pub fn f<'a>(x: &'a Vec<String>) -> impl Iterator<Item = &'a String> { let v = Vec::new(); iter(&v) }
}
mod m5 {
use super::*;
pub fn f<'a, T: Look>(x: &'a T) -> impl Look { Hold { r: x } }
}
mod m6 {
use super::*;
pub fn f<'a, T: Iterator<Item = &'a String>>(x: T) -> impl Iterator<Item = &'a String> + 'a { x.map(|s| s) }
}
mod m7 {
use super::*;
pub fn f<'a, T: Iterator>(x: T) -> impl Iterator<Item = T::Item> + 'a { x }
}
mod m8 {
use super::*;
pub fn f<'a, T: Iterator>(x: T) -> impl Iterator<Item = T::Item> + 'a where T::Item: 'a { x }
}
mod m9 {
use super::*;
pub fn f<'a, T>(x: T) -> impl Fn() -> T + 'a where T: Clone { move || x.clone() }
}
mod m10 {
use super::*;
pub fn f<'a>(x: Box<dyn Look + 'a>) -> impl Any2 + 'static { x }
}
mod m11 {
use super::*;
pub fn f<'a>(x: &'a String) -> impl FnMut(&'a String) -> &'a String { let mut k = x; move |y| { let z = k; k = y; z } }
pub fn g() { let s = String::new(); let mut h = f(&s); { let t = String::new(); h(&t); } }
}
mod m12 {
use super::*;
pub fn f(n: usize) -> impl Iterator<Item = usize> { (0..n).flat_map(|x| (0..x).map(|y| x + y)) }
}
mod m13 {
use super::*;
pub fn f<'a>(s: &'a str, p: &str) -> impl Iterator<Item = &'a str> + 'a { s.split(' ').filter(move |x| *x != p) }
}
fn main() {}
//= fine
fn half(n: i32) -> Option<i32> { if n % 2 == 0 { Some(n / 2) } else { None } }
fn f(x: Option<i32>) -> i32 {
    match x {
        Some(n) if { let Some(mut w) = half(n) else { return 3 }; w = w + 4; w < 9 } => n,
        Some(n) if { let mut k = half(n); if let Some(ref mut j) = k { *j += 1; k = None; } k.is_none() } => n + 100,
        Some(n) if { let mut q = 3; match q { 3 => q = 4, _ => q = 5 } q > n } => n + 200,
        _ => 0,
    }
}
fn main() {}
//= fine
fn g(x: Option<i32>) -> i32 {
    let mut k = Some(1);
    match x {
        Some(1) => { if let Some(n) = k { n } else { 0 } }
        Some(2) | Some(3) if { k = None; match k { None => false, Some(_) => true } } => 5,
        Some(n) if { if let Some(ref mut j) = k { *j = n; } k = Some(n); k.is_some() } => k.unwrap(),
        _ => 9,
    }
}
fn main() {}
//= E0510 5
fn g(mut x: Option<i32>) -> i32 {
    let k = Some(1);
    match x {
        Some(1) => { if let Some(n) = k { n } else { 0 } }
        Some(_) if { if let Some(2) = k { x = None; } k.is_some() } => 5,
        _ => 9,
    }
}
fn main() {}
//= E0510 4
fn g(mut x: (Option<i32>, i32)) -> i32 {
    match x {
        (Some(1), _) | (None, _) if x.1 > 2 => 1,
        (Some(5), 3) | (Some(_), 4) if { let n = x.1; let odd = match n { 1 => false, _ => true }; x.1 = 4; odd } => 2,
        _ => 9,
    }
}
fn main() {}
//= E0510 5
fn g(x: Option<i32>) -> i32 {
    let mut k = Some(1);
    match x {
        Some(n) if match k { Some(1) if n > 2 => false,
            Some(_) if { k = None; true } => n == 2, _ => false } => n,
        _ => 9,
    }
}
fn main() {}
//= fine
fn put(_: &mut String) {}
fn f(p: &mut String) {
    let mut all: Vec<&mut String> = vec![];
    all.push(match Some(1) { Some(_) => p, None => panic!() });
    drop(all);
    put(p);
}
fn g(p: &mut String) {
    let mut all: Vec<&mut String> = vec![];
    all.push(if true { p } else { panic!() });
    drop(all);
    put(p);
}
fn main() {}
//= fine
trait Look {}
impl Look for i32 {}
fn seen<'a>(one: &'a i32) -> Box<dyn Look + 'a> { Box::new(*one) }
fn f(all: &mut Vec<i32>) { seen(&all.remove(0)); }
fn main() {}
//= fine
struct S(i32);
impl std::ops::AddAssign<&mut i32> for S { fn add_assign(&mut self, o: &mut i32) { self.0 += *o; } }
impl std::ops::Add<&mut i32> for S { type Output = i32; fn add(self, o: &mut i32) -> i32 { self.0 + *o } }
fn f(b: &mut i32, s: &mut S) -> i32 { *s += { 1; b }; *s += b; S(2) + b; let n = S(1) + if n() { b } else { panic!() }; n + *b }
fn n() -> bool { true }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn b(p: P<'_>) { let mut c = || { see(&p); p.m.push('a'); }; c(); c(); }
fn main() {}
//= E0596 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn c(p: P<'_>) { let mut c = || { see(&p); p.n.push('a'); }; c(); c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn d(p: P<'_>) { let mut c = || { see(&p); p.b.push('a'); }; c(); c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn e(p: P<'_>) { let mut c = || { let mut d = || { see(&p); p.m.push('a'); }; d(); }; c(); c(); }
fn main() {}
//= E0501 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn f(p: P<'_>) { let mut c = || { see(&p); p.m.push('a'); }; see(&p); c(); }
fn main() {}
//= E0501 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn g(mut p: P<'_>) { let mut c = || { see(&p); p.m.push('a'); }; see(&p); c(); }
fn main() {}
//= E0501 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn h(mut p: P<'_>) { let mut c = || { see(&p); p.m.push('a'); }; p.m.push('b'); c(); }
fn main() {}
//= E0524 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn i(p: P<'_>) { let mut c = || { see(&p); p.m.push('a'); }; let mut d = || p.m.push('b'); c(); d(); }
fn main() {}
//= E0596 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn k(p: &P<'_>) { let mut c = || { see(p); p.m.push('a'); }; c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn l(p: &mut P<'_>) { let mut c = || { see(p); p.m.push('a'); }; c(); see(p); }
fn main() {}
//= E0596 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn m(p: P<'_>) { let c = || { see(&p); p.m.push('a'); }; c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn n(p: (P<'_>, u8)) { let mut c = || { see(&p.0); p.0.m.push('a'); see(&p.1); }; c(); see(&p); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn o(p: P<'_>) -> impl FnMut() + '_ { move || { see(&p); p.m.push('a'); } }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn q(p: P<'_>) { let mut c = || { see(&p.m); p.m.push('a'); }; c(); see(&p); }
fn main() {}
//= E0500 3
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn r(p: P<'_>) { let r = &p; let mut c = || { see(&p); p.m.push('a'); }; see(r); c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn a(p: P<'_>) { let c = move || { let mut d = || { see(&p); p.m.push('a'); }; d(); }; }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn b(p: P<'_>) { let mut c = move || { let mut d = || { see(&p); p.m.push('a'); }; d(); }; c() }
fn main() {}
//= fine
fn see<T>(t: &T) {}
struct P<'a> { m: &'a mut String, n: &'a String, b: Box<&'a mut String> }
fn c(p: &mut (P<'_>, u8)) { let mut c = || { let mut d = || { see(&p.0); p.0.m.push('a'); p.1 += 1; }; d(); }; c() }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn d(p: (&mut u8, &mut u8)) { let mut c = || { *p.0 += 1; see(&p); *p.1 += 1; }; c(); c(); see(&p); }
fn main() {}
//= E0501 2
fn see<T>(t: &T) {}
fn e(p: (&mut u8, &mut u8)) { let mut c = || { *p.0 += 1; see(&p); *p.1 += 1; }; see(&p); c(); }
fn main() {}
//= E0594 2
fn see<T>(t: &T) {}
fn f(p: (&mut u8, u8)) { let mut c = || { *p.0 += 1; see(&p); p.1 += 1; }; c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn g(mut p: (&mut u8, u8)) { let mut c = || { *p.0 += 1; see(&p); p.1 += 1; }; c(); }
fn main() {}
//= E0525 2
fn see<T>(t: &T) {}
fn h(p: (&mut u8, u8)) { let c = || { *p.0 += 1; see(&p); }; fn k<F: Fn()>(f: F) {} k(c); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn i(v: Vec<(&mut u8, u8)>) { v.into_iter().for_each(|p| { let mut c = || { *p.0 += 1; see(&p); }; c(); }); }
fn main() {}
//= E0500 2
fn see<T>(t: &T) {}
fn j(p: (&mut u8, u8)) { let r = &p.1; let mut c = || { *p.0 += 1; see(&p); }; c(); see(r); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn k(p: ((&mut u8,), u8)) { let mut c = || { *p.0.0 += 1; see(&p.0); }; let d = &p.1; c(); see(d); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn l(p: Option<(&mut u8, u8)>) { if let Some(q) = p { let mut c = || { *q.0 += 1; see(&q); }; c(); } }
fn main() {}
//= E0594 2
fn see<T>(t: &T) {}
fn m(p: (Box<u8>, u8)) { let mut c = || { *p.0 += 1; see(&p); }; c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn n(mut p: (Box<u8>, u8)) { let mut c = || { *p.0 += 1; see(&p); }; c(); }
fn main() {}
//= fine
fn see<T>(t: &T) {}
fn o(p: (&mut u8, String)) { let mut c = || { *p.0 += 1; see(&p); drop(p.1); }; c(); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn b<'b>(p1: &'b [String]) -> impl Fn() -> &'b String { let v7 = make::<&'b String>(); let v15 = &v7; || { let x: &String = *v15; x } }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn see<'a>(x: &'a String, y: &String) -> &'a String { x }
fn c<'b>(p1: &'b [String]) -> impl Fn() -> &'b String { let v7 = make::<&'b String>(); let v15 = &v7; || see(*v15, *v15) }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
#[derive(Clone, Copy)] struct View<'a> { r: &'a String, n: i32 }
fn e<'b>(p1: &'b [String]) -> impl Fn() -> View<'b> { let v7 = make::<&'b String>(); let v15 = &v7; || View { r: *v15, n: 1 } }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn g<'b>(p1: &'b [String]) -> impl Fn() -> &'b String { let v7 = make::<&'b String>(); let v15 = &v7; || if p1.len() > 0 { *v15 } else { *v15 } }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn i<'b>(p1: &'b [String]) -> impl Fn() -> &'b String { let v7 = make::<&'b String>(); let v15 = &v7; || { *v15 } }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn j<'b>(p1: &'b [String]) -> impl Fn() -> (&'b String, u8) { let v7 = make::<&'b String>(); let v15 = &v7; || (*v15, 1) }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn n<'b>(p1: &'b [String]) -> impl Fn() -> &'b String { let v7 = make::<&'b String>(); let v15 = &v7; || { let mut x: &String = p1.first().unwrap(); x = *v15; x } }
fn main() {}
//= E0700 1
fn a1<'b>(v15: &&'b String) -> impl Fn() -> &'b String { || -> &'b String { *v15 } }
fn main() {}
//= E0700 1
fn b1<'b>(v15: &&'b String) -> impl Fn() -> &'b String { || *v15 }
fn main() {}
//= E0700 1
fn c1<'b>(v15: &(&'b String, u8)) -> impl Fn() -> &'b String { || v15.0 }
fn main() {}
//= E0700 1
fn e1<'b>(v15: &(&'b String, u8)) -> impl Fn() -> &'b String { || -> &'b String { (*v15).0 } }
fn main() {}
//= E0700 1
fn g1<'b>(v15: &Box<&'b String>) -> impl Fn() -> &'b String { || **v15 }
fn main() {}
//= E0373 1
fn i1<'b>(v15: std::rc::Rc<&'b String>) -> impl Fn() -> &'b String { || *v15 }
fn main() {}
//= E0700 1
fn k1<'b>(v15: &mut &'b String) -> impl Fn() -> &'b String { || *v15 }
fn main() {}
//= E0700 1
fn l1<'b>(v15: &mut &mut &'b String) -> impl Fn() -> &'b String { || **v15 }
fn main() {}
//= fine
fn n1<'b>(mut v15: &'b String, w: &'b String) { let mut k = &v15; let c = || -> &String { *k }; v15 = w; c(); }
fn main() {}
//= E0506 1
fn o1<'b>(mut v15: &'b String, w: &'b String) { let mut k = &v15; let c = || { *k }; v15 = w; c(); }
fn main() {}
//= fine
fn p1<'b>(mut v15: &'b String, w: &'b String) { let mut k = &mut v15; let mut c = || { let x: &String = *k; *k = w; x }; c(); }
fn main() {}
//= fine
fn q1<'b>(mut v15: &'b String, w: &'b String) { let mut k = &mut v15; let c = || { let x: &String = *k; x }; *k = w; c(); }
fn main() {}
//= fine
#[derive(Clone, Copy)] struct View<'a> { r: &'a String, n: i32 }
fn make<T>() -> T { loop {} }
fn b() -> i32 { if let Some(v5) = make::<Vec<View<'_>>>().get_mut(0) { v5.n } else { 1 } }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn e() -> i32 { let mut v = make::<Vec<(u8, i32)>>(); let Some(x) = v.get_mut(0) else { return 1 }; x.1 }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn e1() -> i32 { let mut v = make::<Vec<[i32; 2]>>(); let Some(x) = v.get_mut(0) else { return 1 }; x[1] }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn e3() -> i32 { let mut v = make::<Vec<fn() -> i32>>(); let Some(x) = v.get_mut(0) else { return 1 }; x() }
fn main() {}
//= E0716 2
fn make<T>() -> T { loop {} }
fn f(c: bool) { let v24 = &mut ((*(match 1 { 1 => &mut make::<u8>(), _ => return }))); *v24 = 1; }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn g(c: bool) { let v24 = &*(if c { make::<&u8>() } else { &make::<u8>() }); see(v24); }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn h(c: bool) { let v24 = &(*(if c { make::<&Vec<u8>>() } else { &make::<Vec<u8>>() }))[..]; see(v24); }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn j(c: bool) { let v24 = &*{ &make::<u8>() }; see(v24); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn k(c: bool) { let v24 = &*(&make::<u8>()); see(v24); }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn m(c: bool) { let v24 = &({ &make::<(u8, u8)>() }).0; see(v24); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn n(c: bool) { let v24 = &(&make::<[u8; 2]>())[0]; see(v24); }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn q(c: bool) { let v24 = &*(&make::<u8>(), 1).0; see(v24); }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn s(c: bool) { let v24 = &((if c { make::<&mut Vec<u8>>() } else { &mut make::<Vec<u8>>() }))[..]; see(v24); }
fn main() {}
//= E0716 3
fn make<T>() -> T { loop {} }
fn see<T: ?Sized>(_: &T) {}
fn u(c: bool) { let v24 = &{ *(if c { make::<&mut u8>() } else { &mut make::<u8>() }) }; see(v24); }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn a() { let x: fn(&String) = make::<Take<'_>>().f; }
fn main() {}
//= E0308 2
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn c(p: Take<'_>) { let x: fn(&String) = p.f; }
fn main() {}
//= E0308 1
fn g(p: fn(&'static String)) { let x: fn(&String) = p; }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn r() { for x in make::<Vec<Take<'_>>>() { let y: fn(&String) = x.f; } }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn w() { let Take { f } = make::<Take<'_>>(); let y: fn(&String) = f; }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn x() { let y: fn(&String); let Take { f } = make::<Take<'_>>(); y = f; }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn a() { fn w(_: fn(&String)) {} w(make::<Take<'_>>().f); }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn c() { fn w(_: fn(&String)) {} let t = make::<Take<'_>>(); w(t.f); }
fn main() {}
//= E0308 4
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
#[derive(Clone, Copy)] struct Has { f: fn(&String) }
fn i() { struct Has { f: fn(&String) } let t = make::<Take<'_>>(); let h = Has { f: t.f }; }
fn main() {}
//= E0308 4
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
#[derive(Clone, Copy)] struct Has { f: fn(&String) }
fn k() { struct Has { f: fn(&String) } let mut h = make::<Has>(); h.f = make::<Take<'_>>().f; }
fn main() {}
//= E0308 4
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
#[derive(Clone, Copy)] struct Has { f: fn(&String) }
fn n() { struct Has { f: Option<fn(&String)> } let mut h = make::<Has>(); h.f = Some(make::<Take<'_>>().f); }
fn main() {}
//= E0308 2
fn make<T>() -> T { loop {} }
fn p() { fn w(_: Box<dyn Fn(&String)>) {} struct D<'a> { f: Box<dyn Fn(&'a String)> } w(make::<D<'_>>().f); }
fn main() {}
//= E0308 2
fn make<T>() -> T { loop {} }
fn q() { fn w(_: (fn(&String), u8)) {} struct D<'a> { f: (fn(&'a String), u8) } w(make::<D<'_>>().f); }
fn main() {}
//= fine
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
#[derive(Clone, Copy)] struct Has { f: fn(&String) }
fn s() { fn w(_: Take<'static>) {} w(Take { f: make::<Has>().f }); }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn c() { let q = make::<Take<'_>>(); let x: fn(&String) = q.f; }
fn main() {}
//= E0308 3
#[derive(Clone, Copy)] struct Take<'a> { f: fn(&'a String) }
fn make<T>() -> T { loop {} }
fn d() { let q = make::<Take<'static>>(); let x: fn(&String) = q.f; }
fn main() {}
//= none 2
fn make<T>() -> T { loop {} }
fn n<'a, 'b>(x: &'a u8, y: &'b u8) -> impl Iterator<Item = &'b String> + 'a { make::<Option<&String>>().into_iter().map(|w| w).chain(make::<Option<&String>>()) }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn o<'a, 'b>(x: &'a u8, y: &'b u8) -> impl Iterator<Item = &'b String> + 'a { make::<Option<&String>>().into_iter().map(|w| w) }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn see<A: Iterator, U: IntoIterator<Item = A::Item>>(a: A, u: U) -> (A, U) { loop {} }
fn p<'a, 'b>(x: &'a u8, y: &'b u8) -> impl Iterator<Item = &'b String> + 'a { see(make::<Option<&String>>().into_iter().map(|w| w), make::<Option<&String>>()).0 }
fn main() {}
//= none 2
fn make<T>() -> T { loop {} }
fn q<'a, 'b>(x: &'a u8, y: &'b u8) -> impl Iterator<Item = &'b String> + 'a { make::<Option<&String>>().into_iter().map(|w| w).chain(None::<&String>) }
fn main() {}
//= none 1
fn s<'a, 'b>(x: &'a u8, y: &'b u8) -> impl Iterator<Item = &'b String> + 'a { let c = None::<&String>.into_iter().map(|w| w).chain(None); c }
fn main() {}
//= none 1
fn t<'a, 'b>(x: &'a u8, y: &'b String) -> impl Iterator<Item = &'b String> + 'a { None::<&String>.into_iter().map(move |w| y) }
fn main() {}
//= fine
fn u<'a, 'b>(x: &'a u8, y: &'b String) -> impl Iterator<Item = &'b String> + 'a { None::<&String>.into_iter().map(|w| w).zip(None::<&String>).map(|(x, y)| x) }
fn main() {}
//= none 1
fn v<'a>(x: Vec<&'a String>) -> impl Iterator<Item = &'static String> { x.into_iter().map(|w| w).chain(None::<&'static String>) }
fn main() {}
//= none 1
fn w2<'a>(x: Vec<&'a String>) -> Vec<&'static String> { None::<&'static String>.into_iter().chain(x.into_iter().map(|w| w)).collect() }
fn main() {}
//= none 1
fn w4<'a>(x: Vec<&'a String>) -> &'static String { x.into_iter().map(|w| w).chain(None::<&'static String>).next().unwrap() }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn see<T>(_: T) {}
fn a<'b>(mut p0: &mut View<'static>) -> impl Fn() -> &'b String + 'b { see(1); || p0.r }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn see<T>(_: T) {}
fn c<'b>(mut p0: &mut View<'static>) -> impl Fn() -> &'b String + 'b { see(p0.r); || p0.r }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn e<'b>(mut p0: &mut View<'static>) -> impl Fn() -> &'b String + 'b { let x = 1; || p0.r }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn f<'b>(mut p0: &mut View<'static>) -> impl Fn() -> &'b String + 'b { || &*p0.r }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn h<'b>(mut p0: &mut View<'static>) -> impl Fn() -> &'b String + 'b { let c = || -> &String { &*p0.r }; c }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn a<'b>(p0: &View<'static>) -> impl Fn() -> &'b String + 'b { let x = 1; || p0.r }
fn main() {}
//= E0621 2
struct View<'a> { r: &'a String, n: i32 }
fn b<'b>(p0: &View<'b>) -> impl Fn() -> &'b String + 'b { let x = 1; || p0.r }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn d<'b>(p0: &View<'static>) -> impl Fn() -> &'b String + 'b { || p0.r }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn e<'a: 'b, 'b>(p0: &View<'a>) -> impl Fn() -> &'b String + 'b { || p0.r }
fn main() {}
//= E0621 2
struct View<'a> { r: &'a String, n: i32 }
fn g<'b>(p0: &View<'b>) -> impl Fn() -> &'b String + 'b { || -> &'b String { p0.r } }
fn main() {}
//= fine
struct View<'a> { r: &'a String, n: i32 }
fn i<'b>(p0: &View<'static>) -> impl Fn() -> &'b String + 'b { let x = 1; || -> &'b String { p0.r } }
fn main() {}
//= E0373 1
fn o<'b>(p0: (&'b String, u8)) -> impl Fn() -> &'b String + 'b { let x = 1; || p0.0 }
fn main() {}
//= fine
fn p<'b>(p0: (&'static String, u8)) -> impl Fn() -> &'b String + 'b { let x = 1; || p0.0 }
fn main() {}
//= E0373 1
fn r<'b>(p0: &'b String) -> impl Fn() -> &'b String + 'b { let x = 1; || p0 }
fn main() {}
//= fine
fn t<'b>(p0: &'static String) -> impl Fn() -> &'b String + 'b { || p0 }
fn main() {}
//= fine
fn u<'b, 'a: 'b>(p0: &'a String) -> impl Fn() -> &'b String + 'b { || p0 }
fn main() {}
//= fine
fn x<'b>(p0: (&'b String, u8)) -> impl Fn() -> &'b String + 'b { let (p1, p2) = p0; || p1 }
fn main() {}
//= E0716 5
struct Edit<'a> { m: &'a mut String }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn make<T>() -> T { loop {} }
fn see<'a>(to: &mut Edit<'a>, m: &'a mut String) { to.m = m; }
fn a() { see(make::<Makes<'_, &mut Edit<'_>>>()(), &mut String::new()); }
fn main() {}
//= E0716 5
struct Edit<'a> { m: &'a mut String }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn make<T>() -> T { loop {} }
fn see<'a>(to: &mut Edit<'a>, m: &'a mut String) { to.m = m; }
fn d() { see((match 1 { 1 => (Box::new(|| make::<&mut Edit<'_>>()) as Makes<'_, &mut Edit<'_>>), _ => return })(), &mut String::new()); }
fn main() {}
//= E0597 5
struct Edit<'a> { m: &'a mut String }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn make<T>() -> T { loop {} }
fn see<'a>(to: &mut Edit<'a>, m: &'a mut String) { to.m = m; }
fn h() { let mut x = Box::new(|| make::<&mut Edit<'_>>()) as Makes<'_, &mut Edit<'_>>; let mut s = String::new(); see(x(), &mut s); }
fn main() {}
//= E0597 5
struct Edit<'a> { m: &'a mut String }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn make<T>() -> T { loop {} }
fn see<'a>(to: &mut Edit<'a>, m: &'a mut String) { to.m = m; }
fn i() { let mut x = make::<Makes<'_, &mut Edit<'_>>>(); let mut s = String::new(); see(x(), &mut s); }
fn main() {}
//= E0597 4
struct Edit<'a> { m: &'a mut String }
fn make<T>() -> T { loop {} }
type Takes<'b, 'a> = Box<dyn FnMut(Edit<'a>) + 'b>;
fn j() { let mut x = make::<Takes<'_, '_>>(); let mut s = String::new(); x(Edit { m: &mut s }); }
fn main() {}
//= E0597 3
fn make<T>() -> T { loop {} }
type Both<'b, 'a> = Box<dyn FnMut(&'a String) -> &'a String + 'b>;
fn l() { let mut x = make::<Both<'_, '_>>(); let mut s = String::new(); x(&s); }
fn main() {}
//= E0597 2
type TakesS<'b, 'a> = Box<dyn FnMut(&'a String) + 'b>;
fn m() { let mut x: TakesS<'_, '_> = Box::new(|_| ()); let s = String::new(); x(&s); }
fn main() {}
//= fine
type TakesS<'b, 'a> = Box<dyn FnMut(&'a String) + 'b>;
fn n() { let s = String::new(); let mut x: TakesS<'_, '_> = Box::new(|_| ()); x(&s); }
fn main() {}
//= fine
fn p() { let mut x = Box::new(|_: &String| ()) as Box<dyn Fn(&String)>; let s = String::new(); x(&s); }
fn main() {}
//= fine
struct Edit<'a> { m: &'a mut String }
fn s() { let mut x: Box<dyn Fn(&str) -> Vec<Edit<'static>>> = Box::new(|t: &str| vec![]); let s = String::new(); x(&s); }
fn main() {}
//= E0597 1
fn v<'a>() { let mut v: Vec<Box<dyn FnMut() -> usize + '_>> = Vec::new(); let s = String::new(); v.push(Box::new(|| s.len())); }
fn main() {}
//= fine
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn w() { let s = String::new(); let mut v: Vec<Makes<'_, &String>> = Vec::new(); v.push(Box::new(|| &s)); for f in &mut v { f(); } }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn a() { let f: fn() -> &String = make(); }
fn main() {}
//= E0106 1
fn c(f: fn() -> &String) { }
fn main() {}
//= E0106 1
fn e(f: impl Fn() -> &String) { }
fn main() {}
//= E0106 1
fn f<F: Fn() -> &String>(f: F) { }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn k() { let f: fn(&String, &String) -> &String = make(); }
fn main() {}
//= E0106 1
fn m<F: Fn(&String, &String) -> &String>(f: F) { }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn n() { let f = make::<fn() -> &String>(); }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn r() -> fn() -> &String { make() }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn v() { let f: fn(fn(&u8)) -> &String = make(); }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn w() { let f: fn(&u8, fn() -> &u8) = make(); }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn aa<'a>() { let f: fn(fn(&'a u8)) -> &u8 = make(); }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn ab<'a>() { let f: fn(&'a u8, &'a u8) -> &u8 = make(); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn ad<'a>() { let f: fn(&u8) -> &u8 = make(); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn ae<'a>() { let f: fn(&u8, fn(&u8)) -> &u8 = make(); }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn ak<'a>() { let f: fn(&u8) -> Box<dyn std::fmt::Debug + '_> = make(); }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn an<'a>() { let f: for<'x> fn(&'x u8, &'x u8) -> &u8 = make(); }
fn main() {}
//= fine
fn aw<'a>(x: &u8, f: &dyn FnMut(&u8) -> (&u8, &u8)) { }
fn main() {}
//= fine
fn be() { fn y(y: &u8) -> &u8 { y } const G: fn(&u8) -> &u8 = y; }
fn main() {}
//= fine
fn bg() { struct S<'a> { f: fn() -> &'a u8, g: Box<dyn Fn(&u8) -> &u8 + 'a> } }
fn main() {}
//= E0106 1
fn s<'a>(x: &'a u8, y: &'a u8) -> &u8 { x }
fn main() {}
//= fine
fn t<'a>(x: (&'a u8, &'a u8)) -> &u8 { x.0 }
fn main() {}
//= fine
fn u<'a>(x: (&'a u8, u8)) -> &u8 { x.0 }
fn main() {}
//= E0106 2
fn make<T>() -> T { loop {} }
fn v<'a>(x: Box<dyn Fn(&'a u8)>) -> &u8 { make() }
fn main() {}
//= fine
fn make<T>() -> T { loop {} }
fn w<'a>(x: Box<dyn Fn(&'a u8)>, y: &u8) -> &u8 { make() }
fn main() {}
//= fine
fn x(x: fn(&u8), y: &u8) -> &u8 { y }
fn main() {}
//= fine
fn a(s: &mut (u8, u8)) { let mut c = || { let (a, _b) = s; *a += 1; }; c(); c(); }
fn main() {}
//= fine
fn b(s: &mut (u8, u8)) { let mut c = || match s { (a, b) => *a += *b }; c(); c(); }
fn main() {}
//= fine
fn c(s: &mut Option<u8>) { let mut c = || if let Some(x) = s { *x += 1 }; c(); c(); }
fn main() {}
//= fine
fn see<T>(t: T) {}
fn e(s: (String, String)) { let c = || { let (a, _) = s; see(a); }; c(); see(s.1); }
fn main() {}
//= E0502 2
fn see<T>(t: T) {}
fn g(mut s: (String, String)) { let mut c = || { let (a, _) = &mut s; a.push('a'); }; let d = &s.1; c(); see(d); }
fn main() {}
//= fine
fn see<T>(t: T) {}
fn h(mut s: (String, String)) { let mut c = || { let (ref mut a, _) = s; a.push('a'); }; let d = &s.1; c(); see(d); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn i(mut s: P) { let mut c = || { let P { a, .. } = s; see(a); }; let d = &s.b; c(); see(d); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn j(s: &P) -> impl Fn() -> usize + '_ { || { let P { a, .. } = s; a.len() } }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn k(s: &mut P) { let mut c = || { let P { a, .. } = s; a.push('a'); }; let d = &s.b; c(); see(d); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn l(s: &mut Option<P>) { let mut c = || { match s { Some(P { a, .. }) => a.push('a'), None => () } }; c(); c(); see(s); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn m(s: &mut Option<P>) { let mut c = || { if let Some(p) = s { p.a.push('a') } }; c(); c(); see(s); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn n(s: &mut Option<P>) { let mut c = || { while let Some(p) = s { p.a.push('a') } }; c(); c(); see(s); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn o(s: &mut Option<P>) { let mut c = || { if let None = s { return; } }; c(); c(); see(s); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn see<T>(t: T) {}
fn q(s: &mut Option<P>) { let c = || { matches!(s, Some(_)) }; c(); let d = &*s; c(); see(d); }
fn main() {}
//= fine
struct P { a: String, b: String }
fn t(s: Option<P>) { let c = || { match s { Some(p) => 1, None => 2 } }; c(); }
fn main() {}
//= fine
fn u(s: Option<u8>) { let c = || { match s { Some(p) => p, None => 2 } }; c(); c(); }
fn main() {}
//= E0382 1
fn w(s: &mut u8) { let mut c = || { let x = s; *x += 1; }; c(); c(); }
fn main() {}
//= fine
fn y(s: &mut (u8, u8)) { let mut c = || { let &mut (ref mut a, _) = s; *a += 1; }; c(); c(); }
fn main() {}
//= fine
fn see<T>(t: T) {}
fn z(s: &mut (u8, u8)) { let mut c = || { let &mut (a, _) = s; see(a); }; c(); c(); let d = &*s; c(); see(d); }
fn main() {}
//= fine
trait Look { fn look(&self) -> &String; fn choose<'a>(&'a self, o: &'a String) -> &'a String { o } }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
fn a<'a>(p1: &'a dyn Look, s: &'a String) -> Makes<'a, &'a String> { Box::new(|| p1.choose(s)) }
fn main() {}
//= fine
trait Look { fn look(&self) -> &String; fn choose<'a>(&'a self, o: &'a String) -> &'a String { o } }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
struct Watch<'a> { r: &'a String }
fn e<'a>(p1: &'a dyn Look, p0: Watch<'a>) -> Makes<'a, &'a String> { let x: &&dyn Look = &p1; (Box::new(|| p1.look()) as Makes<'_, &String>) }
fn main() {}
//= fine
trait Look { fn look(&self) -> &String; fn choose<'a>(&'a self, o: &'a String) -> &'a String { o } }
type Makes<'a, T> = Box<dyn FnMut() -> T + 'a>;
struct Watch<'a> { r: &'a String }
fn make<T>() -> T { loop {} }
fn f<'a>(p1: &'a dyn Look, p0: Watch<'a>) -> Makes<'a, &'a String> { let x: &&dyn Look = match 1 { 1 => &p1, _ => return Box::new(|| p1.look()) }; make() }
fn main() {}
//= fine
fn j<'a>(s: &'a String) -> impl Fn() -> String + 'a { || s.to_string() }
fn main() {}
//= fine
fn k<'a>(s: &'a String) -> impl Fn() -> String + 'a { || s.clone() }
fn main() {}
//= fine
fn l<'a, T: Clone>(s: &'a T) -> impl Fn() -> T + 'a { || s.clone() }
fn main() {}
//= fine
fn u<'a>(s: &'a Vec<u8>) -> impl Fn() -> usize + 'a { || s.into_iter().count() }
fn main() {}
//= fine
trait Look { fn look(&self) -> &String; fn choose<'a>(&'a self, o: &'a String) -> &'a String { o } }
fn w<'a>(s: &'a dyn Look) -> impl Fn() -> &'a String + 'a { || s.look() }
fn main() {}
//= fine
fn y<'a>(s: &'a Option<u8>) -> impl Fn() -> u8 + 'a { || match s { Some(x) => *x, None => 1 } }
fn main() {}
//= fine
fn z<'a>(s: &'a (u8, u8)) -> impl Fn() -> u8 + 'a { || { let (a, b) = s; *a } }
fn main() {}
