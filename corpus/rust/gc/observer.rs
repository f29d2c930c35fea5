// The twin of programs/observer.rs: listeners are shared and change without RefCell.
#![wasm::gc]

trait Listener {
    fn notify(&self, event: Event);
}

#[derive(Debug, Clone, PartialEq)]
enum Event {
    Opened { path: GcString },
    Moved(i32, i32),
    Closed,
}

struct Log {
    lines: GcArray<GcString>,
}

impl Listener for Log {
    fn notify(&self, event: Event) {
        self.lines.push(format!("{:?}", event).into());
    }
}

struct Counter {
    moves: (u32, i32),
}

impl Listener for Counter {
    fn notify(&self, event: Event) {
        if let Event::Moved(x, y) = event {
            self.moves.0 += 1;
            self.moves.1 += x.abs() + y.abs();
        }
    }
}

#[derive(Default)]
struct Bus {
    listeners: GcArray<GcRc<dyn Listener>>,
}

impl Bus {
    fn publish(self, event: Event) {
        for listener in self.listeners {
            listener.notify(event);
        }
    }
}

fn main() {
    let log = Log { lines: GcArray::new() };
    let counter = Counter { moves: (0, 0) };
    let bus = Bus::default();
    bus.listeners.push(GcRc::new(log));
    bus.listeners.push(GcRc::new(counter));
    bus.publish(Event::Opened { path: "a.txt".into() });
    bus.publish(Event::Moved(3, -4));
    bus.publish(Event::Moved(0, 1));
    bus.publish(Event::Closed);
    for line in log.lines {
        println!("{}", line);
    }
    println!("{:?}", counter.moves);
    println!("{}", Event::Closed == Event::Moved(0, 0));
}
