use std::cell::RefCell;
use std::rc::{Rc, Weak};

struct Employee {
    name: String,
    boss: RefCell<Weak<Employee>>,
    reports: RefCell<Vec<Rc<Employee>>>,
}

impl Employee {
    fn new(name: &str) -> Rc<Employee> {
        Rc::new(Employee { name: name.to_string(), boss: RefCell::new(Weak::new()), reports: RefCell::new(vec![]) })
    }

    fn hire(self: &Rc<Self>, report: Rc<Employee>) {
        *report.boss.borrow_mut() = Rc::downgrade(self);
        self.reports.borrow_mut().push(report);
    }

    fn chain(&self) -> String {
        match self.boss.borrow().upgrade() {
            Some(boss) => format!("{} < {}", self.name, boss.chain()),
            None => self.name.clone(),
        }
    }

    fn count(&self) -> usize {
        1 + self.reports.borrow().iter().map(|report| report.count()).sum::<usize>()
    }
}

impl Drop for Employee {
    fn drop(&mut self) {
        println!("{} leaves", self.name);
    }
}

fn main() {
    let ada = Employee::new("Ada");
    let bob = Employee::new("Bob");
    let cyd = Employee::new("Cyd");
    ada.hire(bob.clone());
    bob.hire(cyd.clone());
    println!("{}", cyd.chain());
    println!("{} {} {}", ada.count(), Rc::strong_count(&bob), Rc::weak_count(&bob));
    drop(ada);
    println!("{}", cyd.chain());
    drop(bob);
    println!("{}", cyd.chain());
}
