use std::fmt::Debug; use std::rc::Rc; use std::cell::RefCell;
trait T { fn f(&self) -> i32; } struct A; impl T for A { fn f(&self) -> i32 { 1 } } struct B; impl T for B { fn f(&self) -> i32 { 2 } }
struct N { next: Option<Box<dyn T>>, all: Rc<RefCell<Vec<Box<dyn T>>>> }
fn mk(b: bool) -> Result<Box<dyn T>, Box<dyn std::error::Error>> { if b { Ok(Box::new(A)) } else { Err("no".into()) } }
fn pick(b: bool) -> Option<Box<dyn Fn(i32) -> i32>> { if b { Some(Box::new(move |x| x + 1)) } else { None } }
fn pick2(b: bool) -> Box<dyn T> { if b { Box::new(A) } else { Box::new(B) } }
fn main() {
 let o: Option<Box<dyn Debug>> = Some(Box::new(5)); println!("{:?}", o);
 let o: Option<&dyn Debug> = Some(&5); println!("{:?}", o);
 let o: Option<&[i32]> = Some(&[1, 2]); println!("{:?}", o);
 let r: Result<Rc<dyn T>, i32> = Ok(Rc::new(A)); println!("{:?}", r.map(|t| t.f()));
 let t: (Box<dyn T>, i32) = (Box::new(B), 1); println!("{}", t.0.f());
 let n = N { next: Some(Box::new(A)), all: Rc::new(RefCell::new(vec![Box::new(A), Box::new(B)])) }; println!("{}", n.next.as_ref().unwrap().f() + n.all.borrow().iter().map(|t| t.f()).sum::<i32>());
 println!("{:?} {}", mk(true).map(|t| t.f()).ok(), mk(false).err().unwrap());
 println!("{:?}", pick(true).map(|f| f(1))); println!("{}", pick2(false).f());
 let m: Vec<(&str, Box<dyn Fn(f64) -> f64>)> = vec![("sq", Box::new(|x| x * x)), ("neg", Box::new(|x| -x))]; for (n, f) in m.iter() { println!("{n} {}", f(3.0)); }
 let mut v: Vec<Rc<dyn T>> = Vec::new(); v.push(Rc::new(A)); let x: Rc<dyn T> = Rc::new(B); v.push(x.clone()); println!("{}", v.iter().map(|t| t.f()).sum::<i32>());
 let c: RefCell<Box<dyn T>> = RefCell::new(Box::new(A)); *c.borrow_mut() = Box::new(B); println!("{}", c.borrow().f());
 let mut h: std::collections::HashMap<String, Box<dyn Fn(&[i32]) -> i32>> = Default::default(); h.insert("a".into(), Box::new(|v| v.len() as i32)); println!("{}", h["a"](&[1, 2]));

 closures();
}
fn rec(f: &dyn Fn(&dyn Fn(u32) -> u32, u32) -> u32, n: u32) -> u32 { f(&|m| rec(f, m), n) }
fn bx(f: Box<dyn Fn(&str, (i32, i32)) -> usize>) -> usize { f("abc", (1, 2)) }
fn mt(f: &mut dyn FnMut(&mut Vec<i32>)) { let mut v = vec![]; f(&mut v); println!("{:?}", v); }
struct H<'a> { f: &'a dyn Fn(&str) -> usize }
fn closures() { println!("{}", rec(&|me, n| if n < 2 { 1 } else { n * me(n - 1) }, 6)); println!("{}", bx(Box::new(|s, p| s.len() + p.1 as usize))); mt(&mut |v| v.push(1));
 let h = H { f: &|s| s.len() }; println!("{}", (h.f)("abc")); let g: &dyn Fn(&str) -> usize = &|s| s.len(); println!("{}", g("q")); let b: Box<dyn Fn(&str) -> usize> = Box::new(|s| s.len() + 1); println!("{}", b("q")); let r: std::rc::Rc<dyn Fn(&str) -> usize> = std::rc::Rc::new(|s| s.trim().len()); println!("{}", r(" q"));
 let v: Vec<Box<dyn Fn(&str) -> String>> = vec![Box::new(|s| s.to_uppercase()), Box::new(|s| s.chars().rev().collect())]; for f in &v { println!("{}", f("ab")); } let a: [&dyn Fn(&str) -> usize; 2] = [&|s| s.len(), &|s| s.trim().len()]; println!("{}", a[1](" ")); let o: Option<Box<dyn Fn(&str) -> usize>> = Some(Box::new(|s| s.len())); println!("{:?}", o.map(|f| f("zz"))); 
 println!("{:?} {:?}", true.then_some(1), false.then(|| 2)); }
