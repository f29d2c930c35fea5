use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::borrow::Cow;
#[derive(Debug)]
struct Node { value: i32, children: RefCell<Vec<Rc<Node>>>, parent: RefCell<Weak<Node>> }
struct Loud(&'static str);
impl Drop for Loud { fn drop(&mut self) { println!("drop {}", self.0); } }
trait Speak { fn speak(&self) -> String; }
impl Speak for Loud { fn speak(&self) -> String { format!("I am {}", self.0) } }
fn shout(s: &str) -> Cow<'_, str> { if s.ends_with('!') { Cow::Borrowed(s) } else { Cow::Owned(format!("{}!", s)) } }
fn main() {
    let leaf = Rc::new(Node { value: 3, children: RefCell::new(vec![]), parent: RefCell::new(Weak::new()) });
    println!("{:?} {}", leaf.parent.borrow().upgrade().map(|p| p.value), Rc::strong_count(&leaf));
    {
        let branch = Rc::new(Node { value: 5, children: RefCell::new(vec![Rc::clone(&leaf)]), parent: RefCell::new(Weak::new()) });
        *leaf.parent.borrow_mut() = Rc::downgrade(&branch);
        println!("{:?} {} {}", leaf.parent.borrow().upgrade().map(|p| p.value), Rc::strong_count(&leaf), Rc::weak_count(&branch));
        println!("{}", branch.children.borrow().iter().map(|c| c.value).sum::<i32>());
    }
    println!("{:?} {}", leaf.parent.borrow().upgrade().is_none(), Rc::strong_count(&leaf));
    let a = Rc::new(Loud("a"));
    let b = a.clone();
    drop(a);
    println!("{} {}", b.0, Rc::strong_count(&b));
    let weak = Rc::downgrade(&b);
    println!("{} {}", weak.upgrade().is_some(), weak.strong_count());
    drop(b);
    println!("{}", weak.upgrade().is_none());
    let speaker: Rc<dyn Speak> = Rc::new(Loud("dyn"));
    let other = Rc::clone(&speaker);
    println!("{} {}", other.speak(), Rc::ptr_eq(&speaker, &other));
    drop(speaker);
    println!("still {}", other.speak());
    drop(other);
    let cell = Cell::new(5);
    cell.set(cell.get() + 1);
    println!("{} {} {}", cell.get(), cell.replace(9), cell.take());
    let shared = Rc::new(RefCell::new(vec![1]));
    let second = Rc::clone(&shared);
    second.borrow_mut().push(2);
    println!("{:?} {:?}", shared, shared.borrow());
    {
        let r1 = shared.borrow();
        let r2 = shared.borrow();
        println!("{} {} {}", r1.len(), r2.len(), shared.try_borrow_mut().is_err());
    }
    {
        let mut w = shared.borrow_mut();
        w.push(3);
        println!("{} {:?}", shared.try_borrow().is_err(), shared);
    }
    println!("{:?} {:?}", shared.replace(vec![]), shared.take());
    let mut unique = Rc::new(5);
    *Rc::make_mut(&mut unique) += 1;
    let copy = unique.clone();
    *Rc::make_mut(&mut unique) += 1;
    println!("{} {}", unique, copy);
    println!("{:?} {:?}", Rc::try_unwrap(unique), Rc::try_unwrap(copy));
    let mut boxed = Box::new(7);
    *boxed += 1;
    println!("{} {}", boxed, *boxed * 2);
    let speak: Box<dyn Speak> = Box::new(Loud("box"));
    println!("{}", speak.speak());
    let list: Vec<Box<dyn Speak>> = vec![Box::new(Loud("one")), Box::new(Loud("two"))];
    println!("{}", list.iter().map(|s| s.speak()).collect::<Vec<_>>().join("; "));
    println!("{} {}", shout("hey"), shout("ho!"));
    let mut cow = shout("x!");
    cow.to_mut().push('?');
    println!("{} {}", cow, cow.len());
    println!("{}", cow.into_owned());
    let cyclic = Rc::new_cyclic(|me: &Weak<Node>| Node { value: 1, children: RefCell::new(vec![]), parent: RefCell::new(me.clone()) });
    println!("{} {}", cyclic.parent.borrow().upgrade().unwrap().value, Rc::weak_count(&cyclic));
    let mut x = 1;
    let mut y = 2;
    std::mem::swap(&mut x, &mut y);
    println!("{} {}", x, y);
    println!("{} {}", std::mem::replace(&mut x, 10), std::mem::take(&mut y));
    println!("{} {}", x, y);
    let rs: Rc<RefCell<i32>> = Rc::default();
    *rs.borrow_mut() += 4;
    println!("{} {}", rs.borrow(), Rc::new(3) == Rc::new(3));
    let mapped = std::cell::Ref::map(shared.borrow(), |v| v);
    println!("{}", mapped.len());
    drop(mapped);
    let s: Rc<RefCell<Vec<i32>>> = Rc::new(RefCell::new((1..4).collect()));
    for v in s.borrow_mut().iter_mut() { *v *= 2; }
    println!("{}", s.borrow().iter().sum::<i32>());
    drop(list);
    drop(speak);
    let clash = RefCell::new(1);
    let _hold = clash.borrow_mut();
    let _again = clash.borrow();
}
