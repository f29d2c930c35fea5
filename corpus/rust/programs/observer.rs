use std::cell::RefCell;
use std::rc::Rc;

trait Listener {
    fn notify(&self, event: &Event);
}

#[derive(Debug, Clone, PartialEq)]
enum Event {
    Opened { path: String },
    Moved(i32, i32),
    Closed,
}

struct Log {
    lines: RefCell<Vec<String>>,
}

impl Listener for Log {
    fn notify(&self, event: &Event) {
        self.lines.borrow_mut().push(format!("{:?}", event));
    }
}

struct Counter {
    moves: RefCell<(u32, i32)>,
}

impl Listener for Counter {
    fn notify(&self, event: &Event) {
        if let Event::Moved(x, y) = event {
            let mut moves = self.moves.borrow_mut();
            moves.0 += 1;
            moves.1 += x.abs() + y.abs();
        }
    }
}

#[derive(Default)]
struct Bus {
    listeners: Vec<Rc<dyn Listener>>,
}

impl Bus {
    fn publish(&self, event: Event) {
        for listener in &self.listeners {
            listener.notify(&event);
        }
    }
}

fn main() {
    let log = Rc::new(Log { lines: RefCell::new(Vec::new()) });
    let counter = Rc::new(Counter { moves: RefCell::new((0, 0)) });
    let mut bus = Bus::default();
    bus.listeners.push(log.clone());
    bus.listeners.push(counter.clone());
    bus.publish(Event::Opened { path: "a.txt".to_string() });
    bus.publish(Event::Moved(3, -4));
    bus.publish(Event::Moved(0, 1));
    bus.publish(Event::Closed);
    for line in log.lines.borrow().iter() {
        println!("{}", line);
    }
    println!("{:?}", counter.moves.borrow());
    println!("{}", Event::Closed == Event::Moved(0, 0));
}
