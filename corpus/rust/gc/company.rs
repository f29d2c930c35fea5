// Bosses and reports know each other: a graph with cycles, no Rc, no Weak, no RefCell (compare programs/graph_rc.rs).
#[wasm::gc]
struct Employee {
    name: GcString,
    boss: Option<Employee>,
    reports: GcArray<Employee>,
}

#[wasm::gc]
impl Employee {
    fn new(name: &str) -> Employee {
        Employee { name: name.into(), boss: None, reports: GcArray::new() }
    }

    fn hire(self, report: Employee) {
        report.boss = Some(self);
        self.reports.push(report);
    }

    fn chain(self) -> GcString {
        match self.boss {
            Some(boss) => self.name + " < " + boss.chain(),
            None => self.name,
        }
    }

    fn count(self) -> usize {
        1 + self.reports.iter().map(|report| report.count()).sum::<usize>()
    }

    fn same_team(self, other: Employee) -> bool {
        match (self.boss, other.boss) {
            (Some(a), Some(b)) => std::gc::same(a, b),
            _ => false,
        }
    }
}

fn main() {
    let ada = Employee::new("Ada");
    let bob = Employee::new("Bob");
    let cyd = Employee::new("Cyd");
    let dee = Employee::new("Dee");
    ada.hire(bob);
    ada.hire(dee);
    bob.hire(cyd);
    println!("{}", cyd.chain());
    println!("{} {} {}", ada.count(), bob.count(), bob.same_team(dee));
    dee.hire(ada.reports.remove(0));
    println!("{} {}", cyd.chain(), bob.same_team(dee));
    println!("{}", ada.reports[0].reports[0].boss.unwrap().name);
}
