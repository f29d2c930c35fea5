// Drops are visible: order of scopes, moves, temporaries, fields, collections, early exits.
struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

struct Pair {
    _first: Noisy,
    _second: Noisy,
}

fn make(name: &'static str) -> Noisy {
    println!("make {}", name);
    Noisy(name)
}

fn early(stop: bool) -> Option<Noisy> {
    let _a = make("early a");
    if stop {
        return None;
    }
    let b = make("early b");
    Some(b)
}

fn consume(_: Noisy) {
    println!("consumed");
}

fn main() {
    let _outer = make("outer");
    {
        let _x = make("x");
        let _y = make("y");
        println!("end of block");
    }
    let moved = make("moved");
    consume(moved);
    let _ = make("ignored");
    make("statement");
    let pair = Pair { _first: make("first"), _second: make("second") };
    let Pair { _first, .. } = pair;
    println!("taken apart");
    let mut slot = make("old");
    slot = make("new");
    println!("replaced {}", slot.0);
    early(true);
    let kept = early(false);
    println!("{}", kept.is_some());
    let list = vec![make("one"), make("two"), make("three")];
    for item in list {
        if item.0 == "two" {
            println!("leave the loop");
            break;
        }
    }
    let boxed: Box<Noisy> = Box::new(make("boxed"));
    let inner = *boxed;
    println!("unboxed {}", inner.0);
    let conditional = make("conditional");
    if inner.0.len() > 3 {
        drop(conditional);
    }
    println!("end of main");
}
