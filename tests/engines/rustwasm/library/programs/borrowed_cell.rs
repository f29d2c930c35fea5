use std::cell::RefCell; use std::rc::Rc;
fn main() { let c = Rc::new(RefCell::new(vec![1])); let g = c.borrow(); println!("{:?} {}", c.try_borrow_mut().is_err(), g.len()); println!("{:?}", c.try_borrow_mut().map(|_| ()).map_err(|e| e.to_string())); c.borrow_mut().push(2); }
